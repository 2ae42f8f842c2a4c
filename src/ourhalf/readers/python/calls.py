"""What calls give: functions of the standard library, methods of values, boto3 and the SageMaker SDK."""

from __future__ import annotations

import ast
import base64
import json
from collections.abc import Callable

from ourhalf.model.field import Place, Reference, Unresolved
from ourhalf.model.numbers import whole
from ourhalf.readers.python import clients, sdk
from ourhalf.readers.python.domain import (
    Answer,
    Client,
    Dotted,
    Function,
    Instance,
    JsonText,
    Made,
    Map,
    Opaque,
    Seq,
    Session,
    Slot,
    answered,
    brief,
    concat,
)
from ourhalf.readers.python.formatting import format_text
from ourhalf.readers.python.inlining import made_by, returned
from ourhalf.readers.python.loads import loaded
from ourhalf.readers.python.state import Arguments, State

MAX_ENCODED = 1 << 18

_MUTATING = frozenset({"update", "append", "pop", "setdefault", "extend", "clear", "insert", "remove", "popitem"})
_PLAIN_TEXT: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
    "lstrip": str.lstrip,
    "rstrip": str.rstrip,
    "title": str.title,
    "capitalize": str.capitalize,
}


def function(called: object, arguments: Arguments, node: ast.Call, state: State) -> object:
    """What a function or class gives."""
    match called:
        case Dotted(name):
            loaded(name, arguments, node, state)
            known = _LIBRARY.get(name)
            if known is not None:
                return known(arguments, node, state)
            made = clients.construct(called, arguments, state)
            return sdk.construct(called, arguments, node, state) if made is None else made
        case Function():
            return _own(called, None, arguments, node, state)
        case Instance():
            base = next((b for b in called.bases if isinstance(b, Dotted)), None)
            return called if base is None else sdk.construct_derived(called, base, arguments, node, state)
    return state.unknown(node, f"what {brief(node.func)}() returns")


def _own(called: Function, own: Instance | None, arguments: Arguments, node: ast.Call, state: State) -> object:
    """What a function or method of this file gives."""
    found = returned(called, own, arguments, node, state)
    if found is None or not found.whole:
        _let_change(called.node, arguments, node, state)
    if found is not None:
        return found.value
    made = made_by(called, state)
    if made is None:
        return state.unknown(node, f"what {called.node.name}() returns")
    return _copied(made, state, state.place(node), 32)


def _let_change(
    definition: ast.FunctionDef | ast.AsyncFunctionDef, arguments: Arguments, node: ast.Call, state: State
) -> None:
    """A function of this file may change the mappings and lists that it is given."""
    names = [a.arg for a in (*definition.args.posonlyargs, *definition.args.args)]
    given = dict(zip(names, arguments.positional, strict=False)) | arguments.named.items
    held = {name: slot.value for name, slot in given.items() if isinstance(slot.value, Map | Seq)}
    if not held:
        return
    for inner in ast.walk(definition):
        state.tick()
        match inner:
            case (
                ast.Subscript(ast.Name(name), ctx=ast.Store() | ast.Del())
                | ast.Call(
                    ast.Attribute(ast.Name(name), ("update" | "append" | "pop" | "setdefault" | "extend" | "clear"))
                )
                | ast.AugAssign(ast.Name(name))
            ) if name in held:
                value = held.pop(name)
                if isinstance(value, Map | Seq):
                    state.blur(value, state.unknown(node, f"{definition.name}() may change it"))


def method(holder: object, name: str, arguments: Arguments, node: ast.Call, state: State) -> object:
    """What a method gives, with what it does to `holder`."""
    match holder:
        case Map():
            return _map_method(holder, name, arguments, node, state)
        case Seq():
            return _seq_method(holder, name, arguments, node, state)
        case str():
            return _text_method(holder, name, arguments, node, state)
        case Session() | Client():
            made = clients.method(holder, name, arguments, node, state)
        case Made():
            made = sdk.method(holder, name, arguments, node, state)
        case Instance() if isinstance(found := holder.find(name), Function):
            return _own(found, holder, arguments, node, state)
        case _:
            made = _of_unknown(holder, name, arguments, node, state)
    if made is not None:
        return made
    if name in ("parse_args", "parse_known_args"):
        return Opaque("command-line argument")
    if isinstance(holder, Unresolved):
        return holder if name in ("encode", "decode") else state.unknown(node, holder.reason)
    return state.unknown(node, f"what {brief(node.func)}() returns")


