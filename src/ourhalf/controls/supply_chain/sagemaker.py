"""Where SageMaker takes models, images, scripts and code from."""

from __future__ import annotations

import re

from ourhalf.controls.s3_addresses import bucket_named
from ourhalf.controls.sagemaker import READ, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Redacted, Unresolved, doubt, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, ConfigRule, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.sagemaker import ModelContainer, SageMakerModel
from ourhalf.resources.sagemaker_hyperpod import ClusterGroup, SageMakerCluster
from ourhalf.resources.sagemaker_jobs import SageMakerTrainingJob
from ourhalf.resources.sagemaker_registry import SageMakerModelPackage
from ourhalf.resources.sagemaker_studio import SageMakerCodeRepository, SageMakerImage, SageMakerImageVersion

_API = "sagemaker/latest/APIReference/"
_CONTROLS = "securityhub/latest/userguide/sagemaker-controls.html"
_ECR = re.compile(r"^\d{12}\.dkr\.ecr[.-]")
_DIGEST = re.compile(r"@sha256:[0-9a-fA-F]{64}\Z")
_VERSIONED = frozenset({"enabled", "true"})


def _owned(uri: Field[str], context: Context, near: SageMakerModel | SageMakerCluster, what: str) -> Verdict:
    bucket = bucket_named(uri, context, near)
    if isinstance(bucket, Unresolved):
        return Verdict.unknown(bucket)
    match bucket.versioning:
        case Known(str() as status) if status.lower() in _VERSIONED:
            return Verdict.passed(f"{what} come from a versioned bucket of ours", bucket.versioning)
        case Known() | Absent(default="Suspended"):
            return Verdict.failed(f"{what} come from a bucket that keeps no versions", bucket.versioning)
    return Verdict.unknown(bucket.versioning)


def _lifecycle(group: ClusterGroup, context: Context, cluster: SageMakerCluster) -> Verdict:
    if isinstance(group.lifecycle_uri, Absent):
        return Verdict.not_applicable("the group runs no lifecycle script", group.lifecycle_uri)
    return _owned(group.lifecycle_uri, context, cluster, "lifecycle scripts")


def _lifecycle_scripts(cluster: SageMakerCluster, context: Context) -> Verdict:
    verdicts = [_lifecycle(group, context, cluster) for group in elements(cluster.groups)]
    hidden = doubt(cluster.groups)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts)


LIFECYCLE_SCRIPTS = Control(
    id="sagemaker-cluster-lifecycle-scripts-owned",
    title="HyperPod lifecycle scripts come from a versioned bucket of ours",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.HIGH,
    layer=Layer.CUSTOMER_CODE,
    applies_to=SageMakerCluster,
    evaluate=_lifecycle_scripts,
    rationale="The scripts run as root on every node: whoever may write the bucket owns the cluster.",
    remedy="Keep the scripts in a bucket of ours with versioning on and writing limited to the pipeline.",
    citations=(AwsDoc("sagemaker/latest/dg/sagemaker-hyperpod-lifecycle-best-practices-slurm.html", READ),),
    rows=("sagemaker-095",),
)


def _containers(model: SageMakerModel) -> tuple[ModelContainer, ...]:
    first = (model.primary_container.value,) if isinstance(model.primary_container, Known) else ()
    return (*first, *elements(model.containers))


def _model_doubt(model: SageMakerModel) -> Unresolved | None:
    primary = model.primary_container
    return primary if isinstance(primary, Unresolved) else doubt(model.containers)


def _artifacts(model: SageMakerModel, context: Context) -> Verdict:
    asked = context.requirements
    if not asked.sensitivity.at_least(Sensitivity.CONFIDENTIAL):
        return Verdict.not_applicable(f"asked of confidential data and above; {asked.why}")
    hidden = _model_doubt(model)
    verdicts = [] if hidden is None else [Verdict.unknown(hidden)]
    for container in _containers(model):
        if isinstance(container.model_data, Absent):
            verdicts.append(Verdict.not_applicable("the image holds the model", container.model_data))
        else:
            verdicts.append(_owned(container.model_data, context, model, "artifacts"))
    return worst(verdicts)


MODEL_ARTIFACTS = Control(
    id="sagemaker-model-artifacts-owned",
    title="Model artifacts come from a versioned bucket of ours",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.HIGH,
    layer=Layer.MODELS_AND_DATA,
    applies_to=SageMakerModel,
    evaluate=_artifacts,
    rationale="A model is code and data that the role serves: whoever may write its bucket changes what is answered.",
    remedy="Keep artifacts in a bucket of ours with versioning on, and write it from the training pipeline only.",
    citations=(AwsDoc(_API + "API_ContainerDefinition.html", READ),),
    rows=("sagemaker-017",),
)


