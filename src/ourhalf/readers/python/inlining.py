"""Calls of short functions of the file itself: what one returns, with the arguments of the call.

Only functions that do nothing else are followed. What a function asks of AWS is found where its body is
read by itself, once, with its parameters unknown; its callers get what it returns of that.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from ourhalf.model.field import Reference
from ourhalf.readers.python.clients import operations
from ourhalf.readers.python.domain import Answer, Function, Instance, Made, Seq, Slot, brief, same, truth
from ourhalf.readers.python.state import Arguments, Scope, State

MAX_NODES = 600
MAX_DEPTH = 3
MAX_CALLS = 300
MAX_BLOCKS_AROUND = 24

_HARMLESS = frozenset({"staticmethod", "cache", "lru_cache"})
_NESTED = (ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.Match)
_REFUSED = (
    *(ast.AsyncFunctionDef, ast.FunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.Yield, ast.YieldFrom, ast.Await, ast.Global, ast.Nonlocal),
)


class Returned(NamedTuple):
    """What a function returns; `whole` unless it may have stopped before what it does last."""

    value: object
    whole: bool = True


class _NoReturn:
    """What stands for the end of a block that returned nothing."""


class _Undecided(NamedTuple):
    """What stands for a block that returns or goes on, which is known only at run time."""

    test: ast.expr


_NOTHING = _NoReturn()


def returned(
    called: Function, own: Instance | None, arguments: Arguments, node: ast.Call, state: State
) -> Returned | None:
    """What the function returns; None where that is not followed."""
    definition = called.node
    if called.scope is None or arguments.rest is not None or arguments.named.rest is not None:
        return None
    if state.inlined >= MAX_DEPTH or state.calls >= MAX_CALLS or not _is_plain(definition, state):
        return None
    state.calls += 1
    outer = state.scope
    state.scope = Scope(definition.name, called.scope)
    state.inlined += 1
    state.quiet += 1
    try:
        if not _bind(definition, own, arguments, state):
            return None
        value = _run(definition.body, state)
    finally:
        state.scope = outer
        state.inlined -= 1
        state.quiet -= 1
    match value:
        case _NoReturn():
            return Returned(None)
        case _Undecided(test):
            reason = f"what {definition.name}() returns depends on `{brief(test)}`"
            return Returned(state.unknown(node, reason), whole=False)
        case Made() if all(made is not value for made in state.made):
            # The object itself is told where the body is read. What is asked of this one is asked of that.
            state.returned.append(value)
    return Returned(value)


def made_by(called: Function, state: State) -> object:
    """What a function that asks AWS for something returns of it, whatever its arguments; None where that is not known.

    Its body is followed now if it was not yet: the call sees the names around the function as they are here.
    """
    definition = called.node
    if isinstance(definition, ast.AsyncFunctionDef) or not _asks(definition, state):
        return None
    pending = state.pending.get(id(definition))
    if pending is not None and state.depth < MAX_BLOCKS_AROUND:
        pending()
    values = [value for value in state.results.get(id(definition), ()) if value is not None]
    if not values or not all(same(value, values[0]) for value in values[1:]) or not _is_made(values[0]):
        return None
    return values[0]


def _is_made(value: object) -> bool:
    match value:
        case Seq(items, None):
            return any(_is_made(slot.value) for slot in items)
        case Reference() | Answer():
            return True
    return False


def _asks(definition: ast.FunctionDef, state: State) -> bool:
    known = state.asking.get(id(definition))
    if known is None:
        asked, inner = operations(), [node for statement in definition.body for node in ast.walk(statement)]
        state.tick(len(inner) // 10)
        known = any(isinstance(node, ast.Return) for node in inner) and not any(
            isinstance(node, ast.Yield | ast.YieldFrom) for node in inner
        )
        known = known and any(isinstance(node, ast.Attribute) and node.attr in asked for node in inner)
        state.asking[id(definition)] = known
    return known


def _is_plain(definition: ast.FunctionDef | ast.AsyncFunctionDef, state: State) -> bool:
    known = state.plain.get(id(definition))
    if known is None:
        known = state.plain[id(definition)] = _looks_plain(definition)
        state.tick(MAX_NODES // 10)
    return known


def _looks_plain(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if isinstance(definition, ast.AsyncFunctionDef) or definition.args.vararg or definition.args.kwarg:
        return False
    if any(_name(decorator) not in _HARMLESS for decorator in definition.decorator_list):
        return False
    asked = operations()
    for number, inner in enumerate(node for statement in definition.body for node in ast.walk(statement)):
        match inner:
            case ast.Attribute(attr=attr, ctx=ctx) if isinstance(ctx, ast.Store | ast.Del) or attr in asked:
                return False
        if number > MAX_NODES or isinstance(inner, _REFUSED):
            return False
        if isinstance(inner, _NESTED) and any(isinstance(below, ast.Return) for below in ast.walk(inner)):
            return False
    return True


def _name(decorator: ast.expr) -> str:
    if isinstance(decorator, ast.Call):
        decorator = decorator.func
    return decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", "")


def _bind(
    definition: ast.FunctionDef | ast.AsyncFunctionDef, own: Instance | None, arguments: Arguments, state: State
) -> bool:
    """Give the parameters their values; False where the call does not fit."""
    from ourhalf.readers.python.expressions import evaluate

    static = any(_name(decorator) == "staticmethod" for decorator in definition.decorator_list)
    given = definition.args
    names = [*given.posonlyargs, *given.args]
    values = [slot.value for slot in arguments.positional]
    if own is not None and not static:
        values.insert(0, own)
    if len(values) > len(names):
        return False
    defaults = dict(zip([p.arg for p in names[len(names) - len(given.defaults) :]], given.defaults, strict=True))
    defaults |= {p.arg: d for p, d in zip(given.kwonlyargs, given.kw_defaults, strict=True) if d is not None}
    bound: dict[str, object] = {p.arg: value for p, value in zip(names, values, strict=False)}
    bound |= {name: slot.value for name, slot in arguments.named.items.items()}
    place = state.place(definition)
    for parameter in (*names, *given.kwonlyargs):
        if parameter.arg not in bound and parameter.arg not in defaults:
            return False
        value = bound[parameter.arg] if parameter.arg in bound else evaluate(defaults[parameter.arg], state)
        state.scope.assign(parameter.arg, Slot(value, place))
    return True


def _run(statements: list[ast.stmt], state: State) -> object:
    """Follow a block until it returns."""
    from ourhalf.readers.python.expressions import evaluate
    from ourhalf.readers.python.statements import run

    for statement in statements:
        state.tick()
        match statement:
            case ast.Return(value):
                return None if value is None else evaluate(value, state)
            case ast.If(test, body, orelse) if any(isinstance(inner, ast.Return) for inner in ast.walk(statement)):
                decided = truth(evaluate(test, state))
                if decided is None:
                    return _Undecided(test)
                found = _run(body if decided else orelse, state)
                if not isinstance(found, _NoReturn):
                    return found
            case _:
                run((statement,), state)
    return _NOTHING
