"""AWS CloudTrail."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Entries, Field, Link, Many
from ourhalf.model.resource import At, Names, Part, Resource

_API = "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html"
_SELECTORS = "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html"


class DataResource(Part, frozen=True):
    """Objects whose data events are recorded."""

    kind: Annotated[Field[str], At("Type")] = ABSENT
    values: Annotated[Many[str], At("Values")] = ABSENT


class EventSelector(Part, frozen=True):
    """Which events a trail records."""

    read_write: Annotated[Field[str], At("ReadWriteType", default="All", source=_SELECTORS)] = ABSENT
    management: Annotated[Field[bool], At("IncludeManagementEvents", default=True, source=_SELECTORS)] = ABSENT
    data: Annotated[Many[DataResource], At("DataResources", terraform="data_resource", default=())] = ABSENT


class FieldSelector(Part, frozen=True):
    """A condition on one field of an event."""

    field: Annotated[Field[str], At("Field")] = ABSENT
    equal: Annotated[Many[str], At("Equals")] = ABSENT
    starts_with: Annotated[Many[str], At("StartsWith")] = ABSENT
    not_equal: Annotated[Many[str], At("NotEquals")] = ABSENT


class AdvancedSelector(Part, frozen=True):
    """Which events a trail records, by conditions that all hold."""

    fields: Annotated[Many[FieldSelector], At("FieldSelectors", terraform="field_selector")] = ABSENT


class CloudTrail(Resource, frozen=True):
    """A trail."""

    names = Names(
        api="cloudtrail:CreateTrail",
        cloudformation="AWS::CloudTrail::Trail",
        terraform="aws_cloudtrail",
        kubernetes="cloudtrail.services.k8s.aws/Trail",
    )

    trail: Annotated[
        Field[str],
        At("Name", cloudformation="TrailName", terraform="name", kubernetes="spec.name", identifies=True),
    ] = ABSENT
    bucket: Annotated[Field[Link], At("S3BucketName", kubernetes="spec.s3BucketName")] = ABSENT
    multi_region: Annotated[
        Field[bool],
        At("IsMultiRegionTrail", kubernetes="spec.isMultiRegionTrail", default=False, source=_API),
    ] = ABSENT
    logging: Annotated[Field[bool], At("", cloudformation="IsLogging", terraform="enable_logging")] = ABSENT
    validation: Annotated[
        Field[bool],
        At(
            "EnableLogFileValidation",
            kubernetes="spec.enableLogFileValidation",
            default=False,
            source=_API,
        ),
    ] = ABSENT
    kms_key: Annotated[Field[Link], At("KmsKeyId", cloudformation="KMSKeyId", kubernetes="spec.kmsKeyID")] = ABSENT
    log_group: Annotated[
        Field[Link],
        At(
            "CloudWatchLogsLogGroupArn",
            terraform="cloud_watch_logs_group_arn",
            kubernetes="spec.cloudWatchLogsLogGroupARN",
        ),
    ] = ABSENT
    selectors: Annotated[Many[EventSelector], At("", cloudformation="EventSelectors", terraform="event_selector")] = (
        ABSENT
    )
    advanced: Annotated[
        Many[AdvancedSelector],
        At("", cloudformation="AdvancedEventSelectors", terraform="advanced_event_selector"),
    ] = ABSENT
    tags: Annotated[Field[Entries[str]], At("TagsList", cloudformation="Tags", terraform="tags")] = ABSENT


class EventSelectorsRequest(Resource, frozen=True):
    """A request that sets what a trail records."""

    names = Names(api="cloudtrail:PutEventSelectors")

    trail: Annotated[Field[Link], At("TrailName")] = ABSENT
    selectors: Annotated[Many[EventSelector], At("EventSelectors")] = ABSENT
    advanced: Annotated[Many[AdvancedSelector], At("AdvancedEventSelectors")] = ABSENT
