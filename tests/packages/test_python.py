"""Python packages: what we say is what pip says of the same environment."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ourhalf.model.packages import Certainty, Ecosystem
from ourhalf.packages.python import PYTHON
from ourhalf.packages.vendored import VENDORED
from ourhalf.packages.wheel_metadata import bounds, metadata, normalised, only_fields, only_paths, required, variant
from tests.packages import roots
from tests.packages.support import of, over, packages

SITE = "usr/lib/python3.11/site-packages"


def inspected(environment: Path) -> list[dict[str, object]]:
    """What `pip inspect` says is installed."""
    said = roots.run(environment / "bin/python", "-m", "pip", "inspect", "--local")
    found: list[dict[str, object]] = json.loads(said)["installed"]
    return found


def test_packages_are_those_of_pip() -> None:
    found, unread = over(PYTHON, roots.wheels())
    ours = {
        (one.package.name, one.package.version, one.package.facts.get("installer", ""))
        for one in found
        if one.package.ecosystem is Ecosystem.PYPI and "vendored" not in one.package.facts and not one.package.owner
    }
    theirs = set()
    for one in inspected(roots.wheels()):
        said = one["metadata"]
        assert isinstance(said, dict)
        theirs.add((normalised(said["name"]), said["version"], one["installer"]))
    # pip does not look into the data of setuptools' own tests, where an unpacked egg lies.
    assert ours - theirs == {("my-test-package", "1.0", "")}
    assert theirs <= ours
    assert len(theirs) > 10
    assert not unread


def test_files_and_requirements_are_those_of_pip() -> None:
    root = roots.wheels()
    show = roots.run(root / "bin/python", "-m", "pip", "show", "--files", "requests", "PySocks", "Here.We_are")
    ours = {one.package.name: one for one in over(PYTHON, root)[0] if one.package.path.endswith(".dist-info/METADATA")}
    for block in show.split("\n---\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+): (.*)$", block, re.MULTILINE))
        one = ours[normalised(fields["Name"])]
        location = Path(fields["Location"])
        listed = {
            (location / line.strip()).resolve().relative_to(root.resolve()).as_posix()
            for line in block.partition("\nFiles:\n")[2].splitlines()
        }
        assert set(one.files) == listed
        needs = {normalised(name) for name in fields["Requires"].split(", ") if name}
        assert set(one.package.requires) == needs


def test_an_editable_install_says_so() -> None:
    found = [one.package for one in over(PYTHON, roots.wheels())[0] if one.package.name == "here-we-are"]
    installed = next(one for one in found if one.path.endswith("METADATA"))
    assert installed.facts["editable"] == "true"
    assert installed.facts["direct-url"].endswith("/env/src/here")
    assert (installed.facts["public-version"], installed.facts["cuda"]) == ("1.2", "12.6")
    assert installed.facts["written"] == "Here.We_are"
    assert installed.purl == "pkg:pypi/here-we-are@1.2%2Bcu126"


def test_packages_of_debian_are_those_that_its_python_finds() -> None:
    root = roots.debian()
    ask = "import importlib.metadata as m; [print(d.metadata['Name'], d.version) for d in m.distributions()]"
    said = {tuple(line.split()) for line in roots.run("chroot", root, "python3", "-c", ask).splitlines()}
    found, unread = over(PYTHON, root)
    assert {(one.package.facts.get("written", one.package.name), one.package.version) for one in found} == said
    assert said
    assert not unread


def test_bills_of_materials_belong_to_their_wheel() -> None:
    """Of real wheels: what the document lists, without the wheel itself, owned by the wheel."""
    root = roots.wheels()
    found, _ = over(PYTHON, root)
    wheels = {one.package.name: one.package for one in found if one.package.path.endswith("/METADATA")}
    inside = [one.package for one in found if "/sboms/" in one.package.path]
    names = {one.name for one in inside if one.owner == wheels["cryptography"].purl}
    (site,) = root.glob("lib/python*/site-packages")
    stated = {
        component["name"]
        for path in site.glob("cryptography-*.dist-info/sboms/*")
        for component in json.loads(path.read_text())["components"]
    }
    assert names == stated
    assert "openssl" in names
    assert not any(one.purl.startswith(wheels["pillow"].purl) for one in inside)
    grafted = [one for one in inside if one.owner == wheels["psycopg2-binary"].purl]
    assert {(one.ecosystem, one.distribution) for one in grafted} == {(Ecosystem.RPM, "centos:7")}
    assert not any(one.name.startswith("psycopg2") for one in inside)


def test_packages_inside_pip_are_those_that_it_lists() -> None:
    root = roots.wheels()
    found, unread = over(VENDORED, root)
    (listed,) = root.glob("lib/python*/site-packages/pip/_vendor/vendor.txt")
    theirs = dict(line.split()[0].split("==") for line in listed.read_text().splitlines() if "==" in line)
    assert {one.package.name: one.package.version for one in found} == {normalised(n): v for n, v in theirs.items()}
    assert {one.package.certainty for one in found} == {Certainty.STATED}
    assert not unread


def test_a_list_beside_which_nothing_lies_is_only_a_guess() -> None:
    listed = "# of what is here\nsix==1.16.0  # why\n    rich[all]===13.4\n-r other.txt\nloose>=1\n"
    found, unread = of(VENDORED, {f"{SITE}/x/_vendor/vendored.txt": listed, f"{SITE}/x/_vendor/six.py": ""})
    assert [(one.package.name, one.package.version, one.package.certainty) for one in found] == [
        ("six", "1.16.0", Certainty.STATED),
        ("rich", "13.4", Certainty.GUESSED),
    ]
    assert [(one.line, one.reason) for one in unread] == [(5, "no name with one version: loose>=1")]


def _wheel(name: str = "One", version: str = "1.0", *fields: str) -> str:
    return "\n".join(["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *fields, "", "Version: 9"])


def test_eggs_in_all_their_forms() -> None:
    found, unread = of(
        PYTHON,
        {
            f"{SITE}/file-1.0.egg-info": _wheel("file"),
            f"{SITE}/folder-2.0-py3.11.egg-info/PKG-INFO": _wheel("folder", "2.0"),
            f"{SITE}/folder-2.0-py3.11.egg-info/installed-files.txt": "../folder.py\n../../../../bin/run\nPKG-INFO\n",
            f"{SITE}/folder-2.0-py3.11.egg-info/requires.txt": "numpy>=1\nTwo_words\n\n[extra]\nthree\n",
            f"{SITE}/whole-3.0-py3.11.egg/EGG-INFO/PKG-INFO": _wheel("whole", "3.0"),
            f"{SITE}/linked.egg-link": "/src/linked\n.",
            "src/linked/linked.egg-info/PKG-INFO": _wheel("linked", "4.0"),
            f"{SITE}/lost.egg-link": "/src/lost\n.",
        },
    )
    said = packages(found)
    assert {name: one.version for name, one in said.items()} == {
        "file": "1.0",
        "folder": "2.0",
        "whole": "3.0",
        "linked": "4.0",
    }
    assert said["folder"].requires == ("numpy", "two-words")
    assert next(one.files for one in found if one.package.name == "folder") == (
        f"{SITE}/folder.py",
        "usr/bin/run",
        f"{SITE}/folder-2.0-py3.11.egg-info/PKG-INFO",
    )
    assert said["linked"].facts == {"editable": "true"}
    assert [(one.path, "src/lost" in one.reason) for one in unread] == [(f"{SITE}/lost.egg-link", True)]


def test_secrets_in_the_place_of_a_package_are_not_told() -> None:
    url = (
        '{"url": "https://user:hunter2@example.org/x.git?token=hunter2", "vcs_info": {"vcs": "git", "commit_id": "ab"}}'
    )
    folder = f"{SITE}/one-1.0.dist-info"
    found, _ = of(PYTHON, {f"{folder}/METADATA": _wheel(), f"{folder}/direct_url.json": url})
    assert found[0].package.facts == {
        "written": "One",
        "direct-url": "https://example.org/x.git",
        "commit": "ab",
    }


def test_a_package_left_over_by_a_removal_says_so() -> None:
    found, _ = of(PYTHON, {f"{SITE}/~ne-1.0.dist-info/METADATA": _wheel()})
    assert "left over" in found[0].package.facts["state"]


@pytest.mark.parametrize(
    ("files", "names", "reason"),
    [
        ({"METADATA": "Name: One\n"}, ["one"], "taken from the name of its folder"),
        ({"METADATA": b"\xff\xfe\0"}, ["one"], "taken from the name of its folder"),
        ({"METADATA": _wheel("<b>")}, ["one"], "taken from the name of its folder"),
        ({"RECORD": "one.py,,"}, [], "a package that has no metadata"),
        ({"METADATA": _wheel(), "sboms/x.json": "{"}, ["one"], "no JSON"),
        ({"METADATA": _wheel(), "sboms/x.spdx": '{"a": 1}'}, ["one"], "neither CycloneDX nor SPDX"),
    ],
)
def test_what_cannot_be_read_is_told(files: dict[str, str | bytes], names: list[str], reason: str) -> None:
    found, unread = of(PYTHON, {f"{SITE}/one-1.0.dist-info/{name}": content for name, content in files.items()})
    assert [one.package.name for one in found] == names
    assert [reason in one.reason for one in unread] == [True]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            ("License-Expression: MIT AND (Apache-2.0 OR BSD-2-Clause)", "License: x"),
            ("MIT AND (Apache-2.0 OR BSD-2-Clause)",),
        ),
        (("Classifier: License :: OSI Approved :: MIT License", "License: x"), ("MIT License",)),
        (("Classifier: License :: OSI Approved", "License: BSD"), ("BSD",)),
        (("License: Copyright\n        all of it",), ()),
        (("License: UNKNOWN",), ()),
        ((), ()),
    ],
)
def test_licenses(fields: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert metadata(only_fields("", memoryview(_wheel("a", "1", *fields).encode()))).licenses == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2.6.0+cu126", {"public-version": "2.6.0", "cuda": "12.6"}),
        ("1.10.0+cu92", {"public-version": "1.10.0", "cuda": "9.2"}),
        ("2.0+cuda12.4.ubuntu", {"public-version": "2.0", "cuda": "12.4"}),
        ("0.4+12.cu118", {"public-version": "0.4", "cuda": "11.8"}),
        ("2.5.1+cpu", {"public-version": "2.5.1", "variant": "cpu"}),
        ("2.5.1+rocm6.2.4", {"public-version": "2.5.1", "rocm": "6.2.4"}),
        ("1.0+custom", {"public-version": "1.0"}),
        ("1.0", {}),
    ],
)
def test_variants(version: str, expected: dict[str, str]) -> None:
    assert variant(version) == expected


def test_requirements_without_extras() -> None:
    said = ["Foo.Bar (>=1)", "x; extra == 'test'", "y[z]>1 ; python_version < '4'", "", "-bad", "foo-bar"]
    assert required(said) == ("foo-bar", "y")


def test_paths_of_a_record_with_quotes() -> None:
    record = b'"a,b.py",sha256=x,1\r\n"say ""x"".py",,\r\nplain.py,sha256=y,2\r\n'
    assert only_paths("", memoryview(record)) == b'a,b.py\nsay "x".py\nplain.py'
    assert only_paths("", memoryview(b"a.py,sha256=x,1\r\nb.py,,\n")) == b"a.py\nb.py\n"


def test_what_stops_others_from_moving_up_is_kept_with_its_markers() -> None:
    stated = [
        "torch==2.6.0",
        "numpy (>=1.26,<2)",
        "Pillow!=8.3.*; python_version < '3.13'",
        "pillow<12; python_version >= '3.13'",
        "requests>=2",
        "tool[x]~=1.4; extra == 'dev'",
        "wheel @ https://x.example/w.whl",
        "a" + "==" * 400,
        "bare",
    ]
    assert bounds(stated) == {
        "requires:torch": "==2.6.0",
        "requires:numpy": ">=1.26,<2",
        "requires:pillow": "!=8.3.*; python_version < '3.13' | <12; python_version >= '3.13'",
    }
