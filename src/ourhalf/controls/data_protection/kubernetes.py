"""Secrets of workloads on Kubernetes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.controls.pods import PODS, READ, of_pods
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import (
    Absent,
    Entries,
    Field,
    Known,
    Redacted,
    Text,
    Unresolved,
    doubt,
    elements,
    entries,
    known_part,
)
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, Cis, KubernetesDoc, Prowler, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.kubernetes import PodContainer
from ourhalf.resources.kubernetes_storage import ConfigMap, KubernetesSecret


def _as_files(container: PodContainer, _: Context) -> Verdict:
    secrets, sources = container.secrets, container.environment_files
    held = dict(entries(secrets))
    certain = sorted(name for name, field in held.items() if isinstance(field, Known))
    if certain:
        return Verdict.failed(f"variables hold secrets: {_listed(certain)}", secrets)
    named = [source for source in elements(sources) if source.startswith("Secret/")]
    if named:
        return Verdict.failed(f"every key of {named[0]} becomes a variable", sources)
    # Whatever comes from sources is not among the variables; they are judged themselves.
    hidden = doubt(sources) or (_more(container.environment) if isinstance(sources, Absent) else None)
    for field in (hidden, *held.values()):
        if isinstance(field, Unresolved):
            return Verdict.unknown(field)
    return Verdict.passed("no variable comes from a secret", known_part(container.environment), sources, secrets)


AS_FILES = Control(
    id="pod-container-secrets-as-files",
    title="Containers of pods read secrets from files",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.CUSTOMER_CODE,
    applies_to=Container,
    about=PODS,
    evaluate=of_pods(from_sensitivity(Sensitivity.CONFIDENTIAL, _as_files)),
    rationale="Child processes inherit variables and crash reports print them; a file is read when it is needed.",
    remedy="Mount the secret as a volume, or take it from Secrets Manager through the Secrets Store CSI driver.",
    citations=(
        KubernetesDoc("concepts/configuration/secret/", READ),
        AwsDoc("eks/latest/best-practices/data-encryption-and-secrets-management.html", READ),
    ),
    same_as=(Checkov("CKV_K8S_35"), Prowler("core_no_secrets_envs"), Cis("K8S-2.0.1:5.4.1")),
    rows=("kubernetes-029",),
)


# What the secrets of Argo CD and others hold beside the secret itself.
_OPEN = frozenset({"name", "type", "url", "project", "server", "namespace", "region", "host", "port", "enableOCI"})


def _in_clear(data: Field[Entries[Text]]) -> list[tuple[str, Field[Text]]]:
    if not isinstance(data, Known):
        return []
    return [
        (name, value)
        for name, value in data.value.items.items()
        if isinstance(value, Known) and isinstance(value.value, Redacted) and name not in _OPEN
    ]


def _more(data: Field[Entries[Text]]) -> Unresolved | None:
    """Set where there may be more names than could be read."""
    return data.value.rest if isinstance(data, Known) else None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(islice(names, 5))


def _no_secret(config: ConfigMap, _: Context) -> Verdict:
    found = _in_clear(config.data)
    if found:
        return Verdict.failed(f"in clear: {_listed(name for name, _ in found)}", *(value for _, value in found))
    hidden = _more(config.data)
    return Verdict.unknown(hidden) if hidden else Verdict.passed("no value is a known form of secret", config.data)


NO_SECRET = Control(
    id="config-map-no-secret",
    title="ConfigMaps hold no secret",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.CUSTOMER_CODE,
    applies_to=ConfigMap,
    evaluate=_no_secret,
    rationale="A ConfigMap is read by everybody who may read the namespace, and is not encrypted with your key.",
    remedy="Withdraw the secret and keep the new one in Secrets Manager or a Kubernetes Secret.",
    citations=(KubernetesDoc("concepts/configuration/configmap/", READ),),
    same_as=(Trivy("KSV-0109"),),
    rows=("kubernetes-030",),
)


def _not_in_file(secret: KubernetesSecret, _: Context) -> Verdict:
    found = _in_clear(secret.data) + _in_clear(secret.plain_data)
    if found:
        names = _listed(name for name, _ in found)
        return Verdict.failed(f"the file itself holds {names}; base64 hides nothing", *(value for _, value in found))
    hidden = _more(secret.data) or _more(secret.plain_data)
    if hidden is None:
        fields = [f for data in (secret.data, secret.plain_data) if isinstance(data, Known) for f in _values(data)]
        hidden = next((field for field in fields if isinstance(field, Unresolved)), None)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return Verdict.passed("the file holds no value", secret.data, secret.plain_data)


def _values(data: Known[Entries[Text]]) -> list[Field[Text]]:
    return [value for value in data.value.items.values() if not isinstance(value, Absent)]


NOT_IN_FILE = Control(
    id="kubernetes-secret-not-in-file",
    title="Manifests of secrets hold no values",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.CUSTOMER_CODE,
    applies_to=KubernetesSecret,
    evaluate=_not_in_file,
    rationale="Whoever reads the repository, now or in its history, has the secret.",
    remedy=(
        "Withdraw what was committed. Let External Secrets or the Secrets Store CSI driver fetch the value from "
        "Secrets Manager."
    ),
    citations=(
        KubernetesDoc("concepts/security/secrets-good-practices/", READ),
        AwsDoc("secretsmanager/latest/userguide/integrating_csi_driver.html", READ),
    ),
)
