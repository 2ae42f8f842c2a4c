from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
import pytest

from ourhalf.guide import responsibilities
from ourhalf.guide.blocks import Block, Folded, Link, Page, Prose, Table
from ourhalf.guide.chapters import Part, chapter_pages, sources
from ourhalf.guide.errors import GuideError
from ourhalf.guide.figures import TOPICS, Figures, counted
from ourhalf.guide.glossary import glossary
from ourhalf.guide.source import page_of
from ourhalf.guide.variables import filled
from ourhalf.model.control import Topic
from ourhalf.model.finding import ResponsibilityRow, Subject
from ourhalf.model.profile import Severity
from ourhalf.model.responsibility import Layer, Party
from ourhalf.model.verdict import Status
from tests.guide.sites import Reader, made, written
from tests.samples import PRIVILEGED, finding, large, sample
from tests.support import calls_of


def chapters() -> dict[str, Page]:
    return {page.name: page for page in chapter_pages(Figures(sample()), glossary())}


def blocks(page: Page) -> Iterator[Block]:
    left = list(page.blocks)
    while left:
        block = left.pop()
        yield block
        if isinstance(block, Folded):
            left += block.blocks


def test_each_topic_has_its_chapter_and_each_layer_a_chapter_that_tells_who_answers() -> None:
    read = {name: page_of(text, name, glossary()).meta for name, text in sources().items()}
    assert {meta["topic"] for meta in read.values() if "topic" in meta} == set(Topic) == set(TOPICS)
    assert all(name == meta["topic"] for name, meta in read.items() if "topic" in meta)
    assert sorted(meta["order"] for meta in read.values()) == list(range(1, len(read) + 1))
    told = {layer for meta in read.values() for layer in meta.get("layers", ())}
    assert told == set(Layer)


def test_each_chapter_says_who_answers_what_there_is_and_what_to_write() -> None:
    for name, text in sources().items():
        if name in ("shared-responsibility", "compliance"):
            continue
        order = [text.index(f"::: {part}") for part in (Part.WHO, Part.FIGURES, Part.STATE, Part.CONFIGURE)]
        assert order == sorted(order), name
    assert {part for part in Part if any(f"::: {part}\n" in text for text in sources().values())} == set(Part)


def test_chapters_name_only_what_the_glossary_has() -> None:
    for name, text in sources().items():
        assert filled(text, glossary()) != text or "{{" not in text, name


def test_a_part_that_is_none_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "---\norder: 1\nsummary: s\n---\ntext\n\n::: wo-answers\n"
    monkeypatch.setattr("ourhalf.guide.chapters.sources", lambda: {"mine": text})
    with pytest.raises(GuideError, match=r"chapters/mine\.md:7: nothing is named wo-answers"):
        chapter_pages(Figures(sample()), glossary())


def test_every_finding_has_one_place_and_every_figure_is_counted_from_findings() -> None:
    assessment = sample()
    figures = Figures(assessment)
    told = [f.id for gathered in (*figures.workloads, *figures.resources) for u in gathered.units for f in u.findings]
    assert sorted(told) == sorted(one.id for one in assessment.findings)
    total = counted(assessment.findings)
    topics = [figures.topic_counts(topic) for topic in Topic]
    assert tuple(map(sum, zip(*topics, strict=True))) == tuple(total)
    assert total.failed == sum(one.counts for one in assessment.findings)
    assert total.accepted == 2


def test_each_statement_leads_to_its_findings() -> None:
    page = chapters()["chapters/infrastructure"]
    table = next(one for one in blocks(page) if isinstance(one, Table) and one.name.startswith("What the workloads"))
    rows = {"".join(piece.text for piece in row.cells[1] if isinstance(piece, Link)): row for row in table.rows}
    links = [piece for piece in rows[PRIVILEGED.title].cells[2] if isinstance(piece, Link)]
    assert len(links) == 6
    assert all(link.anchor.startswith("f-") and link.page.startswith(("workloads/", "resources/")) for link in links)


def test_what_is_unknown_is_never_told_as_holding() -> None:
    base = sample()
    unknown = finding(1, PRIVILEGED, Status.UNKNOWN, name="train", workload="train", reason="variable has no value")
    row = ResponsibilityRow(
        ("train",), "eks", "workload-settings", Party.UNKNOWN, None, "nobody says", (Party.PROVIDER,)
    )
    one = msgspec.structs.replace(base, findings=(unknown,), responsibilities=(row,))
    text = Reader(written(one)["chapters/infrastructure.html"]).text
    assert "0 fail1 unknown0 hold0 not asked here" in "".join(line.strip() for line in text.splitlines()).replace(
        "\n", ""
    )
    assert "unknown on 1 of 1" in text
    assert "unknown AWS?" in text
    assert "variable has no value" in text


def test_what_could_not_be_read_is_told() -> None:
    pages = written(sample())
    assert "2 places could not be read" in Reader(pages["chapters/identity.html"]).text
    assert "a tab where a space belongs" in Reader(pages["index.html"]).text


