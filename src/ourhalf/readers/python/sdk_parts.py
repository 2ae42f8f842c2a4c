"""Objects of the SageMaker SDK that are only part of a request, and the fields that their arguments are."""

from __future__ import annotations

from ourhalf.readers.python.sdk_tables import VPC, Kind, kind_of

PARTS: dict[str, Kind] = {
    "NetworkConfig": kind_of(
        {
            "enable_network_isolation": "EnableNetworkIsolation",
            "security_group_ids": VPC["security_group_ids"],
            "subnets": VPC["subnets"],
            "encrypt_inter_container_traffic": "EnableInterContainerTrafficEncryption",
        },
        positional="enable_network_isolation security_group_ids subnets encrypt_inter_container_traffic",
        EnableNetworkIsolation=False,
    ),
    "DataCaptureConfig": kind_of(
        {
            "enable_capture": "EnableCapture",
            "sampling_percentage": "InitialSamplingPercentage",
            "destination_s3_uri": "DestinationS3Uri",
            "kms_key_id": "KmsKeyId",
        },
        positional="enable_capture sampling_percentage destination_s3_uri kms_key_id",
        InitialSamplingPercentage=20,
    ),
    "DebuggerHookConfig": kind_of(
        {"s3_output_path": "S3OutputPath", "container_local_output_path": "LocalPath"}, positional="s3_output_path"
    ),
    "TensorBoardOutputConfig": kind_of(
        {
            "s3_output_path": "S3OutputPath",
            "container_local_output_path": "LocalPath",
            "local_path": "LocalPath",
        },
        positional="s3_output_path",
    ),
    "ProfilerConfig": kind_of(
        {"s3_output_path": "S3OutputPath", "disable_profiler": "DisableProfiler"},
        positional="s3_output_path",
        DisableProfiler=False,
    ),
    "AsyncInferenceConfig": kind_of(
        {
            "output_path": "OutputConfig.S3OutputPath",
            "failure_path": "OutputConfig.S3FailurePath",
            "kms_key_id": "OutputConfig.KmsKeyId",
            "max_concurrent_invocations_per_instance": "ClientConfig.MaxConcurrentInvocationsPerInstance",
        },
        positional="output_path max_concurrent_invocations_per_instance kms_key_id",
    ),
    "ServerlessInferenceConfig": kind_of(
        {
            "memory_size_in_mb": "MemorySizeInMB",
            "max_concurrency": "MaxConcurrency",
            "provisioned_concurrency": "ProvisionedConcurrency",
        },
        positional="memory_size_in_mb max_concurrency",
        MemorySizeInMB=2048,
        MaxConcurrency=5,
    ),
    "TrainingInput": kind_of(
        {
            "s3_data": "DataSource.S3DataSource.S3Uri",
            "s3_data_type": "DataSource.S3DataSource.S3DataType",
            "content_type": "ContentType",
            "input_mode": "InputMode",
        },
        positional="s3_data",
    ),
    "FileSystemInput": kind_of(
        {
            "file_system_id": "DataSource.FileSystemDataSource.FileSystemId",
            "file_system_type": "DataSource.FileSystemDataSource.FileSystemType",
            "directory_path": "DataSource.FileSystemDataSource.DirectoryPath",
            "file_system_access_mode": "DataSource.FileSystemDataSource.FileSystemAccessMode",
        },
        positional="file_system_id file_system_type directory_path file_system_access_mode",
    ),
    "ProcessingInput": kind_of(
        {
            "source": "S3Input.S3Uri",
            "destination": "S3Input.LocalPath",
            "input_name": "InputName",
            "s3_input": "S3Input",
        },
        positional="source destination input_name",
    ),
    "ProcessingOutput": kind_of(
        {
            "destination": "S3Output.S3Uri",
            "source": "S3Output.LocalPath",
            "output_name": "OutputName",
            "s3_output": "S3Output",
        },
        positional="source destination output_name",
    ),
    "InstanceGroup": kind_of(
        {
            "instance_group_name": "InstanceGroupName",
            "instance_type": "InstanceType",
            "instance_count": "InstanceCount",
        },
        positional="instance_group_name instance_type instance_count",
    ),
    "InputData": kind_of({"channel_name": "ChannelName", "data_source": "DataSource.S3DataSource.S3Uri"}),
}
