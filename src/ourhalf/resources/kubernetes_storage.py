"""What pods keep data in: volumes, configuration and secrets of a Kubernetes cluster."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Many, Text
from ourhalf.model.resource import At, Names, Part, Resource


class PersistentVolume(Resource, frozen=True):
    """A volume that lies outside of pods, as a driver reaches it."""

    names = Names(kubernetes="v1/PersistentVolume")

    storage_class: Annotated[Field[str], At(kubernetes="spec.storageClassName")] = ABSENT
    driver: Annotated[Field[str], At(kubernetes="spec.csi.driver")] = ABSENT
    handle: Annotated[Field[str], At(kubernetes="spec.csi.volumeHandle")] = ABSENT
    attributes: Annotated[Field[Entries[str]], At(kubernetes="spec.csi.volumeAttributes")] = ABSENT
    mount_options: Annotated[Many[str], At(kubernetes="spec.mountOptions")] = ABSENT
    host_path: Annotated[Field[str], At(kubernetes="spec.hostPath.path|spec.local.path")] = ABSENT
    server: Annotated[Field[str], At(kubernetes="spec.nfs.server")] = ABSENT
    access_modes: Annotated[Many[str], At(kubernetes="spec.accessModes")] = ABSENT
    reclaim_policy: Annotated[Field[str], At(kubernetes="spec.persistentVolumeReclaimPolicy")] = ABSENT
    claim: Annotated[Field[str], At(kubernetes="spec.claimRef.name")] = ABSENT


class PersistentVolumeClaim(Resource, frozen=True):
    """What a pod asks of persistent storage."""

    names = Names(kubernetes="v1/PersistentVolumeClaim")

    namespace: str = "default"
    storage_class: Annotated[Field[str], At(kubernetes="spec.storageClassName")] = ABSENT
    volume: Annotated[Field[str], At(kubernetes="spec.volumeName")] = ABSENT
    access_modes: Annotated[Many[str], At(kubernetes="spec.accessModes")] = ABSENT
    size: Annotated[Field[str], At(kubernetes="spec.resources.requests.storage")] = ABSENT


class StorageClass(Resource, frozen=True):
    """How volumes are made: `parameters` are the driver's own, such as `encrypted` and `kmsKeyId` of EBS."""

    names = Names(kubernetes="storage.k8s.io/StorageClass")

    driver: Annotated[Field[str], At(kubernetes="provisioner")] = ABSENT
    parameters: Annotated[Field[Entries[str]], At(kubernetes="parameters")] = ABSENT
    mount_options: Annotated[Many[str], At(kubernetes="mountOptions")] = ABSENT
    reclaim_policy: Annotated[
        Field[str],
        At(
            kubernetes="reclaimPolicy",
            default="Delete",
            source="https://kubernetes.io/docs/concepts/storage/storage-classes/",
        ),
    ] = ABSENT


class SharedDevice(Part, frozen=True):
    """A device that a plugin gives out more often than there are devices."""

    name: str = ""
    replicas: Annotated[Field[int], At(kubernetes="replicas")] = ABSENT


class DeviceSharing(Part, frozen=True):
    """How the NVIDIA device plugin shares GPUs between pods."""

    time_slicing: Annotated[Many[SharedDevice], At(kubernetes="sharing.timeSlicing.resources")] = ABSENT
    mps: Annotated[Many[SharedDevice], At(kubernetes="sharing.mps.resources")] = ABSENT
    partitions: Annotated[Field[str], At(kubernetes="flags.migStrategy")] = ABSENT


class ConfigMap(Resource, frozen=True):
    """Configuration by name; `sharing` holds what its values say to the NVIDIA device plugin."""

    names = Names(kubernetes="v1/ConfigMap")

    namespace: str = "default"
    data: Annotated[Field[Entries[Text]], At(kubernetes="data")] = ABSENT
    sharing: Annotated[Many[DeviceSharing], At(kubernetes="data", format="device_sharing")] = ABSENT


class KubernetesSecret(Resource, frozen=True):
    """A secret that a file holds; the values are redacted."""

    names = Names(kubernetes="v1/Secret")

    namespace: str = "default"
    secret_type: Annotated[Field[str], At(kubernetes="type", default="Opaque")] = ABSENT
    data: Annotated[Field[Entries[Text]], At(kubernetes="data")] = ABSENT
    plain_data: Annotated[Field[Entries[Text]], At(kubernetes="stringData")] = ABSENT
