"""The roles that SageMaker's jobs, models, notebooks and clusters act as."""

from __future__ import annotations

from collections.abc import Iterable

from ourhalf.controls.identity.roles import denied_everywhere
from ourhalf.controls.sagemaker import READ, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Link, Unresolved, doubt, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status, Verdict
from ourhalf.resources.iam import IamRole
from ourhalf.resources.sagemaker import SageMakerModel
from ourhalf.resources.sagemaker_hyperpod import SageMakerCluster
from ourhalf.resources.sagemaker_jobs import SageMakerJob, SageMakerTuningJob
from ourhalf.resources.sagemaker_registry import SageMakerPipeline
from ourhalf.resources.sagemaker_studio import SageMakerMlflowServer, SageMakerNotebookInstance, SageMakerUserProfile

_ROLES = AwsDoc("sagemaker/latest/dg/sagemaker-roles.html", READ)
_MANAGED = AwsDoc("sagemaker/latest/dg/security-iam-awsmanpol.html", READ)
_WIDE = frozenset({"AmazonSageMakerFullAccess", "AdministratorAccess", "PowerUserAccess", "AmazonS3FullAccess"})
_WHY = "Code in the container acts as the role: what it may reach, a hostile model or dependency may reach too."
_REMEDY = "Allow the buckets, repositories and log groups of this work by name, and pass no role but its own."

_wide_open = denied_everywhere(
    "s3:GetObject", "s3:PutObject", "iam:PassRole", what="the role names the buckets and roles that it uses"
)


def _limited(link: Field[Link], near: Resource, context: Context) -> Verdict:
    """Whether the role that `link` names keeps to what it names."""
    role = context.graph.find(link, IamRole, near)
    if isinstance(role, Unresolved):
        return Verdict.unknown(role)
    wide = next((name for name in context.identity.statements(role).managed if name in _WIDE), None)
    if wide is not None:
        return Verdict.failed(f"the role has {wide}", link, role.managed_policies)
    verdict = _wide_open(role, context)
    if verdict.status is Status.PASS:
        return Verdict.passed(verdict.reason, link, *verdict.fields)
    return verdict


def _all_limited(links: Iterable[Field[Link]], hidden: Unresolved | None, near: Resource, context: Context) -> Verdict:
    verdicts = [_limited(link, near, context) for link in links]
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts)


def _job(job: SageMakerJob, context: Context) -> Verdict:
    if isinstance(job, SageMakerTuningJob) and not isinstance(job.definitions, Absent):
        roles = (definition.role for definition in elements(job.definitions))
        return _all_limited(roles, doubt(job.definitions), job, context)
    if isinstance(job.role, Absent):
        return Verdict.not_applicable("the job names no role: it acts as its model's or runs elsewhere", job.role)
    return _limited(job.role, job, context)


JOB_ROLE = Control(
    id="sagemaker-job-role-limited",
    title="Roles of SageMaker jobs name the data that they use",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=SageMakerJob,
    evaluate=_job,
    rationale=_WHY,
    remedy=_REMEDY,
    citations=(_ROLES, _MANAGED),
    rows=("sagemaker-048",),
)


def _model(model: SageMakerModel, context: Context) -> Verdict:
    return _limited(model.role, model, context)


MODEL_ROLE = Control(
    id="sagemaker-model-role-limited",
    title="Roles of SageMaker models name the data that they use",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=SageMakerModel,
    evaluate=_model,
    rationale=_WHY,
    remedy=_REMEDY,
    citations=(_ROLES, _MANAGED),
    rows=("sagemaker-019",),
)


def _notebook(notebook: SageMakerNotebookInstance, context: Context) -> Verdict:
    return _limited(notebook.role, notebook, context)


NOTEBOOK_ROLE = Control(
    id="sagemaker-notebook-role-limited",
    title="Roles of notebook instances name the data that they use",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=SageMakerNotebookInstance,
    evaluate=_notebook,
    rationale="Whoever opens the notebook, and whatever is installed there, acts as the role.",
    remedy=_REMEDY,
    citations=(_ROLES, _MANAGED),
    same_as=(Checkov("CKV2_AWS_68"),),
    rows=("sagemaker-008",),
)