def _of_unknown(holder: object, name: str, arguments: Arguments, node: ast.Call, state: State) -> object:
    if isinstance(holder, Opaque) and name == "get" and isinstance(arguments.first(), str):
        return state.unknown(node, f"{holder.kind} `{arguments.first()}`")
    if isinstance(holder, Answer) and name == "get" and isinstance(arguments.first(), str):
        return answered(holder, arguments.first())
    if isinstance(holder, Answer) and name == "get_name":  # of the resource classes of the SDK
        return Reference(holder.address, holder.address.partition("/")[0].partition(":Create")[2] + "Name")
    made = clients.of_made(holder, name, arguments, node, state) if isinstance(holder, Answer) else None
    return clients.unknown_client(name, arguments, node, state) if made is None else made


def _map_method(holder: Map, name: str, arguments: Arguments, node: ast.Call, state: State) -> object:
    key = arguments.first()
    match name, key:
        case "get", str():
            return _get(holder, key, arguments, node, state)
        case "copy", _:
            return holder.copy(state.path)
        case "update", _:
            for slot in arguments.positional:
                state.merge(holder, slot.value, node)
            state.merge(holder, arguments.named, node)
            return None
        case "setdefault", str():
            if key not in holder.items and len(arguments.positional) > 1:
                state.put(holder, key, arguments.positional[1])
            return holder.get(key)
        case "pop", str():
            value = holder.get(key)
            state.drop(holder, key, state.place(node))
            return value
    if name in _MUTATING:
        state.blur(holder, state.unknown(node, f"changed by {name}()"))
    return state.unknown(node, f"what {brief(node.func)}() returns")


def _get(holder: Map, key: str, arguments: Arguments, node: ast.Call, state: State) -> object:
    if key in holder.items:
        return holder.items[key].value
    fallback = arguments.positional[1].value if len(arguments.positional) > 1 else None
    return fallback if holder.rest is None else state.unknown(node, holder.rest.reason)


def _seq_method(holder: Seq, name: str, arguments: Arguments, node: ast.Call, state: State) -> object:
    match name, arguments.first():
        case "append", _:
            state.append(holder, arguments.positional[:1])
            return None
        case "extend", Seq(items, rest):
            state.append(holder, items)
            holder.rest = holder.rest or rest
            return None
        case "copy", _:
            return Seq(list(holder.items), holder.rest, state.path)
    if name in _MUTATING or name in ("sort", "reverse"):
        state.blur(holder, state.unknown(node, f"changed by {name}()"))
    return state.unknown(node, f"what {brief(node.func)}() returns")


def _text_method(holder: str, name: str, arguments: Arguments, node: ast.Call, state: State) -> object:
    match name, [slot.value for slot in arguments.positional]:
        case "format", _ if arguments.rest is None:
            return format_text(holder, arguments.positional, arguments.named, state.place(node))
        case "join", [Seq(items, None)]:
            pieces: list[object] = []
            for slot in items:
                pieces += [holder, slot.value] if pieces else [slot.value]
            return concat(pieces, state.place(node))
        case "replace", [str() as old, str() as new] if old and len(holder) * (len(new) + 1) < 1_000_000:
            return holder.replace(old, new)
        case (("split" | "rsplit"), [str() as separator]) if separator:
            place = state.place(node)
            return Seq([Slot(piece, place) for piece in holder.split(separator)[:1000]], None, state.path)
        case _, [] if name in _PLAIN_TEXT:
            return _PLAIN_TEXT[name](holder)
        case (("encode" | "decode"), _):
            return holder
    return state.unknown(node, f"what {brief(node.func)}() returns")


def _dict(arguments: Arguments, node: ast.Call, state: State) -> object:
    made = Map({}, None, state.path)
    for slot in arguments.positional:
        state.merge(made, slot.value, node)
    state.merge(made, arguments.named, node)
    return made


