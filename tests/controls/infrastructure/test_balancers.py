"""Controls on load balancers."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.infrastructure.balancers import (
    BALANCER_KEPT,
    BALANCER_LOGGED,
    DROPS_HEADERS,
    GUARDED,
    INTERNAL,
    LISTENER_ENCRYPTED,
    LISTENER_MODERN,
)
from ourhalf.model.control import Control
from ourhalf.model.profile import Parameters, Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, DEFAULT, three
from tests.support import Case, api, check, cloudformation, terraform

LISTENER = "elbv2:CreateListener"


def attribute(key: str, value: str) -> tuple[Resource, ...]:
    return cloudformation(
        "Resources:\n  L:\n    Type: AWS::ElasticLoadBalancingV2::LoadBalancer\n    Properties:\n"
        f"      LoadBalancerAttributes: [{{Key: {key}, Value: {value}}}]\n"
    )


def attributes(control: Control[Any], key: str, asked: Requirements = DEFAULT) -> list[Case]:
    return [
        Case(control, Status.PASS, attribute(key, "'true'"), requirements=asked),
        Case(control, Status.FAIL, attribute(key, "'false'"), requirements=asked),
        Case(control, Status.FAIL, attribute("other", "'true'"), requirements=asked),
        Case(control, Status.UNKNOWN, attribute(key, "!Ref Nothing"), requirements=asked),
    ]


def guarded(scheme: str, acl: str) -> tuple[Resource, ...]:
    return cloudformation(
        "Resources:\n  L:\n    Type: AWS::ElasticLoadBalancingV2::LoadBalancer\n"
        f"    Properties: {{Scheme: {scheme}}}\n"
        "  A:\n    Type: AWS::WAFv2::WebACLAssociation\n"
        f"    Properties: {{WebACLArn: acl, ResourceArn: {acl}}}\n"
    )


def redirect(protocol: Any) -> dict[str, Any]:
    return {"Protocol": "HTTP", "DefaultActions": [{"Type": "redirect", "RedirectConfig": {"Protocol": protocol}}]}


def facing(scheme: str, port: int = 443) -> tuple[Resource, ...]:
    return cloudformation(
        "Resources:\n  L:\n    Type: AWS::ElasticLoadBalancingV2::LoadBalancer\n"
        f"    Properties: {{Scheme: {scheme}}}\n"
        "  P:\n    Type: AWS::ElasticLoadBalancingV2::Listener\n"
        f"    Properties: {{LoadBalancerArn: !Ref L, Port: {port}, Protocol: HTTPS}}\n"
    )


UNCLEAR_ACTIONS = (
    "Resources:\n  P:\n    Type: AWS::ElasticLoadBalancingV2::Listener\n"
    "    Properties: {Protocol: HTTP, DefaultActions: !Ref Nothing}\n"
)
UNCLEAR_ATTRIBUTES = (
    "Resources:\n  L:\n    Type: AWS::ElasticLoadBalancingV2::LoadBalancer\n"
    "    Properties: {LoadBalancerAttributes: !Ref Nothing}\n"
)
SWITCHED = 'variable "v" {{}}\nresource "aws_lb" "l" {{\n  internal = {}\n}}\n'
MEANT = Requirements(sensitivity=Sensitivity.CONFIDENTIAL, parameters=Parameters(public_ports=(443,)), why="a test")
CASES = [
    Case(INTERNAL, Status.PASS, facing("internal"), requirements=CONFIDENTIAL),
    Case(INTERNAL, Status.PASS, facing("internet-facing"), requirements=MEANT),
    Case(INTERNAL, Status.FAIL, facing("internet-facing", 8443), requirements=MEANT),
    Case(INTERNAL, Status.FAIL, facing("internet-facing"), requirements=CONFIDENTIAL),
    Case(INTERNAL, Status.FAIL, attribute("other", "'true'"), requirements=CONFIDENTIAL),
    Case(INTERNAL, Status.UNKNOWN, facing("!Ref Nothing"), requirements=CONFIDENTIAL),
    Case(INTERNAL, Status.NOT_APPLICABLE, facing("internet-facing")),
    *three(LISTENER_ENCRYPTED, LISTENER, {"Protocol": "HTTPS"}, {"Protocol": "HTTP"}, {"Protocol": {}}),
    *three(LISTENER_ENCRYPTED, LISTENER, redirect("HTTPS"), redirect("HTTP"), redirect({})),
    Case(LISTENER_ENCRYPTED, Status.NOT_APPLICABLE, (api(LISTENER, Protocol="TCP"),)),
    *three(
        LISTENER_MODERN,
        LISTENER,
        {"Protocol": "HTTPS", "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
        {"Protocol": "HTTPS", "SslPolicy": "ELBSecurityPolicy-2016-08"},
        {"Protocol": "HTTPS", "SslPolicy": {}},
    ),
    Case(LISTENER_MODERN, Status.FAIL, (api(LISTENER, Protocol="HTTPS"),)),
    Case(LISTENER_MODERN, Status.NOT_APPLICABLE, (api(LISTENER, Protocol="HTTP"),)),
    *attributes(DROPS_HEADERS, "routing.http.drop_invalid_header_fields.enabled"),
    Case(DROPS_HEADERS, Status.NOT_APPLICABLE, (api("elbv2:CreateLoadBalancer", Type="network"),)),
    *attributes(BALANCER_LOGGED, "access_logs.s3.enabled", CONFIDENTIAL),
    *attributes(BALANCER_KEPT, "deletion_protection.enabled", CONFIDENTIAL),
    Case(GUARDED, Status.PASS, guarded("internet-facing", "!Ref L"), requirements=CONFIDENTIAL),
    Case(GUARDED, Status.FAIL, guarded("internet-facing", "other"), requirements=CONFIDENTIAL),
    Case(GUARDED, Status.UNKNOWN, guarded("!Ref Nothing", "other"), requirements=CONFIDENTIAL),
    Case(GUARDED, Status.UNKNOWN, guarded("internet-facing", "!Ref Nothing"), requirements=CONFIDENTIAL),
    Case(GUARDED, Status.NOT_APPLICABLE, guarded("internal", "other"), requirements=CONFIDENTIAL),
    Case(LISTENER_ENCRYPTED, Status.FAIL, (api(LISTENER, Protocol="HTTP", DefaultActions=[]),)),
    Case(LISTENER_ENCRYPTED, Status.FAIL, (api(LISTENER, Protocol="HTTP", DefaultActions=[{"Type": "forward"}]),)),
    Case(LISTENER_ENCRYPTED, Status.UNKNOWN, (api(LISTENER, Protocol="HTTP", DefaultActions=["later"]),)),
    Case(LISTENER_ENCRYPTED, Status.UNKNOWN, cloudformation(UNCLEAR_ACTIONS)),
    Case(
        LISTENER_ENCRYPTED,
        Status.UNKNOWN,
        (api(LISTENER, Protocol="HTTP", DefaultActions=[{"Type": "redirect", "RedirectConfig": "later"}]),),
    ),
    Case(
        LISTENER_MODERN, Status.UNKNOWN, (api(LISTENER, Protocol={}, SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06"),)
    ),
    Case(LISTENER_MODERN, Status.UNKNOWN, (api(LISTENER, Protocol="HTTPS", SslPolicy="a-policy-of-tomorrow"),)),
    Case(DROPS_HEADERS, Status.UNKNOWN, (api("elbv2:CreateLoadBalancer", Type={}),)),
    Case(DROPS_HEADERS, Status.UNKNOWN, cloudformation(UNCLEAR_ATTRIBUTES)),
    Case(GUARDED, Status.NOT_APPLICABLE, (api("elbv2:CreateLoadBalancer", Type="network"),), requirements=CONFIDENTIAL),
    Case(INTERNAL, Status.PASS, terraform(SWITCHED.format("true")), requirements=CONFIDENTIAL),
    Case(INTERNAL, Status.FAIL, terraform(SWITCHED.format("false")), requirements=CONFIDENTIAL),
    Case(INTERNAL, Status.UNKNOWN, terraform(SWITCHED.format("var.v")), requirements=CONFIDENTIAL),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
