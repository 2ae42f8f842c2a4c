"""What the provider answers for, in OSCAL's words for shared responsibility.

The provider publishes no plan of its own in OSCAL. Its component in our plan therefore states what it provides and what
it leaves to us (`export`), and the system says of that what it inherits and what it has satisfied. Only what a
dated source covers is stated as provided; the rest is said in remarks to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.compliance.oscal.document import Json, listed, props, prose, role_refs, uuid_of
from ourhalf.compliance.oscal.references import address
from ourhalf.compliance.oscal.system import dated, satisfied
from ourhalf.compliance.results import Inherited, RequirementResult
from ourhalf.model.responsibility import Party

Key = tuple[str, str]
"""The ids of a framework and of one of its requirements."""


def authorization_uuid(program: str) -> str:
    """The UUID of the authorization that a program of the provider is."""
    return uuid_of("authorization", program)


def _provided_uuid(key: Key, item: Inherited) -> str:
    return uuid_of("provided", *key, item.service, item.layer, item.program)


def _left_uuid(key: Key, service: str, action: str) -> str:
    return uuid_of("responsibility", *key, service, action)


def _provided(items: Iterator[Inherited] | list[Inherited] | tuple[Inherited, ...]) -> list[Inherited]:
    """The dated items, each service, layer and program once."""
    return list({(one.service, one.layer, one.program): one for one in items if dated(one)}.values())


def exported(key: Key, result: RequirementResult, items: list[Inherited]) -> Json:
    """What the provider's component provides for a requirement, and the actions that it leaves to us."""
    provided = [
        {
            "uuid": _provided_uuid(key, item),
            "description": prose(f"AWS answers for {item.layer} of {item.service}, under {item.program}."),
            **props(layer=item.layer, program=item.program, as_of=item.as_of.isoformat() if item.as_of else None),
            **address(item.source or ""),
            **role_refs([Party.PROVIDER]),
        }
        for item in _provided(items)
    ]
    left = [
        {
            "uuid": _left_uuid(key, service, action),
            "description": prose(f"AWS publishes, we apply: {action}"),
            **role_refs([Party.CUSTOMER]),
        }
        for service in sorted({item.service for item in items})
        for action in dict.fromkeys(result.actions)
    ]
    made = {**listed("provided", provided), **listed("responsibilities", left)}
    return {"export": {"description": "What the provider answers for here.", **made}} if made else {}


def inherited(key: Key, result: RequirementResult) -> list[Json]:
    """What the system inherits: only what a dated source says a program covers."""
    return [
        {
            "uuid": uuid_of("inherited", *key, item.service, item.layer, item.program),
            "provided-uuid": _provided_uuid(key, item),
            "description": prose(
                f"{item.layer} of {item.service}, under {item.program} as of {item.as_of}, "
                f"for {', '.join(item.workloads) or 'every workload'}."
            ),
            **role_refs([Party.PROVIDER]),
        }
        for item in _provided(result.inherited)
    ]


def satisfied_by(key: Key, result: RequirementResult) -> list[Json]:
    """The actions left to us, where the requirement is fulfilled; elsewhere none counts as done."""
    if not satisfied(result):
        return []
    return [
        {
            "uuid": uuid_of("satisfied", *key, service, action),
            "responsibility-uuid": _left_uuid(key, service, action),
            "description": prose(f"{action}: the controls that bear on the requirement hold."),
            **role_refs([Party.CUSTOMER]),
        }
        for service in sorted({item.service for item in result.inherited})
        for action in dict.fromkeys(result.actions)
    ]


def undated(items: list[Inherited]) -> list[str]:
    """What is not known of the layers that the provider answers for."""
    told = []
    for item in items:
        if not dated(item):
            known = f"as of {item.as_of}" if item.as_of else "no dated source says whether it is"
            told.append(f"{item.layer} of {item.service} under {item.program}: {item.status}, {known}.")
    return list(dict.fromkeys(told))
