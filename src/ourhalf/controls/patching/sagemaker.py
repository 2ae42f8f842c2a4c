"""Which platform SageMaker's instances run, and whether it is still kept up."""

from __future__ import annotations

import re
from datetime import date

from ourhalf.controls.sagemaker import READ, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, doubt, elements
from ourhalf.model.references import AwsDoc, ConfigRule, Cve, SecurityHub, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.sagemaker import ProductionVariant, SageMakerEndpointConfig
from ourhalf.resources.sagemaker_hyperpod import ClusterGroup, SageMakerCluster
from ourhalf.resources.sagemaker_studio import SageMakerMlflowServer, SageMakerNotebookInstance, SageMakerPartnerApp

_API = "sagemaker/latest/APIReference/"

# What Security Hub's parameter has been since 2026-07-31, and the AL2 platform before it.
_CURRENT = frozenset({"notebook-al2023-v1"})


def _platform(notebook: SageMakerNotebookInstance, _: Context) -> Verdict:
    match notebook.platform:
        case Known(str() as name) as field if name in _CURRENT:
            return Verdict.passed("the platform is a current one", field)
        case Absent(default=str() as name) as field if name in _CURRENT:
            return Verdict.passed("the platform is the current default", field)
        case Known(name) as field:
            return Verdict.failed(f"the platform {name} is not among those that AWS still recommends", field)
        case field:
            return Verdict.unknown(field)


PLATFORM = Control(
    id="sagemaker-notebook-platform",
    title="Notebook instances run a platform that AWS still keeps up",
    topic=Topic.PATCHING,
    severity=Severity.MEDIUM,
    layer=Layer.HOST_PATCHING,
    applies_to=SageMakerNotebookInstance,
    evaluate=_platform,
    rationale="A platform at its end gets no security updates of its kernel, its Jupyter and its packages.",
    remedy="Choose notebook-al2023-v1, and move the notebooks of older instances there.",
    settings={"platform": "notebook-al2023-v1"},
    citations=(
        AwsDoc("securityhub/latest/userguide/sagemaker-controls.html#sagemaker-8", READ),
        AwsDoc("sagemaker/latest/dg/nbi-al2.html", READ),
    ),
    same_as=(SecurityHub("SageMaker.8"), ConfigRule("sagemaker-notebook-instance-platform-version")),
    rows=("sagemaker-006",),
)

_AMAZON_LINUX_2_END = date(2026, 6, 30)


def _ami(variant: ProductionVariant, as_of: date) -> Verdict:
    match variant.inference_ami:
        case Known(str() as name) as field if name.startswith("al2023-"):
            return Verdict.passed("the instances' image is built on Amazon Linux 2023", field)
        case Known(str() as name) as field if name.startswith("al2-") and as_of > _AMAZON_LINUX_2_END:
            return Verdict.failed(f"{name} is built on Amazon Linux 2, whose support has ended", field)
        case Known(str() as name) as field if name.startswith("al2-"):
            return Verdict.passed(f"Amazon Linux 2 is supported until {_AMAZON_LINUX_2_END}", field)
        case Absent() as field:
            return Verdict.not_applicable("SageMaker chooses the image of the instances", field)
        case Known() as field:
            return Verdict.unknown("this image is not known", field)
        case field:
            return Verdict.unknown(field)


def _amis(config: SageMakerEndpointConfig, context: Context) -> Verdict:
    verdicts = [_ami(variant, context.as_of) for variant in elements(config.variants)]
    hidden = doubt(config.variants)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts)


INFERENCE_AMI = Control(
    id="sagemaker-endpoint-inference-ami",
    title="Endpoints that choose their machine image choose a current one",
    topic=Topic.PATCHING,
    severity=Severity.MEDIUM,
    layer=Layer.GPU_STACK,
    applies_to=SageMakerEndpointConfig,
    evaluate=_amis,
    rationale="The machine image holds the GPU driver and the container toolkit, both with escapes in old versions.",
    remedy="Choose the newest inference image, or leave the choice to SageMaker.",
    citations=(
        AwsDoc(_API + "API_ProductionVariant.html", READ),
        WebPage("aws.amazon.com/amazon-linux-2/faqs/", READ),
    ),
    rows=("sagemaker-036",),
)


