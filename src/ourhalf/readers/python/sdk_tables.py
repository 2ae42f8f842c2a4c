"""The classes of the SageMaker Python SDK, versions 2 and 3: which argument is which field of a request.

A path that begins with `*` names a table of `SPREAD`: an object whose own arguments lie at several
places of the request. Arguments that are not listed reach no request.
"""

from __future__ import annotations

from types import MappingProxyType

import msgspec

VPC = {"subnets": "VpcConfig.Subnets", "security_group_ids": "VpcConfig.SecurityGroupIds", "vpc_config": "VpcConfig"}


class Kind(msgspec.Struct, frozen=True):
    """What a class stands for.

    `operation` is the request that it makes, without the service; empty for an object that is only
    part of one. `positional` are its first arguments in order. `defaults` are what the SDK sends
    where nothing else is said, by path.
    """

    arguments: MappingProxyType[str, str]
    operation: str = ""
    positional: tuple[str, ...] = ()
    defaults: MappingProxyType[str, object] = MappingProxyType({})


def kind_of(arguments: dict[str, str], operation: str = "", positional: str = "", **defaults: object) -> Kind:
    """A row of the tables; `__` in the name of a default stands for a dot."""
    spelled = {key.replace("__", "."): value for key, value in defaults.items()}
    return Kind(MappingProxyType(arguments), operation, tuple(positional.split()), MappingProxyType(spelled))


_TRAINING = {
    "role": "RoleArn",
    "image_uri": "AlgorithmSpecification.TrainingImage",
    "image_name": "AlgorithmSpecification.TrainingImage",
    "algorithm_arn": "AlgorithmSpecification.AlgorithmName",
    "input_mode": "AlgorithmSpecification.TrainingInputMode",
    "container_entry_point": "AlgorithmSpecification.ContainerEntrypoint",
    "container_arguments": "AlgorithmSpecification.ContainerArguments",
    "training_repository_access_mode": "AlgorithmSpecification.TrainingImageConfig.TrainingRepositoryAccessMode",
    "metric_definitions": "AlgorithmSpecification.MetricDefinitions",
    "instance_count": "ResourceConfig.InstanceCount",
    "train_instance_count": "ResourceConfig.InstanceCount",
    "instance_type": "ResourceConfig.InstanceType",
    "train_instance_type": "ResourceConfig.InstanceType",
    "instance_groups": "ResourceConfig.InstanceGroups",
    "keep_alive_period_in_seconds": "ResourceConfig.KeepAlivePeriodInSeconds",
    "volume_size": "ResourceConfig.VolumeSizeInGB",
    "train_volume_size": "ResourceConfig.VolumeSizeInGB",
    "volume_kms_key": "ResourceConfig.VolumeKmsKeyId",
    "train_volume_kms_key": "ResourceConfig.VolumeKmsKeyId",
    "training_plan": "ResourceConfig.TrainingPlanArn",
    "max_run": "StoppingCondition.MaxRuntimeInSeconds",
    "train_max_run": "StoppingCondition.MaxRuntimeInSeconds",
    "max_wait": "StoppingCondition.MaxWaitTimeInSeconds",
    "output_path": "OutputDataConfig.S3OutputPath",
    "output_kms_key": "OutputDataConfig.KmsKeyId",
    "subnets": VPC["subnets"],
    "security_group_ids": VPC["security_group_ids"],
    "encrypt_inter_container_traffic": "EnableInterContainerTrafficEncryption",
    "enable_network_isolation": "EnableNetworkIsolation",
    "use_spot_instances": "EnableManagedSpotTraining",
    "train_use_spot_instances": "EnableManagedSpotTraining",
    "checkpoint_s3_uri": "CheckpointConfig.S3Uri",
    "checkpoint_local_path": "CheckpointConfig.LocalPath",
    "debugger_hook_config": "DebugHookConfig",
    "tensorboard_output_config": "TensorBoardOutputConfig",
    "profiler_config": "ProfilerConfig",
    "disable_profiler": "ProfilerConfig.DisableProfiler",
    "enable_remote_debug": "RemoteDebugConfig.EnableRemoteDebug",
    "enable_session_tag_chaining": "SessionChainingConfig.EnableSessionTagChaining",
    "max_retry_attempts": "RetryStrategy.MaximumRetryAttempts",
    "environment": "Environment",
    "hyperparameters": "HyperParameters",
    "tags": "Tags",
}


