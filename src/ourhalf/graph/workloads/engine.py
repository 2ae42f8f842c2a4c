"""What a Docker-like engine makes of a container's settings, wherever it runs."""

from __future__ import annotations

from msgspec.structs import replace

from ourhalf.model.field import Absent, Field, Known, Many, changed, doubt, elements
from ourhalf.model.workload import Container

_ENGINE = "https://docs.docker.com/engine/security/seccomp/"
_RUN = "https://docs.docker.com/reference/cli/docker/container/run/"


def completed(container: Container) -> Container:
    """The container with what its security options and the engine's own defaults decide.

    The words are those of Kubernetes, so that one rule serves both.
    """
    return replace(
        container,
        allow_privilege_escalation=_escalation(container),
        seccomp_profile=_seccomp(container),
    )


def completed_all(containers: Many[Container]) -> Many[Container]:
    """A list of containers, each completed."""
    return changed(containers, completed)


def _escalation(container: Container) -> Field[bool]:
    options = container.security_options
    for option in elements(options):
        if option.replace("=", ":") in ("no-new-privileges", "no-new-privileges:true"):
            return Known(False, options.place)
    return doubt(options) or Absent(True, options.place, _RUN)


def _seccomp(container: Container) -> Field[str]:
    options = container.security_options
    for option in elements(options):
        name, _, value = option.replace("=", ":", 1).partition(":")
        if name == "seccomp":
            return Known("Unconfined" if value == "unconfined" else "Localhost", options.place)
    return doubt(options) or Absent("RuntimeDefault", options.place, _ENGINE)


def is_host(mode: Field[str], source: str, default: bool | None = False) -> Field[bool]:
    """Whether a namespace mode is the host's own; `default` where none is set."""
    match mode:
        case Known(value, place):
            return Known(value == "host", place)
        case Absent(None, place):
            return Absent(default, place, source)
        case Absent(value, place, stated):
            return Absent(value == "host", place, stated)
        case unresolved:
            return unresolved
