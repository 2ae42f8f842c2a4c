from __future__ import annotations

import itertools
import lzma
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.advisories.versions import Order, UnorderableError, order_of
from ourhalf.advisories.versions.order import MAX_VERSION
from tests.advisories.made import ADVISORIES
from tests.corpora import needs_corpora

VECTORS = ADVISORIES / "version-order"
FILES = {
    "alpine-versions.txt": ("alpine", 778),
    "alpine-versions-generated.txt.xz": ("alpine", 13_979),
    "debian-versions.txt": ("debian", 30),
    "debian-versions-generated.txt.xz": ("debian", 14_442),
    "pypi-versions.txt": ("pypi", 37),
    "pypi-versions-generated.txt.xz": ("pypi", 12_375),
    "redhat-versions.txt": ("rhel", 165),
    "semver-versions.txt": ("npm", 86),
}
FAMILIES = ("alpine", "debian", "generic", "maven", "npm", "pypi", "rhel")


def order(family: str) -> Order:
    found = order_of(family)
    assert found is not None
    return found


def sign(family: str, one: str, other: str) -> str:
    a, b = order(family).key(one), order(family).key(other)
    return "<" if a < b else ">" if b < a else "="


def pairs(path: Path) -> list[tuple[str, str, str]]:
    data = path.read_bytes()
    text = (lzma.decompress(data) if path.suffix == ".xz" else data).decode()
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith(("#", "//")))
    found = [re.fullmatch(r"\s*(\S+) ([<=>]) (\S+)\s*", line) for line in lines]
    assert all(found)
    return [(one[1], one[2], one[3]) for one in found if one]


@needs_corpora
@pytest.mark.parametrize("name", FILES)
def test_the_published_vectors(name: str) -> None:
    family, count = FILES[name]
    found = pairs(VECTORS / name)
    assert len(found) == count
    assert [(one, told, other) for one, told, other in found if sign(family, one, other) != told] == []


@needs_corpora
def test_every_file_of_vectors_is_read() -> None:
    assert {path.name for path in VECTORS.iterdir()} == set(FILES)


@pytest.mark.parametrize(
    ("family", "ascending"),
    [
        # The examples of the "Version Order Specification" of maven.apache.org/pom.html.
        ("maven", ["1-alpha", "1-beta", "1-milestone", "1-rc", "1-snapshot", "1", "1-sp", "1-foo", "1-1", "1.1"]),
        ("maven", ["1-snapshot", "1-final", "1-sp-1"]),
        ("maven", ["1-foo2", "1-foo10"]),
        ("maven", ["1.0-alpha-1", "1.0-alpha-2", "1.0", "1.0.1", "1.10", "2"]),
        ("rhel", ["1.0~rc1-1", "1.0-1", "1.0^git1-1", "1.0.1-1", "1:0.1-1"]),
        ("generic", ["1.1.1", "1.1.1a", "1.1.1k", "1.1.2", "3.0.0-alpha1", "3.0.0-beta2", "3.0.0"]),
        ("generic", ["12.5.1", "12.6", "12.6 Update 1", "12.6U2", "12.9.86", "13.0"]),
        ("generic", ["1.25.9", "1.26.0-0", "1.26.0-rc.1", "1.26.0"]),
        ("generic", ["r25.09", "r25.10", "26.01"]),
        ("golang", ["v0.0.0-20190101000000-abcdefabcdef", "v0.0.0", "v1.2.3+incompatible", "v1.10.0"]),
        ("cargo", ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"]),
    ],
)
def test_orders(family: str, ascending: list[str]) -> None:
    told = [sign(family, one, other) for one, other in itertools.pairwise(ascending)]
    assert told == ["<"] * (len(ascending) - 1), list(zip(itertools.pairwise(ascending), told, strict=True))


@pytest.mark.parametrize(
    ("family", "one", "other"),
    [
        ("maven", "1.0.0", "1"),
        ("maven", "1-ga", "1"),
        ("maven", "1.0.0-foo.0.0", "1-foo"),
        ("maven", "1-a1", "1-alpha-1"),
        ("generic", "v12.6", "12.6.0"),
        ("generic", "12.6 Update 1", "12.6.1"),
        ("generic", "2.0+build7", "2.0"),
        ("pypi", "2.6.0-NA", "2.6"),
        ("npm", "v1.0.0", "1.0.0+build"),
        ("ubuntu", "0:1.2-0", "1.2"),
    ],
)
def test_equals(family: str, one: str, other: str) -> None:
    assert sign(family, one, other) == "="


@pytest.mark.parametrize(
    ("family", "version", "regular"),
    [
        ("pypi", "2.6.0+cu126", True),
        ("pypi", "2004d-custom", False),
        ("debian", "3.0.17-1~deb12u1", True),
        ("debian", "trunk", False),
        ("alpine", "1.2.3_rc1-r4", True),
        ("alpine", "1.2.3_blah", False),
        ("rhel", "1:3.0.7-27.el9", True),
        ("generic", "12.9.86", True),
        ("generic", "2024 edition", False),
        ("npm", "1.2.x", False),
    ],
)
def test_what_an_order_can_rely_on(family: str, version: str, regular: bool) -> None:
    assert order(family).regular(version) is regular


def test_local_versions_are_judged_by_the_public_one() -> None:
    assert order("pypi").public("2.6.0+cu126") == "2.6.0"
    assert order("debian").public("1.0+dfsg-1") == "1.0+dfsg-1"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("version", ["", "1" * (MAX_VERSION + 1)])
def test_what_is_no_version_is_refused(family: str, version: str) -> None:
    with pytest.raises(UnorderableError):
        order(family).key(version)


def test_an_ecosystem_without_an_order_has_none() -> None:
    assert order_of("mageia:9") is None


VERSIONS = st.text("0123456789.-+~^_:abrcp ", min_size=1, max_size=12) | st.text(min_size=1, max_size=12)


@pytest.mark.parametrize("family", FAMILIES)
@given(versions=st.lists(VERSIONS, min_size=3, max_size=3))
def test_any_versions_have_one_order(family: str, versions: list[str]) -> None:
    try:
        a, b, c = sorted(order(family).key(one) for one in versions)
    except UnorderableError:
        return
    assert not b < a
    assert not c < b
    assert not c < a
    assert (a < b) + (a == b) == 1