def _estimator(positional: str) -> Kind:
    return kind_of(
        _TRAINING,
        "CreateTrainingJob",
        positional,
        ResourceConfig__VolumeSizeInGB=30,
        StoppingCondition__MaxRuntimeInSeconds=86400,
        AlgorithmSpecification__TrainingInputMode="File",
        EnableNetworkIsolation=False,
    )


_TRAINER = kind_of(
    {
        "role": "RoleArn",
        "training_image": "AlgorithmSpecification.TrainingImage",
        "training_image_config": "AlgorithmSpecification.TrainingImageConfig",
        "algorithm_name": "AlgorithmSpecification.AlgorithmName",
        "training_input_mode": "AlgorithmSpecification.TrainingInputMode",
        "compute": "*compute",
        "networking": "*networking",
        "stopping_condition": "StoppingCondition",
        "output_data_config": "OutputDataConfig",
        "input_data_config": "InputDataConfig",
        "checkpoint_config": "CheckpointConfig",
        "environment": "Environment",
        "hyperparameters": "HyperParameters",
        "tags": "Tags",
    },
    "CreateTrainingJob",
    ResourceConfig__InstanceType="ml.m5.xlarge",
    ResourceConfig__InstanceCount=1,
    ResourceConfig__VolumeSizeInGB=30,
    StoppingCondition__MaxRuntimeInSeconds=3600,
    AlgorithmSpecification__TrainingInputMode="File",
)

SPREAD = {
    "compute": {
        "instance_type": "ResourceConfig.InstanceType",
        "instance_count": "ResourceConfig.InstanceCount",
        "instance_groups": "ResourceConfig.InstanceGroups",
        "volume_size_in_gb": "ResourceConfig.VolumeSizeInGB",
        "volume_kms_key_id": "ResourceConfig.VolumeKmsKeyId",
        "keep_alive_period_in_seconds": "ResourceConfig.KeepAlivePeriodInSeconds",
        "enable_managed_spot_training": "EnableManagedSpotTraining",
    },
    "networking": {
        "subnets": VPC["subnets"],
        "security_group_ids": VPC["security_group_ids"],
        "enable_network_isolation": "EnableNetworkIsolation",
        "enable_inter_container_traffic_encryption": "EnableInterContainerTrafficEncryption",
    },
    "network": {
        "subnets": VPC["subnets"],
        "security_group_ids": VPC["security_group_ids"],
        "vpc_config": "VpcConfig",
        "enable_network_isolation": "EnableNetworkIsolation",
    },
}

_MODEL = {
    "role": "ExecutionRoleArn",
    "name": "ModelName",
    "image_uri": "PrimaryContainer.Image",
    "image": "PrimaryContainer.Image",
    "model_data": "PrimaryContainer.ModelDataUrl",
    "model_package_arn": "PrimaryContainer.ModelPackageName",
    "image_config": "PrimaryContainer.ImageConfig",
    "env": "PrimaryContainer.Environment",
    "vpc_config": "VpcConfig",
    "enable_network_isolation": "EnableNetworkIsolation",
    "tags": "Tags",
}
_MANY_MODELS = {**_MODEL, "model_data_prefix": "PrimaryContainer.ModelDataUrl"}
_BUILDER = {
    "role_arn": "ExecutionRoleArn",
    "model_name": "ModelName",
    "image_uri": "PrimaryContainer.Image",
    "s3_model_data_url": "PrimaryContainer.ModelDataUrl",
    "image_config": "PrimaryContainer.ImageConfig",
    "env_vars": "PrimaryContainer.Environment",
    "vpc_config": "VpcConfig",
    "network": "*network",
    "tags": "Tags",
}

