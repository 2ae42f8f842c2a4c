"""State machines: which calls become resources, and what of them the input decides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ourhalf.model.field import Known, Reference, Unresolved
from ourhalf.model.resource import Dialect, Language, Resource
from ourhalf.readers import holders
from ourhalf.readers.node import Node, from_plain
from ourhalf.readers.stepfunctions import resources_of_state_machine
from tests.support import cloudformation, read


def machine(**states: Any) -> dict[str, Any]:
    """A state machine of these states."""
    return {"StartAt": next(iter(states)), "States": states}


def task(resource: str, **parameters: Any) -> dict[str, Any]:
    """A state that calls an API."""
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters, "End": True}


def resources(definition: Any) -> tuple[Resource, ...]:
    """What a definition makes."""
    return resources_of_state_machine(from_plain(definition, "m.json"), Language.JSON, "m.json")


def kinds(definition: Any) -> list[str]:
    """The types of what a definition makes."""
    return [type(resource).__name__ for resource in resources(definition)]


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        ("sagemaker:createTrainingJob", "SageMakerTrainingJob"),
        ("sagemaker:createTrainingJob.sync", "SageMakerTrainingJob"),
        ("sagemaker:createTrainingJob.sync:2", "SageMakerTrainingJob"),
        ("sagemaker:createTransformJob.sync", "SageMakerTransformJob"),
        ("sagemaker:createProcessingJob.sync", "SageMakerProcessingJob"),
        ("sagemaker:createHyperParameterTuningJob.sync", "SageMakerTuningJob"),
        ("sagemaker:createModel", "SageMakerModel"),
        ("sagemaker:createEndpoint", "SageMakerEndpoint"),
        ("sagemaker:createEndpointConfig", "SageMakerEndpointConfig"),
        ("aws-sdk:sagemaker:createTrainingJob", "SageMakerTrainingJob"),
        ("aws-sdk:sagemaker:createModel.waitForTaskToken", "SageMakerModel"),
        ("ecs:runTask.sync", "EcsTaskRun"),
    ],
)
def test_calls_become_resources(resource: str, kind: str) -> None:
    assert kinds(machine(One=task(resource))) == [kind]


@pytest.mark.parametrize(
    "resource",
    ["lambda:invoke", "sagemaker:stopTrainingJob", "sns:publish", "aws-sdk:sagemaker:listModels", "states"],
)
def test_other_calls_make_nothing(resource: str) -> None:
    assert kinds(machine(One=task(resource))) == []


def test_other_states_make_nothing() -> None:
    states = {
        "Wait": {"Type": "Wait", "Seconds": 1},
        "Function": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:f"},
        "Odd": {"Type": "Task", "Resource": ["arn:aws:states:::sagemaker:createModel"]},
        "Text": "x",
    }
    assert kinds(machine(**states)) == []


def test_states_inside_states_are_read() -> None:
    inner = machine(Inner=task("sagemaker:createTrainingJob", TrainingJobName="a"))
    definition = machine(
        Branches={"Type": "Parallel", "Branches": [inner, machine(B=task("sagemaker:createModel", ModelName="b"))]},
        Old={"Type": "Map", "Iterator": machine(C=task("sagemaker:createModel", ModelName="c"))},
        New={"Type": "Map", "ItemProcessor": machine(D={"Type": "Map", "ItemProcessor": inner})},
    )
    assert [resource.name for resource in resources(definition)] == ["a", "b", "c", "a"]


def test_fields_from_the_input_are_unresolved() -> None:
    job = resources(
        machine(
            Train=task(
                "sagemaker:createTrainingJob.sync",
                **{
                    "TrainingJobName.$": "$.name",
                    "RoleArn": "arn:aws:iam::1:role/r",
                    "AlgorithmSpecification": {"TrainingImage.$": "$.image", "TrainingInputMode": "File"},
                    "OutputDataConfig": {"S3OutputPath.$": "States.Format('s3://{}/out', $.bucket)"},
                    "EnableNetworkIsolation": True,
                },
            )
        )
    )[0]
    assert job.name == "state Train"
    assert job.image.reason == "given by the state machine's input"  # type: ignore[attr-defined]
    assert job.output_uri.parts == ("s3://", None, "/out")  # type: ignore[attr-defined]
    assert job.role.value == "arn:aws:iam::1:role/r"  # type: ignore[attr-defined]
    assert job.network_isolation.value is True  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"Arguments": {"EnableNetworkIsolation": "{% $states.input.x %}"}}, "given by the state machine's input"),
        ({"Arguments": "{% $states.input %}"}, "given by the state machine's input"),
        ({}, "given by the state machine's input"),
        ({"Parameters": {"EnableNetworkIsolation": "${Isolated}"}}, "Isolated is substituted at deployment"),
    ],
)
def test_what_the_text_does_not_decide_is_unresolved(state: dict[str, Any], reason: str) -> None:
    written = {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createModel", **state}
    model = resources(machine(M=written))[0]
    assert isinstance(model.network_isolation, Unresolved)  # type: ignore[attr-defined]
    assert model.network_isolation.reason == reason  # type: ignore[attr-defined]


def test_names_of_ecs_are_those_of_its_api() -> None:
    run = resources(
        machine(
            R=task(
                "ecs:runTask.sync",
                Cluster="c",
                TaskDefinition="t",
                LaunchType="FARGATE",
                NetworkConfiguration={"AwsvpcConfiguration": {"Subnets": ["s"], "AssignPublicIp": "ENABLED"}},
            )
        )
    )[0]
    found = {name: getattr(run, name).value for name in ("cluster", "task_definition", "subnets", "public_address")}
    assert found == {"cluster": "c", "task_definition": "t", "subnets": ("s",), "public_address": True}


def test_a_file_of_its_own_is_read() -> None:
    definition = machine(T=task("sagemaker:createModel", ModelName="m"))
    found = read({"m.asl.json": json.dumps(definition)})
    assert [(r.name, r.origin.language, r.origin.scope) for r in found.resources] == [("m", "json", "m.asl.json")]
    assert not found.unread


DEFINITIONS = [
    "Definition: {StartAt: T, States: {T: {Type: Task, Resource: '@', "
    "Parameters: {ModelName: m, ExecutionRoleArn: !GetAtt R.Arn}}}}",
    'DefinitionString: !Sub \'{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "@", '
    '"Parameters": {"ModelName": "m", "ExecutionRoleArn": "${R.Arn}"}}}}\'',
    '{DefinitionString: \'{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "@", '
    '"Parameters": {"ModelName": "m", "ExecutionRoleArn": "${role}"}}}}\', '
    "DefinitionSubstitutions: {role: !GetAtt R.Arn}}",
    "DefinitionString: {'Fn::ToJsonString': {StartAt: T, States: {T: {Type: Task, Resource: '@', "
    "Parameters: {ModelName: m, ExecutionRoleArn: !GetAtt R.Arn}}}}}",
]


@pytest.mark.parametrize("definition", DEFINITIONS)
@pytest.mark.parametrize(
    "arn", ["arn:aws:states:::sagemaker:createModel", "arn:${AWS::Partition}:states:::sagemaker:createModel"]
)
def test_cloudformation_holds_machines(definition: str, arn: str) -> None:
    definition = definition.replace("@", arn)
    if "${AWS" in arn and not definition.startswith("DefinitionString: !Sub"):
        definition = definition.replace(f"'{arn}'", f"!Sub '{arn}'")
    found = cloudformation(f"""
