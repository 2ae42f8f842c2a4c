"""Amazon EC2: instances, and the templates and groups that launch them."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Part, Resource
from ourhalf.resources.compose import UserData

_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"
_METADATA = _API + "API_InstanceMetadataOptionsRequest.html"


class InstanceInterface(Part, frozen=True):
    """A network interface that is made with an instance."""

    subnet: Annotated[Field[Link], At("SubnetId")] = ABSENT
    security_groups: Annotated[
        Many[Link], At("Groups", cloudformation="Groups|GroupSet", terraform="security_groups")
    ] = ABSENT
    public_address: Annotated[Field[bool], At("AssociatePublicIpAddress")] = ABSENT
    interface_type: Annotated[Field[str], At("InterfaceType")] = ABSENT
    device_index: Annotated[Field[int], At("DeviceIndex")] = ABSENT


class BlockDevice(Part, frozen=True):
    """A volume that is made with an instance."""

    device: Annotated[Field[str], At("DeviceName")] = ABSENT
    encrypted: Annotated[Field[bool], At("Ebs.Encrypted", terraform="ebs.encrypted|encrypted")] = ABSENT
    kms_key: Annotated[Field[Link], At("Ebs.KmsKeyId", terraform="ebs.kms_key_id|kms_key_id")] = ABSENT
    snapshot: Annotated[Field[Link], At("Ebs.SnapshotId", terraform="ebs.snapshot_id|snapshot_id")] = ABSENT
    size: Annotated[Field[int], At("Ebs.VolumeSize", terraform="ebs.volume_size|volume_size")] = ABSENT
    virtual_name: Annotated[Field[str], At("VirtualName")] = ABSENT
    no_device: Annotated[Field[str], At("NoDevice")] = ABSENT


class InstanceSettings(Resource, frozen=True):
    """What an instance is launched with, wherever that is written."""

    image_id: Field[str] = ABSENT
    instance_type: Field[str] = ABSENT
    key_name: Field[Link] = ABSENT
    profile: Field[Link] = ABSENT
    security_groups: Many[Link] = ABSENT
    public_address: Field[bool] = ABSENT
    interfaces: Many[InstanceInterface] = ABSENT
    monitoring: Field[bool] = ABSENT
    http_tokens: Field[str] = ABSENT
    http_hop_limit: Field[int] = ABSENT
    http_endpoint: Field[str] = ABSENT
    block_devices: Many[BlockDevice] = ABSENT
    root_device: Field[BlockDevice] = ABSENT
    user_data: Field[UserData] = ABSENT


class Ec2Instance(InstanceSettings, frozen=True):
    """An instance."""

    names = Names(
        api="ec2:RunInstances",
        cloudformation="AWS::EC2::Instance",
        terraform="aws_instance|aws_spot_instance_request",
    )

    tags: Annotated[Field[Entries[str]], At("TagSpecifications.Tags|Tags", cloudformation="Tags", terraform="tags")] = (
        ABSENT
    )
    image_id: Annotated[Field[str], At("ImageId", terraform="ami")] = ABSENT
    instance_type: Annotated[Field[str], At("InstanceType")] = ABSENT
    key_name: Annotated[Field[Link], At("KeyName")] = ABSENT
    profile: Annotated[
        Field[Link],
        At(
            "IamInstanceProfile.Arn|IamInstanceProfile.Name",
            cloudformation="IamInstanceProfile",
            terraform="iam_instance_profile",
        ),
    ] = ABSENT
    subnet: Annotated[Field[Link], At("SubnetId")] = ABSENT
    security_groups: Annotated[
        Many[Link], At("SecurityGroupIds|SecurityGroups", terraform="vpc_security_group_ids|security_groups")
    ] = ABSENT
    public_address: Annotated[Field[bool], At("", cloudformation="", terraform="associate_public_ip_address")] = ABSENT
    interfaces: Annotated[Many[InstanceInterface], At("NetworkInterfaces", terraform="network_interface")] = ABSENT
    monitoring: Annotated[
        Field[bool],
        At(
            "Monitoring.Enabled",
            cloudformation="Monitoring",
            terraform="monitoring",
            default=False,
            source=_API + "API_RunInstancesMonitoringEnabled.html",
        ),
    ] = ABSENT
    http_tokens: Annotated[Field[str], At("MetadataOptions.HttpTokens")] = ABSENT
    http_hop_limit: Annotated[Field[int], At("MetadataOptions.HttpPutResponseHopLimit")] = ABSENT
    http_endpoint: Annotated[Field[str], At("MetadataOptions.HttpEndpoint", default="enabled", source=_METADATA)] = (
        ABSENT
    )
    block_devices: Annotated[Many[BlockDevice], At("BlockDeviceMappings", terraform="ebs_block_device")] = ABSENT
    root_device: Annotated[Field[BlockDevice], At("", cloudformation="", terraform="root_block_device")] = ABSENT
    user_data: Annotated[
        Field[UserData], At("UserData", terraform="user_data|user_data_base64", format="user_data")
    ] = ABSENT
    launch_template: Annotated[
        Field[Link],
        At(
            "LaunchTemplate.LaunchTemplateId|LaunchTemplate.LaunchTemplateName",
            terraform="launch_template.id|launch_template.name",
        ),
    ] = ABSENT


class LaunchTemplate(InstanceSettings, frozen=True):
    """What instances are launched with."""

    names = Names(
        api="ec2:CreateLaunchTemplate",
        cloudformation="AWS::EC2::LaunchTemplate",
        terraform="aws_launch_template",
    )

    tags: Annotated[
        Field[Entries[str]],
        At("TagSpecifications.Tags", cloudformation="TagSpecifications.Tags", terraform="tags"),
    ] = ABSENT
    template_name: Annotated[Field[str], At("LaunchTemplateName", terraform="name", identifies=True)] = ABSENT
    image_id: Annotated[Field[str], At("LaunchTemplateData.ImageId", terraform="image_id")] = ABSENT
    instance_type: Annotated[Field[str], At("LaunchTemplateData.InstanceType", terraform="instance_type")] = ABSENT
    key_name: Annotated[Field[Link], At("LaunchTemplateData.KeyName", terraform="key_name")] = ABSENT
    profile: Annotated[
        Field[Link],
        At(
            "LaunchTemplateData.IamInstanceProfile.Arn|LaunchTemplateData.IamInstanceProfile.Name",
            terraform="iam_instance_profile.arn|iam_instance_profile.name",
        ),
    ] = ABSENT
    security_groups: Annotated[
        Many[Link],
        At(
            "LaunchTemplateData.SecurityGroupIds|LaunchTemplateData.SecurityGroups",
            terraform="vpc_security_group_ids|security_group_names",
        ),
    ] = ABSENT
    interfaces: Annotated[
        Many[InstanceInterface], At("LaunchTemplateData.NetworkInterfaces", terraform="network_interfaces")
    ] = ABSENT
    monitoring: Annotated[
        Field[bool],
        At(
            "LaunchTemplateData.Monitoring.Enabled",
            terraform="monitoring.enabled",
            default=False,
            source=_API + "API_RunInstancesMonitoringEnabled.html",
        ),
    ] = ABSENT
    http_tokens: Annotated[
        Field[str], At("LaunchTemplateData.MetadataOptions.HttpTokens", terraform="metadata_options.http_tokens")
    ] = ABSENT
    http_hop_limit: Annotated[
        Field[int],
        At(
            "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit",
            terraform="metadata_options.http_put_response_hop_limit",
        ),
    ] = ABSENT
    http_endpoint: Annotated[
        Field[str],
        At(
            "LaunchTemplateData.MetadataOptions.HttpEndpoint",
            terraform="metadata_options.http_endpoint",
            default="enabled",
            source=_METADATA,
        ),
    ] = ABSENT
    block_devices: Annotated[
        Many[BlockDevice], At("LaunchTemplateData.BlockDeviceMappings", terraform="block_device_mappings")
    ] = ABSENT
    user_data: Annotated[
        Field[UserData],
        At("LaunchTemplateData.UserData", terraform="user_data", format="user_data"),
    ] = ABSENT


class LaunchConfiguration(InstanceSettings, frozen=True):
    """What instances of a group were launched with before launch templates."""

    names = Names(
        api="autoscaling:CreateLaunchConfiguration",
        cloudformation="AWS::AutoScaling::LaunchConfiguration",
        terraform="aws_launch_configuration",
    )

    configuration_name: Annotated[Field[str], At("LaunchConfigurationName", terraform="name", identifies=True)] = ABSENT
    image_id: Annotated[Field[str], At("ImageId")] = ABSENT
    instance_type: Annotated[Field[str], At("InstanceType")] = ABSENT
    key_name: Annotated[Field[Link], At("KeyName")] = ABSENT
    profile: Annotated[Field[Link], At("IamInstanceProfile")] = ABSENT
    security_groups: Annotated[Many[Link], At("SecurityGroups")] = ABSENT
    public_address: Annotated[Field[bool], At("AssociatePublicIpAddress")] = ABSENT
    monitoring: Annotated[
        Field[bool],
        At(
            "InstanceMonitoring.Enabled",
            cloudformation="InstanceMonitoring",
            terraform="enable_monitoring",
            default=True,
            source="https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateLaunchConfiguration.html",
        ),
    ] = ABSENT
    http_tokens: Annotated[Field[str], At("MetadataOptions.HttpTokens")] = ABSENT
    http_hop_limit: Annotated[Field[int], At("MetadataOptions.HttpPutResponseHopLimit")] = ABSENT
    http_endpoint: Annotated[Field[str], At("MetadataOptions.HttpEndpoint", default="enabled", source=_METADATA)] = (
        ABSENT
    )
    block_devices: Annotated[Many[BlockDevice], At("BlockDeviceMappings", terraform="ebs_block_device")] = ABSENT
    root_device: Annotated[Field[BlockDevice], At("", cloudformation="", terraform="root_block_device")] = ABSENT
    user_data: Annotated[
        Field[UserData], At("UserData", terraform="user_data|user_data_base64", format="user_data")
    ] = ABSENT


class AutoScalingGroup(Resource, frozen=True):
    """A group of instances that grows and shrinks."""

    names = Names(
        api="autoscaling:CreateAutoScalingGroup",
        cloudformation="AWS::AutoScaling::AutoScalingGroup",
        terraform="aws_autoscaling_group",
    )

    tags: Annotated[Field[Entries[str]], At("Tags", terraform="tag|tags")] = ABSENT
    group_name: Annotated[Field[str], At("AutoScalingGroupName", terraform="name", identifies=True)] = ABSENT
    launch_template: Annotated[
        Field[Link],
        At(
            "LaunchTemplate.LaunchTemplateId|LaunchTemplate.LaunchTemplateName"
            "|MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId"
            "|MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateName",
            terraform="launch_template.id|launch_template.name"
            "|mixed_instances_policy.launch_template.launch_template_specification.launch_template_id"
            "|mixed_instances_policy.launch_template.launch_template_specification.launch_template_name",
        ),
    ] = ABSENT
    launch_configuration: Annotated[Field[Link], At("LaunchConfigurationName", terraform="launch_configuration")] = (
        ABSENT
    )
    subnets: Annotated[Many[Link], At("VPCZoneIdentifier", terraform="vpc_zone_identifier", format="comma_list")] = (
        ABSENT
    )
    zones: Annotated[Many[str], At("AvailabilityZones")] = ABSENT
    minimum: Annotated[Field[int], At("MinSize")] = ABSENT
    desired: Annotated[Field[int], At("DesiredCapacity")] = ABSENT
    scale_in_protection: Annotated[
        Field[bool], At("NewInstancesProtectedFromScaleIn", terraform="protect_from_scale_in", default=False)
    ] = ABSENT


class MetadataDefaults(Resource, frozen=True):
    """How an account's new instances in a region answer requests to their metadata service."""

    names = Names(api="ec2:ModifyInstanceMetadataDefaults", terraform="aws_ec2_instance_metadata_defaults")

    http_tokens: Annotated[Field[str], At("HttpTokens")] = ABSENT
    http_hop_limit: Annotated[Field[int], At("HttpPutResponseHopLimit")] = ABSENT
