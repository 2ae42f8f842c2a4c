"""Controls on where images and training data come from."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.supply_chain.sources import CACHE_APPROVED, DATA_OWNED
from ourhalf.model.profile import Parameters, Requirements
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.controls.requests import CONFIDENTIAL, three
from tests.support import Case, api, check, terraform

APPROVED = Requirements(parameters=Parameters(approved_registries=("quay.io/ours", "public.ecr.aws", "*.azurecr.io")))
LISTED = Requirements(parameters=Parameters(trusted_accounts=("123456789012",)))
BUCKET = api("s3:CreateBucket", Bucket="b")


def job(*uris: Any, more: tuple[Resource, ...] = ()) -> tuple[Resource, ...]:
    channels = [{"ChannelName": f"c{n}", "DataSource": {"S3DataSource": {"S3Uri": u}}} for n, u in enumerate(uris)]
    return (api("sagemaker:CreateTrainingJob", TrainingJobName="j", InputDataConfig=channels), *more)


WRITTEN = terraform(
    'resource "aws_s3_bucket" "b" { bucket_prefix = "data" }\n'
    'resource "aws_sagemaker_training_job" "j" {\n  training_job_name = "j"\n  input_data_config {\n'
    '    channel_name = "c"\n    data_source {\n      s3_data_source {\n'
    '        s3_uri = "s3://${aws_s3_bucket.b.id}/train"\n      }\n    }\n  }\n}'
)
OURS, THEIRS = "s3://sagemaker-eu-west-1-123456789012/x", "s3://sagemaker-eu-west-1-999999999999/x"
FILES = {"ChannelName": "c", "DataSource": {"FileSystemDataSource": {"FileSystemId": "fs-1"}}}
CASES = [
    *three(
        CACHE_APPROVED,
        "ecr:CreatePullThroughCacheRule",
        {"upstreamRegistryUrl": "quay.io"},
        {"upstreamRegistryUrl": "registry-1.docker.io"},
        {"upstreamRegistryUrl": {}},
        APPROVED,
    ),
    Case(
        CACHE_APPROVED,
        Status.PASS,
        (api("ecr:CreatePullThroughCacheRule", upstreamRegistryUrl="ours.azurecr.io"),),
        requirements=APPROVED,
    ),
    Case(
        CACHE_APPROVED,
        Status.FAIL,
        (api("ecr:CreatePullThroughCacheRule", upstreamRegistryUrl="quay.i"),),
        requirements=APPROVED,
    ),
    Case(DATA_OWNED, Status.PASS, job("s3://b/train", OURS, more=(BUCKET,)), requirements=LISTED),
    Case(DATA_OWNED, Status.PASS, WRITTEN, requirements=CONFIDENTIAL),
    Case(DATA_OWNED, Status.FAIL, job("s3://b/train", THEIRS, more=(BUCKET,)), requirements=LISTED),
    Case(DATA_OWNED, Status.FAIL, job("s3://sagemaker-sample-files/x"), requirements=CONFIDENTIAL),
    Case(DATA_OWNED, Status.UNKNOWN, job("s3://elsewhere/train"), requirements=LISTED),
    Case(DATA_OWNED, Status.UNKNOWN, job(THEIRS), requirements=CONFIDENTIAL),
    Case(DATA_OWNED, Status.UNKNOWN, job(OURS, {}), requirements=LISTED),
    Case(DATA_OWNED, Status.UNKNOWN, (api("sagemaker:CreateTrainingJob", InputDataConfig=[7]),), requirements=LISTED),
    Case(
        DATA_OWNED,
        Status.NOT_APPLICABLE,
        (api("sagemaker:CreateTrainingJob", InputDataConfig=[FILES]),),
        requirements=LISTED,
    ),
    Case(DATA_OWNED, Status.NOT_APPLICABLE, job(THEIRS)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
