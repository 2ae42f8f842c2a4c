"""Tags by which people and bills tell SageMaker's resources apart."""

from __future__ import annotations

from ourhalf.controls.sagemaker import READ
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Entries, Known
from ourhalf.model.references import AwsDoc, ConfigRule, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.sagemaker import SageMakerAsset


def _tagged(asset: SageMakerAsset, context: Context) -> Verdict:
    wanted = context.requirements.parameters.required_tags
    if not wanted:
        return Verdict.not_applicable("the profile requires no tags", asset.tags)
    match asset.tags:
        case Known(Entries(items, rest)):
            missing = [key for key in wanted if key not in items]
            if missing and rest is not None:
                return Verdict.unknown(rest)
            if missing:
                return Verdict.failed(f"missing: {', '.join(missing)}", asset.tags)
            return Verdict.passed("the required tags are there", asset.tags)
        case Absent():
            return Verdict.failed("it has no tags", asset.tags)
        case _:
            return Verdict.unknown(asset.tags)


TAGGED = Control(
    id="sagemaker-asset-tagged",
    title="SageMaker domains, images and feature groups carry the required tags",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.MODELS_AND_DATA,
    applies_to=SageMakerAsset,
    evaluate=_tagged,
    rationale="Tags say whose a resource is when it must be paid, patched or handed over.",
    remedy="Add the tags that the profile requires.",
    citations=(AwsDoc("securityhub/latest/userguide/sagemaker-controls.html#sagemaker-6", READ),),
    same_as=(
        SecurityHub("SageMaker.6"),
        SecurityHub("SageMaker.7"),
        ConfigRule("sagemaker-domain-tagged"),
        ConfigRule("sagemaker-app-image-config-tagged"),
        ConfigRule("sagemaker-image-tagged"),
        ConfigRule("sagemaker-feature-group-tagged"),
    ),
    rows=("sagemaker-070", "sagemaker-071", "sagemaker-072", "sagemaker-077"),
)
