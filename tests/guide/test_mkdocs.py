from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from ourhalf.reports.json import render as to_json
from tests.guide.sites import Reader, made
from tests.samples import HOSTILE, sample

PLAIN = "plugins:\n  - ourhalf\n"
WITH_GUIDE = "plugins:\n  - ourhalf: {assessment: assessment.json, glossary: names.yaml, folder: security}\n"
STRICT = (
    "site_name: Ours\ntheme: mkdocs\n"
    "validation:\n  anchors: warn\n  links: {not_found: warn, unrecognized_links: warn, absolute_links: warn}\n"
)
HOOK = """\
def on_page_markdown(markdown, page, config, files):
    with open("metas.txt", "a") as file:
        file.write(f"{page.file.src_uri}\\t{page.meta.get('render_macros')}\\n")
"""
ORDER = """\
def on_nav(nav, config, files):
    with open("order.txt", "a") as file:
        for page in nav.pages:
            ways = (page, page.previous_page, page.next_page)
            file.write("\\t".join(one.file.src_uri if one else "None" for one in ways) + "\\n")
"""


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Home of {{ dlc_long }}\n\nOn {{ eks }}.\n")
    return tmp_path


def build(folder: Path, settings: str) -> subprocess.CompletedProcess[str]:
    (folder / "mkdocs.yml").write_text(STRICT + settings)
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"],
        cwd=folder,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_site_with_the_pages_of_an_assessment_is_built_strictly(docs: Path) -> None:
    (docs / "assessment.json").write_text(to_json(sample()))
    (docs / "names.yaml").write_text("eks: our clusters\n")
    (docs / "docs" / "more.md").write_text(
        "---\ntitle: More of {{ aws }}\n---\n# More\n\n[what fails](security/chapters/infrastructure.md#who-answers)\n"
    )
    done = build(docs, WITH_GUIDE)
    assert (done.returncode, done.stderr) == (0, "")
    home = (docs / "site" / "index.html").read_text()
    assert "Home of AWS Deep Learning Containers" in home
    assert "On our clusters." in home
    assert "<title>More of AWS" in (docs / "site" / "more" / "index.html").read_text()
    chapter = (docs / "site" / "security" / "chapters" / "infrastructure" / "index.html").read_text()
    assert "Containers run without privileged mode" in chapter
    assert "<script>alert" not in chapter
    page = Reader((docs / "site" / "security" / "index.html").read_text())
    assert HOSTILE[:40] in page.text
    assert "Security of your Deep Learning Containers" in page.text


def test_pages_are_in_the_order_of_the_guide(docs: Path) -> None:
    (docs / "assessment.json").write_text(to_json(sample()))
    (docs / "names.yaml").write_text("a: b\n")
    (docs / "hook.py").write_text(ORDER)
    assert build(docs, "hooks: [hook.py]\n" + WITH_GUIDE).returncode == 0
    told = [line.split("\t") for line in (docs / "order.txt").read_text().splitlines()]
    expected = ["index.md", *(f"security/{page.name}.md" for page in made(sample()).pages)]
    assert [one for one, _, _ in told] == expected
    assert [before for _, before, _ in told] == ["None", *expected[:-1]]
    assert [after for _, _, after in told] == [*expected[1:], "None"]
    (docs / "order.txt").unlink()
    nav = "nav: [index.md, security/services/eks.md, security/index.md]\n"
    assert build(docs, nav + "hooks: [hook.py]\n" + WITH_GUIDE).returncode == 0
    told = [line.split("\t") for line in (docs / "order.txt").read_text().splitlines()]
    assert [one for one, _, _ in told] == ["index.md", "security/services/eks.md", "security/index.md"]


def test_names_are_no_templates_and_no_attributes(docs: Path) -> None:
    name = "train {: onclick=alert(1) } {{ config }}"
    base = sample()
    subject = msgspec.structs.replace(base.findings[0].subject, name=name, workload=name)
    workload = msgspec.structs.replace(base.workloads[0], name=name)
    found = msgspec.structs.replace(base.findings[0], subject=subject, reason=name)
    one = msgspec.structs.replace(base, findings=(found,), workloads=(workload,), responsibilities=())
    (docs / "assessment.json").write_text(to_json(one))
    (docs / "names.yaml").write_text("a: b\n")
    (docs / "hook.py").write_text(HOOK)
    done = build(docs, "hooks: [hook.py]\nmarkdown_extensions: [attr_list]\n" + WITH_GUIDE)
    assert (done.returncode, done.stderr) == (0, "")
    written = [path.read_text() for path in (docs / "site" / "security").rglob("*.html")]
    assert sum(text.count("onclick=alert(1) } {{ config }}") for text in written) > 3
    assert not [text for text in written if 'onclick="' in text]
    metas = dict(line.split("\t") for line in (docs / "metas.txt").read_text().splitlines())
    assert metas.pop("index.md") == "None"
    assert len(metas) > 12
    assert set(metas.values()) == {"False"}  # as the plugin `macros` reads it


@pytest.mark.parametrize(
    ("page", "settings", "reason"),
    [
        ("a\n\n{{ dlcs }}\n", PLAIN, "docs/page.md:3: no variable is named dlcs; did you mean dlc"),
        ("---\ntitle: x\n---\n{{ aws.x }}\n", PLAIN, "docs/page.md:4: `{{ aws.x }}` is no variable"),
        ("---\ntitle: x\n", PLAIN, "docs/page.md:1: front matter begins here and never ends"),
        ("a\n", WITH_GUIDE.replace("assessment.json", "mkdocs.yml"), "mkdocs.yml is no assessment"),
        ("a\n", WITH_GUIDE.replace("security", "../up"), "is no folder below the pages"),
        ("a\n", "plugins:\n  - ourhalf: {glossary: round.yaml}\n", "round.yaml:1: a refers to itself: a → a"),
    ],
)
def test_a_mistake_stops_the_build_and_is_told(docs: Path, page: str, settings: str, reason: str) -> None:
    (docs / "docs" / "page.md").write_text(page)
    (docs / "names.yaml").write_text("a: b\n")
    (docs / "round.yaml").write_text("a: '{{ a }}'\n")
    (docs / "assessment.json").write_text(to_json(sample()))
    done = build(docs, settings)
    assert done.returncode == 1
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def test_pages_that_are_not_meant_stay(docs: Path) -> None:
    (docs / "docs" / "helm.md").write_text("{{ .Values.x }}\n")
    (docs / "docs" / "jinja.md").write_text("---\nglossary: false\n---\n{{ jinja.x }}\n")
    done = build(docs, "plugins:\n  - ourhalf: {include: ['index.md', 'j*']}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "{{ .Values.x }}" in (docs / "site" / "helm" / "index.html").read_text()
    assert "{{ jinja.x }}" in (docs / "site" / "jinja" / "index.html").read_text()


def test_a_page_that_is_there_already_is_not_replaced(docs: Path) -> None:
    (docs / "assessment.json").write_text(to_json(sample()))
    (docs / "names.yaml").write_text("a: b\n")
    (docs / "docs" / "security").mkdir()
    (docs / "docs" / "security" / "index.md").write_text("mine\n")
    done = build(docs, WITH_GUIDE)
    assert done.returncode == 1
    assert "security/index.md is a page already" in done.stderr
