"""`ourhalf vulnerabilities` as people call it, over stores, images and lists that the tests write."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from ourhalf import schemas
from tests.advisories.made import before, osv, store_of
from tests.images.layouts import layout, member, tar

Run = Callable[..., Any]
HIGH = {"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}]}
MEDIUM = {"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"}]}
HOSTILE = "<script>alert(1)</script>\u001b[2J"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: c
      image: registry.example/team/ref:1
"""


def wheel(name: str, version: str) -> Any:
    """A file of an image that states a package of Python."""
    folder = f"usr/lib/python3/dist-packages/{name}-{version}.dist-info"
    return member(f"{folder}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode())


@pytest.fixture
def store(run: Run) -> str:
    """A store of the day 2026-02-01, in the current folder."""
    assert run is not None
    records = (
        osv("PYSEC-2026-1", "thing", *before("2.0"), aliases=["CVE-2026-1000"], summary=HOSTILE, **HIGH),
        osv("PYSEC-2026-2", "thing", *before("1.5"), aliases=["CVE-2026-1001"], **MEDIUM),
    )
    return str(store_of(Path(), *records, source="pypa", taken="2026-02-01"))


@pytest.fixture
def requirements(run: Run) -> str:
    """Requirements of which one is vulnerable, on the second line."""
    assert run is not None
    Path("requirements.txt").write_text("# ours\nthing==1.0 --hash=sha256:00\nother==1.0 --hash=sha256:00\n")
    return "requirements.txt"


def test_the_table_answers_before_it_lists(run: Run, store: str, requirements: str) -> None:
    done = run("vulnerabilities", requirements, "--store", store, "--as-of", "2026-02-05")
    assert (done.status, done.err) == (1, "")
    page = done.out
    order = ["whose", "how long", "does it matter", "what to do", "4 days over", "56 days left", "pypa of 2026-02-01"]
    assert [page.index(text) for text in order] == sorted(page.index(text) for text in order)
    assert "2 ours (1 overdue)" in page
    assert "thing 1.0 to 2.0 ends 2" in page
    assert "pypa of 2026-02-01, 4 days old" in page
    assert "\u001b" not in page


def test_exit_status(run: Run, store: str, requirements: str) -> None:
    def status(*more: str) -> Any:
        return run("vulnerabilities", requirements, "--store", store, "--as-of", "2026-02-05", *more).status

    assert status() == 1
    assert status("--fail-on", "critical") == 0
    assert status("--fail-on", "none") == 0
    Path("requirements.txt").write_text("thing==1.0\n-r other.txt\n")
    assert status("--fail-on", "none", "--strict") == 1
    assert run("vulnerabilities", requirements, "--store", store, "--as-of", "2026-02-01").status == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("requirements.txt", "--store", "none.db"), "no advisory store"),
        (("none.txt", "--store", "{store}"), "no such file"),
        (("folder", "--store", "{store}"), "rootfs:folder"),
        (("uv.lock", "--store", "{store}"), "cannot be read as TOML"),
        (("requirements.txt", "--store", "{store}", "--vex", "none.json"), "none.json"),
        (("requirements.txt", "--store", "{store}", "--allowlist", "uv.lock"), "no allowlist"),
        (("requirements.txt", "--store", "{store}", "--newer", "none.json"), "none.json"),
        (("requirements.txt", "--store", "{store}", "--as-of", "soon"), "--as-of"),
    ],
)
def test_what_is_wrong_is_one_line(
    run: Run, store: str, requirements: str, arguments: tuple[str, ...], told: str
) -> None:
    Path("folder").mkdir()
    Path("uv.lock").write_text("[[")
    done = run("vulnerabilities", *(one.format(store=store) for one in arguments))
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert done.err.count("\n") == 1


def test_json_is_valid_the_same_each_time_and_what_other_reports_are_made_from(
    run: Run, store: str, requirements: str
) -> None:
    call = ("vulnerabilities", requirements, "--store", store, "--as-of", "2026-02-05", "--fail-on", "none")
    first = run(*call, "--format", "json", "--format", "html=a.html")
    assert run(*call, "--format", "json").out == first.out
    document = json.loads(first.out)
    jsonschema.validate(document, json.loads(schemas.shipped("assessment")))
    late = next(one for one in document["findings"] if one["status"] == "fail")
    assert (late["control"], late["party"], late["severity"]) == ("vulnerability-fixed-in-time", "customer", "high")
    assert late["subject"]["path"] == "requirements.txt"
    assert late["subject"]["line"] == 2
    assert late["details"]["advisory"] == "CVE-2026-1000"
    assert late["details"]["clock"]["until"] == "2026-02-01"
    Path("a.json").write_text(first.out)
    run("assess", "a.json", "--format", "html=b.html")
    assert Path("a.html").read_text() == Path("b.html").read_text()


