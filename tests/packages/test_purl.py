"""Package URLs: the rules of the specification, and that what is written is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.model.packages import Ecosystem
from ourhalf.packages.purl import Parts, parsed, purl

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
VERSION = st.none() | TEXT


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (purl("npm", "animation", "12.3.1", namespace="@angular"), "pkg:npm/%40angular/animation@12.3.1"),
        (purl("pypi", "torch", "2.6.0+cu126"), "pkg:pypi/torch@2.6.0%2Bcu126"),
        (purl("deb", "Curl", "1:7.50.3-1", namespace="Debian"), "pkg:deb/debian/curl@1:7.50.3-1"),
        (purl("deb", "libstdc++6", "1~a", qualifiers={"arch": "", "distro": "x y"}), None),
        (purl("golang", "oras", "v1", namespace="oras.land/Sub"), "pkg:golang/oras.land/sub/oras@v1"),
        (purl("maven", "Batik", "1", namespace="org.Apache"), "pkg:maven/org.Apache/Batik@1"),
        (purl("cargo", "a/b?c#d@e", None), "pkg:cargo/a%2Fb%3Fc%23d%40e"),
        (purl("generic", "é", ""), "pkg:generic/%C3%A9"),
        (purl("rpm", "x", "1", qualifiers={"epoch": "1", "arch": "noarch"}), "pkg:rpm/x@1?arch=noarch&epoch=1"),
    ],
)
def test_writing(made: str, expected: str | None) -> None:
    assert made == (expected or "pkg:deb/libstdc%2B%2B6@1~a?distro=x%20y")


@given(name=TEXT, version=VERSION, namespace=st.lists(TEXT.filter(lambda t: "/" not in t), max_size=3), value=TEXT)
def test_what_is_written_is_read_back(name: str, version: str | None, namespace: list[str], value: str) -> None:
    space = "/".join(namespace)
    written = purl("maven", name, version, namespace=space, qualifiers={"type": value})
    assert parsed(written) == Parts("maven", space, name, version, {"type": value})
    assert all(character.isascii() and character.isprintable() and character != " " for character in written)


@given(st.text(max_size=100))
def test_reading_never_fails(said: str) -> None:
    for one in (said, f"pkg:{said}", f"pkg:npm/{said}"):
        assert isinstance(parsed(one), Parts | None)


def test_what_is_read() -> None:
    found = parsed("pkg:PyPI/Django@1.11%2B1?Arch=x&empty=&a=b%20c#sub/path")
    assert found == Parts("pypi", "", "Django", "1.11+1", {"arch": "x", "a": "b c"})
    assert found.ecosystem is Ecosystem.PYPI
    assert parsed("pkg:nuget/x@1") is not None
    assert Parts("nuget", "", "x", None, {}).ecosystem is Ecosystem.GENERIC
    for wrong in ("", "npm/x@1", "pkg:npm", "pkg:/x", "pkg:npm/" + "x" * 5000):
        assert parsed(wrong) is None
