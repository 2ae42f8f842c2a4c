"""npm packages: what we say is what npm says of the same folder."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.model.packages import Certainty
from ourhalf.packages.npm import NPM
from tests.packages import roots
from tests.packages.support import of, over, packages


def listed(tree: dict[str, Any]) -> set[tuple[str, str]]:
    """Names and versions in what `npm ls` says."""
    found = set()
    for name, one in tree.get("dependencies", {}).items():
        if "version" in one:
            found |= {(name, one["version"])} | listed(one)
    return found


def test_packages_are_those_of_npm() -> None:
    root = roots.modules()
    theirs = listed(json.loads(roots.run("npm", "ls", "--all", "--json", at=root)))
    found, unread = over(NPM, root)
    assert {(one.package.name, one.package.version) for one in found} == theirs
    assert {name for name, _ in theirs} >= {"@babel/code-frame", "chalk", "ansi-styles"}
    assert len([one for one in found if one.package.name == "ansi-styles"]) == 2
    assert not unread


def test_each_file_belongs_to_the_nearest_package() -> None:
    root = roots.modules()
    found, _ = over(NPM, root)
    ours = sorted(path for one in found for path in one.files)
    real = (p.relative_to(root).as_posix() for p in root.glob("node_modules/**/*") if not p.is_dir())
    assert ours == sorted(p for p in real if "/.bin/" not in p and not p.endswith("/.package-lock.json"))
    inner = next(one for one in found if one.package.path.count("node_modules") == 2)
    assert all(path.startswith(inner.package.path.removesuffix("package.json")) for path in inner.files)


def test_a_scoped_package() -> None:
    found = packages(over(NPM, roots.modules())[0])
    assert found["@babel/code-frame"].purl.startswith("pkg:npm/%40babel/code-frame@7.")
    assert found["@babel/code-frame"].licenses == ("MIT",)
    assert "picocolors" in found["@babel/code-frame"].requires


def test_packages_of_debian_are_found_where_it_lays_them() -> None:
    found, unread = over(NPM, roots.debian())
    said = packages(found)
    version = roots.run("chroot", roots.debian(), "dpkg-query", "-W", "-f", "${source:Upstream-Version}", "node-semver")
    assert said["semver"].version == version.partition("+")[0].partition("~")[0]
    assert not unread


LOCKS: dict[int, dict[str, Any]] = {
    1: {"dependencies": {"a": {"version": "1.0.0", "dependencies": {"b": {"version": "2.0.0"}}}}},
    2: {
        "packages": {
            "": {},
            "node_modules/a": {"version": "1.0.0"},
            "node_modules/a/node_modules/b": {"version": "2.0.0"},
        }
    },
}


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_lock_tells_the_version_of_what_is_installed_only(version: int) -> None:
    lock = LOCKS[min(version, 2)] | {"lockfileVersion": version}
    found, unread = of(
        NPM,
        {
            "app/package-lock.json": json.dumps(lock),
            "app/node_modules/a/package.json": '{"name": "a", "version": "1.0.1"}',
            "app/node_modules/a/node_modules/b/package.json": '{"name": "b"}',
        },
    )
    said = packages(found)
    assert (said["a"].version, said["a"].facts) == ("1.0.1", {"locked": "1.0.0"})
    assert (said["b"].version, said["b"].certainty) == ("2.0.0", Certainty.DERIVED)
    assert not unread
    assert of(NPM, {"app/package-lock.json": json.dumps(lock)}) == ([], [])


def test_the_lock_that_npm_keeps_of_what_is_installed() -> None:
    lock = {
        "packages": {"node_modules/a": {"version": "1.0.0", "resolved": "https://me:secret@npm.example.org/a.tgz?x=1"}}
    }
    files = {
        "app/node_modules/.package-lock.json": json.dumps(lock),
        "app/node_modules/a/package.json": '{"name": "other", "version": "1.0.0"}',
    }
    (found,), _ = of(NPM, files)
    assert found.package.facts == {"resolved": "https://npm.example.org/a.tgz", "folder": "a"}


def test_files_that_only_say_how_a_folder_is_read_are_no_packages() -> None:
    files = {
        "node_modules/a/package.json": '{"name": "a", "version": "1.0.0", "license": {"type": "MIT"}}',
        "node_modules/a/esm/package.json": '{"type": "module"}',
        "node_modules/c/package.json": '{"type": "module"}',
        "src/package.json": '{"name": "app", "version": "1.0.0"}',
    }
    found, unread = of(NPM, files)
    assert [(one.package.name, one.package.licenses) for one in found] == [("a", ("MIT",))]
    assert not unread


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"name": "../../x", "version": "1"}', '{"name": "a b", "version": "1"}']
)
def test_what_cannot_be_read_is_told(content: str) -> None:
    found, unread = of(NPM, {"node_modules/x/package.json": content})
    assert not found
    assert [one.path for one in unread] == ["node_modules/x/package.json"]
