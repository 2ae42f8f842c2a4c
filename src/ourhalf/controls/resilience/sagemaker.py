"""What keeps endpoints, training runs and clusters of SageMaker going."""

from __future__ import annotations

from ourhalf.controls.sagemaker import READ, Settings, each_definition, missing, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, effective, elements
from ourhalf.model.references import AwsDoc, ConfigRule, Prowler, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.sagemaker import ProductionVariant, SageMakerEndpoint, SageMakerEndpointConfig
from ourhalf.resources.sagemaker_hyperpod import SageMakerCluster
from ourhalf.resources.sagemaker_jobs import SageMakerJob

_API = "sagemaker/latest/APIReference/"


def _variant_survives(variant: ProductionVariant) -> Verdict:
    if isinstance(variant.serverless_memory, Known) or (
        isinstance(variant.serverless_memory, Unresolved) and isinstance(variant.instance_count, Absent)
    ):
        return Verdict.not_applicable("a serverless variant has no instances of ours", variant.serverless_memory)
    if isinstance(variant.managed_scaling, Unresolved):
        return Verdict.unknown(variant.managed_scaling)
    least: Field[int] = variant.instance_count
    if effective(variant.managed_scaling) == "ENABLED":
        least = variant.minimum_instances
    match least:
        case Known(int() as count) if count > 1:
            return Verdict.passed("another instance serves when one is lost", least)
        case Known():
            return Verdict.failed("one instance serves: when it or its zone is lost, nothing answers", least)
        case Absent() if isinstance(variant.model, Absent):
            return Verdict.not_applicable("instances come and go with inference components", least)
        case _:
            return Verdict.unknown(least)


def _survives(config: SageMakerEndpointConfig, _: Context) -> Verdict:
    verdicts = [_variant_survives(variant) for variant in elements(config.variants)]
    hidden = doubt(config.variants)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts)


TWO_INSTANCES = Control(
    id="sagemaker-endpoint-two-instances",
    title="Endpoints serve from two instances or more",
    topic=Topic.RESILIENCE,
    severity=Severity.MEDIUM,
    layer=Layer.AVAILABILITY,
    applies_to=SageMakerEndpointConfig,
    evaluate=_survives,
    rationale="SageMaker spreads the instances of a variant over zones, if there are instances to spread.",
    remedy="Give each production variant an initial instance count of 2 or more.",
    settings={"variants": [{"instance_count": 2}]},
    citations=(
        AwsDoc("securityhub/latest/userguide/sagemaker-controls.html#sagemaker-4", READ),
        AwsDoc("sagemaker/latest/dg/deployment-best-practices.html", READ),
    ),
    same_as=(
        Prowler("sagemaker_endpoint_config_prod_variant_instances"),
        SecurityHub("SageMaker.4"),
        ConfigRule("sagemaker-endpoint-config-prod-instance-count"),
    ),
    rows=("sagemaker-028",),
)


def _rolls_back(endpoint: SageMakerEndpoint, _: Context) -> Verdict:
    match endpoint.rollback_alarms:
        case Known(()) | Absent() as field:
            return Verdict.failed("a bad deployment stays until somebody notices", field)
        case Known() as field if elements(field):
            return Verdict.passed("alarms roll a bad deployment back", field)
        case field:
            return Verdict.unknown(doubt(field) or "whether alarms are set is not known")


ROLLBACK = Control(
    id="sagemaker-endpoint-rollback-alarms",
    title="Endpoints roll a bad deployment back on alarms",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=SageMakerEndpoint,
    evaluate=_rolls_back,
    rationale="A new image or model that fails under load is withdrawn before all traffic meets it.",
    remedy="Name CloudWatch alarms on errors and latency in the deployment's automatic rollback configuration.",
    settings={"rollback_alarms": [{"alarm_name": "ALARM_NAME"}]},
    citations=(AwsDoc("sagemaker/latest/dg/deployment-guardrails-configuration.html", READ),),
    rows=("sagemaker-037",),
)


def _resumes(job: Settings, _: Context) -> Verdict:
    if missing(job.spot):
        return Verdict.not_applicable("only training can be resumed")
    match job.spot, job.checkpoint_uri:
        case Known(True), Known() as kept:
            return Verdict.passed("an interrupted run goes on from its last checkpoint", kept)
        case Known(True) as spot, Absent() as nowhere:
            return Verdict.failed("an interrupted run on spot capacity starts again from nothing", nowhere, spot)
        case Known(False) | Absent() as spot, _:
            return Verdict.not_applicable("the run is not on spot capacity", spot)
        case Unresolved() as hidden, _:
            return Verdict.unknown(hidden)
        case _, where:
            return Verdict.unknown(where)


CHECKPOINTS = Control(
    id="sagemaker-training-spot-checkpoints",
    title="Training on spot capacity keeps checkpoints",
    topic=Topic.RESILIENCE,
    severity=Severity.MEDIUM,
    layer=Layer.BACKUP,
    applies_to=SageMakerJob,
    evaluate=each_definition(_resumes),
    rationale="Spot capacity is taken away at any time: without checkpoints, days of training are lost.",
    remedy="Name an S3 location for checkpoints, and let the script resume from it.",
    settings={"checkpoint_uri": "s3://BUCKET/PREFIX"},
    citations=(AwsDoc("sagemaker/latest/dg/model-managed-spot-training.html", READ),),
    rows=("sagemaker-049",),
)


def _recovers(cluster: SageMakerCluster, _: Context) -> Verdict:
    match cluster.node_recovery:
        case Known("Automatic") as field:
            return Verdict.passed("faulty nodes are rebooted or replaced", field)
        case Known("None") as field:
            return Verdict.failed("faulty nodes wait for somebody", field)
        case Absent() as field:
            return Verdict.unknown("node recovery is not set, and its default is not documented", field)
        case field:
            return Verdict.unknown(field)


NODE_RECOVERY = Control(
    id="sagemaker-cluster-node-recovery",
    title="HyperPod clusters replace faulty nodes by themselves",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.AVAILABILITY,
    applies_to=SageMakerCluster,
    evaluate=_recovers,
    rationale="One faulty GPU stops a run on hundreds of nodes.",
    remedy="Set node recovery to Automatic.",
    settings={"node_recovery": "Automatic"},
    citations=(AwsDoc(_API + "API_CreateCluster.html", READ),),
    rows=("sagemaker-097",),
)
