"""Encryption of what endpoints hold, and the copies that they keep of payloads."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.data_protection import endpoints as group
from ourhalf.model.profile import Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
SECRET = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)
REGULATED = Requirements(sensitivity=Sensitivity.REGULATED)
KEY = "arn:aws:kms:eu-west-1:111122223333:key/k"
LATER = {"Ref": "x"}


def config(*variants: Any, **fields: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateEndpointConfig", EndpointConfigName="e", ProductionVariants=list(variants), **fields),)


def captured(**fields: Any) -> tuple[Resource, ...]:
    return config(DataCaptureConfig={"DestinationS3Uri": "s3://b", **fields})


def dumped(**fields: Any) -> dict[str, Any]:
    return {"CoreDumpConfig": {"DestinationS3Uri": "s3://b", **fields}}


def experiment(**fields: Any) -> tuple[Resource, ...]:
    stored = {"Destination": "s3://b", **fields}
    return (api("sagemaker:CreateInferenceExperiment", Name="x", DataStorageConfig=stored),)


def transform(**fields: Any) -> tuple[Resource, ...]:
    kept = {"DestinationS3Uri": "s3://b", **fields}
    return (api("sagemaker:CreateTransformJob", TransformJobName="b", DataCaptureConfig=kept),)


CASES: list[Case] = [
    Case(group.ENDPOINT_KEY, PASS, config(KmsKeyId=KEY)),
    Case(group.ENDPOINT_KEY, NONE, config()),
    Case(group.ENDPOINT_KEY, FAIL, config(), requirements=SECRET),
    Case(group.ENDPOINT_KEY, FAIL, config({"InstanceType": "ml.m5.large"}), requirements=SECRET),
    Case(group.ENDPOINT_KEY, NONE, config({"InstanceType": "ml.g5.xlarge"}), requirements=SECRET),
    Case(group.ENDPOINT_KEY, NONE, config({"ServerlessConfig": {"MemorySizeInMB": 1024}}), requirements=SECRET),
    Case(group.ENDPOINT_KEY, FAIL, config({"InstanceType": "ml.g5.xlarge"}, "later"), requirements=SECRET),
    Case(group.ENDPOINT_KEY, UNKNOWN, config(KmsKeyId=LATER), requirements=SECRET),
    Case(group.CAPTURE_KEY, PASS, captured(KmsKeyId=KEY)),
    Case(group.CAPTURE_KEY, FAIL, captured(EnableCapture=True), requirements=SECRET),
    Case(group.CAPTURE_KEY, FAIL, captured(), requirements=SECRET),
    Case(group.CAPTURE_KEY, NONE, captured(EnableCapture=False), requirements=SECRET),
    Case(group.CAPTURE_KEY, NONE, config(), requirements=SECRET),
    Case(group.CAPTURE_KEY, UNKNOWN, captured(KmsKeyId=LATER), requirements=SECRET),
    Case(group.EXPERIMENT_CAPTURE, PASS, experiment(KmsKey=KEY)),
    Case(group.EXPERIMENT_CAPTURE, FAIL, experiment(), requirements=SECRET),
    Case(group.EXPERIMENT_CAPTURE, UNKNOWN, experiment(KmsKey=LATER), requirements=SECRET),
    Case(group.TRANSFORM_CAPTURE, PASS, transform(KmsKeyId=KEY)),
    Case(group.TRANSFORM_CAPTURE, FAIL, transform(), requirements=SECRET),
    Case(group.TRANSFORM_CAPTURE, UNKNOWN, transform(KmsKeyId=LATER), requirements=SECRET),
    Case(group.CORE_DUMPS, NONE, config({"ModelName": "m"}), requirements=SECRET),
    Case(group.CORE_DUMPS, PASS, config(dumped(KmsKeyId=KEY))),
    Case(group.CORE_DUMPS, FAIL, config({"ModelName": "m"}, dumped()), requirements=SECRET),
    Case(group.CORE_DUMPS, FAIL, config(ShadowProductionVariants=[dumped()]), requirements=SECRET),
    Case(group.CORE_DUMPS, UNKNOWN, config(dumped(KmsKeyId=LATER)), requirements=SECRET),
    Case(group.CORE_DUMPS, UNKNOWN, config("later"), requirements=SECRET),
    Case(group.PAYLOADS_KEPT, NONE, captured(EnableCapture=True), requirements=SECRET),
    Case(group.PAYLOADS_KEPT, FAIL, captured(EnableCapture=True), requirements=REGULATED),
    Case(group.PAYLOADS_KEPT, PASS, captured(EnableCapture=False), requirements=REGULATED),
    Case(group.PAYLOADS_KEPT, PASS, config(), requirements=REGULATED),
    Case(group.PAYLOADS_KEPT, UNKNOWN, captured(EnableCapture=LATER), requirements=REGULATED),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
