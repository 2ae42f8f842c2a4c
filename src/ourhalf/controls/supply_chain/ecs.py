"""Which image ECS runs when a tag moves."""

from __future__ import annotations

from ourhalf.controls.compute import ECS_TASKS, READ, of_ecs
from ourhalf.controls.judgements import setting
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.references import AwsDoc
from ourhalf.model.workload import Container

CONSISTENT = Control(
    id="ecs-version-consistency",
    title="All tasks of an ECS deployment run the same image",
    topic=Topic.SUPPLY_CHAIN,
    severity=Severity.LOW,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=Container,
    about=ECS_TASKS,
    evaluate=of_ecs(
        setting(
            lambda container: container.version_consistency,
            lambda value: value == "enabled",
            "ECS resolves the tag once for each deployment",
            "a tag that moves gives new tasks another image than old ones",
        )
    ),
    rationale="Without it, whoever can push a tag decides what the next task runs, with no deployment in between.",
    remedy="Leave versionConsistency at enabled, or name the image by digest.",
    settings={"version_consistency": "enabled"},
    citations=(AwsDoc("AmazonECS/latest/developerguide/deployment-type-ecs.html", READ),),
    rows=("ecs-024",),
)