def test_as_of_replays_the_past(run: Run, store: str, requirements: str) -> None:
    before_it = run("vulnerabilities", requirements, "--store", store, "--as-of", "2026-01-01", "--format", "json").out
    found = [one for one in json.loads(before_it)["findings"] if one["details"]["kind"] == "vulnerability"]
    assert found == []


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def test_the_page_draws_the_clocks_and_runs_nothing_of_others(run: Run, store: str, requirements: str) -> None:
    run("vulnerabilities", requirements, "--store", store, "--as-of", "2026-02-05", "--format", "html=a.html")
    page = Path("a.html").read_text()
    assert "alert(1)</script>" not in page
    seen = _Seen()
    seen.feed(page)
    assert seen.tags.count("script") == 2
    figure = re.search(r"<svg viewBox=.0 0 900.*?</svg>", page, re.DOTALL)
    assert figure is not None
    picture = ET.fromstring(figure[0])
    assert picture.attrib["role"] == "img"
    assert picture.attrib["aria-labelledby"] == "timeline-title timeline-told"
    bars = [one.attrib["class"] for one in picture.iter("rect")]
    assert bars == ["term customer", "over", "term customer"]
    assert "2 clocks as of 2026-02-05, 1 overdue" in page


def test_sarif_points_to_the_line_that_names_the_package(run: Run, store: str, requirements: str) -> None:
    call = ("vulnerabilities", requirements, "--store", store, "--as-of", "2026-02-05", "--format", "sarif")
    (result, *_) = [
        one
        for one in json.loads(run(*call).out)["runs"][0]["results"]
        if one["ruleId"] == "vulnerability-fixed-in-time"
    ]
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "requirements.txt"
    assert location["physicalLocation"]["region"]["startLine"] == 2


def test_an_image_is_told_where_it_is_chosen_and_without_lines_in_it(run: Run, store: str) -> None:
    reference = layout(Path("image"), tar(wheel("thing", "1.0")))
    Path("conf").mkdir()
    Path("conf/pod.yaml").write_text(POD)
    call = ("vulnerabilities", "conf", "--image-source", f"registry.example/team/ref:1={reference}", "--store", store)
    done = run(*call, "--as-of", "2026-02-05", "--format", "sarif=a.sarif", "--format", "json")
    assert (done.status, done.err) == (1, "")
    document = json.loads(done.out)
    (image,) = document["images"]
    assert (image["reference"], image["workloads"]) == ("registry.example/team/ref:1", ["p"])
    assert [one["name"] for one in image["packages"]] == ["thing"]
    late = next(one for one in document["findings"] if one["status"] == "fail")
    assert late["details"]["chosen"] == [{"workload": "p", "path": "pod.yaml", "line": 7}]
    assert late["evidence"][0]["path"].endswith("!/usr/lib/python3/dist-packages/thing-1.0.dist-info/METADATA")
    results = json.loads(Path("a.sarif").read_text())["runs"][0]["results"]
    shown = next(one for one in results if one["ruleId"] == "vulnerability-fixed-in-time")
    assert shown["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "conf/pod.yaml"},
        "region": {"startLine": 7},
    }
    assert "region" not in shown["relatedLocations"][0]["physicalLocation"]
    table = run("vulnerabilities", reference, "--store", store, "--as-of", "2026-02-05", "--format", "markdown").out
    assert "METADATA:1" not in table


def test_assess_asks_where_an_image_is_known_and_says_so_where_there_is_no_store(run: Run, store: str) -> None:
    reference = layout(Path("image"), tar(wheel("thing", "1.0")))
    call = ("assess", reference, "--as-of", "2026-02-05", "--format", "json", "--fail-on", "none")
    with_store = json.loads(run(*call, "--store", store).out)
    assert any(one["details"] and one["details"]["kind"] == "vulnerability" for one in with_store["findings"])
    without = json.loads(run(*call).out)
    told = [one["reason"] for one in without["unread"] if one["reader"] == "advisories"]
    assert len(told) == 1
    assert "no vulnerability was looked for" in told[0]


def test_vex_and_allowlists_are_heard(run: Run, store: str, requirements: str) -> None:
    Path("vex.json").write_text(
        json.dumps(
            {
                "@context": "https://openvex.dev/ns/v0.2.0",
                "@id": "https://x.example/vex",
                "author": "us",
                "timestamp": "2026-01-20T00:00:00Z",
                "version": 1,
                "statements": [
                    {
                        "vulnerability": {"name": "CVE-2026-1000"},
                        "products": [{"@id": "pkg:pypi/thing@1.0"}],
                        "status": "not_affected",
                        "justification": "vulnerable_code_not_in_execute_path",
                    }
                ],
            }
        )
    )
    Path("allow.json").write_text(json.dumps([{"vulnerability_id": "CVE-2026-1001", "reason": "no fix available"}]))
    call = ("vulnerabilities", requirements, "--store", store, "--as-of", "2026-02-05", "--format", "json")
    done = run(*call, "--vex", "vex.json", "--allowlist", "allow.json")
    assert (done.status, done.err) == (0, "")
    findings = json.loads(done.out)["findings"]
    settled = next(one for one in findings if one["exception"] and one["control"] == "vulnerability-fixed-in-time")
    assert (settled["status"], settled["exception"]["kind"]) == ("fail", "vex")
    wrong = next(one for one in findings if one["control"] == "vulnerability-allowlist-holds")
    assert wrong["status"] == "fail"
    assert "1.5 has it" in wrong["reason"]