def _patched(group: ClusterGroup) -> Verdict:
    for field in (group.auto_patch, group.scheduled_update):
        if isinstance(field, Known):
            return Verdict.passed("updates of the nodes' image are scheduled", field)
    for field in (group.auto_patch, group.scheduled_update):
        if isinstance(field, Unresolved):
            return Verdict.unknown(field)
    return Verdict.failed("nodes keep the image that they started with", group.scheduled_update)


def _cluster_patched(cluster: SageMakerCluster, _: Context) -> Verdict:
    verdicts = [_patched(group) for group in elements(cluster.groups)]
    hidden = doubt(cluster.groups)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts)


CLUSTER_PATCHED = Control(
    id="sagemaker-cluster-patched",
    title="HyperPod instance groups update their image on a schedule",
    topic=Topic.PATCHING,
    severity=Severity.MEDIUM,
    layer=Layer.NODE_IMAGE,
    applies_to=SageMakerCluster,
    evaluate=_cluster_patched,
    rationale="AWS publishes patched images; nodes take them only when they are told to.",
    remedy="Give each instance group an automatic patch configuration or a scheduled update.",
    settings={"groups": [{"scheduled_update": "cron(0 3 ? * SUN *)"}]},
    citations=(AwsDoc(_API + "API_ScheduledUpdateConfig.html", READ),),
    rows=("sagemaker-098",),
)


def _upgrades(app: SageMakerPartnerApp, _: Context) -> Verdict:
    match app.minor_upgrades:
        case Known(True) as field:
            return Verdict.passed("minor versions arrive in the maintenance window", field)
        case Known(False) | Absent(default=False) as field:
            return Verdict.failed("the application stays at its version until somebody upgrades it", field)
        case field:
            return Verdict.unknown(field)


PARTNER_UPGRADES = Control(
    id="sagemaker-partner-app-upgrades",
    title="Partner applications take minor versions by themselves",
    topic=Topic.PATCHING,
    severity=Severity.LOW,
    layer=Layer.CUSTOMER_CODE,
    applies_to=SageMakerPartnerApp,
    evaluate=_upgrades,
    rationale="Minor versions bring the fixes of known weaknesses.",
    remedy="Turn automatic minor version upgrades on.",
    settings={"minor_upgrades": True},
    citations=(AwsDoc(_API + "API_CreatePartnerApp.html", READ),),
)


def _current_mlflow(server: SageMakerMlflowServer, _: Context) -> Verdict:
    match server.version:
        case Known(str() as text) as field if found := re.match(r"(\d+)\.(\d+)", text):
            if (int(found[1]), int(found[2])) >= (2, 11):
                return Verdict.passed("the version has the fixes of known path traversals", field)
            return Verdict.failed(f"MLflow {text} has known weaknesses", field)
        case Absent() as field:
            return Verdict.not_applicable("SageMaker chooses the version when the server is created", field)
        case Known() as field:
            return Verdict.unknown("this is no version", field)
        case field:
            return Verdict.unknown(field)


MLFLOW_VERSION = Control(
    id="sagemaker-mlflow-version",
    title="MLflow tracking servers run a version with the known fixes",
    topic=Topic.PATCHING,
    severity=Severity.MEDIUM,
    layer=Layer.CUSTOMER_CODE,
    applies_to=SageMakerMlflowServer,
    evaluate=_current_mlflow,
    rationale="Versions before 2.11 let a request read files of the server by path.",
    remedy="Create the tracking server with the newest version that SageMaker offers.",
    settings={"version": "3.0"},
    citations=(
        AwsDoc("sagemaker/latest/dg/mlflow.html", READ),
        Cve("CVE-2023-6909", READ),
        Cve("CVE-2024-4263", READ),
    ),
    rows=("sagemaker-100",),
)
