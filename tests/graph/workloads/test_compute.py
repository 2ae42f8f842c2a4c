"""ECS tasks, Batch jobs, Compose services and instances as workloads."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.graph.index import EvidenceGraph
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Absent, Known, Unresolved, doubt, effective, elements
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Workload
from tests.support import api, cloudformation, read, terraform

FARGATE, EC2, MANAGED = Platform.ECS_FARGATE, Platform.ECS_EC2, Platform.ECS_MANAGED_INSTANCES


def task(**more: Any) -> Resource:
    given: dict[str, Any] = {"family": "t", "containerDefinitions": [{"name": "a", "image": "x:1"}], **more}
    return api("ecs:RegisterTaskDefinition", **given)


def service(**more: Any) -> Resource:
    given: dict[str, Any] = {"serviceName": "s", "taskDefinition": "t:3", "cluster": "c", **more}
    return api("ecs:CreateService", **given)


def cluster(**more: Any) -> Resource:
    given: dict[str, Any] = {"clusterName": "c", **more}
    return api("ecs:CreateCluster", **given)


def workloads(*resources: Resource) -> tuple[Workload, ...]:
    return EvidenceGraph(Evidence(resources)).workloads()


def one(*resources: Resource) -> Workload:
    (found,) = workloads(*resources)
    return found


STRATEGY = [{"capacityProvider": "p", "weight": 1}]
GROUP = api("ecs:CreateCapacityProvider", name="p", autoScalingGroupProvider={"autoScalingGroupArn": "arn:g"})
INSTANCES = api("ecs:CreateCapacityProvider", name="p", managedInstancesProvider={"infrastructureRoleArn": "arn:r"})


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([task(requiresCompatibilities=["FARGATE"], networkMode="awsvpc")], {FARGATE}),
        ([task(requiresCompatibilities=["EC2"])], {EC2}),
        ([task(requiresCompatibilities=["MANAGED_INSTANCES"])], {MANAGED}),
        ([task(requiresCompatibilities=["EC2", "FARGATE"])], {EC2, FARGATE}),
        ([task()], {EC2, MANAGED}),
        ([task(networkMode="host")], {EC2, MANAGED}),
        ([task(networkMode="awsvpc")], {FARGATE, EC2, MANAGED}),
        ([task(), service(launchType="FARGATE")], {FARGATE}),
        ([task(), service(launchType="EC2")], {EC2}),
        ([task(), service(launchType="EC2"), service(serviceName="z", launchType="FARGATE")], {EC2, FARGATE}),
        ([task(), service(capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT"}])], {FARGATE}),
        ([task(), service(capacityProviderStrategy=STRATEGY), GROUP], {EC2}),
        ([task(), service(capacityProviderStrategy=STRATEGY), INSTANCES], {MANAGED}),
        ([task(), service(capacityProviderStrategy=STRATEGY)], {EC2, MANAGED}),
        ([task(), service(), cluster()], {EC2}),
        ([task(), service(), cluster(defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE"}])], {FARGATE}),
        ([task(networkMode="awsvpc"), service()], {FARGATE, EC2, MANAGED}),
        ([task(), api("ecs:RunTask", taskDefinition="t", cluster="c", launchType="FARGATE")], {FARGATE}),
    ],
)
def test_platforms_of_tasks(resources: list[Resource], expected: set[Platform]) -> None:
    found = one(*resources)
    assert set(found.platforms) == expected
    assert found.platform_why


def test_a_task_takes_its_network_from_the_service() -> None:
    network = {"awsvpcConfiguration": {"subnets": ["a", "b"], "securityGroups": ["g"], "assignPublicIp": "ENABLED"}}
    found = one(task(networkMode="awsvpc"), service(networkConfiguration=network, desiredCount=2), cluster())
    assert elements(found.subnets) == ("a", "b")
    assert elements(found.security_groups) == ("g",)
    assert effective(found.public_address) is True
    assert effective(found.replicas) == 2
    assert [r.kind for r in found.related] == ["EcsService", "EcsCluster"]


def test_several_services_of_one_task() -> None:
    first = service(networkConfiguration={"awsvpcConfiguration": {"subnets": ["a"], "assignPublicIp": "DISABLED"}})
    second = service(
        serviceName="z", networkConfiguration={"awsvpcConfiguration": {"subnets": ["b"], "assignPublicIp": "ENABLED"}}
    )
    found = one(task(), first, second)
    assert elements(found.subnets) == ("a", "b")
    assert effective(found.public_address) is True


@pytest.mark.parametrize(
    ("given", "network", "pid", "ipc"),
    [
        ({}, False, False, False),
        ({"networkMode": "host", "pidMode": "host", "ipcMode": "host"}, True, True, True),
        ({"networkMode": "awsvpc", "pidMode": "task", "ipcMode": "none"}, False, False, False),
    ],
)
def test_namespaces_of_tasks(given: dict[str, str], network: bool, pid: bool, ipc: bool) -> None:
    found = one(task(**given))
    assert (effective(found.host_network), effective(found.host_pid), effective(found.host_ipc)) == (network, pid, ipc)


def test_volumes_of_tasks() -> None:
    found = one(
        task(
            volumes=[
                {"name": "e", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryption": "ENABLED"}},
                {"name": "h", "host": {"sourcePath": "/var/run/docker.sock"}},
                {"name": "d", "dockerVolumeConfiguration": {"scope": "task"}},
                {"name": "f", "fsxWindowsFileServerVolumeConfiguration": {"fileSystemId": "fs-2"}},
            ]
        )
    )
    volumes = elements(found.volumes)
    assert [effective(v.kind) for v in volumes] == ["efs", "hostPath", "docker", "fsx"]
    assert effective(volumes[0].transit_encryption) == "ENABLED"
    assert effective(volumes[0].iam_authorization) == "DISABLED"
    assert effective(volumes[1].host_path) == "/var/run/docker.sock"


@pytest.mark.parametrize(
    ("options", "escalation", "seccomp"),
    [
        ([], True, "RuntimeDefault"),
        (["no-new-privileges"], False, "RuntimeDefault"),
        (["no-new-privileges:true", "seccomp=unconfined"], False, "Unconfined"),
        (["seccomp:/etc/p.json"], True, "Localhost"),
    ],
)
def test_what_security_options_mean(options: list[str], escalation: bool, seccomp: str) -> None:
    definition = {"name": "a", "image": "x", "dockerSecurityOptions": options}
    (container,) = elements(one(task(containerDefinitions=[definition])).containers)
    assert effective(container.allow_privilege_escalation) is escalation
    assert effective(container.seccomp_profile) == seccomp


def job(**more: Any) -> Resource:
    return api("batch:RegisterJobDefinition", jobDefinitionName="j", type="container", **more)


CONTAINER = {"image": "x:1", "jobRoleArn": "arn:r", "executionRoleArn": "arn:e", "privileged": True}


def test_a_batch_job() -> None:
    found = one(job(containerProperties=CONTAINER))
    (container,) = elements(found.containers)
    assert found.platforms == (EC2,)
    assert effective(container.privileged) is True
    assert (effective(found.role), effective(found.execution_role)) == ("arn:r", "arn:e")
    assert effective(found.host_network) is True


def test_a_batch_job_on_fargate() -> None:
    network = {"assignPublicIp": "ENABLED"}
    found = one(
        job(platformCapabilities=["FARGATE"], containerProperties={**CONTAINER, "networkConfiguration": network})
    )
    assert found.platforms == (FARGATE,)
    assert effective(found.public_address) is True
    assert effective(found.host_network) is False


def test_the_nodes_of_a_batch_job() -> None:
    nodes = {
        "numNodes": 2,
        "nodeRangeProperties": [
            {"targetNodes": "0:0", "container": CONTAINER},
            {"targetNodes": "1:", "container": {"image": "y:1"}},
        ],
    }
    found = workloads(job(nodeProperties=nodes))
    assert [w.name for w in found] == ["j/nodes 0:0", "j/nodes 1:"]
    assert all(effective(w.host_network) is False for w in found)


def test_the_tasks_and_pods_of_batch_jobs() -> None:
    properties = {"taskProperties": [{"containers": [{"name": "a", "image": "x"}], "pidMode": "host"}]}
    found = one(job(ecsProperties=properties))
    assert effective(found.host_pid) is True
    pod = {"podProperties": {"containers": [{"image": "x", "securityContext": {"privileged": True}}]}}
    found = one(job(eksProperties=pod))
    assert found.platforms == (Platform.EKS_NODES,)
    assert effective(found.host_network) is True
    assert effective(elements(found.containers)[0].privileged) is True


def test_a_batch_job_in_terraform_and_cloudformation() -> None:
    (one_way,) = terraform(
        'resource "aws_batch_job_definition" "j" {\n  name = "j"\n  type = "container"\n'
        '  container_properties = jsonencode({ image = "x:1", privileged = true })\n}\n'
    )
    (other_way,) = cloudformation(
        "Resources:\n  J:\n    Type: AWS::Batch::JobDefinition\n    Properties:\n      Type: container\n"
        "      ContainerProperties: {Image: 'x:1', Privileged: true}\n"
    )
    for resource in (one_way, other_way):
        (container,) = elements(one(resource).containers)
        assert (effective(container.image), effective(container.privileged)) == ("x:1", True)


def compose(text: str) -> tuple[Workload, ...]:
    return EvidenceGraph(read({"compose.yaml": text})).workloads()


def test_compose_services() -> None:
    first, second = compose(
        "services:\n  a:\n    image: x\n    ipc: host\n    network_mode: host\n"
        "    volumes: [/var/run/docker.sock:/x, data:/d]\n  b:\n    image: y\n"
    )
    assert (effective(first.host_ipc), effective(first.host_network), effective(first.host_pid)) == (True, True, False)
    assert [effective(v.kind) for v in elements(first.volumes)] == ["hostPath", "docker"]
    assert effective(second.host_network) is False
    assert first.platforms == (Platform.EC2,)


SCRIPT = "#!/bin/bash\ndocker run -d --network host -v /:/host x:1\ndocker run -d -p 80:80 y:1\n"


def test_an_instance_that_starts_containers() -> None:
    instance = api(
        "ec2:RunInstances",
        ImageId="ami-1",
        UserData=SCRIPT,
        SubnetId="subnet-1",
        SecurityGroupIds=["sg-1"],
        NetworkInterfaces=[{"AssociatePublicIpAddress": True, "SubnetId": "subnet-2", "Groups": ["sg-2"]}],
        IamInstanceProfile={"Name": "p"},
    )
    found = one(instance)
    assert len(elements(found.containers)) == 2
    assert effective(found.host_network) is True
    assert effective(found.host_pid) is False
    assert elements(found.subnets) == ("subnet-1", "subnet-2")
    assert elements(found.security_groups) == ("sg-1", "sg-2")
    assert effective(found.public_address) is True
    assert effective(found.role) == "p"
    assert [effective(v.host_path) for v in elements(found.volumes)] == ["/"]


def test_instances_that_start_none_are_no_workloads() -> None:
    assert workloads(api("ec2:RunInstances", ImageId="ami-1", UserData="#!/bin/bash\nyum update -y\n")) == ()


def test_an_unknown_part_of_the_script_leaves_the_host_network_open() -> None:
    found = terraform(
        'variable "start" {}\nresource "aws_instance" "i" {\n  ami = "ami-1"\n'
        '  user_data = "docker run -d x:1\\n${var.start}\\n"\n}\n'
    )
    workload = one(*found)
    assert isinstance(workload.host_network, Unresolved)
    assert doubt(workload.containers) is not None


def test_a_template_with_its_group_and_role() -> None:
    found = terraform(
        'resource "aws_launch_template" "l" {\n  name = "l"\n  user_data = base64encode("docker run -d x:1")\n'
        "  iam_instance_profile {\n    name = aws_iam_instance_profile.p.name\n  }\n}\n"
        'resource "aws_iam_instance_profile" "p" {\n  name = "p"\n  role = aws_iam_role.r.name\n}\n'
        'resource "aws_iam_role" "r" {\n  name = "r"\n}\n'
        'resource "aws_autoscaling_group" "g" {\n  vpc_zone_identifier = ["s1", "s2"]\n  desired_capacity = 2\n'
        "  launch_template {\n    id = aws_launch_template.l.id\n  }\n}\n"
    )
    workload = one(*found)
    assert elements(workload.subnets) == ("s1", "s2")
    assert effective(workload.replicas) == 2
    assert "aws_iam_role.r" in str(effective(workload.role))
    assert [r.kind for r in workload.related] == ["AutoScalingGroup"]


def test_an_instance_adds_its_network_to_its_template() -> None:
    found = cloudformation(
        """
