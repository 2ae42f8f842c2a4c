"""Component definitions as input to a system security plan: taken in, and no claim believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ourhalf.compliance.formats.format import Held, all_formats
from ourhalf.compliance.oscal.document import OscalError
from ourhalf.compliance.oscal.inputs import with_components
from ourhalf.compliance.oscal.read import ComponentDefinition, read_component_definition
from ourhalf.compliance.results import Borne, Outcome
from ourhalf.model.finding import PeerId
from ourhalf.model.verdict import Status
from tests.compliance.oscal.samples import assessment, bears, held, results
from tests.compliance.oscal.schemas import REFERENCE, errors, needs_reference
from tests.samples import KEY, PRIVILEGED

FOREIGN = Path(__file__).parent / "foreign.json"
POLICY = "5f0a3a4e-0f5a-4a8a-9d6e-6a4d3c1f0010"
HANDBOOK = "5f0a3a4e-0f5a-4a8a-9d6e-6a4d3c1f0020"


def foreign() -> ComponentDefinition:
    return read_component_definition(str(FOREIGN))


def ssp(given: Held) -> dict[str, Any]:
    text = all_formats()["oscal-ssp"].render(given)
    made = json.loads(text)["system-security-plan"]
    assert isinstance(made, dict)
    return made


def by_component(plan: dict[str, Any], control: str, uuid: str) -> dict[str, Any] | None:
    for requirement in plan["control-implementation"]["implemented-requirements"]:
        if requirement["control-id"] == control:
            return next((one for one in requirement["by-components"] if one["component-uuid"] == uuid), None)
    raise AssertionError(control)


def test_components_of_others_are_components_of_the_system() -> None:
    before, after = ssp(held()), ssp(with_components(held(), [foreign()]))
    known = {one["uuid"] for one in before["system-implementation"]["components"]}
    added = [one for one in after["system-implementation"]["components"] if one["uuid"] not in known]
    assert [(one["uuid"], one["type"], one["title"]) for one in added] == [
        (POLICY, "service", "Admission policy"),
        (HANDBOOK, "policy", "Handbook"),
    ]
    assert added[0]["description"] == "Refuses pods that run \\<b>privileged\\</b>, \\[see](https://wiki.example)."
    assert added[0]["status"]["state"] == "other"


def test_a_claim_is_held_against_our_verdicts() -> None:
    """ECS.4 is the same test as a control of ours, which fails for `ac-6` and holds for `ac-2`."""
    plan = ssp(with_components(held(), [foreign()]))
    failing, holding = by_component(plan, "ac-6", POLICY), by_component(plan, "ac-2", POLICY)
    assert failing is not None
    assert holding is not None
    assert failing["implementation-status"]["state"] == "partial"
    assert "ECS.4: No privileged containers." in failing["description"]
    assert holding["implementation-status"]["state"] == "implemented"


def test_a_claim_that_nothing_here_decides_is_unknown() -> None:
    plan = ssp(with_components(held(), [foreign()]))
    claimed = by_component(plan, "sc-28", POLICY)
    assert claimed is not None
    assert claimed["implementation-status"]["state"] == "unknown"
    assert "Nothing that was read here decides" in claimed["implementation-status"]["remarks"]
    assert "All volumes are encrypted. By default." in claimed["description"]
    assert by_component(plan, "pe-3", POLICY) is None


def test_a_claim_changes_no_outcome() -> None:
    before, after = ssp(held()), ssp(with_components(held(), [foreign()]))

    def outcomes(plan: dict[str, Any]) -> list[tuple[str, str]]:
        told = plan["control-implementation"]["implemented-requirements"]
        return [(one["control-id"], one["by-components"][0]["implementation-status"]["state"]) for one in told]

    assert outcomes(before) == outcomes(after)
    for name in ("oscal-ar", "oscal-poam", "oscal-ap", "oscal-component"):
        render = all_formats()[name].render
        assert render(held()) == render(with_components(held(), [foreign()]))


def test_a_bare_number_is_an_id_of_its_own_catalog_only() -> None:
    other = replace(results(assessment())[0], id="1.1")
    plan = ssp(with_components(held(found=(other,), framework="pci-dss-4.0.1", baseline=None), [foreign()]))
    assert by_component(plan, "_1.1", HANDBOOK) is None


def test_numbers_that_others_give_a_test_claim_nothing() -> None:
    """A benchmark's `1.1` and the `1.1` of a peer are not the same id."""
    made = assessment()
    numbered = tuple(replace(one, same_as=(PeerId("CIS", "_1.1"),)) for one in made.controls)
    plan = ssp(with_components(held(of=replace(made, controls=numbered)), [foreign()]))
    assert by_component(plan, "ac-2", HANDBOOK) is None


