"""Amazon SageMaker: what endpoints were asked and what they answered."""

from __future__ import annotations

from datetime import date

from ourhalf.model.profile import Severity
from ourhalf.model.references import AwsDoc, WebPage
from ourhalf.monitor.facts import Facts
from ourhalf.monitor.gather import CAPTURING
from ourhalf.monitor.recommendation import Cost, On, Recommendation, Sight, State
from ourhalf.monitor.states import by_kind, names, reason, undeclared

_READ = date(2026, 11, 27)
_GUIDE = "sagemaker/latest/dg/"
_CAPTURE = AwsDoc(_GUIDE + "model-monitor-data-capture.html", _READ)
_CLOSED = AwsDoc(_GUIDE + "model-monitor-availability-change.html", _READ)
_PRICES = WebPage("aws.amazon.com/sagemaker/ai/pricing/", _READ)


def _captured(facts: Facts) -> State:
    configs, capturing = facts.kind("SageMakerEndpointConfig"), facts.kind(CAPTURING)
    without = [config for config in configs if config.spot not in {one.spot for one in capturing}]
    if not configs:
        return State(On.UNKNOWN, undeclared("an endpoint configuration"))
    if facts.missing:
        return State(On.UNKNOWN, "a finished assessment does not tell whether endpoints capture data")
    if without:
        more = f" and {len(without) - 1} more" if len(without) > 1 else ""
        return State(On.NO, f"{without[0].name}{more}: data capture is not on", tuple(c.spot for c in without)[:5])
    return State(On.YES, f"{capturing[0].name} captures data", tuple(c.spot for c in capturing)[:5])


CAPTURE = Recommendation(
    id="sagemaker-data-capture",
    title="Endpoints keep a sample of what they were asked and what they answered",
    service="Amazon SageMaker AI",
    weight=Severity.LOW,
    because=lambda facts: reason("endpoint configurations", facts.kind("SageMakerEndpointConfig")),
    already=_captured,
    sees=(
        Sight(
            "Requests and answers, as many per cent as you choose: extraction by many near requests, inputs made to "
            "mislead, answers that drift.",
            _CAPTURE,
        ),
    ),
    blind=(
        Sight("Nothing tells it to you by itself: it fills a bucket, in which personal data may then lie.", _CAPTURE),
    ),
    costs=(Cost("GB kept in S3, and the requests that write them", WebPage("aws.amazon.com/s3/pricing/", _READ)),),
    by_hand=lambda facts: (
        "An endpoint configuration cannot be changed: write DataCaptureConfig (EnableCapture, "
        "InitialSamplingPercentage, DestinationS3Uri, KmsKeyId, CaptureOptions Input and Output) into "
        f"{', '.join(names(facts.kind('SageMakerEndpointConfig'))[:5])}, and update the endpoint with the new one.",
    ),
)

MONITOR = Recommendation(
    id="sagemaker-model-monitor",
    title="Model Monitor compares captured data with a baseline",
    service="Amazon SageMaker AI",
    weight=Severity.LOW,
    because=lambda facts: reason("endpoints", facts.kind("SageMakerEndpoint")),
    already=by_kind(undeclared("a monitoring schedule"), "SageMakerMonitoringSchedule"),
    sees=(
        Sight(
            "Drift of inputs and answers against what the model was trained on, hour by hour.",
            AwsDoc(_GUIDE + "model-monitor.html", _READ),
        ),
    ),
    blind=(
        Sight("Accounts that did not use Model Monitor before cannot start now: AWS takes no new customers.", _CLOSED),
        Sight(
            "Endpoints of several models, and inputs that are no table, such as pictures.",
            AwsDoc(_GUIDE + "model-monitor.html", _READ),
        ),
    ),
    costs=(Cost("instance hours of the monitoring jobs", _PRICES),),
    by_hand=lambda facts: (
        "Only if this account already uses it: it needs a baseline of your training data, which no plan can know. "
        "Begin with create-data-quality-job-definition and create-monitoring-schedule.",
    ),
)
