"""Usage statistics that images and frameworks send home unless they are told not to."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from ourhalf.controls.commands import command_doubt
from ourhalf.controls.images import facts_of_container
from ourhalf.controls.models.loading import is_false, is_true
from ourhalf.controls.sagemaker import READ
from ourhalf.controls.servers import command_text
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Text, Unresolved, entry
from ourhalf.model.images import Publisher
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container

_RESIDENCY = frozenset({"gdpr", "residency", "data-residency", "itar", "fedramp", "sovereignty"})


class Sender(msgspec.Struct, frozen=True):
    """A program that reports its use: how it is told, and the variables that stop it.

    `stops` are variables with whether it is `true` or `false` that stops it, `package` is its name on PyPI.
    """

    name: str
    image: re.Pattern[str]
    command: re.Pattern[str]
    stops: tuple[tuple[str, bool], ...]
    package: str = ""


def _stop(container: Container, sender: Sender) -> Known[Text] | Unresolved | None:
    """The variable that stops the sender, one that may, or None where none does."""
    hidden: Unresolved | None = None
    for name, wanted in sender.stops:
        match entry(container.environment, name):
            case Known(value) as field if (is_true if wanted else is_false)(value):
                return field
            case Unresolved() as field:
                hidden = hidden or field
    return hidden


def _severity(context: Context) -> Severity | None:
    """High where a regulation in the profile keeps data within borders."""
    named = {regulation.lower() for regulation in context.requirements.regulations}
    return Severity.HIGH if named & _RESIDENCY else None


def _not_asked(container: Container, context: Context) -> Verdict | None:
    """The verdict where the profile does not ask whether statistics are sent; None where it does."""
    asked = context.requirements
    if _severity(context) is not None or asked.sensitivity.at_least(Sensitivity.CONFIDENTIAL):
        return None
    reason = f"asked of confidential data and above, and under residency rules; {asked.why}"
    return Verdict.not_applicable(reason, container.environment)


def judged(container: Container, context: Context, sender: Sender) -> Verdict:
    """Whether the environment of a container that holds the sender stops it, where the profile asks."""
    stop = _stop(container, sender)
    if isinstance(stop, Known):
        return Verdict.passed(f"{sender.name} sends no usage statistics", stop)
    if (skipped := _not_asked(container, context)) is not None:
        return skipped
    if stop is not None:
        return Verdict.unknown(stop)
    reason = f"{sender.name} sends usage statistics out of the boundary"
    return Verdict.failed(reason, container.environment, severity=_severity(context))


def _deep_learning_container(container: Container, context: Context) -> Verdict | None:
    if context.images is None:
        return Verdict.unknown("images were not recognised")
    facts = facts_of_container(container, context)
    match facts.publisher:
        case Publisher.AWS_DEEP_LEARNING:
            return judged(container, context, AWS_SENDER)
        case Publisher.OTHER:
            return None
    return _not_asked(container, context) or Verdict.unknown(facts.why, container.image)


def _sender(sender: Sender) -> Callable[[Container, Context], Verdict | None]:
    def evaluate(container: Container, context: Context) -> Verdict | None:
        image = container.image
        text = image.value if isinstance(image, Known) else image.prefix if isinstance(image, Unresolved) else ""
        if sender.image.search(text) or sender.command.search(command_text(container)):
            return judged(container, context, sender)
        hidden = command_doubt(container)
        if isinstance(image, Unresolved) and not text:
            hidden = hidden or image
        if hidden is not None and isinstance(image, Absent | Unresolved):
            return _not_asked(container, context) or Verdict.unknown(hidden)
        return None

    return evaluate


_NEVER = re.compile(r"(?!)")
AWS_SENDER = Sender("the deep learning container", _NEVER, _NEVER, (("OPT_OUT_TRACKING", True),))
_VLLM = Sender(
    "vLLM",
    re.compile(r"(^|[/-])vllm([/:@-]|$)|djl-inference:.*lmi"),
    re.compile(r"\bvllm (serve|bench)\b|vllm\.entrypoints"),
    (("VLLM_NO_USAGE_STATS", True), ("DO_NOT_TRACK", True)),
    package="vllm",
)
_RAY = Sender(
    "Ray",
    re.compile(r"(^|/)ray(-ml|-llm|-train)?([/:@]|$)"),
    re.compile(r"\bray (start|job|up)\b"),
    (("RAY_USAGE_STATS_ENABLED", False),),
    package="ray",
)
_HUB = Sender(
    "the Hugging Face hub client",
    re.compile(r"huggingface|text-generation-inference|text-embeddings-inference"),
    re.compile(r"\b(huggingface-cli|hf download|text-generation-launcher|text-embeddings-router)\b"),
    (("HF_HUB_DISABLE_TELEMETRY", True), ("DO_NOT_TRACK", True), ("HF_HUB_OFFLINE", True)),
    package="huggingface-hub",
)
_GRADIO = Sender("Gradio", _NEVER, _NEVER, (("GRADIO_ANALYTICS_ENABLED", False),), package="gradio")
SENDERS = (_VLLM, _RAY, _HUB, _GRADIO)
"""Those that are told by a package."""

_WHY = "Statistics tell an outside party which models, instances and regions are in use, and open a way out."


AWS_CONTAINERS = Control(
    id="telemetry-off-deep-learning-containers",
    title="AWS's deep learning containers send no usage statistics",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.USAGE_TRACKING,
    applies_to=Container,
    evaluate=_deep_learning_container,
    rationale=_WHY,
    remedy="Set OPT_OUT_TRACKING to true; older frameworks also need an entry point of their own.",
    settings={"environment": {"OPT_OUT_TRACKING": "true"}},
    citations=(AwsDoc("deep-learning-containers/latest/devguide/security-logging-and-monitoring.html", READ),),
    rows=("image-014",),
)

VLLM = Control(
    id="telemetry-off-vllm",
    title="Containers of vLLM send no usage statistics",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.USAGE_TRACKING,
    applies_to=Container,
    evaluate=_sender(_VLLM),
    rationale=_WHY,
    remedy="Set VLLM_NO_USAGE_STATS or DO_NOT_TRACK to 1.",
    settings={"environment": {"VLLM_NO_USAGE_STATS": "1"}},
    citations=(WebPage("docs.vllm.ai/en/latest/usage/usage_stats.html", READ),),
)

RAY = Control(
    id="telemetry-off-ray",
    title="Containers of Ray send no usage statistics",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.USAGE_TRACKING,
    applies_to=Container,
    evaluate=_sender(_RAY),
    rationale=_WHY,
    remedy="Set RAY_USAGE_STATS_ENABLED to 0.",
    settings={"environment": {"RAY_USAGE_STATS_ENABLED": "0"}},
    citations=(WebPage("docs.ray.io/en/latest/cluster/usage-stats.html", READ),),
)

HUGGING_FACE = Control(
    id="telemetry-off-hugging-face",
    title="Containers of Hugging Face send no usage statistics",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.USAGE_TRACKING,
    applies_to=Container,
    evaluate=_sender(_HUB),
    rationale=_WHY,
    remedy="Set HF_HUB_DISABLE_TELEMETRY or DO_NOT_TRACK to 1.",
    settings={"environment": {"HF_HUB_DISABLE_TELEMETRY": "1"}},
    citations=(WebPage("huggingface.co/docs/huggingface_hub/package_reference/environment_variables", READ),),
)
