"""Encryption of what SageMaker keeps, with keys of ours."""

from __future__ import annotations

import re

from ourhalf.controls.judgements import where_keys_are_ours
from ourhalf.controls.sagemaker import READ, Settings, customer_key, each_definition, missing, worst
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Field, Known, Unresolved, doubt, elements
from ourhalf.model.references import AwsDoc, Checkov, ConfigRule, Prowler, SecurityHub
from ourhalf.model.verdict import Verdict
from ourhalf.resources.sagemaker import SageMakerEndpointConfig, SageMakerInferenceExperiment
from ourhalf.resources.sagemaker_hyperpod import SageMakerCluster
from ourhalf.resources.sagemaker_jobs import SageMakerJob
from ourhalf.resources.sagemaker_registry import (
    SageMakerFeatureGroup,
    SageMakerFlowDefinition,
    SageMakerModelCard,
    SageMakerModelPackage,
)
from ourhalf.resources.sagemaker_studio import SageMakerDomain, SageMakerNotebookInstance, SageMakerPartnerApp

_WHY = "Only a key of ours can be withdrawn, audited and restricted by a policy of ours."
_KEY = "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"
_AT_REST = AwsDoc("sagemaker/latest/dg/encryption-at-rest.html", READ)
_API = "sagemaker/latest/APIReference/"

# Types with NVMe disks of their own: the hardware encrypts those, and the API takes no key for them.
_LOCAL_STORAGE = re.compile(
    r"ml\.(?:g4dn|g4ad|g5|g6e?|gr6|p3dn|p4de?|p5(?:en?)?|p6[\w-]*|trn\d\w*|dl1|[cmrx]\d[a-z]*d[a-z]*|i\d\w*|d\d\w*)\."
)


def local_storage(instance_type: Field[str]) -> bool:
    """Whether an instance type keeps data on disks of its own, which its hardware encrypts."""
    return isinstance(instance_type, Known) and _LOCAL_STORAGE.match(instance_type.value) is not None


def _job_volume(job: Settings, _: Context) -> Verdict:
    if missing(job.volume_key):
        return Verdict.not_applicable("this kind of job takes no key for its volumes")
    if local_storage(job.instance_type) and isinstance(job.volume_key, Absent):
        return Verdict.not_applicable("the instance type encrypts its own disks and takes no key", job.instance_type)
    return customer_key(job.volume_key, "the instances' volumes")


JOB_VOLUME = Control(
    id="sagemaker-job-volume-customer-key",
    title="Volumes of SageMaker jobs are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerJob,
    evaluate=where_keys_are_ours(each_definition(_job_volume)),
    rationale=_WHY,
    remedy="Name a customer managed KMS key for the volumes of the job's instances.",
    settings={"volume_key": _KEY},
    citations=(_AT_REST, AwsDoc(_API + "API_ResourceConfig.html", READ)),
    same_as=(Checkov("CKV_AWS_368"), Prowler("sagemaker_training_jobs_volume_and_output_encryption_enabled")),
    rows=("sagemaker-042", "sagemaker-057", "sagemaker-059", "sagemaker-062", "sagemaker-079"),
)


def _job_output(job: Settings, _: Context) -> Verdict:
    return customer_key(job.output_key, "the job's output")


JOB_OUTPUT = Control(
    id="sagemaker-job-output-customer-key",
    title="Output of SageMaker jobs is encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.HIGH,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerJob,
    evaluate=where_keys_are_ours(each_definition(_job_output)),
    rationale=_WHY,
    remedy="Name a customer managed KMS key for the job's output.",
    settings={"output_key": _KEY},
    citations=(_AT_REST, AwsDoc(_API + "API_OutputDataConfig.html", READ)),
    same_as=(Checkov("CKV_AWS_367"), Prowler("sagemaker_training_jobs_volume_and_output_encryption_enabled")),
    rows=("sagemaker-043", "sagemaker-058", "sagemaker-060", "sagemaker-061", "sagemaker-078"),
)


def _review_output(flow: SageMakerFlowDefinition, _: Context) -> Verdict:
    return customer_key(flow.output_key, "the reviewers' results")


REVIEW_OUTPUT = Control(
    id="sagemaker-flow-definition-customer-key",
    title="Results of human review are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerFlowDefinition,
    evaluate=where_keys_are_ours(_review_output),
    rationale=_WHY,
    remedy="Name a customer managed KMS key for the flow's output.",
    settings={"output_key": _KEY},
    citations=(AwsDoc(_API + "API_FlowDefinitionOutputConfig.html", READ),),
    same_as=(Checkov("CKV_AWS_372"),),
    rows=("sagemaker-092",),
)


def _notebook_volume(notebook: SageMakerNotebookInstance, _: Context) -> Verdict:
    return customer_key(notebook.kms_key, "the notebook's volume")


