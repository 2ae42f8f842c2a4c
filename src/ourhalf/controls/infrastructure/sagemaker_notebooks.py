"""What notebook instances and Studio domains can reach, and what reaches them."""

from __future__ import annotations

from ourhalf.controls.infrastructure.network import EGRESS_NAMED, PORTS_CLOSED
from ourhalf.controls.sagemaker import READ, eased, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, doubt, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.sagemaker_studio import SageMakerDomain, SageMakerNotebookInstance
from ourhalf.resources.security_groups import SecurityGroup

_CONTROLS = "securityhub/latest/userguide/sagemaker-controls.html"


def _no_internet(notebook: SageMakerNotebookInstance, _: Context) -> Verdict:
    match notebook.direct_internet_access:
        case Known("Disabled") as field:
            return Verdict.passed("the notebook reaches only its VPC", field)
        case Known("Enabled") | Absent(default="Enabled") as field:
            return Verdict.failed("the notebook reaches the internet past the VPC's controls", field)
        case field:
            return Verdict.unknown(field)


NO_INTERNET = Control(
    id="sagemaker-notebook-no-direct-internet",
    title="Notebook instances have no direct internet access",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=SageMakerNotebookInstance,
    evaluate=_no_internet,
    rationale="A notebook runs whatever people install, with a role that reads data: direct access carries data out.",
    remedy="Disable direct internet access, and let traffic leave through the VPC where it is filtered and logged.",
    settings={"direct_internet_access": "Disabled"},
    citations=(
        AwsDoc(_CONTROLS + "#sagemaker-1", READ),
        AwsDoc("sagemaker/latest/dg/appendix-notebook-and-internet-access.html", READ),
    ),
    same_as=(
        Checkov("CKV_AWS_122"),
        Prowler("sagemaker_notebook_instance_without_direct_internet_access_configured"),
        SecurityHub("SageMaker.1"),
        ConfigRule("sagemaker-notebook-no-direct-internet-access"),
    ),
    rows=("sagemaker-001",),
)


def _in_vpc(notebook: SageMakerNotebookInstance, _: Context) -> Verdict:
    match notebook.subnet:
        case Known("") | Absent() as field:
            return Verdict.failed("the notebook is in a network that SageMaker keeps", field)
        case Known() as field:
            return Verdict.passed("the notebook is in a subnet of ours", field)
        case field:
            return Verdict.unknown(field)


IN_VPC = Control(
    id="sagemaker-notebook-in-vpc",
    title="Notebook instances are in a VPC of ours",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=SageMakerNotebookInstance,
    evaluate=_in_vpc,
    rationale="In a VPC of ours, security groups, endpoint policies and flow logs decide and show what it reaches.",
    remedy="Name a private subnet and a security group.",
    settings={"subnet": "SUBNET_ID", "security_groups": ["SECURITY_GROUP_ID"]},
    citations=(AwsDoc(_CONTROLS + "#sagemaker-2", READ),),
    same_as=(
        Checkov("CKV_AWS_306"),
        Prowler("sagemaker_notebook_instance_vpc_settings_configured"),
        SecurityHub("SageMaker.2"),
        ConfigRule("sagemaker-notebook-instance-inside-vpc"),
    ),
    rows=("sagemaker-002",),
)


def _token_metadata(notebook: SageMakerNotebookInstance, context: Context) -> Verdict:
    match notebook.metadata_version:
        case Known("2") as field:
            return Verdict.passed("credentials are given for a session token only", field)
        case Known("1") | Absent(default="1") as field:
            reason = "IMDSv1 gives credentials to any request, a forged one included"
            return Verdict.failed(reason, field, severity=eased(context))
        case field:
            return Verdict.unknown(field)


METADATA = Control(
    id="sagemaker-notebook-imdsv2",
    title="Notebook instances take IMDSv2 only",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.HOST_HARDENING,
    applies_to=SageMakerNotebookInstance,
    evaluate=_token_metadata,
    rationale="A page or proxy in a notebook that can be made to fetch an address fetches the role's credentials.",
    remedy="Set the minimum version of the instance metadata service to 2.",
    settings={"metadata_version": "2"},
    citations=(AwsDoc("sagemaker/latest/APIReference/API_InstanceMetadataServiceConfiguration.html", READ),),
    same_as=(Checkov("CKV_AWS_371"),),
    rows=("sagemaker-005",),
)


