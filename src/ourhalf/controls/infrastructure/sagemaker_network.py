"""What SageMaker's jobs, models, notebooks, domains and clusters can reach."""

from __future__ import annotations

from ourhalf.controls.sagemaker import READ, Settings, attached, each_definition, eased, missing, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, elements
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.sagemaker import SageMakerEndpointConfig, SageMakerModel, VpcConfig
from ourhalf.resources.sagemaker_hyperpod import SageMakerCluster
from ourhalf.resources.sagemaker_jobs import SageMakerJob

_ISOLATION = AwsDoc("sagemaker/latest/dg/mkt-algo-model-internet-free.html", READ)
_CONTROLS = "securityhub/latest/userguide/sagemaker-controls.html"
_WHY_ISOLATED = (
    "An isolated container can make no network call, and SageMaker gives it no credentials: code in a model "
    "or a dependency that turns hostile can neither send data out nor act as the role."
)


def _isolated(isolation: Field[bool], context: Context) -> Verdict:
    match isolation:
        case Known(True):
            return Verdict.passed("containers can make no network call", isolation)
        case Known(False) | Absent(default=False):
            return Verdict.failed(
                "containers reach the internet or the VPC with the role's credentials",
                isolation,
                severity=eased(context),
            )
        case _:
            return Verdict.unknown(isolation)


def _isolated_job(job: Settings, context: Context) -> Verdict:
    if missing(job.network_isolation):
        return Verdict.not_applicable("this kind of job has no such setting")
    return _isolated(job.network_isolation, context)


JOB_ISOLATION = Control(
    id="sagemaker-job-network-isolation",
    title="SageMaker jobs run in network isolation",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=SageMakerJob,
    evaluate=each_definition(_isolated_job),
    rationale=_WHY_ISOLATED,
    remedy="Turn network isolation on; give the job its data and dependencies through input channels and its image.",
    settings={"network_isolation": True},
    citations=(_ISOLATION, AwsDoc(_CONTROLS, READ)),
    same_as=(
        Prowler("sagemaker_training_jobs_network_isolation_enabled"),
        SecurityHub("SageMaker.11"),
        SecurityHub("SageMaker.12"),
        SecurityHub("SageMaker.14"),
        SecurityHub("SageMaker.20"),
        SecurityHub("SageMaker.25"),
        ConfigRule("sagemaker-data-quality-job-isolation"),
        ConfigRule("sagemaker-model-bias-job-isolation"),
        ConfigRule("sagemaker-model-quality-job-definition-isolation"),
        ConfigRule("sagemaker-model-explainability-job-network-isolation"),
        ConfigRule("sagemaker-monitoring-schedule-isolation"),
    ),
    rows=(
        "sagemaker-039",
        "sagemaker-052",
        "sagemaker-054",
        "sagemaker-081",
        "sagemaker-083",
        "sagemaker-085",
        "sagemaker-087",
        "sagemaker-088",
    ),
)


def _isolated_model(model: SageMakerModel, context: Context) -> Verdict:
    return _isolated(model.network_isolation, context)


MODEL_ISOLATION = Control(
    id="sagemaker-model-network-isolation",
    title="SageMaker models are served in network isolation",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=SageMakerModel,
    evaluate=_isolated_model,
    rationale=_WHY_ISOLATED,
    remedy="Turn network isolation on; SageMaker still brings the model's artifacts into the container.",
    settings={"network_isolation": True},
    citations=(_ISOLATION, AwsDoc(_CONTROLS + "#sagemaker-5", READ)),
    same_as=(
        Checkov("CKV_AWS_370"),
        Prowler("sagemaker_models_network_isolation_enabled"),
        SecurityHub("SageMaker.5"),
        ConfigRule("sagemaker-model-isolation-enabled"),
    ),
    rows=("sagemaker-011",),
)


def _vpc_of_job(job: Settings, context: Context) -> Verdict:
    if missing(job.vpc):
        return Verdict.not_applicable("this kind of job has no such setting")
    return attached(job.vpc, context)


JOB_VPC = Control(
    id="sagemaker-job-in-vpc",
    title="SageMaker jobs are attached to a VPC of ours",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=SageMakerJob,
    evaluate=each_definition(_vpc_of_job),
    rationale="In our own VPC, security groups, endpoint policies and flow logs decide and show what a job reaches.",
    remedy="Name private subnets and a security group, and give the VPC endpoints for S3, ECR and CloudWatch Logs.",
    settings={"vpc": {"subnets": ["SUBNET_ID"], "security_groups": ["SECURITY_GROUP_ID"]}},
    citations=(AwsDoc("sagemaker/latest/dg/train-vpc.html", READ),),
    same_as=(Prowler("sagemaker_training_jobs_vpc_settings_configured"),),
    rows=("sagemaker-040", "sagemaker-056"),
)


def _vpc_of_model(model: SageMakerModel, context: Context) -> Verdict:
    return attached(model.vpc, context)


