"""Arguments of the SageMaker SDK as fields of API requests."""

from __future__ import annotations

from collections.abc import Mapping

from ourhalf.model.field import Place, Unresolved
from ourhalf.readers.python.domain import Made, Map, Seq, Slot
from ourhalf.readers.python.sdk_parts import PARTS
from ourhalf.readers.python.sdk_tables import SPREAD

_UNITS = {"_in_gb": "InGB", "_in_mb": "InMB"}
_NAMES = {"hyper_parameters": "HyperParameters", "vpc_config": "VpcConfig"}


def api_name(name: str) -> str:
    """A field as the API spells it: `security_group_ids` is `SecurityGroupIds`."""
    for ending, unit in _UNITS.items():
        if name.endswith(ending):
            return api_name(name.removesuffix(ending)) + unit
    return _NAMES.get(name) or "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def api_fields(named: Map) -> Map:
    """Arguments in snake case as fields of the API; nested objects follow when they are written out."""
    return Map({api_name(key): _renamed(key, slot) for key, slot in named.items.items()}, named.rest, named.path)


def _renamed(key: str, slot: Slot) -> Slot:
    """Names in snake case below a field too, except where names are the user's own."""
    value = slot.value
    if key in ("environment", "hyper_parameters", "hyperparameters", "tags"):
        return slot
    if isinstance(value, Map) and value.items and all(k.islower() for k in value.items):
        return Slot(api_fields(value), slot.place)
    return slot


def expand(made: Made) -> object:
    """An object that is part of a request as that part; the object itself where it is none."""
    kind = PARTS.get(made.cls)
    if kind is None:
        return api_fields(made.args) if made.args.items or made.args.rest else made
    root = Map({}, made.args.rest)
    fill(root, made.args, kind.arguments)
    settle(root, kind.defaults, made.place)
    return root


def put_at(root: Map, path: str, slot: Slot) -> None:
    """Set a field at a dotted path, with the mappings on the way."""
    *parents, leaf = path.split(".")
    current = root
    for key in parents:
        held = current.items.get(key)
        if held is None or not isinstance(held.value, Map):
            if held is not None:
                return  # the whole part is given, or unknown
            held = current.items[key] = Slot(Map({}, root.rest), slot.place)
        assert isinstance(held.value, Map)  # noqa: S101 - for the type checker
        current = held.value
    current.items[leaf] = slot


def at(root: Map, path: str) -> Slot | None:
    """The field at a dotted path; the unknown part that holds it where there is one."""
    current = root
    slot: Slot | None = None
    for key in path.split("."):
        slot = current.items.get(key)
        if slot is None:
            return None
        if not isinstance(slot.value, Map):
            return slot
        current = slot.value
    return slot


def fill(root: Map, given: Map, table: Mapping[str, str]) -> None:
    """Write arguments to the fields that `table` says; one that is None is left out."""
    for name, slot in given.items.items():
        path = table.get(name)
        if path is None or slot.value is None:
            continue
        if path.startswith("*"):
            _spread(root, SPREAD[path[1:]], slot)
        else:
            put_at(root, path, slot)


def _spread(root: Map, table: Mapping[str, str], slot: Slot) -> None:
    match slot.value:
        case Made(args=args) | (Map() as args):
            if args.rest is not None:
                for path in table.values():
                    put_at(root, path, Slot(args.rest, slot.place))
            fill(root, args, table)
        case Unresolved():
            for path in table.values():
                put_at(root, path, slot)


def settle(root: Map, defaults: Mapping[str, object], place: Place) -> None:
    """What is sent where the arguments say nothing; not told where there may be more arguments."""
    if root.rest is None:
        for path, value in defaults.items():
            if at(root, path) is None:
                put_at(root, path, Slot(value, place))


def texts(value: object) -> object:
    """Values that the SDK writes as texts, such as hyperparameters: lists and mappings become unknown."""
    if not isinstance(value, Map):
        return value
    return Map({k: Slot(_text(s), s.place) for k, s in value.items.items()}, value.rest, value.path)


def _text(slot: Slot) -> object:
    if isinstance(slot.value, Map | Seq | Made):
        return Unresolved("a value that the SDK writes as JSON", slot.place)
    return slot.value
