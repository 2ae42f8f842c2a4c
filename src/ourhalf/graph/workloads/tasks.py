"""The volumes of ECS tasks and Batch jobs."""

from __future__ import annotations

from ourhalf.model.field import Absent, Known, Many, Unresolved, changed
from ourhalf.model.workload import Volume
from ourhalf.resources.ecs import TaskVolume


def volumes(listed: Many[TaskVolume]) -> Many[Volume]:
    """The volumes as a workload has them."""
    return changed(listed, _volume)


def _volume(volume: TaskVolume) -> Volume:
    match volume.efs:
        case Known(efs, place):
            return Volume(
                name=volume.name,
                kind=Known("efs", place),
                file_system=efs.file_system,
                transit_encryption=efs.transit_encryption,
                iam_authorization=efs.iam,
                access_point=efs.access_point,
                root_directory=efs.root_directory,
            )
        case Unresolved() as unresolved:
            return Volume(name=volume.name, kind=unresolved, file_system=unresolved)
    if isinstance(volume.fsx, Known):
        fsx = volume.fsx.value
        return Volume(
            name=volume.name,
            kind=Known("fsx", volume.fsx.place),
            file_system=fsx.file_system,
            root_directory=fsx.root_directory,
        )
    if not isinstance(volume.host_path, Absent):
        return Volume(name=volume.name, kind=Known("hostPath", volume.host_path.place), host_path=volume.host_path)
    return Volume(name=volume.name, kind=Known("docker", volume.host_path.place))
