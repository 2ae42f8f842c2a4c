"""Pods, as objects of any kind describe them."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Many
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.model.workload import Container

_POD = "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/"


class PodVolume(Part, frozen=True):
    """A volume of a pod. `kind` is the name of its source: `hostPath`, `emptyDir`, `csi`."""

    name: str = ""
    kind: Annotated[Field[str], At(kubernetes="kind")] = ABSENT
    host_path: Annotated[Field[str], At(kubernetes="hostPath.path")] = ABSENT
    medium: Annotated[Field[str], At(kubernetes="emptyDir.medium")] = ABSENT
    size_limit: Annotated[Field[str], At(kubernetes="emptyDir.sizeLimit")] = ABSENT
    claim: Annotated[Field[str], At(kubernetes="persistentVolumeClaim.claimName")] = ABSENT
    secret: Annotated[Field[str], At(kubernetes="secret.secretName")] = ABSENT
    config_map: Annotated[Field[str], At(kubernetes="configMap.name")] = ABSENT
    driver: Annotated[Field[str], At(kubernetes="csi.driver")] = ABSENT
    attributes: Annotated[Field[Entries[str]], At(kubernetes="csi.volumeAttributes")] = ABSENT
    server: Annotated[Field[str], At(kubernetes="nfs.server")] = ABSENT
    projected: Annotated[Field[Any], At(kubernetes="projected.sources")] = ABSENT


class PodContainer(Container, frozen=True):
    """A container of a pod, with what the pod sets for all of its containers folded in.

    `role` is `main`, `init`, or `sidecar` for an init container that goes on running.
    """

    privileged: Annotated[
        Field[bool], At(kubernetes="securityContext.privileged", default=False, source=_POD + "#security-context-1")
    ] = ABSENT
    run_as_non_root: Annotated[
        Field[bool], At(kubernetes="securityContext.runAsNonRoot", default=False, source=_POD + "#security-context-1")
    ] = ABSENT
    allow_privilege_escalation: Annotated[
        Field[bool],
        At(
            kubernetes="securityContext.allowPrivilegeEscalation",
            default=True,
            source="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        ),
    ] = ABSENT
    read_only_root: Annotated[
        Field[bool],
        At(kubernetes="securityContext.readOnlyRootFilesystem", default=False, source=_POD + "#security-context-1"),
    ] = ABSENT
    group: Annotated[Field[int], At(kubernetes="securityContext.runAsGroup")] = ABSENT
    app_armor: Annotated[Field[str], At(kubernetes="securityContext.appArmorProfile.type")] = ABSENT
    selinux_user: Annotated[Field[str], At(kubernetes="securityContext.seLinuxOptions.user")] = ABSENT
    selinux_role: Annotated[Field[str], At(kubernetes="securityContext.seLinuxOptions.role")] = ABSENT
    selinux_type: Annotated[Field[str], At(kubernetes="securityContext.seLinuxOptions.type")] = ABSENT
    proc_mount: Annotated[
        Field[str],
        At(kubernetes="securityContext.procMount", default="Default", source=_POD + "#security-context-1"),
    ] = ABSENT
    windows_host_process: Annotated[
        Field[bool],
        At(
            kubernetes="securityContext.windowsOptions.hostProcess",
            default=False,
            source=_POD + "#security-context-1",
        ),
    ] = ABSENT
    pull_policy: Annotated[Field[str], At(kubernetes="imagePullPolicy")] = ABSENT
    cpu_request: Annotated[Field[str], At(kubernetes="resources.requests.cpu")] = ABSENT
    memory_request: Annotated[Field[str], At(kubernetes="resources.requests.memory")] = ABSENT
    gpus: Annotated[Field[str], At(kubernetes="resources", format="gpus")] = ABSENT
    devices: Annotated[Many[str], At(kubernetes="resources.limits", format="plugin_devices")] = ABSENT
    liveness: Annotated[Field[Any], At(kubernetes="livenessProbe")] = ABSENT
    readiness: Annotated[Field[Any], At(kubernetes="readinessProbe")] = ABSENT
    restart: Annotated[Field[str], At(kubernetes="restartPolicy")] = ABSENT
    model_data: Annotated[Field[str], At(kubernetes="storageUri|storageURI")] = ABSENT


class PodTemplate(Resource, frozen=True):
    """A pod as an object of any kind describes it.

    `owner_kind` is the kind of that object, `role` which of its pods this is (`head`, `worker`).
    What a pod sets for its containers is folded into them; init containers and sidecars stand in
    `containers` with their `role`.
    """

    names = Names(kubernetes="v1/Pod")

    owner_kind: str = "Pod"
    role: str = ""
    namespace: str = "default"
    labels: Annotated[Field[Entries[str]], At(kubernetes="metadata.labels")] = ABSENT
    annotations: Annotated[Field[Entries[str]], At(kubernetes="metadata.annotations")] = ABSENT
    replicas: Annotated[Field[int], At(kubernetes="replicas")] = ABSENT
    containers: Annotated[Many[PodContainer], At(kubernetes="containers")] = ABSENT
    volumes: Annotated[Many[PodVolume], At(kubernetes="volumes")] = ABSENT
    host_network: Annotated[Field[bool], At(kubernetes="hostNetwork", default=False, source=_POD)] = ABSENT
    host_pid: Annotated[Field[bool], At(kubernetes="hostPID", default=False, source=_POD)] = ABSENT
    host_ipc: Annotated[Field[bool], At(kubernetes="hostIPC", default=False, source=_POD)] = ABSENT
    host_users: Annotated[Field[bool], At(kubernetes="hostUsers", default=True, source=_POD)] = ABSENT
    host_aliases: Annotated[Field[Any], At(kubernetes="hostAliases")] = ABSENT
    share_processes: Annotated[Field[bool], At(kubernetes="shareProcessNamespace", default=False, source=_POD)] = ABSENT
    service_account: Annotated[
        Field[str],
        At(
            kubernetes="serviceAccountName|serviceAccount",
            default="default",
            source="https://kubernetes.io/docs/concepts/security/service-accounts/",
        ),
    ] = ABSENT
    mount_token: Annotated[Field[bool], At(kubernetes="automountServiceAccountToken")] = ABSENT
    runtime_class: Annotated[Field[str], At(kubernetes="runtimeClassName")] = ABSENT
    priority_class: Annotated[Field[str], At(kubernetes="priorityClassName")] = ABSENT
    node_selector: Annotated[Field[Entries[str]], At(kubernetes="nodeSelector")] = ABSENT
    tolerations: Annotated[Field[Any], At(kubernetes="tolerations")] = ABSENT
    file_group: Annotated[Field[int], At(kubernetes="securityContext.fsGroup")] = ABSENT
    supplemental_groups: Annotated[Many[int], At(kubernetes="securityContext.supplementalGroups")] = ABSENT
    sysctls: Annotated[Many[str], At(kubernetes="securityContext.sysctls", each="name")] = ABSENT
    pull_secrets: Annotated[Many[str], At(kubernetes="imagePullSecrets", each="name")] = ABSENT
