"""Services that watch an account: GuardDuty, Inspector, Macie, Security Hub, Config, Detective."""

from typing import Annotated, Any

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Part, Resource

_GUARDDUTY = "https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html"
_CONFIG = "https://docs.aws.amazon.com/config/latest/APIReference/"


class FeatureAddOn(Part, frozen=True):
    """A part of a feature that is turned on by itself."""

    feature: Annotated[Field[str], At("Name")] = ABSENT
    status: Annotated[Field[str], At("Status")] = ABSENT


class DetectorFeature(Part, frozen=True):
    """What GuardDuty looks at."""

    feature: Annotated[Field[str], At("Name")] = ABSENT
    status: Annotated[Field[str], At("Status")] = ABSENT
    add_ons: Annotated[Many[FeatureAddOn], At("AdditionalConfiguration", default=())] = ABSENT


class GuardDutyDetector(Resource, frozen=True):
    """GuardDuty in one region, with its features folded in."""

    names = Names(
        api="guardduty:CreateDetector",
        cloudformation="AWS::GuardDuty::Detector",
        terraform="aws_guardduty_detector",
    )

    enabled: Annotated[Field[bool], At("Enable")] = ABSENT
    features: Annotated[Many[DetectorFeature], At("Features", terraform="", default=())] = ABSENT
    sources: Annotated[Field[Any], At("DataSources", terraform="datasources")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("Tags")] = ABSENT


class GuardDutyFeature(Resource, frozen=True):
    """A feature of a detector, set on its own."""

    names = Names(terraform="aws_guardduty_detector_feature")

    detector: Annotated[Field[Link], At("", terraform="detector_id")] = ABSENT
    feature: Annotated[Field[str], At("", terraform="name")] = ABSENT
    status: Annotated[Field[str], At("", terraform="status")] = ABSENT
    add_ons: Annotated[Many[FeatureAddOn], At("", terraform="additional_configuration", default=())] = ABSENT


class MalwareProtectionPlan(Resource, frozen=True):
    """A bucket whose new objects GuardDuty scans for malware."""

    names = Names(
        api="guardduty:CreateMalwareProtectionPlan",
        cloudformation="AWS::GuardDuty::MalwareProtectionPlan",
        terraform="aws_guardduty_malware_protection_plan",
    )

    bucket: Annotated[Field[Link], At("ProtectedResource.S3Bucket.BucketName")] = ABSENT
    role: Annotated[Field[Link], At("Role")] = ABSENT
    tags: Annotated[Field[Entries[str]], At("Tags")] = ABSENT


class DetectiveGraph(Resource, frozen=True):
    """Detective in one region."""

    names = Names(api="detective:CreateGraph", cloudformation="AWS::Detective::Graph", terraform="aws_detective_graph")

    tags: Annotated[Field[Entries[str]], At("Tags")] = ABSENT


class InspectorEnabler(Resource, frozen=True):
    """What Inspector scans in an account."""

    names = Names(api="inspector2:Enable", terraform="aws_inspector2_enabler")

    kinds: Annotated[Many[str], At("resourceTypes")] = ABSENT


class MacieSession(Resource, frozen=True):
    """Macie in one region."""

    names = Names(api="macie2:EnableMacie", cloudformation="AWS::Macie::Session", terraform="aws_macie2_account")

    status: Annotated[
        Field[str],
        At("status", default="ENABLED", source="https://docs.aws.amazon.com/macie/latest/APIReference/macie.html"),
    ] = ABSENT
    discovery: Annotated[Field[str], At("", cloudformation="AutomatedDiscoveryStatus", terraform="")] = ABSENT


class SecurityHubAccount(Resource, frozen=True):
    """Security Hub in one region."""

    names = Names(
        api="securityhub:EnableSecurityHub",
        cloudformation="AWS::SecurityHub::Hub",
        terraform="aws_securityhub_account",
    )

    default_standards: Annotated[Field[bool], At("EnableDefaultStandards")] = ABSENT


class SecurityHubStandard(Resource, frozen=True):
    """A standard by which Security Hub judges a region."""

    names = Names(
        cloudformation="AWS::SecurityHub::Standard",
        terraform="aws_securityhub_standards_subscription",
    )

    standard: Annotated[Field[Link], At("", cloudformation="StandardsArn", terraform="standards_arn")] = ABSENT


class ConfigRecorder(Resource, frozen=True):
    """What AWS Config records in one region."""

    names = Names(
        api="config:PutConfigurationRecorder",
        cloudformation="AWS::Config::ConfigurationRecorder",
        terraform="aws_config_configuration_recorder",
    )

    role: Annotated[
        Field[Link],
        At("ConfigurationRecorder.roleARN", cloudformation="RoleARN", terraform="role_arn"),
    ] = ABSENT
    all_supported: Annotated[
        Field[bool],
        At(
            "ConfigurationRecorder.recordingGroup.allSupported",
            cloudformation="RecordingGroup.AllSupported",
            terraform="recording_group.all_supported",
            default=True,
            source=_CONFIG + "API_RecordingGroup.html",
        ),
    ] = ABSENT
    global_resources: Annotated[
        Field[bool],
        At(
            "ConfigurationRecorder.recordingGroup.includeGlobalResourceTypes",
            cloudformation="RecordingGroup.IncludeGlobalResourceTypes",
            terraform="recording_group.include_global_resource_types",
        ),
    ] = ABSENT
    kinds: Annotated[
        Many[str],
        At(
            "ConfigurationRecorder.recordingGroup.resourceTypes",
            cloudformation="RecordingGroup.ResourceTypes",
            terraform="recording_group.resource_types",
        ),
    ] = ABSENT


class ConfigAggregator(Resource, frozen=True):
    """Where AWS Config joins what it records."""

    names = Names(
        api="config:PutConfigurationAggregator",
        cloudformation="AWS::Config::ConfigurationAggregator",
        terraform="aws_config_configuration_aggregator",
    )

    account_regions: Annotated[
        Field[bool],
        At(
            "AccountAggregationSources.AllAwsRegions",
            terraform="account_aggregation_source.all_regions",
        ),
    ] = ABSENT
    organization_regions: Annotated[
        Field[bool],
        At(
            "OrganizationAggregationSource.AllAwsRegions",
            terraform="organization_aggregation_source.all_regions",
        ),
    ] = ABSENT


class ConfigRule(Resource, frozen=True):
    """A rule by which AWS Config judges what it records; `identifier` names the managed rule that it is."""

    names = Names(
        api="config:PutConfigRule", cloudformation="AWS::Config::ConfigRule", terraform="aws_config_config_rule"
    )

    rule: Annotated[
        Field[str],
        At("ConfigRule.ConfigRuleName", cloudformation="ConfigRuleName", terraform="name", identifies=True),
    ] = ABSENT
    identifier: Annotated[
        Field[str],
        At(
            "ConfigRule.Source.SourceIdentifier",
            cloudformation="Source.SourceIdentifier",
            terraform="source.source_identifier",
        ),
    ] = ABSENT


class ConformancePack(Resource, frozen=True):
    """Rules of AWS Config that are deployed together."""

    names = Names(
        api="config:PutConformancePack",
        cloudformation="AWS::Config::ConformancePack",
        terraform="aws_config_conformance_pack",
    )

    pack: Annotated[Field[str], At("ConformancePackName", terraform="name", identifies=True)] = ABSENT