MODEL_VPC = Control(
    id="sagemaker-model-in-vpc",
    title="SageMaker models are attached to a VPC of ours",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=SageMakerModel,
    evaluate=_vpc_of_model,
    rationale="In our own VPC, security groups, endpoint policies and flow logs decide and show what a model reaches.",
    remedy="Name private subnets and a security group, and give the VPC endpoints for S3, ECR and CloudWatch Logs.",
    settings={"vpc": {"subnets": ["SUBNET_ID"], "security_groups": ["SECURITY_GROUP_ID"]}},
    citations=(AwsDoc("sagemaker/latest/dg/host-vpc.html", READ),),
    same_as=(Prowler("sagemaker_models_vpc_settings_configured"), ConfigRule("sagemaker-model-in-vpc")),
    rows=("sagemaker-012",),
)


def _by_components(config: SageMakerEndpointConfig) -> bool | Unresolved:
    """Whether the endpoint takes inference components: a variant of it names no model."""
    if any(isinstance(variant.model, Absent) for variant in elements(config.variants)):
        return True
    return doubt(config.variants) or False


def _isolated_components(config: SageMakerEndpointConfig, context: Context) -> Verdict:
    match _by_components(config):
        case True:
            return _isolated(config.network_isolation, context)
        case Unresolved() as hidden:
            return Verdict.unknown(hidden)
    return Verdict.not_applicable("each variant names a model, which decides for itself", config.variants)


COMPONENT_ISOLATION = Control(
    id="sagemaker-endpoint-components-isolated",
    title="Endpoints of inference components run in network isolation",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=SageMakerEndpointConfig,
    evaluate=_isolated_components,
    rationale="Inference components have no isolation of their own: the endpoint's configuration decides for all.",
    remedy="Turn network isolation on in the endpoint configuration.",
    settings={"network_isolation": True},
    citations=(AwsDoc("sagemaker/latest/APIReference/API_CreateEndpointConfig.html", READ),),
    rows=("sagemaker-032",),
)


def _vpc_of_components(config: SageMakerEndpointConfig, context: Context) -> Verdict:
    match _by_components(config):
        case True:
            return attached(config.vpc, context)
        case Unresolved() as hidden:
            return Verdict.unknown(hidden)
    return Verdict.not_applicable("each variant names a model, which decides for itself", config.variants)


COMPONENT_VPC = Control(
    id="sagemaker-endpoint-components-in-vpc",
    title="Endpoints of inference components are attached to a VPC of ours",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=SageMakerEndpointConfig,
    evaluate=_vpc_of_components,
    rationale="Inference components have no VPC of their own: the endpoint's configuration decides for all.",
    remedy="Name private subnets and a security group in the endpoint configuration.",
    settings={"vpc": {"subnets": ["SUBNET_ID"], "security_groups": ["SECURITY_GROUP_ID"]}},
    citations=(AwsDoc("sagemaker/latest/APIReference/API_CreateEndpointConfig.html", READ),),
    rows=("sagemaker-033",),
)


def _group_network(vpc: Field[VpcConfig], cluster: SageMakerCluster) -> Verdict:
    chosen = cluster.vpc if isinstance(vpc, Absent) else vpc
    match chosen:
        case Known(VpcConfig(subnets=Known(()))):
            return Verdict.failed("the list of subnets is empty", chosen)
        case Known():
            return Verdict.passed("instances are in subnets of ours", chosen)
        case Absent():
            return Verdict.failed("instances are in a VPC that SageMaker keeps, with internet access", chosen)
        case _:
            return Verdict.unknown(chosen)


def _vpc_of_cluster(cluster: SageMakerCluster, context: Context) -> Verdict:
    own = [group.vpc for group in elements(cluster.groups)]
    own.extend(group.vpc for group in elements(cluster.restricted_groups))
    if not own or isinstance(cluster.vpc, Known):
        return _group_network(cluster.vpc, cluster)
    hidden = doubt(cluster.groups) or doubt(cluster.restricted_groups)
    verdicts = [_group_network(vpc, cluster) for vpc in own]
    return worst([*verdicts, Verdict.unknown(hidden)] if hidden is not None else verdicts)


CLUSTER_VPC = Control(
    id="sagemaker-cluster-in-vpc",
    title="HyperPod clusters are in a VPC of ours",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=SageMakerCluster,
    evaluate=_vpc_of_cluster,
    rationale="Without a VPC of ours we decide neither what reaches the nodes nor what they reach.",
    remedy="Name private subnets and a security group that lets only the cluster's own nodes in.",
    settings={"vpc": {"subnets": ["SUBNET_ID"], "security_groups": ["SECURITY_GROUP_ID"]}},
    citations=(AwsDoc("sagemaker/latest/dg/sagemaker-hyperpod-prerequisites.html", READ),),
    rows=("sagemaker-093",),
)
