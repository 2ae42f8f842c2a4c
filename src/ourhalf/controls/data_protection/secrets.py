"""Secrets written in clear where everybody who may read the configuration reads them too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ourhalf.controls.sagemaker import READ, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Entries, Field, Known, Redacted, Text, Unresolved, elements
from ourhalf.model.references import AwsDoc, ConfigRule, KubernetesDoc, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.sagemaker_studio import SageMakerNotebookLifecycle, SageMakerStudioLifecycle

_SECRET_NAME = re.compile(
    r"(?i)(^|[_.-])(password|passwd|pwd|secret|token|api_?key|access_?key|private_?key|kaggle_?key|credentials?)([_.-]|$)"
)
_INSIDE_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WHERE_IT_IS = re.compile(r"(?i)(file|path|arn|name|url|uri|endpoint|id|ttl|expiry|max|num|limit|length|count|size)$")
_MARK = re.compile(r"REDACTED-[a-z-]+-[0-9a-f]{12}")


def names_a_secret(name: str) -> bool:
    """Whether a setting of this name holds a secret, rather than saying where one is."""
    name = _INSIDE_CAMEL_CASE.sub("_", name)
    return _SECRET_NAME.search(name) is not None and _WHERE_IT_IS.search(name) is None


def in_clear(environment: Entries[Text]) -> Iterator[tuple[str, Field[Text]]]:
    """The settings whose values were secrets, by name."""
    for name, field in environment.items.items():
        if isinstance(field, Known) and isinstance(field.value, Redacted):
            yield name, field


def _hidden(environment: Entries[Text]) -> Unresolved | None:
    """A secret's value that cannot be told from a reference to it, or names that could not be read."""
    for name, field in environment.items.items():
        if isinstance(field, Unresolved) and names_a_secret(name):
            return field
    return environment.rest


def _no_secrets(container: Container, _: Context) -> Verdict:
    if any(_MARK.search(word) for part in (container.entrypoint, container.arguments) for word in elements(part)):
        return Verdict.failed("a secret stands in clear on the command line", container.arguments)
    environment = container.environment
    match environment:
        case Absent():
            return Verdict.passed("no environment is set", environment)
        case Known(Entries() as found):
            clear = tuple(in_clear(found))
            if clear:
                names = ", ".join(name for name, _ in clear[:5])
                return Verdict.failed(f"in clear: {names}", *(field for _, field in clear))
            hidden = _hidden(found)
            if hidden is not None:
                return Verdict.unknown(hidden)
            return Verdict.passed("no value is a secret", environment)
        case _:
            return Verdict.unknown(environment)


ENVIRONMENT = Control(
    id="container-no-secret-in-environment",
    title="Containers get no secret as a plain value",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.CRITICAL,
    layer=Layer.CUSTOMER_CODE,
    applies_to=Container,
    evaluate=_no_secrets,
    rationale="Whoever may describe the task, job, model or pod, or read the repository, has the secret.",
    remedy="Withdraw the secret, and let the container fetch the new one from Secrets Manager or a Kubernetes Secret.",
    citations=(
        AwsDoc("securityhub/latest/userguide/ecs-controls.html#ecs-8", READ),
        AwsDoc("secretsmanager/latest/userguide/best-practices.html", READ),
        KubernetesDoc("concepts/configuration/secret/", READ),
    ),
    same_as=(
        SecurityHub("ECS.8"),
        Trivy("AWS-0036"),
        Prowler("ecs_task_definitions_no_environment_secrets"),
        Prowler("batch_job_definition_no_secrets"),
        ConfigRule("ecs-no-environment-secrets"),
    ),
    rows=("sagemaker-015", "sagemaker-044", "ecs-009", "batch-002"),
)


def _clean(script: Field[Text]) -> Verdict:
    match script:
        case Known(Redacted()):
            return Verdict.failed("the script holds a secret in clear", script)
        case Known(str()):
            return Verdict.passed("no known form of secret stands in the script", script)
        case Absent():
            return Verdict.not_applicable("there is no script", script)
        case _:
            return Verdict.unknown(script)


def _clean_notebook(lifecycle: SageMakerNotebookLifecycle, _: Context) -> Verdict:
    return worst(_clean(script) for script in (lifecycle.on_create, lifecycle.on_start))


NOTEBOOK_SCRIPTS = Control(
    id="sagemaker-notebook-lifecycle-no-secret",
    title="Lifecycle scripts of notebook instances hold no secret",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.CUSTOMER_CODE,
    applies_to=SageMakerNotebookLifecycle,
    evaluate=_clean_notebook,
    rationale="The script is kept in base64, which hides nothing from whoever may describe it.",
    remedy="Withdraw the secret, and let the script fetch the new one from Secrets Manager.",
    citations=(AwsDoc("sagemaker/latest/dg/notebook-lifecycle-config.html", READ),),
    same_as=(Prowler("sagemaker_notebook_instance_no_secrets"),),
    rows=("sagemaker-007",),
)


def _clean_studio(lifecycle: SageMakerStudioLifecycle, _: Context) -> Verdict:
    return _clean(lifecycle.script)


STUDIO_SCRIPTS = Control(
    id="sagemaker-studio-lifecycle-no-secret",
    title="Lifecycle scripts of Studio hold no secret",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.CUSTOMER_CODE,
    applies_to=SageMakerStudioLifecycle,
    evaluate=_clean_studio,
    rationale="The script is kept in base64, which hides nothing from whoever may describe it.",
    remedy="Withdraw the secret, and let the script fetch the new one from Secrets Manager.",
    citations=(AwsDoc("sagemaker/latest/dg/studio-lcc.html", READ),),
)