_PROCESSOR = {
    "role": "RoleArn",
    "image_uri": "AppSpecification.ImageUri",
    "entrypoint": "AppSpecification.ContainerEntrypoint",
    "command": "AppSpecification.ContainerEntrypoint",
    "instance_count": "ProcessingResources.ClusterConfig.InstanceCount",
    "instance_type": "ProcessingResources.ClusterConfig.InstanceType",
    "volume_size_in_gb": "ProcessingResources.ClusterConfig.VolumeSizeInGB",
    "volume_kms_key": "ProcessingResources.ClusterConfig.VolumeKmsKeyId",
    "output_kms_key": "ProcessingOutputConfig.KmsKeyId",
    "max_runtime_in_seconds": "StoppingCondition.MaxRuntimeInSeconds",
    "env": "Environment",
    "tags": "Tags",
    "network_config": "NetworkConfig",
}


def _processor(positional: str) -> Kind:
    return kind_of(
        _PROCESSOR,
        "CreateProcessingJob",
        positional,
        ProcessingResources__ClusterConfig__VolumeSizeInGB=30,
    )


def _monitor(watches: str) -> Kind:
    cluster = "JobResources.ClusterConfig."
    return kind_of(
        {
            "role": "RoleArn",
            "instance_count": f"{cluster}InstanceCount",
            "instance_type": f"{cluster}InstanceType",
            "volume_size_in_gb": f"{cluster}VolumeSizeInGB",
            "volume_kms_key": f"{cluster}VolumeKmsKeyId",
            "output_kms_key": f"{watches}JobOutputConfig.KmsKeyId",
            "max_runtime_in_seconds": "StoppingCondition.MaxRuntimeInSeconds",
            "env": f"{watches}AppSpecification.Environment",
            "tags": "Tags",
            "network_config": "NetworkConfig",
        },
        f"Create{watches}JobDefinition",
        "role instance_count instance_type volume_size_in_gb volume_kms_key output_kms_key max_runtime_in_seconds",
        JobResources__ClusterConfig__InstanceCount=1,
        JobResources__ClusterConfig__InstanceType="ml.m5.xlarge",
        JobResources__ClusterConfig__VolumeSizeInGB=30,
    )


_TRANSFORMER = kind_of(
    {
        "model_name": "ModelName",
        "instance_count": "TransformResources.InstanceCount",
        "instance_type": "TransformResources.InstanceType",
        "volume_kms_key": "TransformResources.VolumeKmsKeyId",
        "output_path": "TransformOutput.S3OutputPath",
        "output_kms_key": "TransformOutput.KmsKeyId",
        "accept": "TransformOutput.Accept",
        "env": "Environment",
        "tags": "Tags",
    },
    "CreateTransformJob",
    "model_name instance_count instance_type strategy assemble_with output_path output_kms_key accept",
)

_TUNER = kind_of(
    {
        "max_jobs": "HyperParameterTuningJobConfig.ResourceLimits.MaxNumberOfTrainingJobs",
        "max_parallel_jobs": "HyperParameterTuningJobConfig.ResourceLimits.MaxParallelTrainingJobs",
        "strategy": "HyperParameterTuningJobConfig.Strategy",
        "tags": "Tags",
    },
    "CreateHyperParameterTuningJob",
    "estimator objective_metric_name hyperparameter_ranges metric_definitions strategy",
)

_PIPELINE = kind_of({"name": "PipelineName", "role": "RoleArn"}, "CreatePipeline", "name")