Resources:
  L:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        SecurityGroupIds: [sg-1]
        UserData:
          Fn::Base64: !Sub |
            #!/bin/bash
            docker run -d -p 3000:3000 grafana/grafana:11
  I:
    Type: AWS::EC2::Instance
    Properties:
      LaunchTemplate: {LaunchTemplateId: !Ref L, Version: "1"}
      NetworkInterfaces:
        - {DeviceIndex: "0", SubnetId: subnet-1, GroupSet: [sg-2], AssociatePublicIpAddress: true}
"""
    )
    workload = one(*found)
    assert elements(workload.subnets) == ("subnet-1",)
    assert elements(workload.security_groups) == ("sg-1", "sg-2")
    assert effective(workload.public_address) is True


def test_a_script_of_its_own() -> None:
    evidence = read({"boot.sh": SCRIPT, "other.sh": "#!/bin/bash\necho hello\n"})
    (workload,) = EvidenceGraph(evidence).workloads()
    assert workload.name == "boot.sh"
    assert elements(workload.containers)[0].place.line == 2
    assert isinstance(workload.role, Absent)


def test_clusters_take_capacity_that_is_written_apart() -> None:
    found = terraform(
        'resource "aws_ecs_cluster" "c" {\n  name = "c"\n}\n'
        'resource "aws_ecs_cluster_capacity_providers" "p" {\n  cluster_name = aws_ecs_cluster.c.name\n'
        '  capacity_providers = ["FARGATE"]\n  default_capacity_provider_strategy {\n'
        '    capacity_provider = "FARGATE"\n  }\n}\n'
        'resource "aws_ecs_task_definition" "t" {\n  family = "t"\n  network_mode = "awsvpc"\n'
        '  container_definitions = jsonencode([{ name = "a", image = "x" }])\n}\n'
        'resource "aws_ecs_service" "s" {\n  name = "s"\n  cluster = aws_ecs_cluster.c.id\n'
        "  task_definition = aws_ecs_task_definition.t.arn\n}\n"
    )
    assert one(*found).platforms == (FARGATE,)


def test_unresolved_containers_stay_unresolved() -> None:
    (definition,) = terraform(
        'variable "defs" {}\nresource "aws_ecs_task_definition" "t" {\n  family = "t"\n'
        "  container_definitions = var.defs\n}\n"
    )
    assert isinstance(one(definition).containers, Unresolved)
    assert not isinstance(one(definition).containers, Known)
