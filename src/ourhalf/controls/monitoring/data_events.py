"""What trails record of objects and endpoints, who reads trails' files, and what buckets tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from ourhalf.controls.judgements import from_sensitivity, is_set
from ourhalf.controls.monitoring.accounts import BUCKET_LOGGED
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Field, Unresolved, doubt, effective, elements
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc, Checkov, Cis, ConfigRule, Prowler, SecurityHub, Trivy
from ourhalf.model.verdict import Verdict
from ourhalf.resources.cloudtrail import AdvancedSelector, CloudTrail, EventSelector
from ourhalf.resources.s3 import S3Bucket

_READ = date(2026, 10, 2)
_HUB = AwsDoc("securityhub/latest/userguide/cloudtrail-controls.html", _READ)
_EVENTS = AwsDoc("awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html", _READ)
_BOTH = frozenset({"read", "write"})
_HALVES = {"All": _BOTH, "ReadOnly": frozenset({"read"}), "WriteOnly": frozenset({"write"})}

Found = tuple[frozenset[str], tuple[Field[object], ...]]
"""Which halves of the events are recorded, and the fields that say so."""


def _basic(selector: EventSelector, kind: str) -> Iterator[Found | Unresolved]:
    for data in elements(selector.data):
        named, half = data.kind, selector.read_write
        if isinstance(named, Unresolved) or isinstance(half, Unresolved):
            yield named if isinstance(named, Unresolved) else Unresolved("ReadWriteType is not known", half.place)
        elif effective(named) == kind:
            yield _HALVES.get(str(effective(half)), frozenset()), (named, half)
    more = doubt(selector.data)
    if more is not None:
        yield more


def _advanced(selector: AdvancedSelector, kind: str) -> Iterator[Found | Unresolved]:
    if (hidden := doubt(selector.fields)) is not None:
        yield hidden
        return
    halves, fields, named = _BOTH, [], False
    for condition in elements(selector.fields):
        name = effective(condition.field)
        equal = condition.equal
        if isinstance(condition.field, Unresolved) or (name in ("resources.type", "readOnly") and doubt(equal)):
            yield doubt(equal) or Unresolved("a field of a selector is not known", condition.field.place)
            return
        if name == "resources.type":
            named = kind in elements(equal)
            fields.append(equal)
        elif name == "readOnly":
            halves = frozenset({"read"} if "true" in elements(equal) else {"write"})
            fields.append(equal)
    if named:
        yield halves, tuple(fields)


def _recorded(trail: CloudTrail, kind: str) -> Iterator[Found | Unresolved]:
    for many in (trail.selectors, trail.advanced):
        if (hidden := doubt(many)) is not None:
            yield hidden
    for basic in elements(trail.selectors):
        yield from _basic(basic, kind)
    for advanced in elements(trail.advanced):
        yield from _advanced(advanced, kind)


def _records(kind: str, what: str) -> Callable[[CloudTrail, Context], Verdict]:
    """Judges whether a trail records that things of `kind` are read and written."""

    def evaluate(trail: CloudTrail, _: Context) -> Verdict:
        halves: frozenset[str] = frozenset()
        fields: tuple[Field[object], ...] = ()
        unsure: Unresolved | None = None
        for found in _recorded(trail, kind):
            if isinstance(found, Unresolved):
                unsure = unsure or found
            elif found[0] - halves:
                halves, fields = halves | found[0], (*fields, *found[1])
        if halves == _BOTH:
            return Verdict.passed(f"it records who uses {what}", *fields)
        if unsure is not None:
            return Verdict.unknown(unsure)
        missing = " and ".join(sorted(_BOTH - halves))
        return Verdict.failed(f"it does not record {missing} events of {what}", trail.selectors, trail.advanced)

    return evaluate


OBJECTS_RECORDED = Control(
    id="cloudtrail-object-events",
    title="Trails record who reads and writes objects",
    topic=Topic.MONITORING,
    severity=Severity.MEDIUM,
    layer=Layer.CONTROL_PLANE_LOGS,
    applies_to=CloudTrail,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _records("AWS::S3::Object", "objects in S3")),
    rationale="Who copied the training data, or replaced a model, stands in data events and nowhere else.",
    remedy="Add a selector for data events of AWS::S3::Object on the buckets of data and models.",
    citations=(_HUB, _EVENTS),
    same_as=(
        SecurityHub("S3.22"),
        SecurityHub("S3.23"),
        Trivy("AWS-0171"),
        Trivy("AWS-0172"),
        Prowler("cloudtrail_s3_dataevents_read_enabled"),
        Prowler("cloudtrail_s3_dataevents_write_enabled"),
        ConfigRule("cloudtrail-s3-dataevents-enabled"),
        Cis("AWSF-5.0:3.8"),
        Cis("AWSF-5.0:3.9"),
    ),
    rows=("cloudtrail-008",),
)

ENDPOINTS_RECORDED = Control(
    id="cloudtrail-endpoint-events",
    title="Trails record who calls model endpoints",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.CONTROL_PLANE_LOGS,
    applies_to=CloudTrail,
    evaluate=from_sensitivity(Sensitivity.REGULATED, _records("AWS::SageMaker::Endpoint", "model endpoints")),
    rationale="Stealing a model by asking it takes many calls, and each of them has a caller.",
    remedy="Add an advanced selector for data events of AWS::SageMaker::Endpoint.",
    citations=(_EVENTS, AwsDoc("sagemaker/latest/dg/logging-using-cloudtrail.html", _READ)),
    rows=("cloudtrail-009",),
)


def _read_by(trail: CloudTrail, context: Context) -> Verdict | None:
    bucket = context.graph.find(trail.bucket, S3Bucket, trail)
    return Verdict.unknown(bucket) if isinstance(bucket, Unresolved) else BUCKET_LOGGED.evaluate(bucket, context)


TRAIL_BUCKET_LOGGED = Control(
    id="cloudtrail-bucket-access-logged",
    title="Buckets of trails log who reads them",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.CONTROL_PLANE_LOGS,
    applies_to=CloudTrail,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _read_by),
    rationale="An intruder looks first at what is known of him.",
    remedy="Name a log bucket for the trail's bucket.",
    citations=(_HUB,),
    same_as=(
        SecurityHub("CloudTrail.7"),
        Trivy("AWS-0163"),
        Prowler("cloudtrail_logs_s3_bucket_access_logging_enabled"),
        ConfigRule("cloudtrail-s3-bucket-access-logging"),
        Cis("AWSF-5.0:3.4"),
    ),
    rows=("cloudtrail-007",),
)

BUCKET_TELLS = Control(
    id="s3-bucket-notifies",
    title="Buckets send events of what changes in them",
    topic=Topic.MONITORING,
    severity=Severity.LOW,
    layer=Layer.MODELS_AND_DATA,
    applies_to=S3Bucket,
    evaluate=from_sensitivity(
        Sensitivity.REGULATED,
        is_set(lambda b: b.notifications, "changes are sent as events", "nobody is told of changes"),
    ),
    rationale="A model that is replaced outside of a release can be noticed in the minute that it happens.",
    remedy="Send events to EventBridge, and let a rule look for writes that no pipeline made.",
    citations=(AwsDoc("AmazonS3/latest/userguide/EventNotifications.html", _READ),),
    same_as=(
        SecurityHub("S3.11"),
        Checkov("CKV2_AWS_62"),
        Prowler("s3_bucket_event_notifications_enabled"),
        ConfigRule("s3-event-notifications-enabled"),
    ),
    rows=("s3-019",),
)
