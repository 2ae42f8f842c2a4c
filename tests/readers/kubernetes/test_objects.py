"""Objects around pods, and AWS resources that a cluster or eksctl makes."""

from __future__ import annotations

import pytest

from ourhalf.model.field import Entries, Field, Known, Redacted, Unresolved, entry
from ourhalf.model.resource import Resource
from ourhalf.resources.ec2_compute import LaunchTemplate
from ourhalf.resources.ecr import EcrRepository
from ourhalf.resources.eks import EksCluster, EksFargateProfile, EksNodeGroup
from ourhalf.resources.iam import IamRole
from ourhalf.resources.kubernetes_access import KubernetesRole, KubernetesRoleBinding, ServiceAccount
from ourhalf.resources.kubernetes_namespaces import Namespace
from ourhalf.resources.kubernetes_network import KubernetesService, NetworkPolicy
from ourhalf.resources.kubernetes_nodes import KarpenterNodeClass
from ourhalf.resources.kubernetes_storage import ConfigMap, KubernetesSecret, PersistentVolume, StorageClass
from ourhalf.resources.sagemaker_jobs import SageMakerTrainingJob
from tests.support import kubernetes


def one(text: str) -> Resource:
    found = kubernetes(text)
    assert len(found) == 1
    return found[0]


def value(field: Field[object]) -> object:
    assert isinstance(field, Known), field
    return field.value


@pytest.mark.parametrize(
    ("api", "kind", "expected"),
    [
        ("v1", "ServiceAccount", ServiceAccount),
        ("v1", "Namespace", Namespace),
        ("v1", "Service", KubernetesService),
        ("v1", "ConfigMap", ConfigMap),
        ("v1", "PersistentVolume", PersistentVolume),
        ("storage.k8s.io/v1", "StorageClass", StorageClass),
        ("networking.k8s.io/v1", "NetworkPolicy", NetworkPolicy),
        ("rbac.authorization.k8s.io/v1", "Role", KubernetesRole),
        ("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding", KubernetesRoleBinding),
        ("karpenter.k8s.aws/v1", "EC2NodeClass", KarpenterNodeClass),
    ],
)
def test_kinds(api: str, kind: str, expected: type[Resource]) -> None:
    found = one(f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: x, namespace: ml}}\n")
    assert type(found) is expected
    assert found.name == "x"


def test_namespaces_and_addresses() -> None:
    role = one("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n")
    account = one("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n")
    assert isinstance(role, KubernetesRole)
    assert (role.cluster, role.namespace, role.origin.address) == (True, "", "/ClusterRole/r")
    assert isinstance(account, ServiceAccount)
    assert (account.namespace, account.origin.address) == ("default", "default/ServiceAccount/a")


def test_an_annotation_with_dots_in_its_name() -> None:
    found = one(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n  annotations:\n"
        "    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/train\n"
    )
    assert isinstance(found, ServiceAccount)
    role = entry(found.annotations, "eks.amazonaws.com/role-arn")
    assert value(role) == "arn:aws:iam::111122223333:role/train"
    assert role.place.line == 6


def test_the_sharing_of_gpus() -> None:
    found = one(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a100: |\n    version: v1\n    sharing:\n"
        "      timeSlicing:\n        resources:\n        - name: nvidia.com/gpu\n          replicas: 4\n  other: text\n"
    )
    assert isinstance(found, ConfigMap)
    assert isinstance(found.sharing, Known)
    (sharing,) = found.sharing.value
    assert not isinstance(sharing, Unresolved)
    assert isinstance(sharing.time_slicing, Known)
    (device,) = sharing.time_slicing.value
    assert not isinstance(device, Unresolved)
    assert value(device.replicas) == 4
    assert device.replicas.place.line == 11


def test_secrets_are_redacted_but_not_what_is_filled_in_later() -> None:
    found = one(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter22, b: '${B}', c: 'x-${C}'}\n"
        "data: {d: aHVudGVyMjI=}\n"
    )
    assert isinstance(found, KubernetesSecret)
    data = value(found.plain_data)
    assert isinstance(data, Entries)
    assert isinstance(value(data.items["a"]), Redacted)
    assert isinstance(data.items["b"], Unresolved)
    assert data.items["c"] == Unresolved(
        "${C} is filled in by envsubst or a script", data.items["c"].place, ("x-", None)
    )


def test_requests_of_controllers_for_aws() -> None:
    found = one(
        "apiVersion: sagemaker.services.k8s.aws/v1alpha1\nkind: TrainingJob\nmetadata: {name: t}\nspec:\n"
        "  trainingJobName: train\n  roleRef: {from: {name: role}}\n  enableNetworkIsolation: true\n"
        "  algorithmSpecification: {trainingImage: repo/train:1}\n  hyperParameters: {roleARN: kept}\n"
        "  vpcConfig: {subnets: [subnet-1], securityGroupIDs: [sg-1]}\n"
    )
    assert isinstance(found, SageMakerTrainingJob)
    assert value(found.role) == "role"
    assert value(found.network_isolation) is True
    vpc = value(found.vpc)
    assert value(vpc.security_groups) == ("sg-1",)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("service", "name", "kind"),
    [("ecr", "Repository", EcrRepository), ("iam", "Role", IamRole), ("eks", "Cluster", EksCluster)],
)
def test_objects_of_controllers_for_aws(service: str, name: str, kind: type[Resource]) -> None:
    text = f"apiVersion: {service}.services.k8s.aws/v1alpha1\nkind: {name}\nmetadata: {{name: r}}\nspec: {{name: r}}\n"
    assert type(one(text)) is kind


EKSCTL = """apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: ml, version: "1.33"}
vpc:
  clusterEndpoints: {publicAccess: false, privateAccess: true}
secretsEncryption: {keyARN: arn:aws:kms:us-west-2:111122223333:key/k}
cloudWatch: {clusterLogging: {enableTypes: ["*"]}}
iam:
  serviceAccounts:
  - metadata: {name: runner, namespace: train}
    attachRoleARN: arn:aws:iam::111122223333:role/runner
managedNodeGroups:
- name: gpu
  instanceType: p5.48xlarge
  ssh: {allow: true}
  volumeEncrypted: true
  disableIMDSv1: true
  disablePodIMDS: true
fargateProfiles:
- name: f
  selectors: [{namespace: serve}]
"""


def test_a_cluster_file_of_eksctl() -> None:
    found = {type(r): r for r in kubernetes(EKSCTL)}
    cluster, group = found[EksCluster], found[EksNodeGroup]
    template, account = found[LaunchTemplate], found[ServiceAccount]
    assert isinstance(cluster, EksCluster)
    assert isinstance(group, EksNodeGroup)
    assert isinstance(template, LaunchTemplate)
    assert isinstance(account, ServiceAccount)
    assert EksFargateProfile in found
    assert value(cluster.public_endpoint) is False
    assert value(cluster.public_endpoint) is not None
    assert "audit" in value(cluster.log_types)  # type: ignore[operator]
    assert isinstance(cluster.authentication_mode, Unresolved)
    assert isinstance(group.ssh_key, Known)
    assert (value(template.http_tokens), value(template.http_hop_limit)) == ("required", 1)
    assert account.namespace == "train"


def test_what_the_version_of_eksctl_decides_is_not_known() -> None:
    text = EKSCTL.replace("  disableIMDSv1: true\n", "")
    template = next(r for r in kubernetes(text) if isinstance(r, LaunchTemplate))
    assert isinstance(template.http_tokens, Unresolved)
