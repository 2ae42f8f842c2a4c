"""What SageMaker's jobs, models and clusters can reach."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.infrastructure import sagemaker_network as group
from ourhalf.model.profile import Requirements, Sensitivity, Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
VPC = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
LATER = {"Ref": "x"}


def training(**fields: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateTrainingJob", TrainingJobName="t", **fields),)


def processing(**network: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateProcessingJob", ProcessingJobName="p", NetworkConfig=network),)


def model(**fields: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateModel", ModelName="m", **fields),)


def tuning(*definitions: Any, **fields: Any) -> tuple[Resource, ...]:
    many = {"TrainingJobDefinitions": list(definitions)} if definitions else {}
    return (api("sagemaker:CreateHyperParameterTuningJob", HyperParameterTuningJobName="h", **many, **fields),)


def schedule(**config: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateMonitoringSchedule", MonitoringScheduleName="s", MonitoringScheduleConfig=config),)


def endpoint(variants: Any, **fields: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateEndpointConfig", EndpointConfigName="e", ProductionVariants=variants, **fields),)


def cluster(groups: Any, **fields: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateCluster", ClusterName="c", InstanceGroups=groups, **fields),)


def monitoring(kind: str, **network: Any) -> tuple[Resource, ...]:
    return (api(f"sagemaker:Create{kind}JobDefinition", JobDefinitionName="d", NetworkConfig=network),)


CASES: list[Case] = [
    Case(group.JOB_ISOLATION, PASS, training(EnableNetworkIsolation=True)),
    Case(group.JOB_ISOLATION, FAIL, training(EnableNetworkIsolation=False)),
    Case(group.JOB_ISOLATION, FAIL, training()),
    Case(group.JOB_ISOLATION, UNKNOWN, training(EnableNetworkIsolation=LATER)),
    Case(group.JOB_ISOLATION, PASS, processing(EnableNetworkIsolation=True)),
    Case(group.JOB_ISOLATION, FAIL, processing()),
    Case(group.JOB_ISOLATION, PASS, monitoring("ModelBias", EnableNetworkIsolation=True)),
    Case(group.JOB_ISOLATION, FAIL, monitoring("DataQuality")),
    Case(group.JOB_ISOLATION, FAIL, monitoring("ModelQuality")),
    Case(group.JOB_ISOLATION, UNKNOWN, monitoring("ModelExplainability", EnableNetworkIsolation=LATER)),
    Case(group.JOB_ISOLATION, NONE, (api("sagemaker:CreateTransformJob", TransformJobName="b"),)),
    Case(group.JOB_ISOLATION, PASS, tuning(TrainingJobDefinition={"EnableNetworkIsolation": True})),
    Case(group.JOB_ISOLATION, FAIL, tuning({"EnableNetworkIsolation": True}, {"DefinitionName": "open"})),
    Case(group.JOB_ISOLATION, PASS, tuning({"EnableNetworkIsolation": True}, {"EnableNetworkIsolation": True})),
    Case(group.JOB_ISOLATION, UNKNOWN, tuning({"EnableNetworkIsolation": True}, "later")),
    Case(group.JOB_ISOLATION, NONE, schedule(MonitoringJobDefinitionName="d")),
    Case(group.JOB_ISOLATION, FAIL, schedule(MonitoringJobDefinition={"RoleArn": "r"})),
    Case(
        group.JOB_ISOLATION,
        PASS,
        schedule(MonitoringJobDefinition={"NetworkConfig": {"EnableNetworkIsolation": True}}),
    ),
    Case(group.MODEL_ISOLATION, PASS, model(EnableNetworkIsolation=True)),
    Case(group.MODEL_ISOLATION, FAIL, model()),
    Case(group.MODEL_ISOLATION, UNKNOWN, model(EnableNetworkIsolation=LATER)),
    Case(group.JOB_VPC, PASS, training(VpcConfig=VPC)),
    Case(group.JOB_VPC, FAIL, training(VpcConfig={"Subnets": [], "SecurityGroupIds": []})),
    Case(group.JOB_VPC, FAIL, training()),
    Case(group.JOB_VPC, UNKNOWN, training(VpcConfig=7)),
    Case(group.JOB_VPC, FAIL, tuning({"VpcConfig": VPC}, {})),
    Case(
        group.JOB_VPC, PASS, (api("sagemaker:CreateAutoMLJobV2", AutoMLJobName="a", SecurityConfig={"VpcConfig": VPC}),)
    ),
    Case(group.JOB_VPC, NONE, (api("sagemaker:CreateLabelingJob", LabelingJobName="l"),)),
    Case(group.MODEL_VPC, PASS, model(VpcConfig=VPC)),
    Case(group.MODEL_VPC, FAIL, model()),
    Case(group.MODEL_VPC, UNKNOWN, model(VpcConfig=7)),
    Case(group.COMPONENT_ISOLATION, NONE, endpoint([{"ModelName": "m"}])),
    Case(group.COMPONENT_ISOLATION, FAIL, endpoint([{"VariantName": "v"}])),
    Case(group.COMPONENT_ISOLATION, PASS, endpoint([{"VariantName": "v"}], EnableNetworkIsolation=True)),
    Case(group.COMPONENT_ISOLATION, UNKNOWN, endpoint([{"VariantName": "v"}], EnableNetworkIsolation=LATER)),
    Case(group.COMPONENT_ISOLATION, UNKNOWN, endpoint(["later"])),
    Case(group.COMPONENT_VPC, NONE, endpoint([{"ModelName": "m"}])),
    Case(group.COMPONENT_VPC, FAIL, endpoint([{"VariantName": "v"}])),
    Case(group.COMPONENT_VPC, PASS, endpoint([{"VariantName": "v"}], VpcConfig=VPC)),
    Case(group.COMPONENT_VPC, UNKNOWN, endpoint(["later"])),
    Case(group.CLUSTER_VPC, PASS, cluster([{"InstanceGroupName": "g"}], VpcConfig=VPC)),
    Case(group.CLUSTER_VPC, FAIL, cluster([{"InstanceGroupName": "g"}])),
    Case(group.CLUSTER_VPC, PASS, cluster([{"InstanceGroupName": "g", "OverrideVpcConfig": VPC}])),
    Case(group.CLUSTER_VPC, FAIL, cluster([{"OverrideVpcConfig": VPC}, {"InstanceGroupName": "g"}])),
    Case(group.CLUSTER_VPC, UNKNOWN, cluster([{"OverrideVpcConfig": VPC}, "later"])),
    Case(group.CLUSTER_VPC, UNKNOWN, cluster([], VpcConfig=7)),
    Case(group.CLUSTER_VPC, FAIL, cluster([{"InstanceGroupName": "g"}], VpcConfig={**VPC, "Subnets": []})),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("sensitivity", "severity"), [(Sensitivity.INTERNAL, Severity.LOW), (Sensitivity.CONFIDENTIAL, None)]
)
def test_data_decides_how_much_isolation_matters(sensitivity: Sensitivity, severity: Severity | None) -> None:
    case = Case(group.JOB_ISOLATION, FAIL, training(), requirements=Requirements(sensitivity=sensitivity))
    assert case.judged()[1].severity is severity
