"""What starts a container: its own command, and the scripts of its image that this names."""

from __future__ import annotations

from ourhalf.model.field import Absent, Known, Many, Unresolved, doubt
from ourhalf.model.workload import Container


def started_with(container: Container) -> tuple[Many[str], ...]:
    """The fields that tell what a container starts: its command, and scripts of its image where these tell anything."""
    own = tuple(field for field in (container.entrypoint, container.arguments) if not isinstance(field, Absent))
    return (*own, container.scripts) if isinstance(container.scripts, Known) and container.scripts.value else own


def command_doubt(container: Container) -> Unresolved | None:
    """Why a container may start more than is told, or None where all of it is."""
    return doubt(container.arguments) or doubt(container.entrypoint) or doubt(container.scripts)
