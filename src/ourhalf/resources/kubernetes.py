"""Kubernetes objects, custom resources with a pod template among them."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Many
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.model.workload import Container

_SPEC = "reference/generated/kubernetes-api/v1.31/#podspec-v1-core"


class PodVolume(Part, frozen=True):
    """A volume of a pod."""

    name: str = ""
    host_path: Annotated[Field[str], At(kubernetes="hostPath.path")] = ABSENT
    medium: Annotated[Field[str], At(kubernetes="emptyDir.medium")] = ABSENT
    size_limit: Annotated[Field[str], At(kubernetes="emptyDir.sizeLimit")] = ABSENT
    claim: Annotated[Field[str], At(kubernetes="persistentVolumeClaim.claimName")] = ABSENT
    secret: Annotated[Field[str], At(kubernetes="secret.secretName")] = ABSENT


class PodTemplate(Resource, frozen=True):
    """A pod as a workload of any kind describes it; `owner_kind` is that workload's kind.

    The reader folds what a pod sets for its containers into them, and init and sidecar containers
    into `containers` with their `role`.
    """

    names = Names(kubernetes="v1/Pod")

    owner_kind: str = "Pod"
    namespace: str = "default"
    labels: Annotated[Field[Entries[str]], At(kubernetes="labels")] = ABSENT
    containers: Annotated[Many[Container], At(kubernetes="containers")] = ABSENT
    volumes: Annotated[Many[PodVolume], At(kubernetes="volumes")] = ABSENT
    host_network: Annotated[Field[bool], At(kubernetes="hostNetwork", default=False, source=_SPEC)] = ABSENT
    host_pid: Annotated[Field[bool], At(kubernetes="hostPID", default=False, source=_SPEC)] = ABSENT
    host_ipc: Annotated[Field[bool], At(kubernetes="hostIPC", default=False, source=_SPEC)] = ABSENT
    service_account: Annotated[Field[str], At(kubernetes="serviceAccountName|serviceAccount", default="default")] = (
        ABSENT
    )
    mount_token: Annotated[Field[bool], At(kubernetes="automountServiceAccountToken")] = ABSENT
