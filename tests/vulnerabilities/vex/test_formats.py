"""Each format read and written: real shapes, round trips, and documents that are broken on purpose."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.model.field import Place
from ourhalf.resources.vulnerabilities import Affects, Effect, Statement, Vulnerability
from ourhalf.vulnerabilities.vex.applying import apply
from ourhalf.vulnerabilities.vex.cyclonedx import write_cyclonedx
from ourhalf.vulnerabilities.vex.document import VexError, parsed_vex, read_vex
from ourhalf.vulnerabilities.vex.openvex import write_openvex
from ourhalf.vulnerabilities.vex.stating import stated
from tests.vulnerabilities.vex.made import DIGEST, IMAGE, openvex, says, shown, vulnerability, with_facts

TODAY = date(2026, 11, 1)
SCHEMA = json.loads((Path(__file__).parent / "openvex.schema.json").read_text())
VLLM = {"type": "library", "bom-ref": "v", "name": "vllm", "version": "0.8.4", "purl": "pkg:pypi/vllm@0.8.4"}


def cyclonedx(analysis: dict[str, Any], ref: str = "v", **more: Any) -> bytes:
    """A document with one analysis."""
    one = {"id": "CVE-2025-32444", "analysis": analysis, "affects": [{"ref": ref}]}
    return json.dumps(
        {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [VLLM], "vulnerabilities": [one], **more}
    ).encode()


def csaf(status: str, **more: Any) -> bytes:
    """A document about vLLM as a component of our image."""
    helper = {"purl": "pkg:pypi/vllm@0.8.4"}
    image = {"hashes": [{"file_hashes": [{"algorithm": "sha256", "value": "ab" * 32}], "filename": "x"}]}
    tree = {
        "branches": [
            {"category": "vendor", "name": "V", "branches": [
                {"category": "product_version", "name": "0.8.4",
                 "product": {"name": "vllm", "product_id": "P", "product_identification_helper": helper}}]},
        ],
        "full_product_names": [{"name": "serve", "product_id": "I", "product_identification_helper": image}],
        "relationships": [
            {"category": "default_component_of", "product_reference": "P", "relates_to_product_reference": "I",
             "full_product_name": {"name": "vllm in serve", "product_id": "I:P"}}],
    }  # fmt: skip
    tracking = {"id": "V-1", "current_release_date": "2026-02-03T04:05:06.000Z"}
    document = {"category": "csaf_vex", "csaf_version": "2.0", "publisher": {"name": "Them"}, "tracking": tracking}
    one = {"cve": "CVE-2025-32444", "product_status": {status: ["I:P"]}, **more}
    return json.dumps({"document": document, "product_tree": tree, "vulnerabilities": [one]}).encode()


def read_back(data: bytes, *found: Vulnerability) -> tuple[Vulnerability, ...]:
    """The vulnerabilities with what the document says of them; nothing in it may be of no use."""
    done = apply(found or (vulnerability(),), [parsed_vex("v.json", data)], TODAY)
    assert not done.unread
    return done.vulnerabilities


@pytest.mark.parametrize(
    ("analysis", "status", "justification"),
    [
        ({"state": "not_affected", "justification": "code_not_reachable"}, "not_affected",
         "vulnerable_code_not_in_execute_path"),
        ({"state": "false_positive"}, "not_affected", ""),
        ({"state": "resolved"}, "fixed", ""),
        ({"state": "exploitable", "response": ["update"]}, "affected", ""),
        ({"state": "in_triage"}, "under_investigation", ""),
    ],
)  # fmt: skip
def test_states_of_cyclonedx(analysis: dict[str, Any], status: str, justification: str) -> None:
    [one] = read_back(cyclonedx(analysis))
    assert [(s.status, s.justification, s.counts) for s in one.statements] == [(status, justification, True)]


def test_a_cyclonedx_document_about_another_image_says_nothing_of_ours() -> None:
    other = {"component": {"type": "container", "bom-ref": "i", "name": "serve", "version": "sha256:" + "cd" * 32}}
    ours = {"component": {"type": "container", "bom-ref": "i", "name": IMAGE, "version": DIGEST}}
    data = cyclonedx({"state": "resolved"}, metadata=other)
    done = apply((vulnerability(),), [parsed_vex("v.json", data)], TODAY)
    assert not done.vulnerabilities[0].statements
    assert len(done.unread) == 1
    assert read_back(cyclonedx({"state": "resolved"}, metadata=ours))[0].statements[0].clears
    assert read_back(cyclonedx({"state": "resolved"}, ref="i", metadata=ours))[0].statements[0].clears


def test_a_link_into_another_bill_of_materials_names_a_package_url() -> None:
    link = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg%3Apypi%2Fvllm%400.8.4"
    assert read_back(cyclonedx({"state": "resolved"}, ref=link))[0].statements[0].clears


@pytest.mark.parametrize(
    ("status", "more", "expected"),
    [
        ("known_not_affected", {"flags": [{"label": "component_not_present", "product_ids": ["I:P"]}]}, "not_affected"),
        ("known_not_affected", {"threats": [{"category": "impact", "details": "unused"}]}, "not_affected"),
        ("fixed", {}, "fixed"),
        ("known_affected", {"remediations": [{"category": "vendor_fix", "details": "update"}]}, "affected"),
        ("under_investigation", {}, "under_investigation"),
    ],
)
def test_statuses_of_csaf(status: str, more: dict[str, Any], expected: str) -> None:
    [one] = read_back(csaf(status, **more))
    assert [(s.status, s.counts, s.by, s.day) for s in one.statements] == [(expected, True, "Them", date(2026, 2, 3))]
    assert not apply((with_facts(vulnerability(), digest="sha256:" + "0" * 64),),
                     [parsed_vex("v.json", csaf(status, **more))], TODAY).vulnerabilities[0].statements  # fmt: skip


def test_csaf_without_a_reason_clears_nothing() -> None:
    done = apply((vulnerability(),), [parsed_vex("v.json", csaf("known_not_affected"))], TODAY)
    assert [s.clears for s in done.vulnerabilities[0].statements] == [False]
    assert len(done.unread) == 1


def test_old_openvex_names_products_by_texts() -> None:
    old = {"vulnerability": "CVE-2025-32444", "products": ["pkg:pypi/vllm"], "status": "fixed"}
    assert read_back(openvex(old))[0].statements[0].clears


def test_a_place_is_the_line_of_the_statement() -> None:
    text = json.dumps(json.loads(openvex(says("fixed"), says("fixed", name="CVE-1"))), indent=1)
    said = parsed_vex("v.json", text.encode()).statements
    lines = text.split("\n")
    assert [one.place for one in said] == [Place("v.json", n, 1, "statements") for n in
        [i + 1 for i, line in enumerate(lines) if line == "  {"]]  # fmt: skip


def judged(*states: str) -> tuple[Vulnerability, ...]:
    """One vulnerability for each state."""
    many = []
    for number, state in enumerate(states):
        one = vulnerability(f"pkg:pypi/p{number}@1.0", f"CVE-2025-{number}", f"GHSA-{number}")
        if state in ("affected", "unknown"):
            effect = Affects(effect=Effect(state), by="c", reason="by a <b>path</b>\n")
            one = with_facts(one, affects=effect)
        elif state == "conditions":
            effect = Affects(effect=Effect.NOT_AFFECTED, by="c", reason="it is off",
                             justification="vulnerable_code_not_in_execute_path")  # fmt: skip
            one = with_facts(one, affects=effect)
        elif state:
            one = with_facts(one, statements=(Statement(status=state, by="them", reason="so"),))
        many.append(one)
    return tuple(many)


_STATES = st.lists(
    st.sampled_from(["", "affected", "unknown", "conditions", "fixed", "not_affected", "under_investigation"]),
    max_size=6,
)


@settings(deadline=None, max_examples=25)
@given(_STATES)
def test_what_is_written_is_valid_and_reads_back_as_the_same(states: list[str]) -> None:
    found = judged(*states)
    bare = tuple(with_facts(one, statements=(), affects=Affects()) for one in found)
    expected = [one.status for one in sorted(stated(found), key=lambda one: one.purl)]
    written = write_cyclonedx(stated(found), TODAY)
    assert not JsonStrictValidator(SchemaVersion.V1_6).validate_str(written)
    documents = [written]
    if found:
        documents.append(write_openvex(stated(found), TODAY))
        jsonschema.validate(json.loads(documents[-1]), SCHEMA)
    for document in documents:
        back = read_back(document.encode(), *bare) if found else ()
        assert [one.statements[-1].status for one in back] == expected
        assert all(one.statements[-1].counts for one in back)
    assert write_cyclonedx(stated(reversed(found)), TODAY) == written


def test_a_list_without_a_digest_is_stated_by_its_packages() -> None:
    one = vulnerability(digest="", subject="requirements.txt")
    document = json.loads(write_openvex(stated((one,)), TODAY))
    jsonschema.validate(document, SCHEMA)
    assert document["statements"][0]["products"] == [
        {"@id": "pkg:pypi/vllm@0.8.4", "identifiers": {"purl": "pkg:pypi/vllm@0.8.4"}}
    ]
    assert read_back(json.dumps(document).encode(), one)[0].statements[0].status == "affected"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b'{"@context": "https://openvex.dev/ns", "statements": 1}',
        b'{"@context": "https://openvex.dev/ns", "statements": [',
        b'{"@context": "https://openvex.dev/ns", "x": ' + b"[" * 100_000,
        b'{"bomFormat": "CycloneDX", "components": "x"}',
        b'{"document": {"csaf_version": "2.0", "tracking": 3}}',
        b'{"@context": "openvex \xff"}',
    ],
)
def test_what_cannot_be_read_is_refused_with_the_name_of_the_file(data: bytes) -> None:
    with pytest.raises(VexError, match=r"v\.json"):
        parsed_vex("v.json", data)


def test_one_broken_statement_is_told_and_the_rest_is_read() -> None:
    document = parsed_vex("v.json", openvex({"status": 1}, says("fixed", timestamp="yesterday"), says("fixed")))
    assert len(document.statements) == 2
    assert [one.reason.partition(":")[0] for one in document.unread] == [
        "a statement that cannot be read",
        "CVE-2025-32444",
    ]
    assert document.statements[0].moment is None


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(VexError, match="No such file"):
        read_vex(str(tmp_path / "none.json"))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["@id", "products", "status", "vulnerability", "name", "affects", "ref", "analysis", "state",
                         "product_status", "fixed", "id", "subcomponents", "timestamp"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None)
@given(_JSON, st.sampled_from(["statements", "vulnerabilities", "components", "product_tree"]))
def test_any_content_is_read_or_refused(value: Any, where: str) -> None:
    for head in (
        {"@context": "https://openvex.dev/ns/v0.2.0"},
        {"bomFormat": "CycloneDX"},
        {"document": {"csaf_version": "2.0", "tracking": {}}},
    ):
        try:
            document = parsed_vex("v.json", json.dumps({**head, where: value}).encode())
        except VexError:
            continue
        apply((vulnerability(),), [document], TODAY)


def test_hostile_text_is_data_in_every_format() -> None:
    hostile = says("affected", action_statement="</script>\x1b[2J" + "x" * 5000)
    [one] = read_back(openvex(hostile))
    assert shown(one) == [("affected", True, "")]
    assert len(one.statements[0].reason) < 2_100