def _pinned(model: SageMakerModel, context: Context) -> Verdict:
    asked = context.requirements
    if not asked.sensitivity.at_least(Sensitivity.REGULATED):
        return Verdict.not_applicable(f"asked of regulated data; {asked.why}")
    hidden = _model_doubt(model)
    verdicts = [] if hidden is None else [Verdict.unknown(hidden)]
    for container in _containers(model):
        match container.model_data, container.model_data_etag:
            case Absent() as nothing, _:
                verdicts.append(Verdict.not_applicable("the image holds the model", nothing))
            case _, Known() as pin:
                verdicts.append(Verdict.passed("an ETag pins the artifact's content", pin))
            case data, Absent():
                verdicts.append(Verdict.failed("the artifact may change under the same address", data))
            case _, field:
                verdicts.append(Verdict.unknown(field))
    return worst(verdicts)


MODEL_PINNED = Control(
    id="sagemaker-model-artifact-pinned",
    title="Model artifacts are pinned by ETag where data is regulated",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.LOW,
    layer=Layer.MODELS_AND_DATA,
    applies_to=SageMakerModel,
    evaluate=_pinned,
    rationale="With the content pinned, what was scanned and approved is what is served.",
    remedy="Create the model through the API with the ETag of the artifact.",
    citations=(AwsDoc(_API + "API_S3ModelDataSource.html", READ),),
    rows=("sagemaker-018",),
)


def _private(image: Field[str], access: Field[str], context: Context) -> Verdict:
    """Whether an image is pulled from the private registry that the company asks for."""
    registries = context.requirements.parameters.approved_registries
    private = tuple(registry for registry in registries if ".dkr.ecr" not in registry)
    match access:
        case Known("Vpc"):
            return Verdict.passed("the image is pulled inside the VPC", access)
        case Unresolved():
            return Verdict.unknown(access)
    match image:
        case Known(str() as text) if _ECR.match(text) and not (private and len(private) == len(registries)):
            return Verdict.not_applicable("the image comes from ECR", image)
        case Known():
            return Verdict.failed("the image's registry is not reached inside the VPC", access, image)
        case Absent():
            return Verdict.not_applicable("no image is named", image)
    return Verdict.unknown(image)


def _private_model(model: SageMakerModel, context: Context) -> Verdict:
    verdicts = [_private(c.image, c.repository_access, context) for c in _containers(model)]
    hidden = _model_doubt(model)
    if hidden is not None:
        verdicts.append(Verdict.unknown(hidden))
    return worst(verdicts)


PRIVATE_MODEL = Control(
    id="sagemaker-model-private-registry",
    title="Models pull images of a private registry inside the VPC",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.REGISTRY_SETTINGS,
    applies_to=SageMakerModel,
    evaluate=_private_model,
    rationale="A registry of ours that is reached inside the VPC serves nobody else, and nobody else's images.",
    remedy="Set the repository access mode to Vpc, or keep the image in ECR.",
    settings={"primary_container": {"repository_access": "Vpc"}},
    citations=(AwsDoc(_CONTROLS + "#sagemaker-16", READ), AwsDoc(_CONTROLS + "#sagemaker-19", READ)),
    same_as=(
        SecurityHub("SageMaker.16"),
        SecurityHub("SageMaker.19"),
        ConfigRule("sagemaker-model-private-registry-required"),
        ConfigRule("sagemaker-model-multicontainer-private-registry"),
    ),
    rows=("sagemaker-013", "sagemaker-014"),
)


def _private_job(job: SageMakerTrainingJob, context: Context) -> Verdict:
    return _private(job.image, job.repository_access, context)


PRIVATE_TRAINING = Control(
    id="sagemaker-training-private-registry",
    title="Training jobs pull images of a private registry inside the VPC",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.REGISTRY_SETTINGS,
    applies_to=SageMakerTrainingJob,
    evaluate=_private_job,
    rationale="A registry of ours that is reached inside the VPC serves nobody else, and nobody else's images.",
    remedy="Set the training repository access mode to Vpc, or keep the image in ECR.",
    settings={"repository_access": "Vpc"},
    citations=(AwsDoc("sagemaker/latest/dg/docker-containers-adapt-your-own-private-registry.html", READ),),
    rows=("sagemaker-046",),
)


def _approved(package: SageMakerModelPackage, context: Context) -> Verdict:
    if not context.graph.referrers(package, SageMakerModel):
        return Verdict.not_applicable("no model that was read deploys the package")
    match package.approval:
        case Known("Approved") as field:
            return Verdict.passed("somebody approved the version that is deployed", field)
        case Known() | Absent() as field:
            return Verdict.failed("a version is deployed that nobody approved", field)
        case field:
            return Verdict.unknown(field)


