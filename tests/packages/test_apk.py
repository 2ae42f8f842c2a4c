"""Alpine packages.

No registry of Alpine's is reached where this is tested: the databases here are written from the published format.
"""

from __future__ import annotations

import pytest

from ourhalf.model.packages import SourcePackage
from ourhalf.packages.apk import APK
from tests.packages.support import of, packages

RELEASE = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\n'
MUSL = """\
C:Q1abcdefghijklmnopqrstuvwxyz0=
P:musl
V:1.2.5-r0
A:x86_64
S:407278
I:667648
T:the musl c library (libc) implementation
U:https://musl.libc.org/
L:MIT
o:musl
m:Somebody <somebody@example.org>
t:1716486717
c:1fae7a0b8a4fb8a24e4d1d5d1b9d1e6a0d5a6d7f
p:so:libc.musl-x86_64.so.1=1
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1abc=
R:libc.musl-x86_64.so.1
a:0:0:777
"""
BUSYBOX = """\
C:Q1zz=
P:busybox-binsh
V:1.36.1-r29
A:x86_64
L:GPL-2.0-only
o:busybox
D:busybox=1.36.1-r29 so:libc.musl-x86_64.so.1 !other>1 cmd:nothing
p:/bin/sh cmd:sh=1.36.1-r29
f:s
F:bin
R:sh
F:bin/../../../etc
R:escaped
F:etc
R:../../passwd
F:
R:top
"""


def test_records() -> None:
    found, unread = of(APK, {"lib/apk/db/installed": f"{MUSL}\n{BUSYBOX}\n", "etc/os-release": RELEASE})
    musl, shell = packages(found).values()
    assert not unread
    assert musl.purl == "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.3"
    assert musl.source == SourcePackage("musl", "1.2.5-r0")
    assert musl.distribution == "alpine:3.20.3"
    assert (musl.licenses, musl.architecture) == (("MIT",), "x86_64")
    assert musl.facts == {"commit": "1fae7a0b8a4fb8a24e4d1d5d1b9d1e6a0d5a6d7f"}
    assert shell.source == SourcePackage("busybox", "1.36.1-r29")
    assert shell.requires == ("musl",)
    assert shell.facts == {"broken": "script"}
    assert [one.files for one in found] == [("lib/ld-musl-x86_64.so.1", "lib/libc.musl-x86_64.so.1"), ("bin/sh", "top")]


def test_the_database_of_a_merged_system_is_read_once() -> None:
    found, unread = of(
        APK, {"usr/lib/apk/db/installed": MUSL, "etc/os-release": RELEASE}, links={"lib": "usr/lib", "bin": "usr/bin"}
    )
    assert not unread
    assert [one.files for one in found] == [("usr/lib/ld-musl-x86_64.so.1", "usr/lib/libc.musl-x86_64.so.1")]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"lib/apk/db/installed": f"{MUSL}\n\n{MUSL}"}, "musl is in it twice; the last is taken"),
        ({"lib/apk/db/installed": f"{MUSL}\nP:half\n"}, "cannot be one: half"),
        ({"lib/apk/db/installed": f"{MUSL}\nP:a b\nV:1\n"}, "cannot be one: a b"),
        ({"lib/apk/db/installed": f"{MUSL}\nV:{'1' * 300}\nP:x"}, "cannot be one: x"),
        ({"lib/apk/db/installed": MUSL, "lib/apk/db/installed.adb": b"ADB.xxxx"}, "binary database is not read"),
    ],
)
def test_what_cannot_be_read_is_told(files: dict[str, str], reason: str) -> None:
    found, unread = of(APK, files)
    assert list(packages(found)) == ["musl"]
    assert [reason in one.reason for one in unread] == [True]