def _list(arguments: Arguments, node: ast.Call, state: State) -> object:
    match arguments.first():
        case Seq(items, rest):
            return Seq(list(items), rest, state.path)
        case None if not arguments.positional:
            return Seq([], None, state.path)
    return state.unknown(node, f"what {brief(node.func)}() returns")


def _text(arguments: Arguments, node: ast.Call, state: State) -> object:
    value = arguments.first()
    return (
        concat((value,), state.place(node))
        if isinstance(value, int | float | str | Unresolved | Reference)
        else (state.unknown(node, f"what {brief(node)} returns"))
    )


def _integer(arguments: Arguments, node: ast.Call, state: State) -> object:
    match arguments.first():
        case int() | float() as number if abs(number) < 10**18:
            return int(number)
        case str() as text if (held := whole(text)) is not None:
            return held
        case Unresolved(reason):
            return state.unknown(node, reason)
    return state.unknown(node, f"what {brief(node.func)}() returns")


def _copy(arguments: Arguments, node: ast.Call, state: State) -> object:
    return _copied(arguments.first(), state, state.place(node), 32)


def _copied(value: object, state: State, place: Place, depth: int) -> object:
    state.tick()
    match value:
        case Map() | Seq() if depth == 0:
            return Unresolved("nested too deep to follow", place)
        case Map(items, rest):
            return Map(
                {k: Slot(_copied(s.value, state, place, depth - 1), s.place) for k, s in items.items()},
                rest,
                state.path,
            )
        case Seq(many, rest):
            return Seq([Slot(_copied(s.value, state, place, depth - 1), s.place) for s in many], rest, state.path)
    return value


def _dumps(arguments: Arguments, node: ast.Call, state: State) -> object:
    value = arguments.first()
    if isinstance(value, Map | Seq):
        return JsonText(_copied(value, state, state.place(node), 32))
    if isinstance(value, str | int | float) or (value is None and arguments.positional):
        return json.dumps(value)
    return state.unknown(node, value.reason if isinstance(value, Unresolved) else f"what {brief(node)} returns")


def _loads(arguments: Arguments, node: ast.Call, state: State) -> object:
    value = arguments.first()
    if isinstance(value, JsonText):
        return _copied(value.value, state, state.place(node), 32)
    return state.unknown(node, value.reason if isinstance(value, Unresolved) else f"what {brief(node)} returns")


def _base64(arguments: Arguments, node: ast.Call, state: State) -> object:
    """A text in base64; one that is not known whole stays as it is, for whoever reads it takes both."""
    value = arguments.first()
    if isinstance(value, str) and len(value) <= MAX_ENCODED:
        return base64.b64encode(value.encode("utf-8", "replace")).decode()
    return value if isinstance(value, Unresolved) else state.unknown(node, f"what {brief(node)} returns")


def _environment(arguments: Arguments, node: ast.Call, state: State) -> object:
    match [slot.value for slot in arguments.positional]:
        case [str() as name]:
            return state.unknown(node, f"environment variable {name}")
        case [str() as name, fallback]:
            shown = fallback if isinstance(fallback, str | int | float | None) else "another value"
            return state.unknown(node, f"environment variable {name} (`{shown}` where it is not set)")
    return state.unknown(node, "an environment variable")


def _path(arguments: Arguments, node: ast.Call, state: State) -> object:
    pieces: list[object] = []
    for slot in arguments.positional:
        pieces += ["/", slot.value] if pieces else [slot.value]
    return concat(pieces, state.place(node)) if arguments.rest is None else arguments.rest


def _command_line(arguments: Arguments, node: ast.Call, state: State) -> object:
    return Unresolved("made by argparse", state.place(node))


_LIBRARY: dict[str, Callable[[Arguments, ast.Call, State], object]] = {
    "dict": _dict,
    "list": _list,
    "tuple": _list,
    "str": _text,
    "int": _integer,
    "copy.copy": _copy,
    "copy.deepcopy": _copy,
    "base64.b64encode": _base64,
    "base64.standard_b64encode": _base64,
    "json.dumps": _dumps,
    "json.loads": _loads,
    "os.environ.get": _environment,
    "os.getenv": _environment,
    "os.path.join": _path,
    "argparse.ArgumentParser": _command_line,
}
