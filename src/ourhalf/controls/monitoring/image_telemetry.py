"""Usage statistics that what an image holds sends home, unless its environment stops it."""

from __future__ import annotations

from ourhalf.controls.images import READ, exhibits, facts_of
from ourhalf.controls.installed import packages_of
from ourhalf.controls.monitoring.telemetry import AWS_SENDER, SENDERS, judged
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import unknown_part
from ourhalf.model.images import Publisher
from ourhalf.model.packages import Ecosystem
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.model.verdict import Status, Verdict
from ourhalf.resources.images import ContainerImage


def _quiet(image: ContainerImage, context: Context) -> Verdict | None:
    container = context.contents.by_itself(image)
    if container is None:
        return None
    senders = [one for one in SENDERS if packages_of(image, Ecosystem.PYPI, one.package)]
    published = facts_of(image, context).publisher is Publisher.AWS_DEEP_LEARNING
    if published or exhibits(image, "usage-reporting-script"):
        senders.append(AWS_SENDER)
    verdicts = [judged(container, context, one) for one in senders]
    for status in (Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE):
        found = [one for one in verdicts if one.status is status]
        if found:
            return found[0]
    hidden = unknown_part(image.packages) or unknown_part(image.exhibits)
    if hidden is not None:
        return Verdict.unknown(hidden)
    return verdicts[0] if verdicts else None


QUIET = Control(
    id="image-usage-statistics-off",
    title="Images stop the usage statistics of what they hold",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.USAGE_TRACKING,
    applies_to=ContainerImage,
    evaluate=_quiet,
    rationale="Statistics tell an outside party which models, instances and regions are in use, and open a way out.",
    remedy=(
        "Set in the image OPT_OUT_TRACKING=true for a Deep Learning Container, DO_NOT_TRACK=1 for vLLM and the Hugging "
        "Face hub, RAY_USAGE_STATS_ENABLED=0 and GRADIO_ANALYTICS_ENABLED=False for Ray and Gradio."
    ),
    citations=(
        AwsDoc("deep-learning-containers/latest/devguide/security-logging-and-monitoring.html", READ),
        WebPage("docs.vllm.ai/en/latest/usage/usage_stats.html", READ),
    ),
    rows=("image-014",),
)
