"""What Python expressions stand for."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers.python import calls
from ourhalf.readers.python.domain import (
    Answer,
    Client,
    Dotted,
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
    same,
    truth,
)
from ourhalf.readers.python.formatting import format_value, percent
from ourhalf.readers.python.imports import constant_of
from ourhalf.readers.python.shapes import api_name
from ourhalf.readers.python.state import Arguments, State

MAX_EXPRESSION = 120
MAX_NUMBER = 10**18

_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
_SESSION: dict[str, object] = {
    "sagemaker_client": Client("sagemaker"),
    "sagemaker_runtime_client": Client("sagemaker-runtime"),
    "boto_session": Session(),
}
_RUNTIME = frozenset({"sys.argv", "__file__", "__magic__", "__lost__"})


def evaluate(node: ast.expr, state: State) -> object:
    """The value of an expression, unresolved with the reason where reading does not tell."""
    state.tick()
    state.depth += 1
    try:
        if state.depth > MAX_EXPRESSION:
            return state.unknown(node, "an expression nested too deep to follow")
        return _evaluate(node, state)
    finally:
        state.depth -= 1


def _evaluate(node: ast.expr, state: State) -> object:
    match node:
        case ast.Constant(value):
            return _constant(value, node, state)
        case ast.Name(name):
            return _name(name, node, state)
        case ast.Attribute(holder, name):
            return attribute(evaluate(holder, state), name, node, state)
        case ast.Call():
            return _call(node, state)
        case ast.Subscript(holder, key):
            return item(evaluate(holder, state), evaluate(key, state), node, state)
        case ast.IfExp() | ast.BoolOp() | ast.Compare() | ast.UnaryOp():
            return _decision(node, state)
    return _composed(node, state)


def _composed(node: ast.expr, state: State) -> object:
    match node:
        case ast.JoinedStr(values):
            return concat((_piece(value, state) for value in values), state.place(node))
        case ast.Dict():
            return _dict(node, state)
        case ast.List(elts) | ast.Tuple(elts) | ast.Set(elts):
            return _list(elts, state)
        case ast.BinOp():
            return _binary_chain(node, state)
        case ast.Await(value) | ast.Starred(value):
            return evaluate(value, state)
        case ast.NamedExpr(ast.Name(name), value):
            found = evaluate(value, state)
            state.scope.assign(name, Slot(found, state.place(node)))
            return found
        case ast.Yield(ast.expr() as value) | ast.YieldFrom(value):
            evaluate(value, state)
        case ast.ListComp(elt, generators) | ast.SetComp(elt, generators) | ast.GeneratorExp(elt, generators):
            _ask_each((elt,), generators, state)
        case ast.DictComp(key, value, generators):
            _ask_each((key, value), generators, state)
    return state.unknown(node, f"`{brief(node)}` is known only at run time")


def _ask_each(nodes: tuple[ast.expr, ...], generators: list[ast.comprehension], state: State) -> None:
    """Follow what a comprehension does for each element, for the requests in it; the element is unknown."""
    before = state.scope.names
    state.scope.names = dict(before)
    state.tick(len(before) // 16)
    try:
        for generator in generators:
            evaluate(generator.iter, state)
            for target in ast.walk(generator.target):
                if isinstance(target, ast.Name):
                    each = state.unknown(target, f"each of `{brief(generator.iter)}`")
                    state.scope.names[target.id] = Slot(each, each.place)
        for node in nodes:
            evaluate(node, state)
    finally:
        state.scope.names = before


def _constant(value: object, node: ast.expr, state: State) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return state.unknown(node, f"a value of type {type(value).__name__}")


def _name(name: str, node: ast.expr, state: State) -> object:
    found = state.scope.find(name)
    if found is not None:
        return found.value
    if name == "__name__":
        return "__main__"
    if name in _RUNTIME:
        return state.unknown(node, "known only at run time" if name != "__lost__" else "set where it could not be read")
    return Dotted(name)


def _piece(node: ast.expr, state: State) -> object:
    if isinstance(node, ast.FormattedValue):
        return format_value(evaluate(node.value, state), node, state.place(node.value))
    return evaluate(node, state)


def _dict(node: ast.Dict, state: State) -> Map:
    made = Map({}, None, state.path)
    for key, value in zip(node.keys, node.values, strict=True):
        found = evaluate(value, state)
        if key is None:
            state.merge(made, found, value)
            continue
        name = evaluate(key, state)
        place = state.place(key)
        if isinstance(name, str | int | float) or name is None:
            made.items[str(name)] = Slot(found, place)
        else:
            made.rest = Unresolved("a key is known only at run time", place)
    return made


def _call(node: ast.Call, state: State) -> object:
    function = node.func
    if not isinstance(function, ast.Attribute):
        return calls.function(evaluate(function, state), _arguments(node, state), node, state)
    holder = evaluate(function.value, state)
    arguments = _arguments(node, state)
    if isinstance(holder, Dotted):
        return calls.function(attribute(holder, function.attr, function, state), arguments, node, state)
    return calls.method(holder, function.attr, arguments, node, state)


def _arguments(node: ast.Call, state: State) -> Arguments:
    found = Arguments([], Map({}, None, state.path))
    for argument in node.args:
        value = evaluate(argument, state)
        if not isinstance(argument, ast.Starred):
            found.positional.append(Slot(value, state.place(argument)))
        elif isinstance(value, Seq) and value.rest is None:
            found.positional.extend(value.items)
        else:
            found.rest = state.unknown(argument, f"`{brief(argument)}` is known only at run time")
    for keyword in node.keywords:
        value = evaluate(keyword.value, state)
        if keyword.arg is not None:
            found.named.items[keyword.arg] = Slot(value, state.place(keyword))
        elif isinstance(value, Map):
            # A name given twice is an error in Python, so what is spread replaces nothing.
            state.tick(len(value.items))
            found.named.items.update(value.items)
            found.named.rest = found.named.rest or value.rest
        else:
            reason = (
                value.reason if isinstance(value, Unresolved) else f"`{brief(keyword.value)}` is known only at run time"
            )
            found.named.rest = state.unknown(keyword.value, reason)
    return found


def _list(elts: list[ast.expr], state: State) -> Seq:
    made = Seq([], None, state.path)
    for element in elts:
        found = evaluate(element, state)
        if not isinstance(element, ast.Starred):
            made.items.append(Slot(found, state.place(element)))
        elif isinstance(found, Seq):
            state.tick(len(found.items))
            made.items.extend(found.items)
            made.rest = made.rest or found.rest
        else:
            made.rest = found if isinstance(found, Unresolved) else state.unknown(element, f"`{brief(element)}`")
    return made


def _binary_chain(node: ast.BinOp, state: State) -> object:
    """A chain such as `a + b + c` without a call a link, for it may be long."""
    chain: list[ast.BinOp] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp):
        chain.append(left)
        left = left.left
    value = evaluate(left, state)
    for link in reversed(chain):
        state.tick()
        value = binary(link.op, value, evaluate(link.right, state), link, state)
    return value


def binary(op: ast.operator, left: object, right: object, node: ast.expr, state: State) -> object:
    """The value of `left op right`."""
    match op, left, right:
        case ast.Mod(), str(), _:
            return percent(left, right, state.place(node))
        case ast.Add(), Seq(items, rest), Seq(more, more_rest):
            state.tick(len(items) + len(more))
            return Seq([*items, *more], rest or more_rest, state.path)
        case ast.BitOr(), Map(), Map():
            merged = left.copy(state.path)
            state.merge(merged, right, node)
            return merged
        case ast.Add(), str(), str():
            return concat((left, right), state.place(node))
        case _, bool() | int() | float(), bool() | int() | float():
            return _arithmetic(op, left, right, node, state)
        case ast.Add(), str() | Unresolved(), str() | Unresolved() | Reference():
            if isinstance(left, str) or isinstance(right, str) or _is_text(left) or _is_text(right):
                return concat((left, right), state.place(node))
    unknown = next((v for v in (left, right) if isinstance(v, Unresolved)), None)
    return state.unknown(node, unknown.reason if unknown else f"`{brief(node)}` is known only at run time")


def _is_text(value: object) -> bool:
    return isinstance(value, Unresolved) and any(isinstance(part, str) for part in value.parts)


def _arithmetic(op: ast.operator, left: float, right: float, node: ast.expr, state: State) -> object:
    function = _ARITHMETIC.get(type(op))
    if function is not None and abs(left) < MAX_NUMBER and abs(right) < MAX_NUMBER:
        try:
            return function(left, right)
        except ArithmeticError:
            pass
    return state.unknown(node, f"`{brief(node)}` is known only at run time")


def _decision(node: ast.IfExp | ast.BoolOp | ast.Compare | ast.UnaryOp, state: State) -> object:
    if isinstance(node, ast.IfExp):
        return _choice(node, state)
    return _any_or_all(node, state) if isinstance(node, ast.BoolOp) else _logic(node, state)


def _choice(node: ast.IfExp, state: State) -> object:
    decided = truth(evaluate(node.test, state))
    if decided is not None:
        return evaluate(node.body if decided else node.orelse, state)
    one, other = evaluate(node.body, state), evaluate(node.orelse, state)
    return one if same(one, other) else state.unknown(node, f"depends on `{brief(node.test)}`")


def _any_or_all(node: ast.BoolOp, state: State) -> object:
    wanted = isinstance(node.op, ast.Or)
    found: object = None
    for value in node.values:
        found = evaluate(value, state)
        decided = truth(found)
        if decided is None:
            return _undecided(node, found, state)
        if decided is wanted:
            break
    return found


def _logic(node: ast.Compare | ast.UnaryOp, state: State) -> object:
    match node:
        case ast.UnaryOp(ast.Not(), operand):
            decided = truth(evaluate(operand, state))
            return not decided if decided is not None else state.unknown(node, f"depends on `{brief(operand)}`")
        case ast.UnaryOp(ast.USub(), operand):
            number = evaluate(operand, state)
            if isinstance(number, int | float):
                return -number
        case ast.Compare(left, [op], [right]):
            compared = _compare(op, evaluate(left, state), evaluate(right, state))
            if compared is not None:
                return compared
    return state.unknown(node, f"`{brief(node)}` is known only at run time")


def _undecided(node: ast.BoolOp, found: object, state: State) -> Unresolved:
    if isinstance(found, Unresolved):
        return state.unknown(node, f"`{brief(node)}`: {found.reason}")
    return state.unknown(node, f"`{brief(node)}` is known only at run time")


def _compare(op: ast.cmpop, left: object, right: object) -> bool | None:
    scalars = (bool, int, float, str, type(None))
    if not isinstance(left, scalars):
        return None
    if isinstance(op, ast.In | ast.NotIn) and isinstance(right, Seq) and right.rest is None:
        if all(isinstance(slot.value, scalars) for slot in right.items):
            return (left in [slot.value for slot in right.items]) is isinstance(op, ast.In)
        return None
    if not isinstance(right, scalars):
        return None
    match op:
        case ast.Eq() | ast.Is():
            return left == right
        case ast.NotEq() | ast.IsNot():
            return left != right
    return None


def attribute(holder: object, name: str, node: ast.expr, state: State) -> object:
    """The value of `holder.name`."""
    match holder:
        case Dotted(dotted):
            if f"{dotted}.{name}" in _RUNTIME:
                return Opaque("command-line argument")
            found = constant_of(dotted, name, state)
            return Dotted(f"{dotted}.{name}") if found is None else found
        case Instance(title):
            value = holder.find(name)
            return state.unknown(node, f"attribute `{name}` of {title}") if value is None else value
        case Made():
            return _made_attribute(holder, name, node, state)
        case Session() if name in _SESSION:
            return _SESSION[name]
        case Session() if name in ("boto_region_name", "region_name"):
            return state.unknown(node, "the region of the session that runs this")
        case Answer() if name in ("arn", "id", "name") or name.endswith(("_arn", "_name", "_id")):
            return Reference(holder.address, api_name(name))
        case Opaque(kind):
            return state.unknown(node, f"{kind} `{name}`")
        case Unresolved():
            return state.unknown(node, holder.reason)
    return state.unknown(node, f"`{brief(node)}` is known only at run time")


def _made_attribute(made: Made, name: str, node: ast.expr, state: State) -> object:
    found = made.args.get(name)
    if found is not None:
        return found
    if name in ("properties", "outputs", "arguments"):
        return Opaque("value that the pipeline gives when it runs:")
    if name in ("sagemaker_session", "session"):
        return Session()
    return state.unknown(node, f"`{name}` of a {made.cls}, which the SDK decides")


def item(holder: object, key: object, node: ast.Subscript, state: State) -> object:
    """The value of `holder[key]`."""
    match holder, key:
        case Map(items, rest), str() if key in items:
            return items[key].value
        case Map(items, rest), str() if rest is not None:
            return state.unknown(node, rest.reason)
        case Seq(items, None), int() if -len(items) <= key < len(items):
            return items[key].value
        case Answer(), str() | int():
            return answered(holder, key)
        case Dotted("os.environ"), str():
            return state.unknown(node, f"environment variable {key}")
        case Opaque(kind), _:
            return state.unknown(node, f"{kind} `{key}`" if isinstance(key, str | int) else kind)
        case Unresolved(reason), _:
            return state.unknown(node, reason)
        case JsonText(), _:
            pass
    return state.unknown(node, f"`{brief(node)}` is known only at run time")