def _vpc_only(domain: SageMakerDomain, context: Context) -> Verdict:
    match domain.network_access:
        case Known("VpcOnly") as field:
            return Verdict.passed("Studio's traffic goes through the domain's VPC", field)
        case Known("PublicInternetOnly") | Absent(default="PublicInternetOnly") as field:
            return Verdict.failed("Studio reaches the internet past the VPC's controls", field, severity=eased(context))
        case field:
            return Verdict.unknown(field)


VPC_ONLY = Control(
    id="sagemaker-domain-vpc-only",
    title="Studio domains reach the network through their VPC only",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.NETWORK,
    applies_to=SageMakerDomain,
    evaluate=_vpc_only,
    rationale="Notebooks in Studio run whatever people install, with roles that read data.",
    remedy="Set the network access type to VpcOnly, with VPC endpoints for the services that Studio calls.",
    settings={"network_access": "VpcOnly"},
    citations=(AwsDoc("sagemaker/latest/dg/studio-notebooks-and-internet-access.html", READ),),
    same_as=(ConfigRule("sagemaker-domain-in-vpc"),),
    rows=("sagemaker-064",),
)


def _docker(domain: SageMakerDomain, _: Context) -> Verdict:
    match domain.docker_access:
        case Known("DISABLED") | Absent() as field:
            return Verdict.passed("Docker is not turned on in the domain", field)
        case Known("ENABLED") as field:
            return _trusted(domain, field)
        case field:
            return Verdict.unknown(field)


def _trusted(domain: SageMakerDomain, enabled: Known[str]) -> Verdict:
    accounts = domain.docker_accounts
    if isinstance(accounts, Unresolved):
        return Verdict.unknown(accounts, enabled)
    if elements(accounts) and domain.network_access == Known("VpcOnly", domain.network_access.place):
        return Verdict.passed("Docker pulls only from accounts that are named", accounts, domain.network_access)
    if elements(accounts) and isinstance(domain.network_access, Unresolved):
        return Verdict.unknown(domain.network_access, accounts)
    return Verdict.failed("people may run any image from any account", enabled)


DOCKER = Control(
    id="sagemaker-domain-docker-restricted",
    title="Studio domains run no Docker images but those of named accounts",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=SageMakerDomain,
    evaluate=_docker,
    rationale="With Docker in Studio anybody may bring any image beside the data that the domain's roles read.",
    remedy="Leave Docker off, or make the domain VpcOnly and name the accounts whose images it trusts.",
    settings={"docker_access": "DISABLED"},
    citations=(AwsDoc("sagemaker/latest/APIReference/API_DockerSettings.html", READ),),
    rows=("sagemaker-067",),
)


def _groups_closed(notebook: SageMakerNotebookInstance, context: Context) -> Verdict:
    groups = notebook.security_groups
    match groups:
        case Absent() | Known(()):
            return Verdict.not_applicable("without groups it is in no VPC of ours, or in its default group", groups)
    hidden = doubt(groups)
    verdicts = [] if hidden is None else [Verdict.unknown(hidden)]
    strict = context.requirements.sensitivity.at_least(Sensitivity.REGULATED)
    asked = (PORTS_CLOSED, EGRESS_NAMED) if strict else (PORTS_CLOSED,)
    for link in elements(groups):
        group = context.graph.find(Known(link, groups.place), SecurityGroup, notebook)
        if isinstance(group, Unresolved):
            verdicts.append(Verdict.unknown(group))
            continue
        verdicts += [v for c in asked if (v := c.evaluate(group, context)) is not None]
    return worst(verdicts)


GROUPS_CLOSED = Control(
    id="sagemaker-notebook-groups-closed",
    title="Security groups of notebook instances are not open to the internet",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.NETWORK,
    applies_to=SageMakerNotebookInstance,
    evaluate=_groups_closed,
    rationale="A notebook runs whatever people type; its group decides who reaches it and where data can go.",
    remedy="Give the notebook a group that lets nothing in from outside, and where data is regulated nothing out "
    "but to the VPC's endpoints.",
    citations=(AwsDoc("sagemaker/latest/dg/appendix-notebook-and-internet-access.html", READ),),
    rows=("sagemaker-009",),
)
