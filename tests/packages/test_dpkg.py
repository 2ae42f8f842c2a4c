"""Debian packages: what we say is what dpkg says of the same root file system."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ourhalf.model.packages import SourcePackage
from ourhalf.packages.copyright import licenses
from ourhalf.packages.dpkg import DPKG
from tests.images import tree
from tests.packages import roots
from tests.packages.support import all_of, of, over, packages

_FORMAT = r"${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\t${db:Status-Status}\n"


def asked(root: Path) -> dict[str, tuple[str, ...]]:
    """What dpkg says of each package but those of which only settings are left."""
    lines = roots.run("chroot", root, "dpkg-query", "-W", "-f", _FORMAT).splitlines()
    rows = (line.split("\t") for line in lines)
    return {row[0]: tuple(row[1:]) for row in rows if row[-1] not in ("config-files", "not-installed")}


def test_packages_are_those_of_dpkg() -> None:
    root = roots.debian()
    found, unread = over(DPKG, root)
    said = {
        one.package.name: (
            one.package.version,
            one.package.architecture,
            one.package.source.name if one.package.source else None,
            one.package.source.version if one.package.source else None,
            one.package.facts.get("state", "installed"),
        )
        for one in found
    }
    assert said == asked(root)
    assert not unread
    assert len(found) > 100
    assert "nano" not in said
    assert said["hello"][-1] == "unpacked"
    assert all(one.package.distribution == "debian:12" for one in found)


def test_files_are_those_of_dpkg_where_they_really_lie() -> None:
    root = roots.debian()
    found, _ = over(DPKG, root)
    for one in found[:40]:
        listed = roots.run("chroot", root, "dpkg-query", "-L", one.package.name).splitlines()
        expected = {
            (Path("/", *_merged(path.split("/")[1:]))).as_posix()[1:]
            for path in listed
            if path.startswith("/") and path != "/."
        }
        assert set(one.files) == expected
        assert sum((root / path).exists() or (root / path).is_symlink() for path in one.files) >= len(expected) * 0.5


def _merged(parts: list[str]) -> list[str]:
    return ["usr", *parts] if parts[0] in ("bin", "sbin", "lib", "lib64") and len(parts) > 1 else parts


def test_images_without_dpkg_keep_a_stanza_for_each_package(tmp_path: Path) -> None:
    """As distroless images do: the same packages, and their files by their checksums."""
    root = roots.debian()
    folder = tmp_path / "var/lib/dpkg/status.d"
    folder.mkdir(parents=True)
    (tmp_path / "etc").mkdir()
    shutil.copy(root / "etc/os-release", tmp_path / "etc")
    stanzas = (root / "var/lib/dpkg/status").read_text().split("\n\n")
    for stanza in stanzas[:20]:
        name = stanza.partition("\n")[0].removeprefix("Package: ")
        kept = [line for line in stanza.split("\n") if not line.startswith("Status:")]
        (folder / name).write_text("\n".join(kept))
        for sums in (root / "var/lib/dpkg/info").glob(f"{name}*.md5sums"):
            shutil.copy(sums, folder / f"{name}.md5sums")
    found, unread = over(DPKG, tmp_path)
    assert not unread
    expected = asked(root)
    assert {one.package.name: one.package.version for one in found} == {
        stanza.partition("\n")[0].removeprefix("Package: "): expected[stanza.partition("\n")[0][9:]][0]
        for stanza in stanzas[:20]
    }
    base = next(one for one in found if one.package.name == "base-files")
    assert "usr/share/doc/base-files/copyright" in base.files
    assert base.package.path == "var/lib/dpkg/status.d/base-files"


def test_licenses_of_a_real_package() -> None:
    found = packages(over(DPKG, roots.debian())[0])
    assert found["dpkg"].licenses == ("BSD-2-clause", "GPL-2", "GPL-2+", "public-domain-s-s-d")
    assert found["base-files"].licenses == ("GPL",)


def _status(*fields: str, package: str = "one", status: str = "install ok installed") -> str:
    return "\n".join(
        [f"Package: {package}", f"Status: {status}", "Version: 1:2.0-1+b1", "Architecture: amd64", *fields]
    )


def test_source_built_using_and_dependencies() -> None:
    stanza = _status(
        "Source: one-src (1:2.0-1)",
        "Depends: libc6 (>= 2.36), awk | mawk:any, one",
        "Pre-Depends: dpkg",
        "Built-Using: gcc-12 (= 12.2.0-14),",
        " glibc (= 2.36-9)",
    )
    found, unread = of(DPKG, {"var/lib/dpkg/status": stanza, "usr/lib/os-release": 'ID=ubuntu\nVERSION_ID="24.04"\n'})
    (package,) = packages(found).values()
    assert not unread
    assert package.source == SourcePackage("one-src", "1:2.0-1")
    assert package.requires == ("dpkg", "libc6", "awk", "mawk", "one")
    assert package.facts == {"built-using": "gcc-12 (= 12.2.0-14), glibc (= 2.36-9)"}
    assert package.purl == "pkg:deb/ubuntu/one@1:2.0-1%2Bb1?arch=amd64&distro=ubuntu-24.04"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("install ok installed", ""),
        ("deinstall ok installed", ""),
        ("hold ok triggers-pending", ""),
        ("install reinstreq half-installed", "half-installed"),
        ("install ok half-configured", "half-configured"),
        ("deinstall ok config-files", None),
        ("purge ok not-installed", None),
    ],
)
def test_states(status: str, state: str | None) -> None:
    found, unread = of(DPKG, {"var/lib/dpkg/status": _status(status=status)})
    assert [one.package.facts.get("state", "") for one in found] == ([] if state is None else [state])
    assert not unread


@pytest.mark.parametrize(
    ("stanza", "reason"),
    [
        (_status(package="<b>one</b>"), "whose name cannot be one"),
        (_status(package="a" * 300), "whose name cannot be one"),
        ("Package: one\nStatus: install ok installed\nVersion: 1 2", "whose version cannot be one"),
        (_status(status="install ok melted"), "a state that dpkg does not know: melted"),
        ("Status: install ok installed\nVersion: 1", "whose name cannot be one"),
        ("nothing of the kind", "a record that names no package"),
        (_status() + "\n\n" + _status(), "one is in it twice; the last is taken"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(stanza: str, reason: str) -> None:
    before = _status(package="before")
    found, unread = of(DPKG, {"var/lib/dpkg/status": f"{before}\n\n{stanza}\n"})
    assert "before" in packages(found)
    assert [reason in one.reason for one in unread] == [True]
    assert unread[0].line > before.count("\n") + 1


def test_a_stanza_of_its_own_with_an_empty_state_is_told() -> None:
    found, unread = of(DPKG, {"var/lib/dpkg/status.d/one": _status(status="")})
    assert not found
    assert ["a state that dpkg does not know" in one.reason for one in unread] == [True]


def test_files_that_leave_the_image_are_dropped() -> None:
    found, _ = of(
        DPKG,
        {
            "var/lib/dpkg/status": _status(),
            "var/lib/dpkg/info/one.list": "/.\n/etc\n/etc/../../root/x\n/bin/one\n//etc//two\n/../up\n/etc/..",
        },
        links={"bin": "usr/bin"},
    )
    assert found[0].files == ("etc", "usr/bin/one", "etc/two")


def test_two_architectures_of_a_package() -> None:
    other = _status().replace("amd64", "i386")
    lists = {f"var/lib/dpkg/info/one:{arch}.list": f"/usr/lib/{arch}" for arch in ("amd64", "i386")}
    found, unread = of(DPKG, {"var/lib/dpkg/status": f"{_status()}\n\n{other}", **lists})
    assert not unread
    assert {one.package.architecture: one.files for one in found} == {
        "amd64": ("usr/lib/amd64",),
        "i386": ("usr/lib/i386",),
    }


def test_a_list_that_is_too_large_is_told() -> None:
    found, unread = all_of(
        DPKG,
        tree.of(
            {"var/lib/dpkg/status": _status(), "var/lib/dpkg/info/one.list": b"/x\n" * (6 << 20)},
            DPKG.wanted,
        ),
    )
    assert len(found) == 1
    assert [(one.path, "larger than" in one.reason) for one in unread] == [("var/lib/dpkg/info/one.list", True)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "Format: x\n\nLicense: GPL-2+ and (MIT or Apache-2.0)\n text\n\nLicense: MIT",
            ["Apache-2.0", "GPL-2+", "MIT"],
        ),
        ("Format: x\nLicense: <script>alert(1)</script>", ["<script>alert 1 </script>"]),
        ("See /usr/share/common-licenses/LGPL-2.1.", ["LGPL-2.1"]),
        ("All rights reserved", None),
        ("", None),
    ],
)
def test_licenses_of_copyright_files(content: str, expected: list[str] | None) -> None:
    made = licenses("", memoryview(content.encode()))
    assert (made and sorted(made.decode().split("\n"))) == (expected and sorted(expected))
