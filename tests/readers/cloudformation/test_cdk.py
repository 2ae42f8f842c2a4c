"""Templates as CDK synthesises them."""

from __future__ import annotations

import json
from typing import Any

from ourhalf.model.field import Known, Reference
from ourhalf.resources.kubernetes import PodTemplate
from tests.support import read


def synthesised(**resources: Any) -> dict[str, str]:
    """A folder that `cdk synth` wrote for a stack of these resources."""
    template = {
        "Resources": {**resources, "CDKMetadata": {"Type": "AWS::CDK::Metadata", "Condition": "CDKMetadataAvailable"}},
        "Conditions": {"CDKMetadataAvailable": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}},
        "Parameters": {
            "BootstrapVersion": {
                "Type": "AWS::SSM::Parameter::Value<String>",
                "Default": "/cdk-bootstrap/hnb659fds/version",
            }
        },
        "Rules": {"CheckBootstrapVersion": {"Assertions": [{"Assert": {"Fn::Not": [{"Fn::Contains": [["1"], "2"]}]}}]}},
    }
    return {
        "cdk.out/Stack.template.json": json.dumps(template, indent=1),
        "cdk.out/manifest.json": json.dumps({"version": "39.0.0", "artifacts": {"Stack": {"type": "x"}}}),
        "cdk.out/tree.json": json.dumps({"version": "tree-0.1", "tree": {"id": "App", "path": "", "children": {}}}),
        "cdk.out/Stack.assets.json": json.dumps({"version": "39.0.0", "files": {"a": {}}, "dockerImages": {}}),
        "cdk.out/cdk.out": '{"version":"39.0.0"}',
    }


def test_a_machine_that_is_joined_from_pieces_is_read() -> None:
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "DefinitionString": {
                "Fn::Join": [
                    "",
                    [
                        '{"StartAt":"Train","States":{"Train":{"End":true,"Type":"Task","Resource":"arn:',
                        {"Ref": "AWS::Partition"},
                        ':states:::sagemaker:createTrainingJob.sync","Parameters":{"TrainingJobName":"t","RoleArn":"',
                        {"Fn::GetAtt": ["Role1ABCC5F0", "Arn"]},
                        '","EnableNetworkIsolation":true}}}}',
                    ],
                ]
            }
        },
    }
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}
    found = read(synthesised(Role1ABCC5F0=role, Machine=machine))
    assert not found.unread
    job = next(r for r in found.resources if type(r).__name__ == "SageMakerTrainingJob")
    assert job.name == "t"
    assert isinstance(job.role, Known)  # type: ignore[attr-defined]
    assert job.role.value == Reference("Role1ABCC5F0", "Arn")  # type: ignore[attr-defined]
    assert job.network_isolation.value is True  # type: ignore[attr-defined]


def test_manifests_for_a_cluster_are_read() -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "train"},
        "spec": {"hostNetwork": True, "containers": [{"name": "c", "image": "@"}]},
    }
    before, after = json.dumps([pod]).split("@")
    resource = {
        "Type": "Custom::AWSCDK-EKS-KubernetesResource",
        "Properties": {"Manifest": {"Fn::Join": ["", [before, {"Ref": "AWS::AccountId"}, ".dkr.ecr/x", after]]}},
    }
    found = read(synthesised(Manifest=resource))
    assert not found.unread
    (template,) = found.resources
    assert isinstance(template, PodTemplate)
    assert isinstance(template.host_network, Known)
    assert template.host_network.value is True
    assert isinstance(template.containers, Known)
    assert template.containers.value[0].image.parts[1:] == (".dkr.ecr/x",)  # type: ignore[union-attr]
    assert template.origin.scope == "cdk.out/Stack.template.json"


def test_helm_charts_are_said_not_to_be_read() -> None:
    found = read(synthesised(Chart={"Type": "Custom::AWSCDK-EKS-HelmChart", "Properties": {"Chart": "gpu-operator"}}))
    assert [u.reason for u in found.unread] == ["Helm chart Chart: what it installs is not read"]


def test_the_template_of_a_nested_stack_is_found_beside() -> None:
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, "/cdk/0123.json"]]}},
        "Metadata": {"aws:asset:path": "StackNested.nested.template.json", "aws:asset:property": "TemplateURL"},
    }
    texts = synthesised(Nested=nested)
    assert len(read(texts).unread) == 1
    model = {"Resources": {"M": {"Type": "AWS::SageMaker::Model"}}}
    found = read({**texts, "cdk.out/StackNested.nested.template.json": json.dumps(model)})
    assert not found.unread
    assert [r.name for r in found.resources] == ["M"]
