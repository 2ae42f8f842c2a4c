"""Encryption of what SageMaker's instances send each other."""

from __future__ import annotations

from ourhalf.controls.sagemaker import READ, Settings, each_definition, missing
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, effective, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.sagemaker_jobs import SageMakerJob, SageMakerTrainingJob

_CONTROLS = "securityhub/latest/userguide/sagemaker-controls.html"


def _instances(job: Settings) -> Field[int]:
    """How many instances the job has; for several groups of them, known as soon as it is more than one."""
    groups = job.instance_groups if isinstance(job, SageMakerTrainingJob) else Absent(None)
    match groups:
        case Absent():
            return job.instance_count
        case Unresolved():
            return groups
    counts = [effective(group.instance_count) for group in elements(groups)]
    total = sum(count or 0 for count in counts)
    if total < 2 and (None in counts or len(counts) < len(groups.value)):
        return Unresolved("how many instances the groups have is not known", groups.place)
    return Known(total, groups.place)


def _encrypted_traffic(job: Settings, context: Context) -> Verdict:
    encryption, count = job.traffic_encryption, _instances(job)
    if missing(encryption):
        return Verdict.not_applicable("this kind of job has no such setting")
    if effective(count) == 1:
        return Verdict.not_applicable("one instance has no traffic between instances", count)
    match encryption:
        case Known(True):
            return Verdict.passed("traffic between the job's instances is encrypted", encryption)
        case Known(False) | Absent(default=False) if effective(count) is None:
            return Verdict.unknown(count, encryption)
        case Known(False) | Absent(default=False):
            public = not context.requirements.sensitivity.at_least(Sensitivity.INTERNAL)
            return Verdict.failed(
                "gradients and data cross the network in clear between instances",
                encryption,
                count,
                severity=Severity.LOW if public else None,
            )
        case _:
            return Verdict.unknown(encryption)


TRAFFIC = Control(
    id="sagemaker-job-traffic-encryption",
    title="Traffic between the instances of a SageMaker job is encrypted",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_IN_TRANSIT,
    applies_to=SageMakerJob,
    evaluate=each_definition(_encrypted_traffic),
    rationale="Gradients, weights and shuffled data give away what a model is trained on.",
    remedy="Turn encryption of traffic between containers on; distributed jobs may then take longer.",
    settings={"traffic_encryption": True},
    citations=(AwsDoc("sagemaker/latest/dg/train-encrypt.html", READ), AwsDoc(_CONTROLS, READ)),
    same_as=(
        Checkov("CKV_AWS_369"),
        Prowler("sagemaker_training_jobs_intercontainer_encryption_enabled"),
        SecurityHub("SageMaker.9"),
        SecurityHub("SageMaker.10"),
        SecurityHub("SageMaker.13"),
        SecurityHub("SageMaker.15"),
        SecurityHub("SageMaker.22"),
        ConfigRule("sagemaker-data-quality-job-encrypt-in-transit"),
        ConfigRule("sagemaker-model-explainability-job-encrypt-in-transit"),
        ConfigRule("sagemaker-model-quality-job-encrypt-in-transit"),
        ConfigRule("sagemaker-model-bias-job-encrypt-in-transit"),
        ConfigRule("sagemaker-monitoring-schedule-traffic-encryption"),
    ),
    rows=(
        "sagemaker-041",
        "sagemaker-053",
        "sagemaker-055",
        "sagemaker-080",
        "sagemaker-082",
        "sagemaker-084",
        "sagemaker-086",
        "sagemaker-089",
    ),
)
