from __future__ import annotations

import os
from pathlib import Path

import pytest

from ourhalf.guide.errors import GuideError
from ourhalf.guide.glossary import glossary
from ourhalf.guide.source import own_pages, page_of, read_text

REFERENCE = Path(os.environ.get("OURHALF_REFERENCE", Path(__file__).parents[3] / "shared" / "reference"))
PAGE = REFERENCE / "guide-page.md"

VALUES = {"aws": "AWS", "dlc": "Deep Learning Containers"}


@pytest.mark.skipif(not PAGE.is_file(), reason="the reference data is not beside this clone")
def test_the_page_of_the_reference_changes_in_its_variables_alone() -> None:
    expected = PAGE.read_bytes()
    for name, text in glossary().items():
        assert b"{{ %b }}" % name.encode() in expected
        expected = expected.replace(b"{{ %b }}" % name.encode(), text.encode())
    page = own_pages((str(PAGE),), glossary())["guide-page"]
    assert page.text.encode() == expected
    assert b"{{" not in expected
    assert page.title == "Security in AWS Deep Learning Containers"


@pytest.mark.parametrize(
    ("text", "title", "body", "line"),
    [
        ("# One {{ aws }} #\ntext", "One AWS", "# One AWS #\ntext", 1),
        ("text", "page", "text", 1),
        ("---\ntitle: The {{ dlc }}\ntags: [a]\n---\n# Other\n", "The Deep Learning Containers", "# Other\n", 5),
        ("---\r\ntitle: x\r\n---\r\nbody\r\n", "x", "body\r\n", 4),
        ("---\n---\n# T\n", "T", "# T\n", 3),
        ("---\ntitle: x\n...\nbody", "x", "body", 4),
        ("---\ntitle: x\n---", "x", "", 3),
        ("---\nglossary: false\n---\n# {{ any.thing }}\n", "{{ any.thing }}", "# {{ any.thing }}\n", 4),
        ("", "page", "", 1),
    ],
)
def test_front_matter_and_titles(text: str, title: str, body: str, line: int) -> None:
    page = page_of(text, "docs/page.md", VALUES)
    assert (page.title, page.body, page.line) == (title, body, line)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a\nb {{ dlcs }}\n", 2, "no variable is named dlcs; did you mean dlc"),
        ("---\ntitle: x\n---\n\nb {{ dlcs }}\n", 5, "did you mean dlc"),
        ("---\ntitle: '{{ dlcs }}'\n---\n", 2, "did you mean dlc"),
        ("---\ntitle: x\n", 1, "never ends"),
        ("---\na: [\n---\n", 3, "front matter: "),
        ("---\nx: y\n\tz: a\n---\n", 3, "front matter: "),
        ("---\n- a\n---\n", 2, "front matter is a mapping"),
        ("---\nx: y\ntitle: [a]\n---\n", 3, "the title is no text"),
        ("a\n{{ dlc.__class__ }}", 2, "nothing is evaluated"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(GuideError) as raised:
        page_of(text, "docs/page.md", VALUES)
    assert (raised.value.path, raised.value.line) == ("docs/page.md", line)
    assert reason in raised.value.reason


def test_pages_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").mkdir()
    for path in ("b.md", "sub/a.md", ".hidden/c.md", "no.txt"):
        (tmp_path / path).write_text(f"# {path}\n")
    (tmp_path / "secret.md").symlink_to("/etc/hostname")
    assert list(own_pages((str(tmp_path),), {})) == ["b", "sub/a"]
    with pytest.raises(GuideError, match="a second page named b"):
        own_pages((str(tmp_path), str(tmp_path / "b.md")), {})


def test_pages_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match="no such page"):
        own_pages((str(tmp_path / "none.md"),), {})
    with pytest.raises(GuideError, match=r"no page whose name ends in \.md"):
        own_pages((str(tmp_path),), {})
    (tmp_path / "bytes.md").write_bytes(b"a\n\xff")
    with pytest.raises(GuideError, match=r"bytes\.md:2: not UTF-8"):
        read_text(str(tmp_path / "bytes.md"))
    (tmp_path / "large.md").write_bytes(b"a" * (1 << 20) + b"b")
    with pytest.raises(GuideError, match="more than 1 MB"):
        read_text(str(tmp_path / "large.md"))
