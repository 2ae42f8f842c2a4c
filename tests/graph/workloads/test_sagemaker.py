"""SageMaker's jobs, models, notebooks and clusters as workloads; the same in every language."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.graph.index import EvidenceGraph
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Absent, Entries, Known, Unresolved, effective, elements, entry
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Workload
from ourhalf.resources.sagemaker import SageMakerEndpoint, SageMakerEndpointConfig
from tests.support import api, cloudformation, terraform

VPC = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}


def workloads(*resources: Resource) -> tuple[Workload, ...]:
    return EvidenceGraph(Evidence(resources)).workloads()


def only(*resources: Resource) -> Workload:
    (workload,) = workloads(*resources)
    return workload


def test_a_training_job() -> None:
    workload = only(
        api(
            "sagemaker:CreateTrainingJob",
            TrainingJobName="t",
            RoleArn="role",
            AlgorithmSpecification={"TrainingImage": "x:1", "ContainerArguments": ["train"]},
            Environment={"A": "1"},
            HyperParameters={"epochs": "3"},
            VpcConfig=VPC,
            ResourceConfig={"InstanceCount": 2},
        )
    )
    assert workload.platforms == (Platform.SAGEMAKER_JOB,)
    assert (effective(workload.role), effective(workload.replicas)) == ("role", 2)
    assert elements(workload.subnets) == ("subnet-1",)
    assert effective(workload.network_isolation) is False
    assert workload.host_network == Known(False, workload.resource.place)
    (container,) = elements(workload.containers)
    assert effective(container.image) == "x:1"
    assert elements(container.arguments) == ("train",)
    assert effective(entry(container.environment, "SM_HP_EPOCHS")) == "3"
    assert effective(entry(container.environment, "A")) == "1"
    assert effective(container.privileged) is False


@pytest.mark.parametrize(("environment", "parameters"), [("later", {"a": "1"}), ({"A": "1"}, "later")])
def test_what_is_known_of_settings_stays_known(environment: Any, parameters: Any) -> None:
    workload = only(
        api("sagemaker:CreateTrainingJob", TrainingJobName="t", Environment=environment, HyperParameters=parameters)
    )
    (container,) = elements(workload.containers)
    assert isinstance(container.environment, Known)
    assert isinstance(container.environment.value, Entries)
    assert container.environment.value.rest is not None
    assert len(container.environment.value.items) == 1


def test_a_job_of_an_algorithm_of_aws_has_no_container_of_ours() -> None:
    specification = {"AlgorithmName": "arn:aws:sagemaker:eu-west-1:111122223333:algorithm/a"}
    workload = only(api("sagemaker:CreateTrainingJob", TrainingJobName="t", AlgorithmSpecification=specification))
    assert isinstance(workload.containers, Absent)


def test_a_tuning_job_runs_each_of_its_definitions() -> None:
    found = workloads(
        api(
            "sagemaker:CreateHyperParameterTuningJob",
            HyperParameterTuningJobName="h",
            TrainingJobDefinitions=[
                {"DefinitionName": "small", "AlgorithmSpecification": {"TrainingImage": "x:1"}},
                {"AlgorithmSpecification": {"TrainingImage": "x:2"}},
                "later",
            ],
        )
    )
    assert [w.name for w in found] == ["h/small", "h/definition-1", "h"]
    assert isinstance(found[2].containers, Unresolved)


SERVED = (
    api("sagemaker:CreateModel", ModelName="demo", PrimaryContainer={"Image": "x:1"}, ExecutionRoleArn="role"),
    api(
        "sagemaker:CreateEndpointConfig",
        EndpointConfigName="demo",
        ProductionVariants=[{"ModelName": "demo", "InitialInstanceCount": 3}],
    ),
    api("sagemaker:CreateEndpointConfig", EndpointConfigName="other", ProductionVariants=[{"ModelName": "m"}]),
    api("sagemaker:CreateEndpoint", EndpointName="demo", EndpointConfigName="demo"),
)


def test_a_model_is_joined_with_what_serves_it() -> None:
    workload = only(*SERVED)
    assert workload.platforms == (Platform.SAGEMAKER_ENDPOINT,)
    assert effective(workload.replicas) == 3
    assert [type(r) for r in workload.related] == [SageMakerEndpointConfig, SageMakerEndpoint]
    (container,) = elements(workload.containers)
    assert [effective(port.container_port) for port in elements(container.ports)] == [8080]


def test_a_namesake_is_not_what_serves_a_model() -> None:
    other = api("sagemaker:CreateModel", ModelName="other", PrimaryContainer={"Image": "x:1"})
    workload = next(w for w in workloads(*SERVED, other) if w.name == "other")
    assert workload.related == ()
    assert isinstance(workload.replicas, Absent)


def test_a_transform_job_runs_the_model_under_its_own_environment() -> None:
    job = api("sagemaker:CreateTransformJob", TransformJobName="b", ModelName="demo", Environment={"A": "1"})
    workload = next(w for w in workloads(*SERVED, job) if w.name == "b")
    (container,) = elements(workload.containers)
    assert (effective(container.image), effective(workload.role)) == ("x:1", "role")
    (alone,) = workloads(job)
    assert isinstance(alone.role, Unresolved)


def test_a_schedule_that_names_its_definition_runs_nothing_itself() -> None:
    config = {"MonitoringJobDefinitionName": "d"}
    assert not workloads(
        api("sagemaker:CreateMonitoringSchedule", MonitoringScheduleName="s", MonitoringScheduleConfig=config)
    )


def test_notebook_domain_and_cluster() -> None:
    notebook = only(api("sagemaker:CreateNotebookInstance", NotebookInstanceName="n", SubnetId="s", RoleArn="r"))
    assert notebook.platforms == (Platform.SAGEMAKER_NOTEBOOK,)
    assert elements(notebook.subnets) == ("s",)
    settings = {"ExecutionRole": "r", "SecurityGroups": ["sg"]}
    domain = only(api("sagemaker:CreateDomain", DomainName="d", DefaultUserSettings=settings))
    assert (effective(domain.role), elements(domain.security_groups)) == ("r", ("sg",))
    groups = [{"ExecutionRole": "r"}, {"ExecutionRole": "r"}]
    cluster = only(api("sagemaker:CreateCluster", ClusterName="c", InstanceGroups=groups, VpcConfig=VPC))
    assert cluster.platforms == (Platform.SAGEMAKER_HYPERPOD,)
    assert effective(cluster.role) == "r"
    groups = [{"ExecutionRole": "r"}, {"ExecutionRole": "q"}]
    mixed = only(api("sagemaker:CreateCluster", ClusterName="c", InstanceGroups=groups))
    assert isinstance(mixed.role, Unresolved)


TERRAFORM = """
resource "aws_sagemaker_model" "m" {
  name                     = "demo"
  execution_role_arn       = "role"
  enable_network_isolation = true
  vpc_config {
    subnets            = ["subnet-1"]
    security_group_ids = ["sg-1"]
  }
  primary_container {
    image          = "x:1"
    model_data_url = "s3://b/m.tar.gz"
    environment    = { A = "1" }
  }
}
resource "aws_sagemaker_endpoint_configuration" "c" {
  name        = "demo"
  kms_key_arn = "key"
  production_variants {
    variant_name           = "v"
    model_name             = aws_sagemaker_model.m.name
    initial_instance_count = 2
    instance_type          = "ml.m5.large"
  }
}
resource "aws_sagemaker_endpoint" "e" {
  name                 = "demo"
  endpoint_config_name = aws_sagemaker_endpoint_configuration.c.name
}
"""

CLOUDFORMATION = """
Resources:
  M:
    Type: AWS::SageMaker::Model
    Properties:
      ModelName: demo
      ExecutionRoleArn: role
      EnableNetworkIsolation: true
      VpcConfig: {Subnets: [subnet-1], SecurityGroupIds: [sg-1]}
      PrimaryContainer: {Image: "x:1", ModelDataUrl: "s3://b/m.tar.gz", Environment: {A: "1"}}
  C:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      EndpointConfigName: demo
      KmsKeyId: key
      ProductionVariants:
        - {VariantName: v, ModelName: !GetAtt M.ModelName, InitialInstanceCount: 2, InstanceType: ml.m5.large}
  E:
    Type: AWS::SageMaker::Endpoint
    Properties: {EndpointName: demo, EndpointConfigName: !GetAtt C.EndpointConfigName}
