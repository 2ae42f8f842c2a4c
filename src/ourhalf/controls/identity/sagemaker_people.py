"""How people sign in to SageMaker, and what they may do on its instances."""

from __future__ import annotations

from ourhalf.controls.sagemaker import READ, eased, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, doubt, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.sagemaker import ProductionVariant, SageMakerEndpointConfig
from ourhalf.resources.sagemaker_jobs import SageMakerTrainingJob
from ourhalf.resources.sagemaker_studio import SageMakerDomain, SageMakerNotebookInstance, SageMakerSpace

_CONTROLS = "securityhub/latest/userguide/sagemaker-controls.html"
_API = "sagemaker/latest/APIReference/"


def _no_root(notebook: SageMakerNotebookInstance, context: Context) -> Verdict:
    match notebook.root_access:
        case Known("Disabled") as field:
            return Verdict.passed("people are not root on the notebook", field)
        case Known("Enabled") | Absent(default="Enabled") as field:
            return Verdict.failed("whoever opens the notebook is root on its instance", field, severity=eased(context))
        case field:
            return Verdict.unknown(field)


NO_ROOT = Control(
    id="sagemaker-notebook-no-root",
    title="Notebook instances give people no root access",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.HOST_HARDENING,
    applies_to=SageMakerNotebookInstance,
    evaluate=_no_root,
    rationale="Root changes what a lifecycle script set up: agents, proxies, restrictions, and what is logged.",
    remedy="Disable root access; lifecycle scripts still run as root.",
    settings={"root_access": "Disabled"},
    citations=(AwsDoc(_CONTROLS + "#sagemaker-3", READ),),
    same_as=(
        Checkov("CKV_AWS_307"),
        Prowler("sagemaker_notebook_instance_root_access_disabled"),
        SecurityHub("SageMaker.3"),
        ConfigRule("sagemaker-notebook-instance-root-access-check"),
    ),
    rows=("sagemaker-003",),
)


def _single_sign_on(domain: SageMakerDomain, context: Context) -> Verdict:
    asked = context.requirements
    match domain.auth_mode:
        case Known("SSO") as field:
            return Verdict.passed("people sign in through IAM Identity Center", field)
        case Known("IAM") as field if asked.sensitivity.at_least(Sensitivity.CONFIDENTIAL):
            return Verdict.failed(f"people share whatever IAM lets them open, and {asked.why}", field)
        case Known("IAM") as field:
            return Verdict.not_applicable(f"asked of confidential data and above; {asked.why}", field)
        case field:
            return Verdict.unknown(field)


SINGLE_SIGN_ON = Control(
    id="sagemaker-domain-identity-center",
    title="People sign in to Studio through IAM Identity Center",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=SageMakerDomain,
    evaluate=_single_sign_on,
    rationale="Each person has one identity, with the company's own rules for joining, leaving and second factors.",
    remedy="Create the domain with authentication mode SSO.",
    settings={"auth_mode": "SSO"},
    citations=(AwsDoc("sagemaker/latest/dg/onboard-custom.html", READ),),
    same_as=(Prowler("sagemaker_domain_sso_configured"),),
    rows=("sagemaker-065",),
)


def _source_identity(domain: SageMakerDomain, context: Context) -> Verdict:
    asked = context.requirements
    match domain.source_identity:
        case Known("USER_PROFILE_NAME") as field:
            return Verdict.passed("CloudTrail names the user profile behind each call", field)
        case Known("DISABLED") | Absent() as field if asked.sensitivity.at_least(Sensitivity.CONFIDENTIAL):
            return Verdict.failed(f"CloudTrail names only the shared role, and {asked.why}", field)
        case Known("DISABLED") | Absent() as field:
            return Verdict.not_applicable(f"asked of confidential data and above; {asked.why}", field)
        case field:
            return Verdict.unknown(field)


