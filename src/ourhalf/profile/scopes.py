"""What a profile asks of one subject."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ourhalf.model.evidence import Suppression
from ourhalf.model.field import Absent, Entries, Field, Known, Unresolved
from ourhalf.model.profile import Parameters, Requirements, Severity
from ourhalf.model.resource import Part, Resource
from ourhalf.model.workload import Workload
from ourhalf.profile.document import Match, Profile, Scope
from ourhalf.profile.globs import glob

__all__ = ["Scopes", "Suppression", "matches"]


class Scopes:
    """Requirements by subject under one profile; each resource is asked about once."""

    def __init__(self, profile: Profile, path: str | None) -> None:
        self._profile = profile
        self._path = path
        self._known: dict[tuple[int, int], Requirements] = {}

    def requirements(self, resource: Resource, workload: Workload | None) -> Requirements:
        """What is asked of `resource`, which may be part of `workload`.

        Of the scopes that match the strictest sensitivity wins; where none matches the default
        holds. A scope whose tag or bucket cannot be told counts as matching.
        """
        key = (id(resource), id(workload))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._merged(resource, workload)
        return found

    def _merged(self, resource: Resource, workload: Workload | None) -> Requirements:
        profile = self._profile
        where = self._path or "no profile"
        sensitivity, why = profile.sensitivity, f"{where}: data is taken as {profile.sensitivity}"
        regulations = dict.fromkeys(profile.regulations)
        parameters = profile.parameters
        severities: dict[str, Severity] = dict(profile.severities)
        scoped = False
        for number, scope in enumerate(profile.scopes):
            if not matches(scope.match, resource, workload):
                continue
            regulations.update(dict.fromkeys(scope.regulations))
            severities.update(scope.severities)
            parameters = _overridden(parameters, scope)
            if scope.sensitivity is not None and (not scoped or scope.sensitivity.at_least(sensitivity)):
                scoped = True
                sensitivity = scope.sensitivity
                why = f"{where}: scope {scope.name or number + 1} holds {sensitivity} data"
        return Requirements(sensitivity, tuple(regulations), parameters, severities, profile.disabled, why)


def _overridden(parameters: Parameters, scope: Scope) -> Parameters:
    if not scope.parameters:
        return parameters
    given = msgspec.convert(scope.parameters, Parameters)
    return msgspec.structs.replace(parameters, **{name: getattr(given, name) for name in scope.parameters})


def matches(match: Match, resource: Resource, workload: Workload | None) -> bool:
    """Whether everything that `match` states holds of the subject, or may."""
    if match.path is not None and not glob(match.path).match(resource.place.path):
        return False
    name = workload.name if workload is not None else resource.name
    if match.workload is not None and not glob(match.workload).match(name):
        return False
    if match.service is not None and (
        workload is None or match.service not in {service.value for service in workload.services}
    ):
        return False
    if match.bucket is not None and not _names_bucket(resource, match.bucket):
        return False
    if not _vulnerable(match, resource):
        return False
    return all(_tagged(resource, workload, key, value) for key, value in match.tags.items())


def _vulnerable(match: Match, resource: Resource) -> bool:
    """Whether it is the vulnerability that `match` names, where it names one."""
    if match.advisory is None and match.package is None:
        return True
    told = resource.details or {}
    if told.get("kind") != "vulnerability":
        return False
    if match.package is not None and not glob(match.package).match(told["package"]):
        return False
    ids = (told["advisory"], *told["aliases"])
    return match.advisory is None or any(glob(match.advisory).match(one) for one in ids)


def _tagged(resource: Resource, workload: Workload | None, key: str, value: str) -> bool:
    fields: list[Field[Entries[str]]] = [resource.tags]
    if workload is not None:
        fields.append(workload.labels)
    for field in fields:
        match field:
            case Unresolved():
                return True
            case Known(entries):
                match entries.get(key):
                    case Known(found) if glob(value).match(found):
                        return True
                    case Unresolved():
                        return True
            case Absent():
                pass
    return False


_BUCKET = re.compile(r"s3://([^/]+)|arn:aws[a-z-]*:s3:::([^/*]+)")


def _names_bucket(resource: Resource, pattern: str) -> bool:
    """Whether a text anywhere in the resource is an S3 location in a bucket that matches, or it is one."""
    wanted = glob(pattern)
    if resource.kind == "S3Bucket" and wanted.match(resource.name):
        return True
    for text in _texts(resource):
        for found in _BUCKET.finditer(text):
            if wanted.match(found[1] or found[2]):
                return True
    return False


def _texts(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        current = stack.pop()
        match current:
            case str():
                yield current
            case Resource() | Part():
                stack.extend(getattr(current, field) for field in current.__struct_fields__)
            case Known():
                stack.append(current.value)
            case Unresolved():
                stack.extend(part for part in current.parts if isinstance(part, str))
            case Entries():
                stack.extend(current.items.values())
            case tuple() | list():
                stack.extend(current)
