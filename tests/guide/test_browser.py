from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ourhalf.guide.folder import write
from ourhalf.guide.html import render
from tests.guide.browser import needs_chromium, screenshot, shown
from tests.guide.sites import Reader, made
from tests.samples import sample

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "guide"
    write(render(made(sample(), {"own": "# Ours\n\n{{ aws }} <b onclick=alert(1)>x</b>\n"})), str(folder))
    return folder


@pytest.mark.parametrize("path", ["index.html", "chapters/infrastructure.html", "pages/own.html", "resources/all.html"])
def test_a_page_reads_from_its_folder_with_its_script(guide: Path, path: str) -> None:
    page = Reader(shown(guide / path))
    assert page.active == ["script"]
    assert page.headings[0] == 1
    # The button is hidden in the file: the script of the page ran, as its policy allows.
    assert '<button id="theme" type="button" hidden' in (guide / path).read_text()
    assert 'aria-label="Use dark colours"' in shown(guide / path)


def test_a_link_unfolds_what_it_leads_to(guide: Path) -> None:
    anchor = "f-00000000000000000021"
    page = guide / "workloads" / "serve.html"
    folded = '<details class="card"><summary>'
    assert folded in shown(page)
    assert folded not in shown(page, f"#{anchor}")


def test_a_page_is_drawn(guide: Path, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    screenshot(guide / "index.html", picture, 800, 600)
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24]) == (800, 600)
    assert len(data) > 20_000