NOTEBOOK_VOLUME = Control(
    id="sagemaker-notebook-customer-key",
    title="Volumes of notebook instances are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerNotebookInstance,
    evaluate=where_keys_are_ours(_notebook_volume),
    rationale=_WHY,
    remedy="Name a customer managed KMS key for the notebook instance.",
    settings={"kms_key": _KEY},
    citations=(AwsDoc("securityhub/latest/userguide/sagemaker-controls.html#sagemaker-21", READ),),
    same_as=(
        Checkov("CKV_AWS_22"),
        Checkov("CKV_AWS_187"),
        Prowler("sagemaker_notebook_instance_encryption_enabled"),
        SecurityHub("SageMaker.21"),
        ConfigRule("sagemaker-notebook-instance-kms-key-configured"),
    ),
    rows=("sagemaker-004",),
)


def _domain_home(domain: SageMakerDomain, _: Context) -> Verdict:
    return customer_key(domain.kms_key, "people's home folders")


DOMAIN_HOME = Control(
    id="sagemaker-domain-customer-key",
    title="Studio's file systems are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerDomain,
    evaluate=where_keys_are_ours(_domain_home),
    rationale=_WHY,
    remedy="Name a customer managed KMS key when the domain is created; it cannot be changed later.",
    settings={"kms_key": _KEY},
    citations=(AwsDoc(_API + "API_CreateDomain.html", READ),),
    same_as=(Checkov("CKV_AWS_187"),),
    rows=("sagemaker-063",),
)


def _shared_output(domain: SageMakerDomain, _: Context) -> Verdict:
    match domain.user_settings:
        case Absent():
            return Verdict.not_applicable("no settings of users are given", domain.user_settings)
        case Unresolved() as hidden:
            return Verdict.unknown(hidden)
        case Known(settings):
            match settings.notebook_output:
                case Known("Disabled") | Absent(default="Disabled") as field:
                    return Verdict.not_applicable("output of notebooks is not shared", field)
                case Known("Allowed"):
                    return customer_key(settings.notebook_output_key, "shared output of notebooks")
                case other:
                    return Verdict.unknown(other)


SHARED_OUTPUT = Control(
    id="sagemaker-domain-shared-output-customer-key",
    title="Shared output of notebooks is encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerDomain,
    evaluate=where_keys_are_ours(_shared_output),
    rationale="What a cell prints is data: a shared notebook takes it along.",
    remedy="Name a customer managed KMS key for shared notebook output, or do not share output.",
    settings={"user_settings": {"notebook_output_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID"}},
    citations=(AwsDoc(_API + "API_SharingSettings.html", READ),),
    rows=("sagemaker-066",),
)


def _package(package: SageMakerModelPackage, _: Context) -> Verdict:
    return customer_key(package.kms_key, "the model package")


MODEL_PACKAGE = Control(
    id="sagemaker-model-package-customer-key",
    title="Model packages are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerModelPackage,
    evaluate=where_keys_are_ours(_package),
    rationale=_WHY,
    remedy="Name a customer managed KMS key in the model package's security configuration.",
    settings={"kms_key": _KEY},
    citations=(AwsDoc(_API + "API_CreateModelPackage.html", READ),),
    rows=("sagemaker-025",),
)


def _card(card: SageMakerModelCard, _: Context) -> Verdict:
    return customer_key(card.kms_key, "the model card")


MODEL_CARD = Control(
    id="sagemaker-model-card-customer-key",
    title="Model cards are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerModelCard,
    evaluate=where_keys_are_ours(_card),
    rationale=_WHY,
    remedy="Name a customer managed KMS key in the model card's security configuration.",
    settings={"kms_key": _KEY},
    citations=(AwsDoc(_API + "API_CreateModelCard.html", READ),),
    rows=("sagemaker-026",),
)


def _partner_app(app: SageMakerPartnerApp, _: Context) -> Verdict:
    return customer_key(app.kms_key, "the partner's application")


PARTNER_APP = Control(
    id="sagemaker-partner-app-customer-key",
    title="Partner applications are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.LOW,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerPartnerApp,
    evaluate=where_keys_are_ours(_partner_app),
    rationale=_WHY,
    remedy="Name a customer managed KMS key for the application.",
    settings={"kms_key": _KEY},
    citations=(AwsDoc(_API + "API_CreatePartnerApp.html", READ),),
)


def _offline_store(group: SageMakerFeatureGroup, _: Context) -> Verdict:
    if isinstance(group.offline_uri, Absent):
        return Verdict.not_applicable("the group has no offline store", group.offline_uri)
    return customer_key(group.offline_key, "the offline store")