def test_round_trip_of_our_own(tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text(all_formats()["oscal-component"].render(held()), "utf-8")
    own = read_component_definition(str(file))
    assert ssp(with_components(held(), [own])) == ssp(held()), "the same components, by the same UUIDs"


def test_round_trip_of_another_team(tmp_path: Path) -> None:
    """What another system's definition says of its workloads is a claim in ours."""
    file = tmp_path / "theirs.json"
    file.write_text(all_formats()["oscal-component"].render(held()), "utf-8")
    theirs = read_component_definition(str(file))
    made = assessment()
    ours = replace(made, workloads=tuple(replace(one, path=f"ours/{one.path}") for one in made.workloads))
    plan = ssp(with_components(held(of=ours), [theirs]))
    serve = next(one.uuid for one in theirs.components if one.title == "serve")
    claimed = by_component(plan, "ac-2", serve)
    assert claimed is not None
    assert claimed["implementation-status"]["state"] == "unknown"


def test_one_uuid_for_two_components_is_refused() -> None:
    one = foreign()
    changed = replace(one, path="b.json", components=(replace(one.components[0], title="Other"),))
    assert len(ssp(with_components(held(), [one, one]))["system-implementation"]["components"]) > 0
    with pytest.raises(OscalError, match=f"^b.json: UUID {POLICY} stands for another component in .*foreign.json"):
        with_components(held(), [one, changed])


def test_what_is_imported_is_said_not_to_be_read() -> None:
    plan = ssp(with_components(held(), [replace(foreign(), imports=3)]))
    assert "imports 3 component definitions, which were not read" in plan["metadata"]["remarks"]


@needs_reference
def test_every_definition_of_aws_at_once() -> None:
    """A control of ours with Security Hub's id for the same test binds AWS's component to our verdict."""
    paths = sorted((REFERENCE / "oscal" / "aws").glob("*.json"))
    given = [read_component_definition(str(path)) for path in paths if path.name != "aws_security-hub.oscal.json"]
    bound = replace(with_components(held(), given))
    text = all_formats()["oscal-ssp"].render(bound)
    assert not errors("oscal-ssp", text)
    plan = json.loads(text)["system-security-plan"]
    assert len(plan["system-implementation"]["components"]) == 241 + len(
        ssp(held())["system-implementation"]["components"]
    )
    titles = {one["uuid"]: one["title"] for one in plan["system-implementation"]["components"]}
    (requirement,) = (
        one for one in plan["control-implementation"]["implemented-requirements"] if one["control-id"] == "ac-6"
    )
    claims = {titles[one["component-uuid"]]: one for one in requirement["by-components"]}
    assert claims["Amazon EC2 Container Service"]["implementation-status"]["state"] == "partial"
    assert "ECS.4: Security Hub control ECS.4" in claims["Amazon EC2 Container Service"]["description"]


@needs_reference
def test_with_components_is_valid() -> None:
    assert not errors("oscal-ssp", all_formats()["oscal-ssp"].render(with_components(held(), [foreign()])))


def test_only_verdicts_of_the_claimed_test_count() -> None:
    """That another control of the requirement holds says nothing of the claim."""
    of = assessment()
    both: tuple[Borne, ...] = (bears(PRIVILEGED.id, of, only=Status.PASS), bears(KEY.id, of))
    told = replace(results(of)[0], outcome=Outcome.UNKNOWN, controls=both)
    plan = ssp(with_components(held(of=of, found=(told,)), [foreign()]))
    claimed = by_component(plan, "ac-2", POLICY)
    assert claimed is not None
    assert claimed["implementation-status"]["state"] == "partial"
