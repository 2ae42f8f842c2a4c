"""Follows the statements of a Python file in the order in which they would run."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ourhalf.model.field import Place, Unresolved
from ourhalf.readers.python.domain import Dotted, Function, Instance, Made, Map, Opaque, Seq, Slot, brief, same, truth
from ourhalf.readers.python.expressions import binary, evaluate
from ourhalf.readers.python.imports import import_from, import_names
from ourhalf.readers.python.sdk import decorate
from ourhalf.readers.python.state import Scope, State

MAX_BLOCKS = 80
MAX_TURNS = 32
_STOPS = (ast.Break, ast.Continue, ast.Return, ast.Raise, ast.Yield, ast.YieldFrom)
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def follow(state: State) -> None:
    """Follow a file: first its own statements, then each function body with its parameters unknown."""
    run(state.source.statements, state)
    while state.bodies:
        bodies, state.bodies = state.bodies, []
        for body in bodies:
            body()


def run(statements: Iterable[ast.stmt], state: State) -> None:
    """Follow a block."""
    state.depth += 1
    try:
        for statement in statements:
            state.tick()
            if state.depth > MAX_BLOCKS:
                _lose(statement, state)
            else:
                _statement(statement, state)
    finally:
        state.depth -= 1


def _statement(node: ast.stmt, state: State) -> None:
    match node:
        case ast.Expr(value):
            evaluate(value, state)
        case ast.Assign(targets, value):
            found = evaluate(value, state)
            for target in targets:
                assign(target, found, state)
        case ast.AnnAssign(target, _, ast.expr() as value):
            assign(target, evaluate(value, state), state)
        case ast.AugAssign(target, op, value):
            _augment(target, op, evaluate(value, state), state)
        case ast.If():
            _if(node, state)
        case ast.For() | ast.AsyncFor() | ast.While():
            _loop(node, state)
        case ast.Try() | ast.TryStar():
            _try(node, state)
        case ast.With() | ast.AsyncWith() | ast.Match():
            _block(node, state)
        case _:
            _definition(node, state)


def _block(node: ast.With | ast.AsyncWith | ast.Match, state: State) -> None:
    if isinstance(node, ast.Match):
        evaluate(node.subject, state)
        why = f"`{brief(node.subject)}` has one value"
        _fork([*((why, arm.body) for arm in node.cases), ("", [])], state)
        return
    for item in node.items:
        entered = evaluate(item.context_expr, state)
        if item.optional_vars is not None:
            assign(item.optional_vars, entered, state)
    run(node.body, state)


def _definition(node: ast.stmt, state: State) -> None:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            _function(node, state)
        case ast.ClassDef():
            _class(node, state)
        case ast.Import(names):
            import_names(names, node, state)
        case ast.ImportFrom():
            import_from(node, state)
        case ast.Return(ast.expr() as value):
            state.scope.returns.append(evaluate(value, state))
        case ast.Global(names):
            state.scope.globals.update(names)
        case ast.Delete(targets):
            for target in targets:
                _delete(target, state)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, state: State) -> None:
    for decorator in node.decorator_list:
        found = evaluate(decorator, state)
        if isinstance(found, Dotted):
            found = decorate(found, state.place(decorator), state)
        if isinstance(found, Made):
            _label(found, node.name)
    state.scope.assign(node.name, Slot(Function(node, state.scope), state.place(node)))
    _queue(node, None, state)


def assign(target: ast.expr, value: object, state: State) -> None:
    """Bind what `target` names to `value`."""
    place = state.place(target)
    match target:
        case ast.Name(name):
            _assign_name(name, Slot(value, place), state)
        case ast.Tuple(elts) | ast.List(elts):
            _unpack(elts, value, state)
        case ast.Starred(inner):
            assign(inner, value, state)
        case ast.Subscript(holder, key):
            _assign_item(evaluate(holder, state), evaluate(key, state), Slot(value, place), state)
        case ast.Attribute(holder, name):
            _assign_attribute(evaluate(holder, state), name, Slot(value, place), state)


def _assign_name(name: str, slot: Slot, state: State) -> None:
    if isinstance(slot.value, Made):
        _label(slot.value, name)
    if name not in state.scope.globals:
        state.scope.assign(name, slot)
        return
    scope = state.scope
    while scope.outer is not None:
        scope = scope.outer
    scope.assign(name, slot)
    scope.names[name] = scope.ever[name]


def _label(made: Made, name: str) -> None:
    """An object is called after the name that it is first bound to."""
    if " in " in made.label:
        made.label = name


def _unpack(targets: list[ast.expr], value: object, state: State) -> None:
    known = isinstance(value, Seq) and value.rest is None and len(value.items) == len(targets)
    starred = any(isinstance(t, ast.Starred) for t in targets)
    for number, target in enumerate(targets):
        if known and not starred and isinstance(value, Seq):
            assign(target, value.items[number].value, state)
        elif isinstance(value, Unresolved | Opaque):
            assign(target, value, state)
        else:
            assign(target, state.unknown(target, "one of several values that are known only at run time"), state)


def _assign_item(holder: object, key: object, slot: Slot, state: State) -> None:
    match holder, key:
        case Map(), str():
            state.put(holder, key, slot)
        case Seq(items), int() if -len(items) <= key < len(items) and not isinstance(key, bool):
            if state.certain(holder.path):
                items[key] = slot
            else:
                items[key] = Slot(Unresolved(state.doubt(), slot.place), slot.place)
        case Map(), int() | float() | None:
            pass  # no request has such a key
        case Map() | Seq(), _:
            state.blur(holder, Unresolved("changed under a key that is known only at run time", slot.place))


def _assign_attribute(holder: object, name: str, slot: Slot, state: State) -> None:
    match holder:
        case Made(args=args):
            state.put(args, name, slot)
        case Instance(attributes=attributes):
            if isinstance(slot.value, Made):
                _label(slot.value, name)
            before = attributes.get(name)
            if before is not None and not same(before.value, slot.value):
                slot = Slot(Unresolved(f"`{name}` is assigned more than once", slot.place), slot.place)
            attributes[name] = slot


def _augment(target: ast.expr, op: ast.operator, value: object, state: State) -> None:
    before = evaluate(target, state)
    match before, op, value:
        case Seq(), ast.Add(), Seq(items, rest):
            state.append(before, items)
            before.rest = before.rest or rest
        case Map(), ast.BitOr(), Map(items, rest):
            for key, slot in items.items():
                state.put(before, key, slot)
            before.rest = before.rest or rest
        case Map() | Seq(), _, _:
            state.blur(before, state.unknown(target, "changed by a value that is known only at run time"))
        case _:
            assign(target, binary(op, before, value, target, state), state)


def _delete(target: ast.expr, state: State) -> None:
    match target:
        case ast.Name(name):
            state.scope.names.pop(name, None)
        case ast.Subscript(holder, key):
            found, chosen = evaluate(holder, state), evaluate(key, state)
            if isinstance(found, Map) and isinstance(chosen, str):
                state.drop(found, chosen, state.place(target))
            elif isinstance(found, Map | Seq):
                state.blur(found, state.unknown(target, "an element was deleted"))


def _if(node: ast.If, state: State) -> None:
    """An if with its elifs: the branch that is known to run, else all that may."""
    forks: list[tuple[str, list[ast.stmt]]] = []
    current: ast.If | None = node
    rest: list[ast.stmt] = []
    while current is not None:
        decided = truth(evaluate(current.test, state))
        if decided is True:
            rest, current = current.body, None
            break
        if decided is None:
            forks.append((f"`{brief(current.test)}`", current.body))
        rest = current.orelse
        current = rest[0] if len(rest) == 1 and isinstance(rest[0], ast.If) else None
    if not forks:
        run(rest, state)
    else:
        forks.append((f"not {forks[0][0]}", rest))
        _fork(forks, state)


def _fork(forks: list[tuple[str, list[ast.stmt]]], state: State) -> None:
    """Follow blocks of which one will run, and join what they leave."""
    base = state.scope.names
    ends: list[dict[str, Slot]] = []
    for why, body in forks:
        state.tick(len(base) // 16)
        state.scope.names = dict(base)
        _within(why, body, state)
        if not (body and isinstance(body[-1], _LEAVES)):
            ends.append(state.scope.names)
    state.scope.names = _joined(ends or [base], forks[0][0])


def _within(why: str, body: list[ast.stmt], state: State) -> None:
    before = state.path
    state.path = state.branch()
    state.why.append(why or "other cases do not apply")
    try:
        run(body, state)
    finally:
        state.path = before
        state.why.pop()


def _joined(ends: list[dict[str, Slot]], why: str) -> dict[str, Slot]:
    if len(ends) == 1:
        return ends[0]
    found = dict(ends[0])
    for name in dict.fromkeys(name for end in ends for name in end):
        slots = [end.get(name) for end in ends]
        first = next(slot for slot in slots if slot is not None)
        if any(slot is None or (slot is not first and not same(slot.value, first.value)) for slot in slots):
            place = first.place
            found[name] = Slot(Unresolved(f"`{name}` depends on {why}", place), place)
    return found


def _loop(node: ast.For | ast.AsyncFor | ast.While, state: State) -> None:
    """Followed for each element of a short list that is known.

    Else the body runs twice here: what it changes is unknown to it from its second turn on.
    """
    if isinstance(node, ast.For) and _followed_each(node, state):
        return
    if isinstance(node, ast.While):
        evaluate(node.test, state)
        why = f"`{brief(node.test)}`"
    else:
        why = f"`{brief(node.iter)}` has elements"
        evaluate(node.iter, state)
    turns: tuple[bool, ...] = (True, False) if not state.quiet else (True,)
    for quiet in turns:
        base = state.scope.names
        state.scope.names = dict(base)
        if not isinstance(node, ast.While):
            assign(node.target, state.unknown(node.target, f"each of `{brief(node.iter)}`"), state)
        state.quiet += quiet
        try:
            _within(why, node.body, state)
        finally:
            state.quiet -= quiet
        state.scope.names = _joined([base, state.scope.names], f"how often {why}")
    run(node.orelse, state)


def _followed_each(node: ast.For, state: State) -> bool:
    """Whether the elements are known, few, and each gets its turn."""
    found = evaluate(node.iter, state)
    if not isinstance(found, Seq) or found.rest is not None or not 0 < len(found.items) <= MAX_TURNS:
        return False
    if state.turns * len(found.items) > MAX_TURNS or any(isinstance(inner, _STOPS) for inner in ast.walk(node)):
        return False
    before = state.turns
    state.turns *= len(found.items)
    try:
        for slot in list(found.items):
            assign(node.target, slot.value, state)
            run(node.body, state)
    finally:
        state.turns = before
    run(node.orelse, state)
    return True


def _try(node: ast.Try | ast.TryStar, state: State) -> None:
    run(node.body, state)
    run(node.orelse, state)
    base = state.scope.names
    ends = [base]
    for handler in node.handlers:
        state.scope.names = dict(base)
        _within("an exception is raised", handler.body, state)
        if not isinstance(handler.body[-1], _LEAVES):
            ends.append(state.scope.names)
    state.scope.names = _joined(ends, "whether an exception is raised")
    run(node.finalbody, state)


def _class(node: ast.ClassDef, state: State) -> None:
    bases = [evaluate(base, state) for base in node.bases]
    own = Instance(node.name, {}, tuple(b for b in bases if isinstance(b, Instance | Dotted)))
    state.scope.assign(node.name, Slot(own, state.place(node)))
    fielded = bool(node.decorator_list or node.bases)
    methods: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
    outer, state.scope = state.scope, Scope(f"class {node.name}", state.scope)
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            methods.append(statement)
        elif fielded and isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            unknown = state.unknown(statement, f"field `{name}` of {node.name}")
            state.scope.assign(name, Slot(unknown, unknown.place))
        elif not isinstance(statement, ast.ClassDef):
            run((statement,), state)
        else:
            _class(statement, state)
    own.attributes.update(state.scope.names)
    state.scope = outer
    for method in sorted(methods, key=lambda m: m.name != "__init__"):
        own.attributes.setdefault(method.name, Slot(Function(method, state.scope), state.place(method)))
        _queue(method, own, state)


def _queue(node: ast.FunctionDef | ast.AsyncFunctionDef, own: Instance | None, state: State) -> None:
    """Follow the body of a function later, when all names around it are known, or once what it returns is asked."""
    if state.quiet:
        return
    outer = state.scope

    def body() -> None:
        if state.pending.get(id(node)) is not body:
            return
        del state.pending[id(node)]
        before = state.scope, state.path, state.why, state.turns, state.quiet, state.inlined
        state.scope, state.path = Scope(node.name, outer), ()
        state.path, state.why = state.branch(), [f"`{node.name}` is called"]
        state.turns, state.quiet, state.inlined = 1, 0, 0
        _bind_parameters(node, own, state)
        try:
            run(node.body, state)
            state.results[id(node)] = state.scope.returns
        finally:
            state.scope, state.path, state.why, state.turns, state.quiet, state.inlined = before

    state.pending[id(node)] = body
    state.bodies.append(body)


def _bind_parameters(node: ast.FunctionDef | ast.AsyncFunctionDef, own: Instance | None, state: State) -> None:
    given = node.args
    names = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)
    for number, parameter in enumerate(names):
        place = _argument_place(parameter, state)
        unknown: object = Unresolved(f"parameter `{parameter.arg}` of {node.name}", place)
        if number == 0 and own is not None and not static:
            unknown = own
        state.scope.assign(parameter.arg, Slot(unknown, place))
    for extra in (given.vararg, given.kwarg):
        if extra is not None:
            place = _argument_place(extra, state)
            rest = Unresolved(f"parameter `{extra.arg}` of {node.name}", place)
            held = Map({}, rest, state.path) if extra is given.kwarg else Seq([], rest, state.path)
            state.scope.assign(extra.arg, Slot(held, place))


def _argument_place(node: ast.arg, state: State) -> Place:
    return state.place(ast.copy_location(ast.Name(node.arg), node))


def _lose(statement: ast.stmt, state: State) -> None:
    """Names that a block nested too deep may assign are unknown from here on."""
    for node in ast.walk(statement):
        state.tick()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            unknown = state.unknown(node, "assigned in a block nested too deep to follow")
            state.scope.assign(node.id, Slot(unknown, unknown.place))