"""

REQUESTS = (
    api(
        "sagemaker:CreateModel",
        ModelName="demo",
        ExecutionRoleArn="role",
        EnableNetworkIsolation=True,
        VpcConfig=VPC,
        PrimaryContainer={"Image": "x:1", "ModelDataUrl": "s3://b/m.tar.gz", "Environment": {"A": "1"}},
    ),
    api(
        "sagemaker:CreateEndpointConfig",
        EndpointConfigName="demo",
        KmsKeyId="key",
        ProductionVariants=[
            {"VariantName": "v", "ModelName": "demo", "InitialInstanceCount": 2, "InstanceType": "ml.m5.large"}
        ],
    ),
    api("sagemaker:CreateEndpoint", EndpointName="demo", EndpointConfigName="demo"),
)


@pytest.mark.parametrize(
    "resources",
    [REQUESTS, terraform(TERRAFORM), cloudformation(CLOUDFORMATION)],
    ids=["requests", "terraform", "cloudformation"],
)
def test_an_endpoint_is_one_in_every_language(resources: tuple[Resource, ...]) -> None:
    workload = only(*resources)
    (container,) = elements(workload.containers)
    assert effective(workload.role) == "role"
    assert (elements(workload.subnets), elements(workload.security_groups)) == (("subnet-1",), ("sg-1",))
    assert effective(workload.network_isolation) is True
    assert (effective(workload.replicas), len(workload.related)) == (2, 2)
    assert (effective(container.image), effective(container.model_data)) == ("x:1", "s3://b/m.tar.gz")
    assert effective(entry(container.environment, "A")) == "1"
    config = next(r for r in workload.related if isinstance(r, SageMakerEndpointConfig))
    assert effective(config.kms_key) == "key"
