"""Encryption of what SageMaker endpoints hold."""

from datetime import date

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov
from ourhalf.model.verdict import Verdict
from ourhalf.resources.sagemaker import SageMakerEndpointConfig


def _own_key(config: SageMakerEndpointConfig, context: Context) -> Verdict:
    asked = context.requirements
    match config.kms_key:
        case Known() as field:
            return Verdict.passed("the instances' volumes are encrypted with a key of ours", field)
        case Absent() as field if asked.sensitivity.at_least(Sensitivity.CONFIDENTIAL):
            return Verdict.failed(f"no key is set, and {asked.why}", field)
        case Absent() as field:
            return Verdict.not_applicable(f"asked of confidential data and above; {asked.why}", field)
        case field:
            return Verdict.unknown(field)


ENDPOINT_KEY = Control(
    id="sagemaker-endpoint-customer-key",
    title="SageMaker endpoint volumes are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerEndpointConfig,
    evaluate=_own_key,
    rationale="Only a key of ours can be withdrawn, audited and restricted by a policy of ours.",
    remedy="Name a customer managed KMS key in the endpoint configuration.",
    settings={"kms_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"},
    citations=(AwsDoc("sagemaker/latest/APIReference/API_CreateEndpointConfig.html", date(2026, 10, 2)),),
    same_as=(Checkov("CKV_AWS_98"),),
)
