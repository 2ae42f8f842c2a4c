"""Encryption of what SageMaker endpoints hold, and the copies that they keep of payloads."""

from __future__ import annotations

from ourhalf.controls.data_protection.sagemaker_keys import local_storage
from ourhalf.controls.judgements import where_keys_are_ours
from ourhalf.controls.sagemaker import READ, customer_key, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.sagemaker import (
    ProductionVariant,
    SageMakerEndpointConfig,
    SageMakerInferenceExperiment,
)
from ourhalf.resources.sagemaker_jobs import SageMakerTransformJob

_KEY = "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"
_API = "sagemaker/latest/APIReference/"
_WHY_COPIES = "Captured payloads and core dumps hold what users sent and what the model answered."


def _own_key(config: SageMakerEndpointConfig, _: Context) -> Verdict:
    variants = elements(config.variants)
    if isinstance(config.kms_key, Absent) and variants and doubt(config.variants) is None:
        if all(isinstance(variant.serverless_memory, Known) for variant in variants):
            return Verdict.not_applicable("a serverless endpoint has no volume of ours", config.variants)
        if all(local_storage(variant.instance_type) for variant in variants):
            return Verdict.not_applicable("the instance types encrypt their own disks and take no key", config.variants)
    return customer_key(config.kms_key, "the instances' volumes")


ENDPOINT_KEY = Control(
    id="sagemaker-endpoint-customer-key",
    title="SageMaker endpoint volumes are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerEndpointConfig,
    evaluate=where_keys_are_ours(_own_key),
    rationale="Only a key of ours can be withdrawn, audited and restricted by a policy of ours.",
    remedy="Name a customer managed KMS key in the endpoint configuration.",
    settings={"kms_key": _KEY},
    citations=(AwsDoc(_API + "API_CreateEndpointConfig.html", READ),),
    same_as=(
        Checkov("CKV_AWS_98"),
        Prowler("sagemaker_endpoint_config_kms_encryption_enabled"),
        ConfigRule("sagemaker-endpoint-configuration-kms-key-configured"),
        ConfigRule("sagemaker-endpoint-config-kms-key-required"),
    ),
    rows=("sagemaker-027",),
)


def _encrypted_copy(uri: Field[str], key: Field[object], what: str) -> Verdict:
    match uri:
        case Absent():
            return Verdict.not_applicable(f"{what} are not kept", uri)
        case _:
            return customer_key(key, what)


def _captured(config: SageMakerEndpointConfig, _: Context) -> Verdict:
    if isinstance(config.capture, Known) and config.capture.value is False:
        return Verdict.not_applicable("data capture is off", config.capture)
    return _encrypted_copy(config.capture_uri, config.capture_key, "captured payloads")


CAPTURE_KEY = Control(
    id="sagemaker-endpoint-capture-customer-key",
    title="Payloads captured at endpoints are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerEndpointConfig,
    evaluate=where_keys_are_ours(_captured),
    rationale=_WHY_COPIES,
    remedy="Name a customer managed KMS key for captured data, or turn data capture off.",
    settings={"capture_key": _KEY},
    citations=(AwsDoc("sagemaker/latest/dg/model-monitor-data-capture-endpoint.html", READ),),
    rows=("sagemaker-030",),
)


def _captured_by_experiment(experiment: SageMakerInferenceExperiment, _: Context) -> Verdict:
    return _encrypted_copy(experiment.capture_uri, experiment.capture_key, "captured payloads")


EXPERIMENT_CAPTURE = Control(
    id="sagemaker-experiment-capture-customer-key",
    title="Payloads captured in inference experiments are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerInferenceExperiment,
    evaluate=where_keys_are_ours(_captured_by_experiment),
    rationale=_WHY_COPIES,
    remedy="Name a customer managed KMS key in the experiment's data storage configuration.",
    settings={"capture_key": _KEY},
    citations=(AwsDoc("securityhub/latest/userguide/sagemaker-controls.html#sagemaker-24", READ),),
    same_as=(SecurityHub("SageMaker.24"), ConfigRule("sagemaker-inf-experiment-data-storage-kms-encrypted")),
    rows=("sagemaker-091",),
)


def _captured_by_transform(job: SageMakerTransformJob, _: Context) -> Verdict:
    return _encrypted_copy(job.capture_uri, job.capture_key, "captured payloads")


TRANSFORM_CAPTURE = Control(
    id="sagemaker-transform-capture-customer-key",
    title="Payloads captured in batch transforms are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerTransformJob,
    evaluate=where_keys_are_ours(_captured_by_transform),
    rationale=_WHY_COPIES,
    remedy="Name a customer managed KMS key in the job's data capture configuration.",
    settings={"capture_key": _KEY},
    citations=(AwsDoc("sagemaker/latest/dg/model-monitor-data-capture-batch.html", READ),),
)


def _dumped(variant: ProductionVariant) -> Verdict:
    return _encrypted_copy(variant.core_dump_uri, variant.core_dump_key, "core dumps")


def _core_dumps(config: SageMakerEndpointConfig, _: Context) -> Verdict:
    verdicts = [_dumped(variant) for many in (config.variants, config.shadow_variants) for variant in elements(many)]
    hidden = doubt(config.variants) or doubt(config.shadow_variants)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts)


CORE_DUMPS = Control(
    id="sagemaker-endpoint-core-dump-customer-key",
    title="Core dumps of endpoints are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerEndpointConfig,
    evaluate=where_keys_are_ours(_core_dumps),
    rationale="A core dump is the memory of the model server: payloads, weights and credentials of the role.",
    remedy="Leave core dumps off, or name a customer managed KMS key for them.",
    settings={"variants": [{"core_dump_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"}]},
    citations=(AwsDoc(_API + "API_ProductionVariantCoreDumpConfig.html", READ),),
    rows=("sagemaker-035",),
)


def _kept_payloads(config: SageMakerEndpointConfig, context: Context) -> Verdict:
    asked = context.requirements
    if not asked.sensitivity.at_least(Sensitivity.REGULATED):
        return Verdict.not_applicable(f"asked of regulated data; {asked.why}", config.capture_uri)
    match config.capture, config.capture_uri:
        case Known(False) as off, _:
            return Verdict.passed("data capture is off", off)
        case _, Absent() as nowhere:
            return Verdict.passed("no data capture is set up", nowhere)
        case (Unresolved() as hidden, _) | (_, Unresolved() as hidden):
            return Verdict.unknown(hidden)
        case _, where:
            return Verdict.failed(f"payloads are copied to S3, and {asked.why}", where)


PAYLOADS_KEPT = Control(
    id="sagemaker-endpoint-payloads-not-kept",
    title="Endpoints for regulated data keep no copy of payloads",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.MODELS_AND_DATA,
    applies_to=SageMakerEndpointConfig,
    evaluate=_kept_payloads,
    rationale=_WHY_COPIES + " Where drift must be watched, accept the failure with its reason.",
    remedy="Turn data capture off, or accept it with an exception that names retention and access of the bucket.",
    settings={"capture": False},
    citations=(AwsDoc("sagemaker/latest/dg/model-monitor-data-capture.html", READ),),
    rows=("sagemaker-029",),
)