def test_remedies_are_those_of_the_findings() -> None:
    text = Reader(written(sample())["chapters/infrastructure.html"]).text
    assert "Leave privileged mode off." in text
    assert "securityContext:\n      privileged: false" in text


def test_frameworks_that_the_profile_names_are_held_against_the_assessment() -> None:
    text = Reader(written(sample())["chapters/compliance.html"]).text
    assert "HIPAA" in text
    assert "ourhalf compliance report hipaa-security-rule deploy" in text
    plain = msgspec.structs.replace(sample().profile, regulations=())
    text = Reader(written(msgspec.structs.replace(sample(), profile=plain))["chapters/compliance.html"]).text
    assert "The profile names no framework" in text


def test_usage_tracking_has_its_own_part() -> None:
    control = msgspec.structs.replace(
        PRIVILEGED, id="telemetry-off-ray", title="Ray is silent", topic=Topic.MONITORING, layer=Layer.USAGE_TRACKING
    )
    base = sample()
    one = msgspec.structs.replace(base, findings=(finding(1, control),), controls=(control,))
    text = Reader(written(one)["chapters/monitoring.html"]).text
    assert text.count("Ray is silent") == 3
    assert "OPT_OUT_TRACKING" in text


def test_pages_are_in_the_order_of_the_navigation() -> None:
    sections = list(dict.fromkeys(page.section for page in made(sample(), {"own": "# Own"}).pages))
    assert sections == ["", "Your pages", "Chapters", "Services", "Workloads", "Resources"]


def test_who_answers_is_told_party_by_party_with_the_reasons() -> None:
    rows = (
        ResponsibilityRow(("serve",), "eks", "network", Party.CUSTOMER, None, "the first reason"),
        ResponsibilityRow(("ray",), "ecs", "network", Party.CUSTOMER, "a rule", "another", (), ("https://b.example/",)),
        ResponsibilityRow(("ray",), "eks", "network", Party.UNKNOWN, None, "nobody says", (Party.SHARED,)),
        *(ResponsibilityRow((f"job-{n}",), "eks", "network", Party.SHARED, None, f"reason {n}") for n in range(10, 15)),
    )
    one = msgspec.structs.replace(sample(), responsibilities=rows)
    table = next(one for one in responsibilities.table(Figures(one), ["network"]) if isinstance(one, Table))
    told = [
        ["".join(getattr(p, "text", getattr(p, "label", p if isinstance(p, str) else "/")) for p in c) for c in r.cells]
        for r in table.rows
    ]
    assert told == [
        [
            "Network: VPC, subnets, security groups, routes and endpoints",
            "shared",
            "Reason 10. 1 workload on EKS: job-10/Reason 11. 1 workload on EKS: job-11/"
            "Reason 12. 1 workload on EKS: job-12/and 2 more reasons",
            "",
        ],
        [
            "Network",
            "ours",
            "The first reason. 1 workload on EKS: serve/"
            "Another. To be applied by us: a rule. up to 1 workload on ECS: ray",
            "https://b.example/",
        ],
        ["Network", "unknown shared?", "Nobody says. up to 1 workload on EKS: ray", ""],
    ]


def test_a_control_is_as_severe_as_its_worst_failure() -> None:
    base = sample()
    raised = msgspec.structs.replace(finding(1, workload="serve", name="serve"), severity=Severity.CRITICAL)
    holding = finding(2, status=Status.PASS, workload="ray", name="ray")
    figures = Figures(msgspec.structs.replace(base, findings=(finding(3), holding, raised)))
    assert [one.severity for one in figures.controls(Topic.INFRASTRUCTURE)] == [Severity.CRITICAL]
    held = msgspec.structs.replace(base, findings=(holding,))
    assert Figures(held).controls(Topic.INFRASTRUCTURE)[0].severity is Severity.HIGH


def test_a_service_tells_of_its_clusters() -> None:
    cluster = msgspec.structs.replace(finding(1, workload=None), subject=Subject("EksCluster", "main", None, "c.tf", 3))
    one = msgspec.structs.replace(sample(), findings=(*sample().findings, cluster))
    page = Reader(written(one)["services/eks.html"])
    assert "Clusters and settings of EKS" in page.text
    assert "../resources/all.html#u-main" in page.hrefs


def test_work_grows_with_the_workloads_and_no_faster() -> None:
    _, few = calls_of(lambda: written(large(150)))
    _, many = calls_of(lambda: written(large(600)))
    assert many < 5 * few


def test_tests_of_others_on_compliance_have_a_place() -> None:
    other = msgspec.structs.replace(finding(1), control="their/test 1", title="Theirs", topic=Topic.COMPLIANCE)
    one = msgspec.structs.replace(sample(), findings=(other,), controls=())
    assert "Theirs" in Reader(written(one)["chapters/compliance.html"]).text
    assert json.dumps([page.name for page in made(one).pages])


def test_prose_names_no_variable_that_is_left() -> None:
    for page in made(sample()).pages:
        assert not [block for block in blocks(page) if isinstance(block, Prose) and "{{" in block.markdown], page.name