def _cluster(cluster: SageMakerCluster, context: Context) -> Verdict:
    roles = [group.role for group in elements(cluster.groups)]
    roles.extend(group.role for group in elements(cluster.restricted_groups))
    hidden = doubt(cluster.groups) or doubt(cluster.restricted_groups)
    return _all_limited(roles, hidden, cluster, context)


CLUSTER_ROLES = Control(
    id="sagemaker-cluster-roles-limited",
    title="Roles of HyperPod instance groups name the data that they use",
    topic=Topic.IDENTITY,
    severity=Severity.HIGH,
    layer=Layer.IDENTITY,
    applies_to=SageMakerCluster,
    evaluate=_cluster,
    rationale="Every job and person on a node can act as the role of its instance group.",
    remedy=_REMEDY,
    citations=(_ROLES, AwsDoc("sagemaker/latest/dg/sagemaker-hyperpod-prerequisites-iam.html", READ)),
    rows=("sagemaker-094",),
)


def _pipeline(pipeline: SageMakerPipeline, context: Context) -> Verdict:
    return _limited(pipeline.role, pipeline, context)


PIPELINE_ROLE = Control(
    id="sagemaker-pipeline-role-limited",
    title="Roles of SageMaker pipelines name the data and roles that they use",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=SageMakerPipeline,
    evaluate=_pipeline,
    rationale="A pipeline starts jobs and passes roles to them: whoever may change it may use whatever it may pass.",
    remedy=_REMEDY,
    citations=(AwsDoc("sagemaker/latest/dg/build-and-manage-access.html", READ),),
    rows=("sagemaker-102",),
)


def _mlflow(server: SageMakerMlflowServer, context: Context) -> Verdict:
    return _limited(server.role, server, context)


MLFLOW_ROLE = Control(
    id="sagemaker-mlflow-role-limited",
    title="Roles of MLflow servers name the bucket of their artifacts",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=SageMakerMlflowServer,
    evaluate=_mlflow,
    rationale="Whoever may log to the server reads and writes what its role may.",
    remedy="Allow the bucket of the artifacts by name.",
    citations=(AwsDoc("sagemaker/latest/dg/mlflow-create-tracking-server-iam.html", READ),),
    rows=("sagemaker-101",),
)


def _own_role(profile: SageMakerUserProfile, context: Context) -> Verdict:
    asked = context.requirements
    if not asked.sensitivity.at_least(Sensitivity.CONFIDENTIAL):
        return Verdict.not_applicable(f"asked of confidential data and above; {asked.why}", profile.user_settings)
    match profile.user_settings:
        case Known(settings):
            role = settings.role
        case Absent() as field:
            return Verdict.failed(f"the person acts as the domain's shared role, and {asked.why}", field)
        case hidden:
            return Verdict.unknown(hidden)
    match role:
        case Absent():
            return Verdict.failed(f"the person acts as the domain's shared role, and {asked.why}", role)
        case Unresolved():
            return Verdict.unknown(role)
    for other in context.graph.all(SageMakerUserProfile, profile):
        if other is not profile and isinstance(other.user_settings, Known):
            theirs = other.user_settings.value.role
            if isinstance(theirs, Known) and theirs.value == role.value:
                return Verdict.failed(f"{other.name} acts as the same role, and {asked.why}", role, theirs)
    return Verdict.passed("no other profile that was read acts as this role", role)


OWN_ROLE = Control(
    id="sagemaker-user-profile-own-role",
    title="People in Studio act as roles of their own where data is confidential",
    topic=Topic.IDENTITY,
    severity=Severity.MEDIUM,
    layer=Layer.IDENTITY,
    applies_to=SageMakerUserProfile,
    evaluate=_own_role,
    rationale="With a shared role everybody reads what any one of them may read.",
    remedy="Give the user profile an execution role of its own.",
    settings={"user_settings": {"role": "arn:aws:iam::ACCOUNT:role/USER_ROLE"}},
    citations=(AwsDoc("sagemaker/latest/dg/domain-user-profile.html", READ),),
    rows=("sagemaker-069",),
)
