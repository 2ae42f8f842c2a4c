"""Nodes as objects of a Kubernetes cluster describe them."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Many
from ourhalf.model.resource import At, Names, Part, Resource


class NodeVolume(Part, frozen=True):
    """A volume of the nodes that Karpenter starts."""

    device: Annotated[Field[str], At(kubernetes="deviceName")] = ABSENT
    encrypted: Annotated[Field[bool], At(kubernetes="ebs.encrypted")] = ABSENT
    kms_key: Annotated[Field[str], At(kubernetes="ebs.kmsKeyID")] = ABSENT


_KUBELET = "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/"


class KubeletConfiguration(Resource, frozen=True):
    """How the kubelet of nodes is set up, as its own file says."""

    names = Names(kubernetes="kubelet.config.k8s.io/KubeletConfiguration")

    anonymous: Annotated[
        Field[bool], At(kubernetes="authentication.anonymous.enabled", default=False, source=_KUBELET)
    ] = ABSENT
    authorization: Annotated[Field[str], At(kubernetes="authorization.mode", default="Webhook", source=_KUBELET)] = (
        ABSENT
    )
    read_only_port: Annotated[Field[int], At(kubernetes="readOnlyPort", default=0, source=_KUBELET)] = ABSENT


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
