"""Where SageMaker takes models, images, scripts and code from."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.supply_chain import sagemaker as group
from ourhalf.model.profile import Parameters, Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check, cloudformation

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
SECRET = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)
REGULATED = Requirements(sensitivity=Sensitivity.REGULATED)
PRIVATE = Requirements(parameters=Parameters(approved_registries=("registry.example.com/ml",)))
LATER = {"Ref": "x"}
ECR = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/serve:1"
DATA = "s3://models/m.tar.gz"


def model(**container: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateModel", ModelName="m", PrimaryContainer=container),)


def pipeline(*containers: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateModel", ModelName="m", Containers=list(containers)),)


def bucket(versioning: str) -> str:
    return f"""
Resources:
  Models:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: models
      VersioningConfiguration: {{Status: {versioning}}}
"""


def with_bucket(versioning: str, *others: Resource) -> tuple[Resource, ...]:
    return (*cloudformation(bucket(versioning)), *others)


def scripts(uri: Any) -> Resource:
    return api("sagemaker:CreateCluster", ClusterName="c", InstanceGroups=[{"LifeCycleConfig": {"SourceS3Uri": uri}}])


def training(image: Any, access: Any = None) -> tuple[Resource, ...]:
    how = {"TrainingRepositoryAccessMode": access}
    return (
        api(
            "sagemaker:CreateTrainingJob",
            TrainingJobName="t",
            AlgorithmSpecification={"TrainingImage": image, "TrainingImageConfig": how},
        ),
    )


def deployed(approval: Any) -> tuple[Resource, ...]:
    return (
        api("sagemaker:CreateModelPackage", ModelPackageName="p", ModelApprovalStatus=approval),
        *model(ModelPackageName="p"),
    )


def pinned(etag: Any) -> tuple[Resource, ...]:
    return model(ModelDataSource={"S3DataSource": {"S3Uri": DATA, "ETag": etag}})


def repository(url: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateCodeRepository", CodeRepositoryName="r", GitConfig={"RepositoryUrl": url}),)


def image(description: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateImage", ImageName="i", Description=description),)


def version(base: Any) -> tuple[Resource, ...]:
    return (api("sagemaker:CreateImageVersion", ImageName="i", BaseImage=base),)


VPC = {"RepositoryAccessMode": "Vpc"}

CASES: list[Case] = [
    Case(group.LIFECYCLE_SCRIPTS, PASS, with_bucket("Enabled", scripts("s3://models/scripts"))),
    Case(group.LIFECYCLE_SCRIPTS, FAIL, with_bucket("Suspended", scripts("s3://models/scripts"))),
    Case(group.LIFECYCLE_SCRIPTS, UNKNOWN, (scripts("s3://elsewhere/scripts"),)),
    Case(group.LIFECYCLE_SCRIPTS, UNKNOWN, (scripts(LATER),)),
    Case(group.LIFECYCLE_SCRIPTS, NONE, (scripts(None),)),
    Case(
        group.LIFECYCLE_SCRIPTS, UNKNOWN, (api("sagemaker:CreateCluster", ClusterName="c", InstanceGroups=["later"]),)
    ),
    Case(group.MODEL_ARTIFACTS, NONE, model(ModelDataUrl=DATA)),
    Case(group.MODEL_ARTIFACTS, PASS, with_bucket("Enabled", *model(ModelDataUrl=DATA)), requirements=SECRET),
    Case(group.MODEL_ARTIFACTS, FAIL, with_bucket("Suspended", *model(ModelDataUrl=DATA)), requirements=SECRET),
    Case(group.MODEL_ARTIFACTS, UNKNOWN, model(ModelDataUrl=DATA), requirements=SECRET),
    Case(group.MODEL_ARTIFACTS, NONE, model(Image=ECR), requirements=SECRET),
    Case(group.MODEL_ARTIFACTS, UNKNOWN, pipeline({"Image": ECR}, "later"), requirements=SECRET),
    Case(group.MODEL_PINNED, NONE, pinned(None)),
    Case(group.MODEL_PINNED, PASS, pinned('"abc"'), requirements=REGULATED),
    Case(group.MODEL_PINNED, FAIL, pinned(None), requirements=REGULATED),
    Case(group.MODEL_PINNED, UNKNOWN, pinned(LATER), requirements=REGULATED),
    Case(group.MODEL_PINNED, NONE, model(Image=ECR), requirements=REGULATED),
    Case(group.MODEL_PINNED, UNKNOWN, pipeline({"Image": ECR}, "later"), requirements=REGULATED),
    Case(group.PRIVATE_MODEL, NONE, model(Image=ECR)),
    Case(group.PRIVATE_MODEL, FAIL, model(Image=ECR), requirements=PRIVATE),
    Case(group.PRIVATE_MODEL, FAIL, model(Image="registry.example.com/ml/serve:1")),
    Case(group.PRIVATE_MODEL, PASS, model(Image="registry.example.com/ml/serve:1", ImageConfig=VPC)),
    Case(
        group.PRIVATE_MODEL,
        FAIL,
        pipeline({"Image": "r.example.com/a", "ImageConfig": VPC}, {"Image": "r.example.com/b"}),
    ),
    Case(group.PRIVATE_MODEL, UNKNOWN, model(Image=LATER)),
    Case(group.PRIVATE_MODEL, NONE, model(ModelDataUrl=DATA)),
    Case(group.PRIVATE_MODEL, UNKNOWN, pipeline({"Image": ECR}, "later")),
    Case(group.PRIVATE_MODEL, UNKNOWN, model(Image="r.example.com/a", ImageConfig={"RepositoryAccessMode": LATER})),
    Case(group.PRIVATE_TRAINING, NONE, training(ECR)),
    Case(group.PRIVATE_TRAINING, FAIL, training("r.example.com/a")),
    Case(group.PRIVATE_TRAINING, PASS, training("r.example.com/a", "Vpc")),
    Case(group.PRIVATE_TRAINING, UNKNOWN, training(LATER)),
    Case(group.APPROVED, PASS, deployed("Approved")),
    Case(group.APPROVED, FAIL, deployed("PendingManualApproval")),
    Case(group.APPROVED, FAIL, deployed(None)),
    Case(group.APPROVED, UNKNOWN, deployed(LATER)),
    Case(group.APPROVED, NONE, deployed("Rejected")[:1]),
    Case(group.REPOSITORY, PASS, repository("https://git.example.com/ml/train.git")),
    Case(group.REPOSITORY, FAIL, repository("https://REDACTED-url-credentials-0123456789abgit.example.com/ml")),
    Case(group.REPOSITORY, UNKNOWN, repository(LATER)),
    Case(group.DESCRIBED, PASS, image("PyTorch for notebooks")),
    Case(group.DESCRIBED, FAIL, image(None)),
    Case(group.DESCRIBED, FAIL, image("")),
    Case(group.DESCRIBED, UNKNOWN, image(LATER)),
    Case(group.IMAGE_VERSION_PINNED, PASS, version(f"{ECR}@sha256:{'a' * 64}")),
    Case(group.IMAGE_VERSION_PINNED, FAIL, version(ECR), requirements=SECRET),
    Case(group.IMAGE_VERSION_PINNED, NONE, version(ECR)),
    Case(group.IMAGE_VERSION_PINNED, UNKNOWN, version(LATER)),
    Case(group.ONE_MODEL, NONE, model(Mode="MultiModel")),
    Case(group.ONE_MODEL, FAIL, model(Mode="MultiModel"), requirements=REGULATED),
    Case(group.ONE_MODEL, PASS, model(Mode="SingleModel"), requirements=REGULATED),
    Case(group.ONE_MODEL, PASS, model(), requirements=REGULATED),
    Case(group.ONE_MODEL, UNKNOWN, model(Mode=LATER), requirements=REGULATED),
    Case(group.ONE_MODEL, UNKNOWN, pipeline({"Mode": "SingleModel"}, "later"), requirements=REGULATED),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)
