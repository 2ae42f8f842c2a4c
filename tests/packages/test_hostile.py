"""Every cataloguer on files that somebody wrote to break it: it never raises, and what it says stays in bounds."""

from __future__ import annotations

import json
import re
import sqlite3
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ourhalf.images.cataloguer import Cataloguer, Installed, all_cataloguers
from ourhalf.model.evidence import Unread
from ourhalf.packages.apk import APK
from ourhalf.packages.cargo import CARGO
from ourhalf.packages.conda import CONDA
from ourhalf.packages.dpkg import DPKG
from ourhalf.packages.golang import GOLANG
from ourhalf.packages.java import JAVA
from ourhalf.packages.npm import NPM
from ourhalf.packages.purl import parsed
from ourhalf.packages.python import PYTHON
from ourhalf.packages.rpm import RPM
from ourhalf.packages.vendored import VENDORED
from tests.images import tree
from tests.packages import roots, test_apk, test_cargo, test_conda, test_dpkg, test_golang, test_java, test_rpm
from tests.packages.elves import elf

SITE = "usr/lib/python3/site-packages"


def _sqlite() -> bytes:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    database.executemany("INSERT INTO Packages VALUES (?, ?)", _headers())
    database.commit()
    return bytes(database.serialize())


@cache
def _headers() -> list[tuple[int, bytes]]:
    return test_rpm.stored()[:3]


@cache
def _berkeley() -> bytes:
    folder = roots.made("berkeley-1", lambda root: test_rpm.berkeley(root / "Packages", _headers()))
    return (folder / "Packages").read_bytes()


