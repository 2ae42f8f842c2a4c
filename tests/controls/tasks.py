"""Short ECS tasks, services and Batch jobs for control cases."""

from __future__ import annotations

from typing import Any

from ourhalf.model.resource import Resource
from tests.support import api

UNCLEAR = {"not": "clear"}
"""A value that is of no use where a text, number or list belongs."""


def task(container: dict[str, Any] | None = None, **more: Any) -> tuple[Resource, ...]:
    """A task of one container, `a`."""
    definition = {"name": "a", "image": "x:1", **(container or {})}
    return (api("ecs:RegisterTaskDefinition", **{"family": "t", "containerDefinitions": [definition], **more}),)


def efs_task(**efs: Any) -> tuple[Resource, ...]:
    """A task with one EFS volume."""
    return task(volumes=[{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1", **efs}}])


def service(**more: Any) -> Resource:
    """A service of that task in cluster `c`."""
    return api("ecs:CreateService", **{"serviceName": "s", "taskDefinition": "t", "cluster": "c", **more})


def cluster(**more: Any) -> Resource:
    """The cluster `c`."""
    return api("ecs:CreateCluster", **{"clusterName": "c", **more})


def job(container: dict[str, Any] | None = None, **more: Any) -> tuple[Resource, ...]:
    """A Batch job of one container."""
    properties = {"image": "x:1", **(container or {})}
    return (
        api("batch:RegisterJobDefinition", **{"jobDefinitionName": "j", "containerProperties": properties, **more}),
    )


def instance(**more: Any) -> tuple[Resource, ...]:
    """An instance."""
    return (api("ec2:RunInstances", **{"ImageId": "ami-1", "InstanceType": "g5.xlarge", **more}),)


def template(**data: Any) -> tuple[Resource, ...]:
    """A launch template."""
    return (api("ec2:CreateLaunchTemplate", LaunchTemplateName="l", LaunchTemplateData={"ImageId": "ami-1", **data}),)
