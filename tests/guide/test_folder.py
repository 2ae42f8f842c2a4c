from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ourhalf.guide.errors import GuideError
from ourhalf.guide.folder import MARK, check_place, write


def test_a_guide_is_written_and_replaced(tmp_path: Path) -> None:
    place = tmp_path / "guide"
    assert write([("index.html", "one"), ("a/b.html", "two")], str(place)) == 2
    assert (place / "a" / "b.html").read_text() == "two"
    write([("index.html", "three")], str(place))
    assert sorted(os.listdir(place)) == [MARK, "index.html"]
    assert (place / "index.html").read_text() == "three"
    assert os.listdir(tmp_path) == ["guide"]


def test_what_is_no_guide_is_never_replaced(tmp_path: Path) -> None:
    place = tmp_path / "guide"
    place.mkdir()
    check_place(str(place))
    write([("index.html", "one")], str(place))
    (place / "mine.txt").write_text("mine")
    with pytest.raises(GuideError, match=r"holds mine\.txt, which no guide wrote"):
        write([("index.html", "two")], str(place))
    (place / MARK).unlink()
    with pytest.raises(GuideError, match="holds something else"):
        write([("index.html", "two")], str(place))
    assert (place / "index.html").read_text() == "one"
    assert (place / "mine.txt").read_text() == "mine"


def test_a_guide_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    place = tmp_path / "guide"
    write([("index.html", "one")], str(place))

    def failing() -> Iterator[tuple[str, str]]:
        yield "index.html", "two"
        raise GuideError("page.md", 3, "broken")

    with pytest.raises(GuideError, match=r"page\.md:3: broken"):
        write(failing(), str(place))
    assert (place / "index.html").read_text() == "one"
    assert os.listdir(tmp_path) == ["guide"]


def test_places_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(GuideError, match="is no folder"):
        check_place(str(tmp_path / "file"))
    with pytest.raises(GuideError, match="is no folder"):
        check_place(str(tmp_path / "link"))
    with pytest.raises(GuideError, match="there is no folder"):
        check_place(str(tmp_path / "none" / "guide"))