OFFLINE_STORE = Control(
    id="sagemaker-feature-group-offline-customer-key",
    title="Offline feature stores are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerFeatureGroup,
    evaluate=where_keys_are_ours(_offline_store),
    rationale=_WHY,
    remedy="Name a customer managed KMS key for the offline store.",
    settings={"offline_key": _KEY},
    citations=(AwsDoc(_API + "API_S3StorageConfig.html", READ),),
    same_as=(SecurityHub("SageMaker.17"), ConfigRule("sagemaker-featuregroup-encryption-at-rest")),
    rows=("sagemaker-075",),
)


def _online_store(group: SageMakerFeatureGroup, _: Context) -> Verdict:
    match group.online:
        case Known(True):
            pass
        case Known(False) | Absent() as field:
            return Verdict.not_applicable("the group has no online store", field)
        case field:
            return Verdict.unknown(field)
    if isinstance(group.online_storage, Known) and group.online_storage.value == "InMemory":
        return Verdict.not_applicable("asked of standard storage", group.online_storage)
    return customer_key(group.online_key, "the online store")


ONLINE_STORE = Control(
    id="sagemaker-feature-group-online-customer-key",
    title="Online feature stores are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerFeatureGroup,
    evaluate=where_keys_are_ours(_online_store),
    rationale=_WHY,
    remedy="Name a customer managed KMS key for the online store.",
    settings={"online_key": _KEY},
    citations=(AwsDoc(_API + "API_OnlineStoreSecurityConfig.html", READ),),
    same_as=(SecurityHub("SageMaker.18"), ConfigRule("sagemaker-featuregroup-online-store-encryption")),
    rows=("sagemaker-076",),
)


def _experiment_instances(experiment: SageMakerInferenceExperiment, _: Context) -> Verdict:
    return customer_key(experiment.instance_key, "the experiment's instances")


EXPERIMENT_INSTANCES = Control(
    id="sagemaker-experiment-instances-customer-key",
    title="Instances of inference experiments are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerInferenceExperiment,
    evaluate=where_keys_are_ours(_experiment_instances),
    rationale=_WHY,
    remedy="Name a customer managed KMS key for the experiment's instances.",
    settings={"instance_key": _KEY},
    citations=(AwsDoc("securityhub/latest/userguide/sagemaker-controls.html#sagemaker-23", READ),),
    same_as=(SecurityHub("SageMaker.23"), ConfigRule("sagemaker-inf-experiment-instance-storage-kms-encrypted")),
    rows=("sagemaker-090",),
)


def _cluster_volumes(cluster: SageMakerCluster, _: Context) -> Verdict:
    hidden = doubt(cluster.groups) or doubt(cluster.restricted_groups)
    verdicts = [] if hidden is None else [Verdict.unknown(hidden)]
    stores = [group.storage for group in elements(cluster.groups)]
    stores.extend(group.storage for group in elements(cluster.restricted_groups))
    for storage in stores:
        volumes = elements(storage)
        unread = doubt(storage)
        if unread is not None:
            verdicts.append(Verdict.unknown(unread))
        elif not volumes:
            verdicts.append(customer_key(Absent(None, storage.place), "the root volumes"))
        verdicts.extend(customer_key(volume.volume_key, "the instances' volumes") for volume in volumes)
    return worst(verdicts)


CLUSTER_VOLUMES = Control(
    id="sagemaker-cluster-volumes-customer-key",
    title="Volumes of HyperPod instances are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerCluster,
    evaluate=where_keys_are_ours(_cluster_volumes),
    rationale=_WHY,
    remedy="Name a customer managed KMS key for the volumes of each instance group, the root volume included.",
    settings={"groups": [{"storage": [{"volume_key": "arn:aws:kms:REGION:ACCOUNT:key/KEY_ID", "root_volume": True}]}]},
    citations=(AwsDoc(_API + "API_ClusterEbsVolumeConfig.html", READ),),
    rows=("sagemaker-096",),
)


def _async_output(config: SageMakerEndpointConfig, _: Context) -> Verdict:
    if isinstance(config.async_output_uri, Absent):
        return Verdict.not_applicable("the endpoint is not asynchronous", config.async_output_uri)
    return customer_key(config.async_output_key, "asynchronous results")


ASYNC_OUTPUT = Control(
    id="sagemaker-endpoint-async-output-customer-key",
    title="Results of asynchronous endpoints are encrypted with a customer managed key",
    topic=Topic.DATA_PROTECTION,
    severity=Severity.MEDIUM,
    layer=Layer.ENCRYPTION_AT_REST,
    applies_to=SageMakerEndpointConfig,
    evaluate=where_keys_are_ours(_async_output),
    rationale=_WHY,
    remedy="Name a customer managed KMS key for the output of asynchronous inference.",
    settings={"async_output_key": _KEY},
    citations=(AwsDoc(_API + "API_AsyncInferenceOutputConfig.html", READ),),
    rows=("sagemaker-031",),
)
