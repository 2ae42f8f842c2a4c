"""Amazon Elastic Container Registry."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.resources.policies import PolicyDocument

_API = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/"


class EcrRepository(Resource, frozen=True):
    """A repository of images, with its policy and lifecycle folded in."""

    names = Names(
        api="ecr:CreateRepository",
        cloudformation="AWS::ECR::Repository",
        terraform="aws_ecr_repository",
        kubernetes="ecr.services.k8s.aws/Repository",
    )

    repository: Annotated[
        Field[str], At("repositoryName", terraform="name", kubernetes="spec.name", identifies=True)
    ] = ABSENT
    tag_mutability: Annotated[
        Field[str],
        At(
            "imageTagMutability",
            kubernetes="spec.imageTagMutability",
            default="MUTABLE",
            source=_API + "API_CreateRepository.html",
        ),
    ] = ABSENT
    scan_on_push: Annotated[
        Field[bool],
        At(
            "imageScanningConfiguration.scanOnPush",
            kubernetes="spec.imageScanningConfiguration.scanOnPush",
            default=False,
            source=_API + "API_ImageScanningConfiguration.html",
        ),
    ] = ABSENT
    encryption_type: Annotated[
        Field[str],
        At(
            "encryptionConfiguration.encryptionType",
            kubernetes="spec.encryptionConfiguration.encryptionType",
            default="AES256",
            source=_API + "API_EncryptionConfiguration.html",
        ),
    ] = ABSENT
    kms_key: Annotated[
        Field[Link], At("encryptionConfiguration.kmsKey", kubernetes="spec.encryptionConfiguration.kmsKey")
    ] = ABSENT
    policy: Annotated[
        Field[PolicyDocument],
        At("", cloudformation="RepositoryPolicyText", terraform="", kubernetes="spec.policy"),
    ] = ABSENT
    lifecycle: Annotated[
        Field[Any],
        At(
            "",
            cloudformation="LifecyclePolicy.LifecyclePolicyText",
            terraform="",
            kubernetes="spec.lifecyclePolicy",
        ),
    ] = ABSENT
    tags: Annotated[Field[Entries[str]], At("tags", kubernetes="spec.tags")] = ABSENT


class EcrRepositoryPolicy(Resource, frozen=True):
    """A repository's policy, set on its own."""

    names = Names(api="ecr:SetRepositoryPolicy", terraform="aws_ecr_repository_policy")

    repository: Annotated[Field[Link], At("repositoryName", terraform="repository")] = ABSENT
    document: Annotated[Field[PolicyDocument], At("policyText", terraform="policy")] = ABSENT


class EcrLifecyclePolicy(Resource, frozen=True):
    """When a repository deletes images, set on its own."""

    names = Names(api="ecr:PutLifecyclePolicy", terraform="aws_ecr_lifecycle_policy")

    repository: Annotated[Field[Link], At("repositoryName", terraform="repository")] = ABSENT
    rules: Annotated[Field[Any], At("lifecyclePolicyText", terraform="policy")] = ABSENT


class EcrPublicRepository(Resource, frozen=True):
    """A repository of the public gallery."""

    names = Names(
        api="ecr-public:CreateRepository",
        cloudformation="AWS::ECR::PublicRepository",
        terraform="aws_ecrpublic_repository",
    )

    repository: Annotated[Field[str], At("repositoryName", terraform="repository_name", identifies=True)] = ABSENT
    tags: Annotated[Field[Entries[str]], At("tags")] = ABSENT


class ScanningFilter(Part, frozen=True):
    """Repositories by a name with wildcards."""

    pattern: Annotated[Field[str], At("filter")] = ABSENT
    kind: Annotated[Field[str], At("filterType")] = ABSENT


class ScanningRule(Part, frozen=True):
    """Which repositories of a registry are scanned, and when."""

    frequency: Annotated[Field[str], At("scanFrequency")] = ABSENT
    filters: Annotated[Many[ScanningFilter], At("repositoryFilters", terraform="repository_filter")] = ABSENT


class EcrRegistryScanning(Resource, frozen=True):
    """How a registry scans all its repositories."""

    names = Names(
        api="ecr:PutRegistryScanningConfiguration",
        cloudformation="AWS::ECR::RegistryScanningConfiguration",
        terraform="aws_ecr_registry_scanning_configuration",
    )

    scan_type: Annotated[
        Field[str],
        At("scanType", default="BASIC", source=_API + "API_PutRegistryScanningConfiguration.html"),
    ] = ABSENT
    rules: Annotated[Many[ScanningRule], At("rules", terraform="rule")] = ABSENT


class EcrPullThroughCache(Resource, frozen=True):
    """A rule that caches images of another registry."""

    names = Names(
        api="ecr:CreatePullThroughCacheRule",
        cloudformation="AWS::ECR::PullThroughCacheRule",
        terraform="aws_ecr_pull_through_cache_rule",
    )

    prefix: Annotated[Field[str], At("ecrRepositoryPrefix")] = ABSENT
    upstream: Annotated[Field[str], At("upstreamRegistryUrl")] = ABSENT
    credential: Annotated[Field[Link], At("credentialArn")] = ABSENT


class ReplicationDestination(Part, frozen=True):
    """A registry that gets copies."""

    region: Annotated[Field[str], At("region")] = ABSENT


class ReplicationRule(Part, frozen=True):
    """Where some of a registry's images are copied to."""

    destinations: Annotated[Many[ReplicationDestination], At("destinations", terraform="destination")] = ABSENT


class EcrReplication(Resource, frozen=True):
    """Where a registry copies its images."""

    names = Names(
        api="ecr:PutReplicationConfiguration",
        cloudformation="AWS::ECR::ReplicationConfiguration",
        terraform="aws_ecr_replication_configuration",
    )

    rules: Annotated[
        Many[ReplicationRule], At("replicationConfiguration.rules", terraform="replication_configuration.rule")
    ] = ABSENT
