"""Conditions by which a role can start only jobs with the settings that the company asks for."""

from __future__ import annotations

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.controls.sagemaker import READ, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.identity import Decision
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc
from ourhalf.model.verdict import Verdict
from ourhalf.resources.iam import IamRole

_STARTS = ("sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob", "sagemaker:CreateModel")
_KEYS = frozenset(
    {
        "sagemaker:vpcsubnets",
        "sagemaker:vpcsecuritygroupids",
        "sagemaker:networkisolation",
        "sagemaker:volumekmskey",
        "sagemaker:outputkmskey",
        "sagemaker:intercontainertrafficencryption",
    }
)


def _start(role: IamRole, action: str, context: Context) -> Verdict:
    answer = context.identity.allows(role, action)
    match answer.decision:
        case Decision.ALLOWED:
            return Verdict.failed(f"it may call {action} with any network and any key", *answer.fields)
        case Decision.CONDITIONAL:
            conditions = [c for one in answer.statements for c in one.conditions]
            if any(condition.key in _KEYS for condition in conditions):
                return Verdict.passed("conditions hold it to the settings of jobs", *answer.fields)
            if any(condition.key == "" for condition in conditions):
                return Verdict.unknown("the conditions of its policies are not known", *answer.fields)
            return Verdict.failed(f"no condition on {action} speaks of the job's settings", *answer.fields)
        case Decision.UNKNOWN:
            return Verdict.unknown(answer.why, *(s.doubt for s in answer.statements if s.doubt is not None))
    return Verdict.not_applicable(f"it may not call {action} for any name")


def _conditioned(role: IamRole, context: Context) -> Verdict:
    return worst(_start(role, action, context) for action in _STARTS)


CONDITIONED = Control(
    id="sagemaker-settings-enforced",
    title="Roles that start SageMaker jobs are held to the company's settings by conditions",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=IamRole,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _conditioned),
    rationale="What a template sets, the next script leaves out; a condition holds for every caller of the role.",
    remedy="Add conditions on sagemaker:VpcSubnets, sagemaker:NetworkIsolation, sagemaker:VolumeKmsKey, "
    "sagemaker:OutputKmsKey and sagemaker:InterContainerTrafficEncryption.",
    citations=(AwsDoc("sagemaker/latest/dg/security_iam_id-based-policy-examples.html", READ),),
    rows=("sagemaker-104",),
)
