"""Who may do what in a Kubernetes cluster."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Many
from ourhalf.model.resource import At, Names, Part, Resource

_RBAC = "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"


class ServiceAccount(Resource, frozen=True):
    """What pods sign in to the API server as; its annotations may give them an IAM role."""

    names = Names(kubernetes="v1/ServiceAccount")

    namespace: str = "default"
    labels: Annotated[Field[Entries[str]], At(kubernetes="metadata.labels")] = ABSENT
    annotations: Annotated[Field[Entries[str]], At(kubernetes="metadata.annotations")] = ABSENT
    mount_token: Annotated[
        Field[bool],
        At(
            kubernetes="automountServiceAccountToken",
            default=True,
            source="https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
        ),
    ] = ABSENT


class RoleRule(Part, frozen=True):
    """What a role lets its holders do, to which objects."""

    groups: Annotated[Many[str], At(kubernetes="apiGroups")] = ABSENT
    resources: Annotated[Many[str], At(kubernetes="resources")] = ABSENT
    verbs: Annotated[Many[str], At(kubernetes="verbs")] = ABSENT
    names: Annotated[Many[str], At(kubernetes="resourceNames")] = ABSENT
    urls: Annotated[Many[str], At(kubernetes="nonResourceURLs")] = ABSENT


class KubernetesRole(Resource, frozen=True):
    """Permissions in a namespace, or in the whole cluster where `cluster` is set.

    `aggregates` is set where the cluster adds the rules of other roles to it.
    """

    names = Names(kubernetes="rbac.authorization.k8s.io/Role|rbac.authorization.k8s.io/ClusterRole")

    namespace: str = ""
    cluster: bool = False
    rules: Annotated[Many[RoleRule], At(kubernetes="rules", default=(), source=_RBAC)] = ABSENT
    aggregates: Annotated[Field[Any], At(kubernetes="aggregationRule.clusterRoleSelectors")] = ABSENT
    labels: Annotated[Field[Entries[str]], At(kubernetes="metadata.labels")] = ABSENT


class RoleSubject(Part, frozen=True):
    """A user, group or service account to which a role is given."""

    kind: Annotated[Field[str], At(kubernetes="kind")] = ABSENT
    subject: Annotated[Field[str], At(kubernetes="name")] = ABSENT
    namespace: Annotated[Field[str], At(kubernetes="namespace")] = ABSENT


class KubernetesRoleBinding(Resource, frozen=True):
    """Gives a role to subjects, in the whole cluster where `cluster` is set."""

    names = Names(kubernetes="rbac.authorization.k8s.io/RoleBinding|rbac.authorization.k8s.io/ClusterRoleBinding")

    namespace: str = ""
    cluster: bool = False
    role_kind: Annotated[Field[str], At(kubernetes="roleRef.kind")] = ABSENT
    role: Annotated[Field[str], At(kubernetes="roleRef.name")] = ABSENT
    subjects: Annotated[Many[RoleSubject], At(kubernetes="subjects")] = ABSENT