SOURCE_IDENTITY = Control(
    id="sagemaker-domain-source-identity",
    title="Calls from Studio carry the name of the user profile",
    topic=Topic.IDENTITY,
    severity=Severity.LOW,
    layer=Layer.IDENTITY,
    applies_to=SageMakerDomain,
    evaluate=_source_identity,
    rationale="Where people share an execution role, nothing else in CloudTrail tells who read the data.",
    remedy="Set the execution role identity configuration to USER_PROFILE_NAME.",
    settings={"source_identity": "USER_PROFILE_NAME"},
    citations=(AwsDoc("sagemaker/latest/dg/monitor-user-access.html", READ),),
    rows=("sagemaker-068",),
)


def _remote_space(space: SageMakerSpace, context: Context) -> Verdict:
    asked = context.requirements
    match space.remote_access:
        case Known("ENABLED") as field if asked.sensitivity.at_least(Sensitivity.CONFIDENTIAL):
            return Verdict.failed(f"the space opens to editors on people's machines, and {asked.why}", field)
        case Known("ENABLED") as field:
            return Verdict.not_applicable(f"asked of confidential data and above; {asked.why}", field)
        case Known("DISABLED") | Absent() as field:
            return Verdict.passed("no editor from outside connects to the space", field)
        case field:
            return Verdict.unknown(field)


REMOTE_SPACE = Control(
    id="sagemaker-space-no-remote-access",
    title="Studio spaces with confidential data take no connection from local editors",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=SageMakerSpace,
    evaluate=_remote_space,
    rationale="A tunnel to a person's machine carries files out past the domain's network.",
    remedy="Leave remote access of the space off.",
    settings={"remote_access": "DISABLED"},
    citations=(AwsDoc(_API + "API_SpaceSettings.html", READ),),
)


def _variant_closed(variant: ProductionVariant) -> Verdict:
    match variant.ssm_access:
        case Known(True) as field:
            return Verdict.failed("whoever may start an SSM session gets a shell in the model container", field)
        case Known(False) | Absent(default=False) as field:
            return Verdict.passed("no SSM session opens into the containers", field)
        case field:
            return Verdict.unknown(field)


def _closed(config: SageMakerEndpointConfig, _: Context) -> Verdict:
    variants = (*elements(config.variants), *elements(config.shadow_variants))
    verdicts = [_variant_closed(variant) for variant in variants]
    hidden = doubt(config.variants) or doubt(config.shadow_variants)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts)


NO_SHELL = Control(
    id="sagemaker-endpoint-no-ssm-access",
    title="Endpoints open no SSM session into their containers",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=SageMakerEndpointConfig,
    evaluate=_closed,
    rationale="A shell in a serving container sees payloads, weights and the credentials of the role.",
    remedy="Leave SSM access off; turn it on for the time of an investigation only.",
    settings={"variants": [{"ssm_access": False}]},
    citations=(AwsDoc(_API + "API_ProductionVariant.html", READ),),
    rows=("sagemaker-034",),
)


def _no_remote_debug(job: SageMakerTrainingJob, _: Context) -> Verdict:
    match job.remote_debug:
        case Known(True) as field:
            return Verdict.failed("whoever may start an SSM session gets a shell in the training container", field)
        case Known(False) | Absent() as field:
            return Verdict.passed("remote debugging is not turned on", field)
        case field:
            return Verdict.unknown(field)


NO_REMOTE_DEBUG = Control(
    id="sagemaker-training-no-remote-debug",
    title="Training jobs open no shell for remote debugging",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=SageMakerTrainingJob,
    evaluate=_no_remote_debug,
    rationale="A shell in a training container sees the data, the weights and the credentials of the role.",
    remedy="Leave remote debugging off; turn it on for the time of an investigation only.",
    settings={"remote_debug": False},
    citations=(AwsDoc(_API + "API_RemoteDebugConfig.html", READ),),
    rows=("sagemaker-047",),
)