APPROVED = Control(
    id="sagemaker-model-package-approved",
    title="Deployed model packages are approved",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.MODELS_AND_DATA,
    applies_to=SageMakerModelPackage,
    evaluate=_approved,
    rationale="Approval is where evaluation, scan and review of a model come together before it serves.",
    remedy="Let the review set the approval status to Approved, and deploy approved versions only.",
    settings={"approval": "Approved"},
    citations=(AwsDoc("sagemaker/latest/dg/model-registry-approve.html", READ),),
    rows=("sagemaker-024",),
)


def _no_credentials(repository: SageMakerCodeRepository, _: Context) -> Verdict:
    match repository.url:
        case Known(Redacted()) as field:
            return Verdict.failed("the address carries credentials", field)
        case Known(str()) as field:
            return Verdict.passed("the address carries no credentials", field)
        case field:
            return Verdict.unknown(field)


REPOSITORY = Control(
    id="sagemaker-repository-no-credentials",
    title="Addresses of code repositories carry no credentials",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.CUSTOMER_CODE,
    applies_to=SageMakerCodeRepository,
    evaluate=_no_credentials,
    rationale="The address is shown to whoever may list repositories, and stands in every clone.",
    remedy="Name a secret of Secrets Manager for the repository instead.",
    citations=(AwsDoc("sagemaker/latest/dg/nbi-git-resource.html", READ),),
    rows=("sagemaker-010",),
)


def _described(image: SageMakerImage, _: Context) -> Verdict:
    match image.description:
        case Known("") | Absent() as field:
            return Verdict.failed("nothing says what the image is for", field)
        case Known() as field:
            return Verdict.passed("the image says what it is for", field)
        case field:
            return Verdict.unknown(field)


DESCRIBED = Control(
    id="sagemaker-image-described",
    title="Custom images of Studio say what they are for",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.LOW,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=SageMakerImage,
    evaluate=_described,
    rationale="People choose an image by what it says of itself.",
    remedy="Describe the image.",
    settings={"description": "WHAT IT IS FOR"},
    citations=(AwsDoc(_API + "API_CreateImage.html", READ),),
    same_as=(ConfigRule("sagemaker-image-description"),),
    rows=("sagemaker-073",),
)


def _version_pinned(version: SageMakerImageVersion, context: Context) -> Verdict:
    asked = context.requirements
    match version.base_image:
        case Known(str() as text) as field if _DIGEST.search(text):
            return Verdict.passed("the image is named by digest", field)
        case Known() as field if asked.sensitivity.at_least(Sensitivity.CONFIDENTIAL):
            return Verdict.failed(f"the image is named by tag only, and {asked.why}", field)
        case Known() as field:
            return Verdict.not_applicable(f"asked of confidential data and above; {asked.why}", field)
        case field:
            return Verdict.unknown(field)


IMAGE_VERSION_PINNED = Control(
    id="sagemaker-image-version-pinned",
    title="Custom images of Studio name their base by digest",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=SageMakerImageVersion,
    evaluate=_version_pinned,
    rationale="A tag may be pushed again: what people start is then no longer what was looked at.",
    remedy="Name the base image by digest.",
    settings={"base_image": "REGISTRY/REPOSITORY@sha256:DIGEST"},
    citations=(AwsDoc(_API + "API_CreateImageVersion.html", READ),),
    rows=("sagemaker-074",),
)


def _one_model(model: SageMakerModel, context: Context) -> Verdict:
    asked = context.requirements
    if not asked.sensitivity.at_least(Sensitivity.REGULATED):
        return Verdict.not_applicable(f"asked of regulated data; {asked.why}")
    hidden = _model_doubt(model)
    verdicts = [] if hidden is None else [Verdict.unknown(hidden)]
    for container in _containers(model):
        match container.mode:
            case Known("MultiModel") as field:
                verdicts.append(Verdict.failed(f"models share a container and its memory, and {asked.why}", field))
            case Known() | Absent() as field:
                verdicts.append(Verdict.passed("the container serves one model", field))
            case field:
                verdicts.append(Verdict.unknown(field))
    return worst(verdicts)


ONE_MODEL = Control(
    id="sagemaker-model-not-shared",
    title="Containers serve one model each where data is regulated",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.MEDIUM,
    layer=Layer.MODELS_AND_DATA,
    applies_to=SageMakerModel,
    evaluate=_one_model,
    rationale="Models in one container run as one user: one that turns hostile reads the others and their payloads.",
    remedy="Give each tenant and level of trust an endpoint of its own, or accept the failure for models of one trust.",
    citations=(AwsDoc("sagemaker/latest/dg/multi-model-endpoint-security.html", READ),),
    rows=("sagemaker-020",),
)