_REMOTE = kind_of(
    {
        **{key: path for key, path in _TRAINING.items() if key not in ("environment", "hyperparameters")},
        "environment_variables": "Environment",
        "max_runtime_in_seconds": "StoppingCondition.MaxRuntimeInSeconds",
        "max_wait_time_in_seconds": "StoppingCondition.MaxWaitTimeInSeconds",
        "s3_kms_key": "OutputDataConfig.KmsKeyId",
        "s3_root_uri": "OutputDataConfig.S3OutputPath",
        "vpc_config": "VpcConfig",
        "instance_count": "ResourceConfig.InstanceCount",
    },
    "CreateTrainingJob",
    ResourceConfig__InstanceCount=1,
    ResourceConfig__VolumeSizeInGB=30,
    StoppingCondition__MaxRuntimeInSeconds=86400,
)

_BASE = "role instance_count instance_type keep_alive_period_in_seconds volume_size volume_kms_key max_run input_mode"
_AMAZON = "KMeans PCA LinearLearner FactorizationMachines LDA NTM RandomCutForest KNN Object2Vec IPInsights"
_ENTRY = "entry_point framework_version py_version source_dir hyperparameters image_uri"
_MODEL_FIRST = "model_data role entry_point framework_version py_version image_uri"

KINDS: dict[str, Kind] = {
    "Estimator": _estimator(f"image_uri {_BASE} output_path output_kms_key"),
    "EstimatorBase": _estimator(_BASE),
    "Framework": _estimator("entry_point source_dir hyperparameters"),
    "PyTorch": _estimator(_ENTRY),
    "TensorFlow": _estimator("py_version framework_version model_dir image_uri"),
    "HuggingFace": _estimator("py_version entry_point"),
    "XGBoost": _estimator("entry_point framework_version source_dir hyperparameters py_version image_uri"),
    "SKLearn": _estimator("entry_point framework_version py_version source_dir hyperparameters image_uri"),
    "MXNet": _estimator(_ENTRY),
    "Chainer": _estimator("entry_point"),
    "RLEstimator": _estimator("entry_point"),
    "JumpStartEstimator": _estimator("model_id model_version"),
    "AlgorithmEstimator": _estimator("algorithm_arn role instance_count instance_type volume_size volume_kms_key"),
    **{name: _estimator("role instance_count instance_type") for name in _AMAZON.split()},
    "LDA": _estimator("role instance_type"),
    "ModelTrainer": _TRAINER,
    "remote": _REMOTE,
    "RemoteExecutor": _REMOTE,
    "step": _REMOTE,
    "Model": kind_of(_MODEL, "CreateModel", "image_uri model_data role predictor_cls env name vpc_config"),
    "FrameworkModel": kind_of(_MODEL, "CreateModel", "model_data image_uri role entry_point"),
    "PyTorchModel": kind_of(_MODEL, "CreateModel", _MODEL_FIRST),
    "TensorFlowModel": kind_of(_MODEL, "CreateModel", "model_data role entry_point image_uri framework_version"),
    "HuggingFaceModel": kind_of(_MODEL, "CreateModel", "role model_data entry_point transformers_version"),
    "XGBoostModel": kind_of(_MODEL, "CreateModel", "model_data role entry_point framework_version image_uri"),
    "SKLearnModel": kind_of(
        _MODEL, "CreateModel", "model_data role entry_point framework_version py_version image_uri"
    ),
    "MXNetModel": kind_of(_MODEL, "CreateModel", _MODEL_FIRST),
    "ChainerModel": kind_of(_MODEL, "CreateModel", "model_data role entry_point image_uri"),
    "SparkMLModel": kind_of(_MODEL, "CreateModel", "model_data role"),
    "DJLModel": kind_of(_MODEL, "CreateModel", "model_id engine"),
    "JumpStartModel": kind_of(_MODEL, "CreateModel", "model_id model_version"),
    "ModelPackage": kind_of(_MODEL, "CreateModel", "role model_data algorithm_arn model_package_arn"),
    **{f"{name}Model": kind_of(_MODEL, "CreateModel", "model_data role") for name in _AMAZON.split()},
    "MultiDataModel": kind_of(_MANY_MODELS, "CreateModel", "name model_data_prefix model image_uri role"),
    "PipelineModel": kind_of(_MODEL, "CreateModel", "models role predictor_cls name vpc_config"),
    "ModelBuilder": kind_of(_BUILDER, "CreateModel", "model"),
    "Processor": _processor("role image_uri instance_count instance_type entrypoint volume_size_in_gb volume_kms_key"),
    "ScriptProcessor": _processor("role image_uri command instance_count instance_type"),
    "FrameworkProcessor": _processor("estimator_cls framework_version role instance_count instance_type"),
    "SKLearnProcessor": _processor("framework_version role instance_count instance_type"),
    "PyTorchProcessor": _processor("framework_version role instance_count instance_type"),
    "TensorFlowProcessor": _processor("framework_version role instance_count instance_type"),
    "XGBoostProcessor": _processor("framework_version role instance_count instance_type"),
    "MXNetProcessor": _processor("framework_version role instance_count instance_type"),
    "HuggingFaceProcessor": _processor("role instance_count instance_type transformers_version"),
    "PySparkProcessor": _processor("role instance_type instance_count framework_version"),
    "SparkJarProcessor": _processor("role instance_type instance_count framework_version"),
    "SageMakerClarifyProcessor": _processor("role instance_count instance_type volume_size_in_gb volume_kms_key"),
    "Transformer": _TRANSFORMER,
    "HyperparameterTuner": _TUNER,
    "Pipeline": _PIPELINE,
    "DefaultModelMonitor": _monitor("DataQuality"),
    "ModelQualityMonitor": _monitor("ModelQuality"),
    "ModelBiasMonitor": _monitor("ModelBias"),
    "ModelExplainabilityMonitor": _monitor("ModelExplainability"),
}

