"""Usage reports that a framework sends home from the container."""

from __future__ import annotations

from ourhalf.controls.dockerfile import READ
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, entry
from ourhalf.model.images import Publisher
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import Repository
from ourhalf.model.verdict import Verdict
from ourhalf.resources.dockerfile import Dockerfile


def _opted_out(file: Dockerfile, context: Context) -> Verdict:
    base = file.base
    if isinstance(base, Known):
        facts = context.images.facts(base) if context.images else None
        if facts is None or facts.publisher is not Publisher.AWS_DEEP_LEARNING:
            return Verdict.not_applicable("the base is no Deep Learning Container of AWS", base)
    if not context.requirements.sensitivity.at_least(Sensitivity.REGULATED):
        return Verdict.not_applicable(f"asked of regulated data; {context.requirements.why}", base)
    if not isinstance(base, Known):
        return Verdict.unknown(base)
    setting: Field[object] = entry(file.environment, "OPT_OUT_TRACKING")
    match setting:
        case Known(value) if str(value).lower() == "true":
            return Verdict.passed("the container sends no usage reports", setting, base)
        case Known():
            return Verdict.failed("OPT_OUT_TRACKING is not true", setting)
        case Absent():
            return Verdict.failed(
                f"usage is reported unless OPT_OUT_TRACKING is set, and {context.requirements.why}", base
            )
    return Verdict.unknown(setting)


OPT_OUT = Control(
    id="dockerfile-usage-tracking-off",
    title="Images on Deep Learning Containers send no usage reports where the data is regulated",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.USAGE_TRACKING,
    applies_to=Dockerfile,
    evaluate=_opted_out,
    rationale="The image reports instance type, framework and region to AWS, which a residency rule may forbid.",
    remedy="Set `ENV OPT_OUT_TRACKING=true`.",
    settings={"environment": {"OPT_OUT_TRACKING": "true"}},
    citations=(Repository("aws/deep-learning-containers", READ),),
    rows=("image-014",),
)