Resources:
  R: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{Statement: []}}}}}}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      {definition}
""")
    models = [resource for resource in found if type(resource).__name__ == "SageMakerModel"]
    assert [model.name for model in models] == ["m"]
    assert isinstance(models[0].role, Known)  # type: ignore[attr-defined]
    assert models[0].role.value == Reference("R", "Arn")  # type: ignore[attr-defined]
    assert models[0].origin.scope == "template.yaml"


def test_terraform_holds_machines() -> None:
    text = json.dumps(machine(T=task("sagemaker:createModel", ModelName="m")))
    node = from_plain({"definition": text}, "main.tf")
    found = holders.held("aws_sfn_state_machine", node, Dialect.TERRAFORM, Language.TERRAFORM, ".")
    assert [(r.name, r.origin.language, r.origin.dialect) for r in found] == [("m", "terraform", "api")]
    assert holders.holds("aws_sfn_state_machine")


def test_other_resources_hold_none() -> None:
    node = Node({}, "main.tf")
    assert holders.held("aws_s3_bucket", node, Dialect.TERRAFORM, Language.TERRAFORM, ".") == ()
    assert not holders.holds("aws_s3_bucket")


_KEYS = st.sampled_from(["States", "Branches", "Iterator", "Resource", "Parameters", "Arguments", "A.$", "B"])
_LEAVES = st.sampled_from(
    [None, 1, "x", "{% a %}", "${b}", "arn:aws:states:::sagemaker:createModel", "States.Format('"]
)


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4)),
)
def test_no_machine_is_too_strange(tree: Any) -> None:
    for definition in (
        tree,
        {"States": {"A": tree}},
        {"States": {"A": {**task("sagemaker:createModel"), "Parameters": tree}}},
    ):
        resources(definition)


def test_machines_in_machines_are_bounded() -> None:
    definition = machine(T=task("sagemaker:createModel"))
    for _ in range(150):
        definition = machine(M={"Type": "Map", "ItemProcessor": definition})
    assert kinds(definition) == []