ELSEWHERE = {
    "sagemaker.core.processing.FrameworkProcessor": _processor("image_uri role instance_count instance_type command"),
    "sagemaker.tensorflow.serving.Model": KINDS["TensorFlowModel"],
}
"""Classes that share their name with another of other arguments, by their full name."""

DEPLOY = {
    "initial_instance_count": "InitialInstanceCount",
    "instance_type": "InstanceType",
    "accelerator_type": "AcceleratorType",
    "volume_size": "VolumeSizeInGB",
    "inference_ami_version": "InferenceAmiVersion",
    "container_startup_health_check_timeout": "ContainerStartupHealthCheckTimeoutInSeconds",
    "managed_instance_scaling": "ManagedInstanceScaling",
    "serverless_inference_config": "ServerlessConfig",
}
"""Arguments of `deploy` that belong to the variant of the endpoint configuration."""

CONFIGURE = {
    "endpoint_name": "EndpointConfigName",
    "endpoint_config_name": "EndpointConfigName",
    "kms_key": "KmsKeyId",
    "data_capture_config": "DataCaptureConfig",
    "async_inference_config": "AsyncInferenceConfig",
    "tags": "Tags",
}
"""Arguments of `deploy` that belong to the endpoint configuration itself."""

METHODS: dict[str, tuple[str, ...]] = {
    "deploy": ("initial_instance_count", "instance_type"),
    "fit": ("inputs",),
    "train": ("input_data_config",),
    "tune": ("inputs",),
    "run": (),
    "transform": ("data",),
    "transformer": ("instance_count", "instance_type", "strategy", "assemble_with", "output_path", "output_kms_key"),
    "register": ("content_types", "response_types"),
    "create": ("instance_type",),
    "build": (),
    "optimize": ("output_path", "instance_type"),
    "set_deployment_config": ("config_name", "instance_type"),
    "upsert": ("role_arn",),
    "create_monitoring_schedule": ("endpoint_input",),
    "suggest_baseline": ("baseline_dataset",),
}
"""Methods that make or change a request, with their first arguments in order."""

REGISTER = {
    "model_package_name": "ModelPackageName",
    "model_package_group_name": "ModelPackageGroupName",
    "approval_status": "ModelApprovalStatus",
    "description": "ModelPackageDescription",
    "skip_model_validation": "SkipModelValidation",
    "tags": "Tags",
}
