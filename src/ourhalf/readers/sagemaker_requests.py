"""SageMaker requests and describe responses as JSON or YAML, such as `aws ... --cli-input-json` takes."""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.model.evidence import Evidence
from ourhalf.model.resource import Dialect, Language, Resource
from ourhalf.readers.holders import held
from ourhalf.readers.node import Node
from ourhalf.readers.reader import DocumentReader, Files
from ourhalf.readers.requests import request_resource
from ourhalf.readers.sagemaker_pipelines import is_definition, resources_of_pipeline

# What tells one request from another: an operation, and keys that it has together. The first that
# matches names the operation, so that a description that repeats the fields of another resource
# (an endpoint's those of its configuration) comes before it.
_SHAPES: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (operation, frozenset(keys.split()))
    for operation, keys in (
        ("CreateHyperParameterTuningJob", "HyperParameterTuningJobConfig HyperParameterTuningJobName"),
        ("CreateTrainingJob", "TrainingJobName AlgorithmSpecification"),
        ("CreateTrainingJob", "TrainingJobName ServerlessJobConfig"),
        ("CreateTrainingJob", "AlgorithmSpecification ResourceConfig OutputDataConfig"),
        ("CreateProcessingJob", "ProcessingResources AppSpecification"),
        ("CreateTransformJob", "TransformResources TransformInput"),
        ("CreateAutoMLJobV2", "AutoMLJobName AutoMLProblemTypeConfig"),
        ("CreateAutoMLJob", "AutoMLJobName InputDataConfig"),
        ("CreateCompilationJob", "CompilationJobName OutputConfig"),
        ("CreateLabelingJob", "LabelingJobName HumanTaskConfig"),
        ("CreateOptimizationJob", "OptimizationJobName OptimizationConfigs"),
        ("CreateInferenceComponent", "InferenceComponentName EndpointName"),
        ("CreateInferenceExperiment", "ShadowModeConfig ModelVariants"),
        ("CreateEndpoint", "EndpointName EndpointConfigName"),
        ("CreateEndpointConfig", "EndpointConfigName ProductionVariants"),
        ("CreateModel", "ModelName PrimaryContainer"),
        ("CreateModel", "ModelName Containers"),
        ("CreateModel", "ModelName ExecutionRoleArn"),
        ("CreateNotebookInstance", "NotebookInstanceName RoleArn"),
        ("CreateNotebookInstanceLifecycleConfig", "NotebookInstanceLifecycleConfigName OnCreate"),
        ("CreateNotebookInstanceLifecycleConfig", "NotebookInstanceLifecycleConfigName OnStart"),
        ("CreateStudioLifecycleConfig", "StudioLifecycleConfigName StudioLifecycleConfigContent"),
        ("CreateDomain", "DomainName AuthMode"),
        ("CreateApp", "AppName AppType DomainId"),
        ("CreateSpace", "SpaceName DomainId"),
        ("CreateUserProfile", "UserProfileName DomainId"),
        ("CreateCluster", "ClusterName InstanceGroups"),
        ("CreateCluster", "ClusterName RestrictedInstanceGroups"),
        ("CreatePipeline", "PipelineName PipelineDefinition"),
        ("CreateModelPackage", "InferenceSpecification ModelPackageGroupName"),
        ("CreateModelPackage", "InferenceSpecification ModelPackageName"),
        ("CreateModelPackage", "ModelApprovalStatus ModelPackageGroupName"),
        ("CreateModelPackageGroup", "ModelPackageGroupName ModelPackageGroupDescription"),
        ("CreateModelCard", "ModelCardName ModelCardStatus"),
        ("CreateFeatureGroup", "FeatureGroupName FeatureDefinitions"),
        ("CreateMonitoringSchedule", "MonitoringScheduleName MonitoringScheduleConfig"),
        ("CreateDataQualityJobDefinition", "JobDefinitionName DataQualityJobInput"),
        ("CreateModelQualityJobDefinition", "JobDefinitionName ModelQualityJobInput"),
        ("CreateModelBiasJobDefinition", "JobDefinitionName ModelBiasJobInput"),
        ("CreateModelExplainabilityJobDefinition", "JobDefinitionName ModelExplainabilityJobInput"),
        ("CreateFlowDefinition", "FlowDefinitionName OutputConfig"),
        ("CreateImageVersion", "ImageName BaseImage"),
        ("CreateImage", "ImageName RoleArn"),
        ("CreateAppImageConfig", "AppImageConfigName KernelGatewayImageConfig"),
        ("CreateAppImageConfig", "AppImageConfigName JupyterLabAppImageConfig"),
        ("CreateCodeRepository", "CodeRepositoryName GitConfig"),
        ("CreateMlflowTrackingServer", "TrackingServerName ArtifactStoreUri"),
        ("CreatePartnerApp", "ExecutionRoleArn AuthType Tier"),
    )
)
_KEYS = frozenset(key for _, keys in _SHAPES for key in keys) | {"Steps"}
_OPERATIONS = frozenset(operation for operation, _ in _SHAPES)


def operation_of(request: Node) -> str | None:
    """The operation that a request is for, by the fields that it has; None where none fits."""
    value = request.value
    if not isinstance(value, dict) or _KEYS.isdisjoint(value):
        return None
    present = {key for key, child in value.items() if child.value is not None}
    return next((operation for operation, keys in _SHAPES if keys <= present), None)


def _requests(document: Node) -> Iterator[tuple[str, Node]]:
    """Operations and requests in a document: itself, in a list, or under the operation's name."""
    operation = operation_of(document)
    if operation is not None:
        yield operation, document
        return
    for child in document.list():
        if (operation := operation_of(child)) is not None:
            yield operation, child
    for key, child in document.items():
        if key in _OPERATIONS:
            for request in child.value if isinstance(child.value, list) else (child,):
                yield key, request


def _wants(document: Node) -> bool:
    value = document.value
    if isinstance(value, dict):
        if not _KEYS.isdisjoint(value):
            return operation_of(document) is not None or is_definition(document)
        return not _OPERATIONS.isdisjoint(value)
    return isinstance(value, list) and any(operation_of(child) is not None for child in value)


def _read(document: Node, files: Files) -> Evidence:
    language = Language.JSON if document.path.endswith(".json") else Language.YAML
    if operation_of(document) is None and is_definition(document):
        return Evidence(resources_of_pipeline(document, language, document.path))
    found: list[Resource] = []
    for operation, request in _requests(document):
        name = f"sagemaker:{operation}"
        resource = request_resource(name, request, language)
        if resource is not None:
            found.append(resource)
        found.extend(held(name, request, Dialect.API, language, document.path))
    return Evidence(tuple(found))


REQUESTS = DocumentReader("sagemaker-requests", _wants, _read, precedence=60)
