"""Lists of requirements and lock files are read as what they name, each package with its line."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.inventories.input import InventoryError, all_inputs, read_file
from ourhalf.model.inventory import Inventory
from ourhalf.model.packages import Certainty

UV = """\
version = 1

[[package]]
name = "Jinja2"
version = "3.1.2"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "markupsafe" }]

[[package]]
name = "ours"
version = "0.1.0"
source = { editable = "." }

[[package]]
name = "dynamic"
source = { git = "https://git.example/x" }
"""
CARGO = """\
[[package]]
name = "ours"
version = "0.1.0"

[[package]]
name = "smallvec"
version = "1.6.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
"""
NPM = {
    "lockfileVersion": 3,
    "packages": {
        "": {"name": "ours", "version": "1.0.0"},
        "node_modules/@babel/core": {"version": "7.0.0"},
        "node_modules/a/node_modules/lodash": {"version": "4.17.15", "dev": True},
        "node_modules/linked": {"link": True},
        "node_modules/alias": {"name": "real", "version": "1.2.3"},
        "packages/own": {"version": "0.0.1"},
    },
}
NPM_1 = {
    "lockfileVersion": 1,
    "dependencies": {
        "lodash": {"version": "4.17.15", "dependencies": {"inner": {"version": "1.0.0"}}},
        "alias": {"version": "npm:@x/real@1.2.3"},
        "repo": {"version": "git+https://x.example/y.git#1"},
        "bad": 7,
    },
}
PIPFILE = {"_meta": {}, "default": {"Jinja2": {"version": "==3.1.2"}}, "develop": {"x": {"git": "y"}}}
GO = "golang.org/x/net v0.17.0 h1:a=\ngolang.org/x/net v0.17.0/go.mod h1:b=\nbroken\n"
REQUIREMENTS = """\
# what we need
--index-url https://pypi.example/simple
Jinja2==3.1.2  # pinned
requests[socks] == 2.25.0 ; python_version > "3.6"
torch==2.1.0+cu121 \\
    --hash=sha256:00
urllib3>=1.26
numpy==1.*
thing @ https://x.example/thing.whl
-r other.txt
-e .
=== nonsense
"""


def read(tmp_path: Path, name: str, text: str) -> Inventory:
    """The inventory in a file."""
    path = tmp_path / name
    path.write_text(text)
    found = read_file(str(path))
    assert found is not None
    return found


def named(inventory: Inventory) -> list[tuple[str, str | None, str]]:
    """Its packages, by name, version and line."""
    return [(one.name, one.version, one.facts["line"]) for one in inventory.packages]


def test_requirements(tmp_path: Path) -> None:
    found = read(tmp_path, "requirements-dev.txt", REQUIREMENTS)
    assert named(found) == [
        ("jinja2", "3.1.2", "3"),
        ("requests", "2.25.0", "4"),
        ("torch", "2.1.0+cu121", "5"),
        ("urllib3", None, "7"),
        ("numpy", None, "8"),
        ("thing", None, "9"),
    ]
    assert found.packages[1].facts["marker"] == 'python_version > "3.6"'
    assert [one.line for one in found.unread] == [10, 11, 12]
    assert "fewer packages" in found.incomplete["pypi"]


def test_requirements_that_all_have_hashes_name_everything(tmp_path: Path) -> None:
    assert read(tmp_path, "requirements.txt", "a==1 --hash=sha256:00\n").incomplete == {}
    assert read(tmp_path, "deps.txt", "a==1\n").incomplete
    (tmp_path / "notes.txt").write_text("a letter\n")
    assert read_file(str(tmp_path / "notes.txt")) is None


@pytest.mark.parametrize("name", ["uv.lock", "poetry.lock"])
def test_locks_of_python(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, name, UV)
    assert named(found) == [("jinja2", "3.1.2", "3"), ("dynamic", None, "14")]
    assert found.packages[0].purl == "pkg:pypi/jinja2@3.1.2"
    assert (found.incomplete, found.unread) == ({}, ())


def test_pylock_and_pipfile(tmp_path: Path) -> None:
    pylock = UV.replace("[[package]]", "[[packages]]").replace("source = { editable", "directory = { path")
    assert named(read(tmp_path, "pylock.dev.toml", pylock)) == [("jinja2", "3.1.2", "3"), ("dynamic", None, "14")]
    found = read(tmp_path, "Pipfile.lock", json.dumps(PIPFILE, indent=1))
    assert named(found) == [("jinja2", "3.1.2", "4"), ("x", None, "9")]


def test_locks_of_npm(tmp_path: Path) -> None:
    found = read(tmp_path, "package-lock.json", json.dumps(NPM, indent=1))
    assert named(found) == [("@babel/core", "7.0.0", "8"), ("lodash", "4.17.15", "11"), ("real", "1.2.3", "18")]
    assert found.packages[0].purl == "pkg:npm/%40babel/core@7.0.0"
    old = read(tmp_path, "npm-shrinkwrap.json", json.dumps(NPM_1))
    assert [(one.name, one.version) for one in old.packages] == [
        ("lodash", "4.17.15"),
        ("inner", "1.0.0"),
        ("@x/real", "1.2.3"),
    ]
    assert old.incomplete == {"npm": "parts of package-lock.json could not be read"}


def test_cargo_and_go(tmp_path: Path) -> None:
    assert named(read(tmp_path, "Cargo.lock", CARGO)) == [("smallvec", "1.6.0", "5")]
    found = read(tmp_path, "go.sum", GO)
    assert named(found) == [("golang.org/x/net", "v0.17.0", "1")]
    assert found.packages[0].certainty is Certainty.DERIVED
    assert [one.line for one in found.unread] == [3]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.lock", "[[package"),
        ("uv.lock", "x = " + "[" * 5000),
        ("poetry.lock", "package = 3"),
        ("Cargo.lock", "package = 'x'"),
        ("Pipfile.lock", "{}"),
        ("Pipfile.lock", "["),
        ("package-lock.json", "[]"),
        ("package-lock.json", "{"),
    ],
)
def test_what_is_none_after_all_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InventoryError, match=name):
        read_file(str(tmp_path / name))


SAMPLES = {
    "requirements.txt": REQUIREMENTS,
    "uv.lock": UV,
    "Cargo.lock": CARGO,
    "go.sum": GO,
    "package-lock.json": json.dumps(NPM),
    "npm-shrinkwrap.json": json.dumps(NPM_1),
    "Pipfile.lock": json.dumps(PIPFILE),
}


@settings(max_examples=150)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_damage_anywhere_never_breaks_a_reader(name: str, data: st.DataObject) -> None:
    whole = SAMPLES[name].encode()
    at = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(at, len(whole)))
    damaged = whole[:at] + data.draw(st.binary(max_size=8)) + whole[end:]
    wanted = next(one for one in all_inputs() if one.recognises(name, whole[:4096]))
    with suppress(InventoryError):
        for one in wanted.read(name, damaged).packages:
            assert one.name
            assert int(one.facts["line"]) >= 1
