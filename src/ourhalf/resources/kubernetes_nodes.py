"""Nodes as objects of a Kubernetes cluster describe them."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Many
from ourhalf.model.resource import At, Names, Part, Resource


class NodeVolume(Part, frozen=True):
    """A volume of the nodes that Karpenter starts."""

    device: Annotated[Field[str], At(kubernetes="deviceName")] = ABSENT
    encrypted: Annotated[Field[bool], At(kubernetes="ebs.encrypted")] = ABSENT
    kms_key: Annotated[Field[str], At(kubernetes="ebs.kmsKeyID")] = ABSENT


class KarpenterNodeClass(Resource, frozen=True):
    """What the EC2 instances that Karpenter starts look like."""

    names = Names(
        kubernetes="karpenter.k8s.aws/EC2NodeClass|karpenter.k8s.aws/AWSNodeTemplate|eks.amazonaws.com/NodeClass"
    )

    ami_family: Annotated[Field[str], At(kubernetes="spec.amiFamily")] = ABSENT
    ami_terms: Annotated[Field[Any], At(kubernetes="spec.amiSelectorTerms|spec.amiSelector")] = ABSENT
    role: Annotated[Field[str], At(kubernetes="spec.role|spec.instanceProfile")] = ABSENT
    tokens: Annotated[
        Field[str],
        At(
            kubernetes="spec.metadataOptions.httpTokens",
            default="required",
            source="https://karpenter.sh/docs/concepts/nodeclasses/",
        ),
    ] = ABSENT
    hop_limit: Annotated[
        Field[int],
        At(
            kubernetes="spec.metadataOptions.httpPutResponseHopLimit",
            default=1,
            source="https://karpenter.sh/docs/concepts/nodeclasses/",
        ),
    ] = ABSENT
    volumes: Annotated[Many[NodeVolume], At(kubernetes="spec.blockDeviceMappings")] = ABSENT
    public_address: Annotated[Field[bool], At(kubernetes="spec.associatePublicIPAddress")] = ABSENT
    tags: Annotated[Field[Entries[str]], At(kubernetes="spec.tags")] = ABSENT
