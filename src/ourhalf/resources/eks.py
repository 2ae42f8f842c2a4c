"""Amazon Elastic Kubernetes Service, up to the cluster's own objects."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Part, Resource

_API = "https://docs.aws.amazon.com/eks/latest/APIReference/"
_VPC = _API + "API_VpcConfigRequest.html"


class EksEncryption(Part, frozen=True):
    """What a cluster encrypts with a key of ours."""

    resources: Annotated[Many[str], At("resources")] = ABSENT
    kms_key: Annotated[Field[Link], At("provider.keyArn")] = ABSENT


class EksCluster(Resource, frozen=True):
    """A cluster: its endpoint, who may sign in to it, its logs and keys."""

    names = Names(
        api="eks:CreateCluster",
        cloudformation="AWS::EKS::Cluster",
        terraform="aws_eks_cluster",
        kubernetes="eks.services.k8s.aws/Cluster",
    )

    cluster_name: Annotated[Field[str], At("name", kubernetes="spec.name", identifies=True)] = ABSENT
    version: Annotated[Field[str], At("version", kubernetes="spec.version")] = ABSENT
    role: Annotated[Field[Link], At("roleArn", kubernetes="spec.roleARN")] = ABSENT
    public_endpoint: Annotated[
        Field[bool],
        At(
            "resourcesVpcConfig.endpointPublicAccess",
            terraform="vpc_config.endpoint_public_access",
            kubernetes="spec.resourcesVPCConfig.endpointPublicAccess",
            default=True,
            source=_VPC,
        ),
    ] = ABSENT
    private_endpoint: Annotated[
        Field[bool],
        At(
            "resourcesVpcConfig.endpointPrivateAccess",
            terraform="vpc_config.endpoint_private_access",
            kubernetes="spec.resourcesVPCConfig.endpointPrivateAccess",
            default=False,
            source=_VPC,
        ),
    ] = ABSENT
    public_cidrs: Annotated[
        Many[str],
        At(
            "resourcesVpcConfig.publicAccessCidrs",
            terraform="vpc_config.public_access_cidrs",
            kubernetes="spec.resourcesVPCConfig.publicAccessCIDRs",
            default=("0.0.0.0/0",),
            source=_VPC,
        ),
    ] = ABSENT
    subnets: Annotated[
        Many[Link],
        At(
            "resourcesVpcConfig.subnetIds",
            terraform="vpc_config.subnet_ids",
            kubernetes="spec.resourcesVPCConfig.subnetIDs",
        ),
    ] = ABSENT
    security_groups: Annotated[
        Many[Link],
        At(
            "resourcesVpcConfig.securityGroupIds",
            terraform="vpc_config.security_group_ids",
            kubernetes="spec.resourcesVPCConfig.securityGroupIDs",
        ),
    ] = ABSENT
    encryption: Annotated[Many[EksEncryption], At("encryptionConfig")] = ABSENT
    log_types: Annotated[
        Many[str],
        At(
            "logging.clusterLogging",
            cloudformation="Logging.ClusterLogging.EnabledTypes",
            terraform="enabled_cluster_log_types",
            kubernetes="spec.logging.clusterLogging",
            format="eks_log_types",
            default=(),
            source="https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html",
        ),
    ] = ABSENT
    authentication_mode: Annotated[
        Field[str],
        At(
            "accessConfig.authenticationMode",
            kubernetes="spec.accessConfig.authenticationMode",
            default="CONFIG_MAP",
            source=_API + "API_CreateAccessConfigRequest.html",
        ),
    ] = ABSENT
    creator_is_admin: Annotated[
        Field[bool],
        At(
            "accessConfig.bootstrapClusterCreatorAdminPermissions",
            kubernetes="spec.accessConfig.bootstrapClusterCreatorAdminPermissions",
            default=True,
            source=_API + "API_CreateAccessConfigRequest.html",
        ),
    ] = ABSENT
    auto_mode: Annotated[
        Field[bool],
        At(
            "computeConfig.enabled",
            kubernetes="spec.computeConfig.enabled",
            default=False,
            source=_API + "API_ComputeConfigRequest.html",
        ),
    ] = ABSENT
    support_type: Annotated[
        Field[str],
        At(
            "upgradePolicy.supportType",
            kubernetes="spec.upgradePolicy.supportType",
            default="EXTENDED",
            source=_API + "API_UpgradePolicyRequest.html",
        ),
    ] = ABSENT
    deletion_protection: Annotated[
        Field[bool],
        At(
            "deletionProtection",
            kubernetes="spec.deletionProtection",
            default=False,
            source=_API + "API_CreateCluster.html",
        ),
    ] = ABSENT
    tags: Annotated[Field[Entries[str]], At("tags", kubernetes="spec.tags")] = ABSENT


class EksNodeGroup(Resource, frozen=True):
    """Nodes that EKS manages for us."""

    names = Names(
        api="eks:CreateNodegroup",
        cloudformation="AWS::EKS::Nodegroup",
        terraform="aws_eks_node_group",
        kubernetes="eks.services.k8s.aws/Nodegroup",
    )

    group_name: Annotated[
        Field[str], At("nodegroupName", terraform="node_group_name", kubernetes="spec.name", identifies=True)
    ] = ABSENT
    cluster: Annotated[Field[Link], At("clusterName", kubernetes="spec.clusterName")] = ABSENT
    role: Annotated[Field[Link], At("nodeRole", terraform="node_role_arn", kubernetes="spec.nodeRole")] = ABSENT
    subnets: Annotated[Many[Link], At("subnets", terraform="subnet_ids", kubernetes="spec.subnets")] = ABSENT
    instance_types: Annotated[Many[str], At("instanceTypes", kubernetes="spec.instanceTypes")] = ABSENT
    ami_type: Annotated[Field[str], At("amiType", kubernetes="spec.amiType")] = ABSENT
    capacity_type: Annotated[
        Field[str],
        At(
            "capacityType",
            kubernetes="spec.capacityType",
            default="ON_DEMAND",
            source=_API + "API_CreateNodegroup.html",
        ),
    ] = ABSENT
    version: Annotated[Field[str], At("version", kubernetes="spec.version")] = ABSENT
    release: Annotated[Field[str], At("releaseVersion", kubernetes="spec.releaseVersion")] = ABSENT
    ssh_key: Annotated[Field[Link], At("remoteAccess.ec2SshKey", kubernetes="spec.remoteAccess.ec2SshKey")] = ABSENT
    ssh_groups: Annotated[
        Many[Link],
        At(
            "remoteAccess.sourceSecurityGroups",
            terraform="remote_access.source_security_group_ids",
            kubernetes="spec.remoteAccess.sourceSecurityGroups",
        ),
    ] = ABSENT
    launch_template: Annotated[
        Field[Link],
        At(
            "launchTemplate.id|launchTemplate.name",
            kubernetes="spec.launchTemplate.id|spec.launchTemplate.name",
        ),
    ] = ABSENT
    node_repair: Annotated[
        Field[bool],
        At(
            "nodeRepairConfig.enabled",
            kubernetes="spec.nodeRepairConfig.enabled",
            default=False,
            source="https://docs.aws.amazon.com/eks/latest/userguide/node-health.html",
        ),
    ] = ABSENT
    tags: Annotated[Field[Entries[str]], At("tags", kubernetes="spec.tags")] = ABSENT


class FargateSelector(Part, frozen=True):
    """Which pods a Fargate profile takes."""

    namespace: Annotated[Field[str], At("namespace")] = ABSENT
    labels: Annotated[Field[Any], At("labels")] = ABSENT


class EksFargateProfile(Resource, frozen=True):
    """Pods that run on Fargate."""

    names = Names(
        api="eks:CreateFargateProfile",
        cloudformation="AWS::EKS::FargateProfile",
        terraform="aws_eks_fargate_profile",
        kubernetes="eks.services.k8s.aws/FargateProfile",
    )

    cluster: Annotated[Field[Link], At("clusterName", kubernetes="spec.clusterName")] = ABSENT
    role: Annotated[Field[Link], At("podExecutionRoleArn", kubernetes="spec.podExecutionRoleARN")] = ABSENT
    subnets: Annotated[Many[Link], At("subnets", terraform="subnet_ids", kubernetes="spec.subnets")] = ABSENT
    selectors: Annotated[Many[FargateSelector], At("selectors", terraform="selector")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("tags", kubernetes="spec.tags")] = ABSENT


class EksAddon(Resource, frozen=True):
    """An add-on that EKS installs in a cluster."""

    names = Names(
        api="eks:CreateAddon",
        cloudformation="AWS::EKS::Addon",
        terraform="aws_eks_addon",
        kubernetes="eks.services.k8s.aws/Addon",
    )

    addon: Annotated[Field[str], At("addonName", kubernetes="spec.name")] = ABSENT
    cluster: Annotated[Field[Link], At("clusterName", kubernetes="spec.clusterName")] = ABSENT
    version: Annotated[Field[str], At("addonVersion", kubernetes="spec.addonVersion")] = ABSENT
    role: Annotated[Field[Link], At("serviceAccountRoleArn", kubernetes="spec.serviceAccountRoleARN")] = ABSENT
    configuration: Annotated[Field[Any], At("configurationValues", kubernetes="spec.configurationValues")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("tags", kubernetes="spec.tags")] = ABSENT


class EksPodIdentityAssociation(Resource, frozen=True):
    """Gives a role to the pods of a service account."""

    names = Names(
        api="eks:CreatePodIdentityAssociation",
        cloudformation="AWS::EKS::PodIdentityAssociation",
        terraform="aws_eks_pod_identity_association",
        kubernetes="eks.services.k8s.aws/PodIdentityAssociation",
    )

    cluster: Annotated[Field[Link], At("clusterName", kubernetes="spec.clusterName")] = ABSENT
    namespace: Annotated[Field[str], At("namespace", kubernetes="spec.namespace")] = ABSENT
    service_account: Annotated[Field[str], At("serviceAccount", kubernetes="spec.serviceAccount")] = ABSENT
    role: Annotated[Field[Link], At("roleArn", kubernetes="spec.roleARN")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("tags", kubernetes="spec.tags")] = ABSENT


class EksAccessPolicy(Part, frozen=True):
    """An access policy of EKS, for a cluster or for some namespaces."""

    policy: Annotated[Field[str], At("", cloudformation="PolicyArn")] = ABSENT
    scope: Annotated[Field[str], At("", cloudformation="AccessScope.Type", terraform="access_scope.type")] = ABSENT
    namespaces: Annotated[
        Many[str], At("", cloudformation="AccessScope.Namespaces", terraform="access_scope.namespaces")
    ] = ABSENT


class EksAccessEntry(Resource, frozen=True):
    """A principal that may sign in to a cluster, with its access policies folded in."""

    names = Names(
        api="eks:CreateAccessEntry",
        cloudformation="AWS::EKS::AccessEntry",
        terraform="aws_eks_access_entry",
        kubernetes="eks.services.k8s.aws/AccessEntry",
    )

    cluster: Annotated[Field[Link], At("clusterName", kubernetes="spec.clusterName")] = ABSENT
    principal: Annotated[Field[Link], At("principalArn", kubernetes="spec.principalARN", identifies=True)] = ABSENT
    groups: Annotated[Many[str], At("kubernetesGroups", kubernetes="spec.kubernetesGroups")] = ABSENT
    entry_type: Annotated[
        Field[str],
        At("type", kubernetes="spec.type", default="STANDARD", source=_API + "API_CreateAccessEntry.html"),
    ] = ABSENT
    policies: Annotated[Many[EksAccessPolicy], At("", cloudformation="AccessPolicies", terraform="")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("tags", kubernetes="spec.tags")] = ABSENT


class EksAccessPolicyAssociation(Resource, frozen=True):
    """Gives an access policy of EKS to a principal of a cluster."""

    names = Names(api="eks:AssociateAccessPolicy", terraform="aws_eks_access_policy_association")

    cluster: Annotated[Field[Link], At("clusterName")] = ABSENT
    principal: Annotated[Field[Link], At("principalArn")] = ABSENT
    policy: Annotated[Field[str], At("policyArn")] = ABSENT
    scope: Annotated[Field[str], At("accessScope.type")] = ABSENT
    namespaces: Annotated[Many[str], At("accessScope.namespaces")] = ABSENT


class EksIdentityProvider(Resource, frozen=True):
    """An OpenID Connect provider whose users may sign in to a cluster."""

    names = Names(
        api="eks:AssociateIdentityProviderConfig",
        cloudformation="AWS::EKS::IdentityProviderConfig",
        terraform="aws_eks_identity_provider_config",
    )

    cluster: Annotated[Field[Link], At("clusterName")] = ABSENT
    issuer: Annotated[
        Field[str], At("oidc.issuerUrl", cloudformation="Oidc.IssuerUrl", terraform="oidc.issuer_url")
    ] = ABSENT
    tags: Annotated[Field[Entries[str]], At("tags")] = ABSENT