def test_openvex_is_taken_in_again_and_settles_what_it_states(run: Run, store: str, requirements: str) -> None:
    call = ("vulnerabilities", requirements, "--store", store, "--as-of", "2026-02-05")
    stated = json.loads(run(*call, "--format", "openvex").out)
    assert [one["status"] for one in stated["statements"]] == ["affected", "affected"]
    for one in stated["statements"]:
        one["status"], one["justification"] = "not_affected", "component_not_present"
        del one["action_statement"]
    Path("vex.json").write_text(json.dumps(stated))
    assert run(*call, "--vex", "vex.json").status == 0
    report = json.loads(run(*call, "--vex", "vex.json", "--format", "cyclonedx-vdr").out)
    assert {one["analysis"]["state"] for one in report["vulnerabilities"]} == {"not_affected"}


def test_the_least_actions_follow_the_reports(run: Run, store: str, requirements: str) -> None:
    call = ("vulnerabilities", requirements, "--store", store, "--as-of", "2026-02-05")
    page = run(*call, "--plan").out
    assert page.index("Vulnerabilities: 2") < page.index("1 action clears 2 of 2 findings (the least there is)")
    assert "thing==2.0" in page
    run(*call, "--plan", "plan.json")
    (action,) = json.loads(Path("plan.json").read_text())["actions"]
    assert (action["changes"], action["by"]) == ({"thing": "2.0"}, "customer")


@pytest.mark.parametrize(
    ("more", "verdict", "told"),
    [("", "not_applicable", "1 settled"), (", --encoder-only", "fail", "1 in use as their condition asks")],
)
def test_what_an_image_starts_says_whether_it_matters(run: Run, more: str, verdict: str, told: str) -> None:
    record = osv("PYSEC-2026-9", "sglang", *before("0.5.10"), aliases=["CVE-2026-3060"], **HIGH)
    store = str(store_of(Path(), record, source="pypa", taken="2026-04-01"))
    reference = layout(Path("image"), tar(wheel("sglang", "0.5.9")))
    Path("conf").mkdir()
    start = f"      command: [python, -m, sglang.launch_server{more}]\n"
    Path("conf/pod.yaml").write_text(POD + start)
    call = ("vulnerabilities", "conf", "--image-source", f"registry.example/team/ref:1={reference}", "--store", store)
    done = run(*call, "--as-of", "2026-04-05", "--format", "table", "--format", "json=a.json")
    assert told in done.out
    findings = json.loads(Path("a.json").read_text())["findings"]
    (one,) = [one for one in findings if one["control"] == "vulnerability-fixed-in-time"]
    assert one["status"] == verdict
    assert any(item["path"] == "pod.yaml" for item in one["evidence"])


def test_a_plan_moves_to_a_newer_image_only_where_it_is_known_to_be_better(run: Run) -> None:
    records = (osv("PYSEC-2026-1", "a", *before("2.0"), **HIGH), osv("PYSEC-2026-2", "b", *before("2.0"), **HIGH))
    store = str(store_of(Path(), *records, source="pypa", taken="2026-02-01"))
    old = layout(Path("old"), tar(wheel("a", "1.0"), wheel("b", "1.0")))
    new = layout(Path("new"), tar(wheel("a", "2.0"), wheel("b", "2.0")))
    same = layout(Path("same"), tar(wheel("a", "1.1"), wheel("b", "1.1")))
    call = ("vulnerabilities", old, "--store", store, "--as-of", "2026-02-05", "--plan", "plan.json")

    def kinds(newer: str) -> list[str]:
        run(*call, "--newer", newer)
        return [one["kind"] for one in json.loads(Path("plan.json").read_text())["actions"]]

    assert kinds(new) == ["move"]
    assert "move" not in kinds(same)


def test_lists_of_one_name_are_told_apart_by_their_paths(run: Run, store: str) -> None:
    for folder in ("a", "b"):
        Path(folder).mkdir()
        Path(folder, "requirements.txt").write_text("thing==1.0\n")
    both = ("a/requirements.txt", "b/requirements.txt")

    def told(*targets: str) -> dict[str, str]:
        done = run("vulnerabilities", *targets, "--store", store, "--as-of", "2026-02-05", "--format", "json")
        return {one["id"]: one["subject"]["path"] for one in json.loads(done.out)["findings"]}

    assert set(told(*both).values()) == set(both)
    assert told(*both) == told(*reversed(both))
