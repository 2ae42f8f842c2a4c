"""What a profile asks of a subject: the strictest scope that matches, or may match, wins."""

from __future__ import annotations

import pytest

from ourhalf.graph.index import EvidenceGraph
from ourhalf.model.evidence import Evidence
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.profile.document import Profile, parse
from ourhalf.profile.scopes import Scopes
from tests.support import api

IMAGE = "x:1"


def model(**fields: object) -> Resource:
    container = {"Image": IMAGE, "ModelDataUrl": "s3://phi-data/m.tar.gz"}
    return api("sagemaker:CreateModel", ModelName="vision", PrimaryContainer=container, **fields)


def asked(text: str, resource: Resource) -> Requirements:
    profile: Profile = parse(text.encode(), "p.yaml")
    graph = EvidenceGraph(Evidence((resource,)))
    (workload,) = graph.workloads()
    return Scopes(profile, "p.yaml").requirements(resource, workload)


@pytest.mark.parametrize(
    ("match", "matches"),
    [
        ("{path: 'request.json'}", True),
        ("{path: '**/request.json'}", True),
        ("{path: 'prod/**'}", False),
        ("{workload: 'vis*'}", True),
        ("{workload: 'other'}", False),
        ("{service: sagemaker}", True),
        ("{service: eks}", False),
        ("{bucket: 'phi-*'}", True),
        ("{bucket: 'public-*'}", False),
        ("{tags: {data: phi}}", True),
        ("{tags: {data: public}}", False),
        ("{tags: {team: ml}}", False),
        ("{workload: 'vis*', bucket: 'public-*'}", False),
    ],
)
def test_scopes_match(match: str, matches: bool) -> None:
    tagged = model(Tags=[{"Key": "data", "Value": "phi"}])
    found = asked(f"scopes:\n- {{match: {match}, sensitivity: regulated, name: s}}\n", tagged)
    assert (found.sensitivity is Sensitivity.REGULATED) == matches
    assert ("scope s" in found.why) == matches


def test_a_tag_that_cannot_be_told_counts_as_matching() -> None:
    found = asked("scopes:\n- {match: {tags: {data: phi}}, sensitivity: regulated}\n", model(Tags="?"))
    assert found.sensitivity is Sensitivity.REGULATED


def test_the_strictest_wins_and_a_scope_may_lower_the_default() -> None:
    two = (
        "sensitivity: confidential\nscopes:\n"
        "- {match: {workload: '*'}, sensitivity: public}\n- {match: {service: sagemaker}, sensitivity: internal}\n"
    )
    assert asked(two, model()).sensitivity is Sensitivity.INTERNAL
    assert asked("sensitivity: regulated\n", model()).sensitivity is Sensitivity.REGULATED


def test_parameters_of_a_scope_override_those_of_the_profile() -> None:
    found = asked(
        "parameters: {log_retention_days: 30, required_tags: [owner]}\nregulations: [gdpr]\n"
        "scopes:\n- {match: {workload: vision}, parameters: {log_retention_days: 365}, regulations: [hipaa]}\n",
        model(),
    )
    assert found.parameters.log_retention_days == 365
    assert found.parameters.required_tags == ("owner",)
    assert found.regulations == ("gdpr", "hipaa")
