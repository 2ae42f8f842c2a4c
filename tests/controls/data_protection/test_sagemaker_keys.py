"""Encryption of what SageMaker keeps, with keys of ours."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.data_protection import sagemaker_keys as group
from ourhalf.model.field import Known
from ourhalf.model.profile import Parameters, Requirements, Sensitivity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from tests.support import Case, api, check

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE
SECRET = Requirements(sensitivity=Sensitivity.CONFIDENTIAL)
KEY = "arn:aws:kms:eu-west-1:111122223333:key/k"
LATER = {"Ref": "x"}


def made(operation: str, **fields: Any) -> tuple[Resource, ...]:
    return (api(f"sagemaker:{operation}", **fields),)


def training(key: Any = None, output: Any = None, instance: str = "ml.m5.xlarge") -> tuple[Resource, ...]:
    return made(
        "CreateTrainingJob",
        TrainingJobName="t",
        ResourceConfig={"VolumeKmsKeyId": key, "InstanceType": instance},
        OutputDataConfig={"S3OutputPath": "s3://b", "KmsKeyId": output},
    )


def sharing(**settings: Any) -> tuple[Resource, ...]:
    return made("CreateDomain", DomainName="d", DefaultUserSettings={"SharingSettings": settings})


def feature_group(online: Any = None, offline: Any = None) -> tuple[Resource, ...]:
    return made("CreateFeatureGroup", FeatureGroupName="f", OnlineStoreConfig=online, OfflineStoreConfig=offline)


def volumes(*groups: Any) -> tuple[Resource, ...]:
    stored = [g if isinstance(g, str) else {"InstanceStorageConfigs": g} for g in groups]
    return made("CreateCluster", ClusterName="c", InstanceGroups=stored)


def volume(key: Any) -> dict[str, Any]:
    return {"EbsVolumeConfig": {"VolumeKmsKeyId": key}}


def asked(
    control: Any, good: tuple[Resource, ...], bad: tuple[Resource, ...], hidden: tuple[Resource, ...]
) -> list[Case]:
    """The four verdicts that every control on a key has."""
    return [
        Case(control, PASS, good),
        Case(control, NONE, bad),
        Case(control, FAIL, bad, requirements=SECRET),
        Case(control, UNKNOWN, hidden, requirements=SECRET),
    ]


def keyed(control: Any, operation: str, field: str) -> list[Case]:
    return asked(control, made(operation, **{field: KEY}), made(operation), made(operation, **{field: LATER}))


def secured(control: Any, operation: str) -> list[Case]:
    return asked(
        control,
        made(operation, SecurityConfig={"KmsKeyId": KEY}),
        made(operation),
        made(operation, SecurityConfig={"KmsKeyId": LATER}),
    )


S3 = {"S3Uri": "s3://b"}
CASES: list[Case] = [
    *asked(group.JOB_VOLUME, training(KEY), training(), training(LATER)),
    Case(group.JOB_VOLUME, FAIL, training("alias/aws/s3"), requirements=SECRET),
    Case(group.JOB_VOLUME, FAIL, training(""), requirements=SECRET),
    Case(group.JOB_VOLUME, NONE, training(instance="ml.p4d.24xlarge"), requirements=SECRET),
    Case(group.JOB_VOLUME, NONE, made("CreateCompilationJob", CompilationJobName="c"), requirements=SECRET),
    Case(
        group.JOB_VOLUME, FAIL, training(), requirements=Requirements(parameters=Parameters(require_customer_keys=True))
    ),
    *asked(group.JOB_OUTPUT, training(output=KEY), training(), training(output=LATER)),
    Case(
        group.JOB_OUTPUT,
        FAIL,
        made(
            "CreateHyperParameterTuningJob",
            HyperParameterTuningJobName="h",
            TrainingJobDefinitions=[{"OutputDataConfig": {"KmsKeyId": KEY}}, {"OutputDataConfig": {}}],
        ),
        requirements=SECRET,
    ),
    *asked(
        group.REVIEW_OUTPUT,
        made("CreateFlowDefinition", OutputConfig={"KmsKeyId": KEY}),
        made("CreateFlowDefinition"),
        made("CreateFlowDefinition", OutputConfig={"KmsKeyId": LATER}),
    ),
    *keyed(group.NOTEBOOK_VOLUME, "CreateNotebookInstance", "KmsKeyId"),
    *keyed(group.DOMAIN_HOME, "CreateDomain", "KmsKeyId"),
    *secured(group.MODEL_PACKAGE, "CreateModelPackage"),
    *secured(group.MODEL_CARD, "CreateModelCard"),
    *keyed(group.PARTNER_APP, "CreatePartnerApp", "KmsKeyId"),
    *keyed(group.EXPERIMENT_INSTANCES, "CreateInferenceExperiment", "KmsKey"),
    *asked(
        group.SHARED_OUTPUT,
        sharing(NotebookOutputOption="Allowed", S3KmsKeyId=KEY),
        sharing(NotebookOutputOption="Allowed"),
        sharing(NotebookOutputOption=LATER),
    ),
    Case(group.SHARED_OUTPUT, NONE, sharing(), requirements=SECRET),
    Case(group.SHARED_OUTPUT, NONE, made("CreateDomain"), requirements=SECRET),
    Case(group.SHARED_OUTPUT, UNKNOWN, made("CreateDomain", DefaultUserSettings=7), requirements=SECRET),
    *asked(
        group.OFFLINE_STORE,
        feature_group(offline={"S3StorageConfig": {**S3, "KmsKeyId": KEY}}),
        feature_group(offline={"S3StorageConfig": S3}),
        feature_group(offline={"S3StorageConfig": {**S3, "KmsKeyId": LATER}}),
    ),
    Case(group.OFFLINE_STORE, NONE, feature_group(), requirements=SECRET),
    *asked(
        group.ONLINE_STORE,
        feature_group(online={"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": KEY}}),
        feature_group(online={"EnableOnlineStore": True}),
        feature_group(online={"EnableOnlineStore": LATER}),
    ),
    Case(group.ONLINE_STORE, NONE, feature_group(online={}), requirements=SECRET),
    Case(
        group.ONLINE_STORE,
        NONE,
        feature_group(online={"EnableOnlineStore": True, "StorageType": "InMemory"}),
        requirements=SECRET,
    ),
    *asked(group.CLUSTER_VOLUMES, volumes([volume(KEY)]), volumes([volume(KEY)], []), volumes([volume(LATER)])),
    Case(group.CLUSTER_VOLUMES, UNKNOWN, volumes([volume(KEY)], "later"), requirements=SECRET),
    Case(group.CLUSTER_VOLUMES, UNKNOWN, volumes(["later"]), requirements=SECRET),
    *asked(
        group.ASYNC_OUTPUT,
        made(
            "CreateEndpointConfig", AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://b", "KmsKeyId": KEY}}
        ),
        made("CreateEndpointConfig", AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://b"}}),
        made(
            "CreateEndpointConfig", AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://b", "KmsKeyId": LATER}}
        ),
    ),
    Case(group.ASYNC_OUTPUT, NONE, made("CreateEndpointConfig"), requirements=SECRET),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("instance", "local"),
    [
        ("ml.g5.xlarge", True),
        ("ml.p5.48xlarge", True),
        ("ml.trn1.32xlarge", True),
        ("ml.m5d.large", True),
        ("ml.g5g.xlarge", False),
        ("ml.m5.large", False),
        ("ml.p3.2xlarge", False),
        ("ml.c5n.large", False),
        ("ml.inf2.xlarge", False),
    ],
)
def test_types_with_disks_of_their_own(instance: str, local: bool) -> None:
    assert group.local_storage(Known(instance)) is local