BILL = {
    "bomFormat": "CycloneDX",
    "components": [{"name": "a", "purl": "pkg:rpm/a@1", "licenses": [{"expression": "MIT"}]}],
}
SPDX = {"spdxVersion": "SPDX-2.3", "packages": [{"name": "a", "versionInfo": "1", "externalRefs": []}]}
STATUS = test_dpkg._status("Source: a (1)", "Depends: b | c")
JAR = test_java.archive(
    test_java.pom("g", "a", "1") | {"lib/b-1.jar": test_java.archive(test_java.manifest(Bundle_Version="1"))}
)
SAMPLES: list[tuple[Cataloguer, str, Callable[[], bytes]]] = [
    (DPKG, "var/lib/dpkg/status", STATUS.encode),
    (DPKG, "var/lib/dpkg/status.d/x", STATUS.encode),
    (APK, "lib/apk/db/installed", test_apk.BUSYBOX.encode),
    (RPM, "var/lib/rpm/rpmdb.sqlite", _sqlite),
    (RPM, "var/lib/rpm/Packages", _berkeley),
    (RPM, "var/lib/rpm/Packages.db", lambda: test_rpm.ndb(_headers())),
    (PYTHON, f"{SITE}/a-1.dist-info/METADATA", b"Name: a\nVersion: 1+cu1\nRequires-Dist: b; x\n\nlong".__bytes__),
    (PYTHON, f"{SITE}/a-1.dist-info/RECORD", b'a.py,sha256=x,1\n"b,c",,\n../../x,,\n'.__bytes__),
    (PYTHON, f"{SITE}/a-1.dist-info/direct_url.json", b'{"url": "https://a:b@[x", "dir_info": {}}'.__bytes__),
    (PYTHON, f"{SITE}/a-1.dist-info/sboms/a.json", json.dumps(BILL).encode),
    (PYTHON, f"{SITE}/a-1.dist-info/sboms/b.json", json.dumps(SPDX).encode),
    (PYTHON, f"{SITE}/a.egg-link", b"/src\n.".__bytes__),
    (VENDORED, f"{SITE}/pip/_vendor/vendor.txt", b"a==1\n  b===2 # c\n".__bytes__),
    (CONDA, "opt/conda-meta/a.json", json.dumps(test_conda.RECORD).encode),
    (NPM, "node_modules/@a/b/package.json", b'{"name": "@a/b", "version": "1", "dependencies": {"c": "1"}}'.__bytes__),
    (NPM, "package-lock.json", b'{"packages": {"node_modules/@a/b": {"version": "2"}}}'.__bytes__),
    (JAVA, "opt/a.jar", lambda: JAR),
    (GOLANG, "usr/bin/a", lambda: elf({".go.buildinfo": test_golang.in_line()})),
    (GOLANG, "usr/bin/b", lambda: test_golang.by_address(True, "<")),
    (CARGO, "usr/bin/a", lambda: elf({".dep-v0": test_cargo.packed(test_cargo.CRATES)})),
]
BESIDE = {
    f"{SITE}/a-1.dist-info/METADATA": b"Name: a\nVersion: 1\n",
    "node_modules/@a/b/package.json": b"{}",
    "etc/os-release": b"ID=\xff\nVERSION_ID='",
}


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """The same bytes with some changed, left out, repeated or added."""
    made = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(made)))
        match draw(st.sampled_from(("set", "cut", "repeat", "add", "numbers", "end"))):
            case "set" if at < len(made):
                made[at] = draw(st.integers(0, 255))
            case "cut":
                del made[at : at + draw(st.integers(1, 40))]
            case "repeat":
                made[at:at] = made[at : at + draw(st.integers(1, 200))] * draw(st.integers(1, 4))
            case "numbers":
                made[at : at + 4] = draw(st.sampled_from((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff")))
            case "end":
                del made[at:]
            case _:
                made[at:at] = draw(
                    st.binary(max_size=20) | st.sampled_from((b"../" * 9, b"\n\n", b"<b>", b"\0", b"\r\n"))
                )
    return bytes(made)


def hold(cataloguer: Cataloguer, path: str, content: bytes) -> None:
    files = BESIDE | {path: content}
    for one in cataloguer.catalogue(tree.of(files, cataloguer.wanted, mode=0o755)):
        assert isinstance(one, Installed | Unread)
        if isinstance(one, Unread):
            assert one.reason
            assert len(one.reason) <= 500
            assert one.reason.isprintable()
            continue
        package = one.package
        assert package.name
        assert package.layer == 0
        assert package.path in files
        assert package.ecosystem in cataloguer.ecosystems or "/sboms/" in package.path
        assert parsed(package.purl) is not None
        short = (package.name, package.version or "", package.architecture, package.distribution)
        for text in (*short, *package.licenses, *package.requires, *package.facts.values()):
            assert text.isprintable()
            assert len(text) <= 500
        for file in one.files:
            assert not file.startswith("/")
            assert ".." not in file.split("/")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one[1])
def test_samples_say_something(sample: tuple[Cataloguer, str, Callable[[], bytes]]) -> None:
    """They are what their readers read, so that damage to them goes deep."""
    cataloguer, path, make = sample
    assert list(cataloguer.catalogue(tree.of(BESIDE | {path: make()}, cataloguer.wanted, mode=0o755)))
    hold(cataloguer, path, make())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one[1])
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damage_is_told_and_never_raised(
    sample: tuple[Cataloguer, str, Callable[[], bytes]], data: st.DataObject
) -> None:
    cataloguer, path, make = sample
    hold(cataloguer, path, data.draw(damaged(make()) | st.binary(max_size=300)))


def test_every_cataloguer_here_has_a_sample() -> None:
    ours = {one.name for one, *_ in SAMPLES}
    assert {"apk", "cargo", "conda", "dpkg", "golang", "java", "npm", "python", "rpm", "vendored"} == ours
    assert ours <= {one.name for one in all_cataloguers()}


def test_what_is_wanted_has_one_key_and_matches_in_one_go() -> None:
    """Each key is one thing in the house, and no pattern goes back and forth over a long path."""
    wanted = {want for one in all_cataloguers() for want in one.wanted if one.name in {c.name for c, *_ in SAMPLES}}
    assert len({want.key for want in wanted}) == len(wanted)
    for want in wanted:
        for path in ("a/" * 2000, "node_modules/" * 400 + "x", "x.dist-info/" * 400):
            re.fullmatch(want.pattern, path)


def test_texts_of_absurd_length_are_refused() -> None:
    long = "x" * 100_000
    for cataloguer, path, content in (
        (DPKG, "var/lib/dpkg/status", test_dpkg._status(package=long)),
        (PYTHON, f"{SITE}/b.egg-info", f"Name: {long}\nVersion: 1"),
        (NPM, "node_modules/x/package.json", json.dumps({"name": long, "version": "1"})),
        (CONDA, "conda-meta/x.json", json.dumps({"name": long, "version": "1"})),
        (APK, "lib/apk/db/installed", f"P:{long}\nV:1"),
        (
            CARGO,
            "usr/bin/x",
            elf({".dep-v0": zlib.compress(b'{"packages": [{"name": "%s", "version": "1"}]}' % long.encode())}),
        ),
    ):
        found = list(cataloguer.catalogue(tree.of({path: content}, cataloguer.wanted, mode=0o755)))
        assert [type(one) for one in found] == [Unread]


def test_names_with_html_are_refused_or_kept_as_they_are() -> None:
    """Whoever prints a name escapes it; none becomes another name on the way."""
    html = "<img/src=x>"
    jar = test_java.archive({"META-INF/maven/g/a/pom.properties": f"groupId=g\nartifactId={html}\nversion=1"})
    (found,) = JAVA.catalogue(tree.of({"x.jar": jar}, JAVA.wanted))
    assert isinstance(found, Installed)
    assert found.package.name == f"g:{html}"
    assert "<" not in found.package.purl
    (refused,) = DPKG.catalogue(tree.of({"var/lib/dpkg/status": test_dpkg._status(package=html)}, DPKG.wanted))
    assert isinstance(refused, Unread)


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for cataloguer, path, make in SAMPLES:
        hold(cataloguer, path, make())
    assert not list(tmp_path.iterdir())
