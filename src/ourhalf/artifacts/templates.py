"""Chat templates: text in Jinja that servers render, some of them without a sandbox.

A template is parsed, never rendered. Rendering it outside of Jinja's sandbox runs code where it can reach the
attributes from which Python's own objects lead to any function: names that begin with an underscore, written out
or put together (jinja.palletsprojects.com/en/stable/sandbox/). Plain access to messages and tools reaches none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ourhalf.artifacts.judgement import Judgement, Reason

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

MAX_TEMPLATE = 400_000
_ANYWAY = "whoever renders it without a sandbox runs it"
# What gives a name of an attribute that is not read from the template: none of them is needed for a chat.
_BY_NAME = frozenset({"attr", "map", "selectattr", "rejectattr", "groupby", "sort", "sum", "unique", "min", "max"})
_NUMBERS = frozenset({"length", "int", "count", "abs", "first", "last"})


def template_reasons(text: str, part: str, offset: int = 0) -> tuple[Reason, ...]:
    """Why rendering a template is not proved to run nothing but the template."""
    if len(text) > MAX_TEMPLATE:
        return (Reason(Judgement.UNREAD, f"a template of more than {MAX_TEMPLATE:,} characters", offset, part),)
    from jinja2 import TemplateSyntaxError

    try:
        parsed = _environment().parse(text)
        wrong = next(_wrong(parsed), "")
    except TemplateSyntaxError as error:
        wrong = f"cannot be read as Jinja: {str(error)[:80]}"
    except (RecursionError, MemoryError, ValueError, OverflowError):
        return (Reason(Judgement.UNREAD, "a chat template that is nested too deeply to be read", offset, part),)
    if not wrong:
        return ()
    return (Reason(Judgement.UNPROVED, f"its chat template {wrong}: {_ANYWAY}", offset, part),)


def _environment() -> Environment:
    from jinja2 import Environment
    from jinja2.ext import Extension

    class Generation(Extension):
        """`{% generation %}`, which transformers knows and Jinja does not; what is inside is read."""

        tags = {"generation"}  # noqa: RUF012 - so declared by Jinja

        def parse(self, parser: object) -> list[nodes.Node]:
            next(parser.stream)  # type: ignore[attr-defined]
            found: list[nodes.Node] = parser.parse_statements(  # type: ignore[attr-defined]
                ("name:endgeneration",), drop_needle=True
            )
            return found

    # Nothing is rendered here, so that nothing need be escaped.
    return Environment(extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do", Generation], autoescape=True)


def _wrong(parsed: nodes.Template) -> Iterator[str]:
    """What is in a template that plain access to messages is not, as the end of a sentence."""
    from jinja2 import nodes

    made = _made(parsed)
    for node in parsed.find_all(nodes.Node):
        match node:
            case nodes.Getattr(attr=name) if name.startswith("_"):
                yield f"reads the attribute {name[:40]}"
            case nodes.Getattr(attr=("format" | "format_map") as name):
                yield f"calls {name}, which reads attributes by what a text says"
            case nodes.Getattr(attr=("mro" | "gi_frame" | "cr_frame" | "func_globals" | "im_func") as name):
                yield f"reads the attribute {name}"
            case nodes.Getitem(arg=argument):
                yield from _by_key(argument, made)
            case nodes.Filter(name=name, args=arguments, kwargs=named) if name in _BY_NAME:
                yield from _by_filter(name, arguments, named)
            case nodes.Filter(name="format"):
                yield "formats a text, by which attributes can be read"
            case nodes.Include() | nodes.Import() | nodes.FromImport() | nodes.Extends():
                yield "takes in another template"
            case _:
                pass


def _assigned(parsed: nodes.Template) -> dict[str, list[nodes.Node]]:
    """What each name is set to somewhere in the template."""
    from jinja2 import nodes

    found: dict[str, list[nodes.Node]] = {}
    for node in parsed.find_all((nodes.Assign, nodes.For, nodes.With, nodes.AssignBlock)):
        pairs: list[tuple[nodes.Node, nodes.Node]] = []
        match node:
            case nodes.With(targets=targets, values=values):
                pairs.extend(zip(targets, values, strict=False))
            case nodes.For(target=target, iter=value) | nodes.Assign(target=target, node=value):
                pairs.append((target, value))
            case nodes.AssignBlock(target=target):
                pairs.append((target, nodes.Concat([])))
        for target, value in pairs:
            for name in (target, *target.find_all(nodes.Name)):
                if isinstance(name, nodes.Name):
                    found.setdefault(name.name, []).append(value)
    return found


def _made(parsed: nodes.Template) -> set[str]:
    """The names that may hold a text which the template makes of parts, by themselves or by another such name."""
    from jinja2 import nodes

    assigned = _assigned(parsed)
    made = {name for name, values in assigned.items() if any(_puts_together(value, set()) for value in values)}
    users: dict[str, set[str]] = {}
    for name, values in assigned.items():
        for value in values:
            for used in (value, *value.find_all(nodes.Name)):
                if isinstance(used, nodes.Name):
                    users.setdefault(used.name, set()).add(name)
    waiting = list(made)
    while waiting:
        for user in users.pop(waiting.pop(), ()):
            if user not in made:
                made.add(user)
                waiting.append(user)
    return made


def _by_key(key: nodes.Node, made: set[str]) -> Iterator[str]:
    from jinja2 import nodes

    if isinstance(key, nodes.Const) and isinstance(key.value, str):
        if key.value.startswith("_"):
            yield f"reads the attribute {key.value[:40]}"
    elif not isinstance(key, nodes.Slice) and _puts_together(key, made):
        yield "reads an attribute by a name that it puts together"


def _puts_together(node: nodes.Node, made: set[str]) -> bool:
    """Whether a value may be a text that the template makes of parts, so that its name is written nowhere."""
    from jinja2 import nodes

    for one in (node, *node.find_all(nodes.Node)):
        match one:
            case nodes.Concat():
                return True
            case nodes.Const(value=str() as text) if text.startswith("_") or one is not node:
                return True
            case nodes.Filter(name=name) if name not in _NUMBERS:
                return True
            case nodes.Call(node=nodes.Name(name="range" | "namespace")):
                pass
            case nodes.Call(node=nodes.Getattr(attr="items" | "keys")):
                pass
            case nodes.Call():
                return True
            case nodes.Name(name=name) if name in made:
                return True
            case _:
                pass
    return False


def _by_filter(name: str, arguments: list[nodes.Expr], named: Sequence[nodes.Keyword | nodes.Pair]) -> Iterator[str]:
    from jinja2 import nodes

    if name == "attr":
        yield "reads an attribute by the filter attr"
        return
    values = [*arguments, *(one.value for one in named)]
    for value in values:
        if not isinstance(value, nodes.Const):
            if name in {"map", "selectattr", "rejectattr", "groupby"}:
                yield f"reads an attribute by a name that it gives to the filter {name}"
        elif isinstance(value.value, str) and ("_" in value.value[:1] or "._" in value.value or value.value == "attr"):
            yield f"reads the attribute {value.value[:40]} by the filter {name}"
