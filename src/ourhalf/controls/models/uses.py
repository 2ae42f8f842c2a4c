"""How bad it is what a model file could do: who loads it, with which role, and who reaches that."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, NamedTuple

from ourhalf.model.context import Context
from ourhalf.model.field import Field, Unresolved, effective, elements, entry
from ourhalf.model.identity import Decision
from ourhalf.model.loading import Loaded
from ourhalf.model.network import Scope
from ourhalf.model.workload import Container, Workload
from ourhalf.resources.iam import IamRole
from ourhalf.resources.model_files import ModelFile

# Each by itself gives what matters: more rights, all secrets, or all data.
_WIDE = ("*", "iam:PutRolePolicy", "secretsmanager:GetSecretValue", "s3:GetObject")
_TOLD = 2
_VERSION = re.compile(r"(\d+)\.(\d+)")
_LOADS_EVERYTHING = "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"


class Where(Enum):
    """What happens with a file, least first where it is known."""

    UNTOLD = "nothing that runs was read"
    NOWHERE = "nothing that was read loads it"
    LOADED = "something loads it"
    POWERFUL = "what loads it may do much, or is reached by anyone"


class Use(NamedTuple):
    """What happens with a file, in words that follow a reason, and the fields that tell it."""

    where: Where
    said: str
    fields: tuple[Field[Any], ...] = ()


def use_of(file: ModelFile, context: Context) -> Use:
    """Who loads a file: the most powerful first, and not all where they are many."""
    found = context.models.loaders(file)
    if not found:
        told = context.models.told
        return Use(Where.NOWHERE, "; nothing that was read loads it") if told else Use(Where.UNTOLD, "")
    uses = sorted((_use(one, context) for one in found), key=lambda use: use.where is not Where.POWERFUL)
    more = f"; and {len(uses) - _TOLD} more load it" if len(uses) > _TOLD else ""
    shown = uses[:_TOLD]
    return Use(uses[0].where, "".join(use.said for use in shown) + more, tuple(f for use in shown for f in use.fields))


def _use(loaded: Loaded, context: Context) -> Use:
    workload, container = loaded.workload, loaded.container
    if workload is None or container is None:
        return Use(Where.LOADED, f"; {loaded.how} by {loaded.resource.name}", (loaded.field,))
    reach = _reached(container, workload, context)
    role, wide, fields = _role(workload, context)
    where = Where.POWERFUL if wide or reach else Where.LOADED
    said = f"; {workload.name} loads it: {loaded.how}{_loader(container, context)}{role}{reach}"
    return Use(where, said, (loaded.field, *fields))


def _role(workload: Workload, context: Context) -> tuple[str, bool, tuple[Field[Any], ...]]:
    """Its role, whether that may do much everywhere, and what allows it."""
    role = context.graph.find(workload.role, IamRole, workload.resource)
    if isinstance(role, Unresolved):
        return "", False, ()
    for action in _WIDE:
        answer = context.identity.allows(role, action)
        if answer.decision is Decision.ALLOWED:
            what = "everything" if action == "*" else f"{action} on every resource"
            return f", with role {role.name}, which may do {what}", True, answer.fields[:1]
    return f", with role {role.name}", False, ()


def _reached(container: Container, workload: Workload, context: Context) -> str:
    """Whether the internet reaches a port of what loads it."""
    for port in elements(container.ports):
        number = effective(port.container_port)
        if number is not None and context.network.exposure(workload, number).scope is Scope.INTERNET:
            return f", and the internet reaches its port {number}"
    return ""


def _loader(container: Container, context: Context) -> str:
    """What is known of the version that loads it: PyTorch unpickled everything before 2.6."""
    forced = effective(entry(container.environment, _LOADS_EVERYTHING))
    if isinstance(forced, str) and forced.strip().lower() in ("1", "y", "yes", "true"):
        return f", where {_LOADS_EVERYTHING} makes torch.load unpickle everything"
    facts = context.images.facts(container.image) if context.images is not None else None
    if facts is None or (facts.framework or "").lower() != "pytorch" or facts.version is None:
        return ""
    version = _VERSION.match(facts.version)
    if version is None or (int(version[1]), int(version[2])) >= (2, 6):
        return ""
    return f", by PyTorch {facts.version}, whose torch.load unpickles everything"
