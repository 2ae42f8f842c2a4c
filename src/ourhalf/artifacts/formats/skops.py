"""Files of skops: an archive with `schema.json`, a tree of what to make, and arrays of NumPy beside it.

The format: skops.readthedocs.io/en/stable/persistence.html. skops asks whoever loads a file to trust each type that
is not on its own list; here each must be data or an estimator that is known to store what it is given only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles.dangers import dangerous
from ourhalf.artifacts.pickles.estimators import ESTIMATORS
from ourhalf.artifacts.pickles.rules import RULES
from ourhalf.artifacts.pickles.values import Global
from ourhalf.artifacts.zips import ZipError, content, is_zip, members

MAX_SCHEMA = 64 * 1024 * 1024
MAX_ARRAY = 1 << 31
_END = 1 << 20
_MOST_REASONS = 50
_SCHEMA = "schema.json"
_BUILTIN = "dict list tuple set str int float bool bytes bytearray slice NoneType".split()  # noqa: SIM905
_DATA = frozenset(Global("builtins", name) for name in _BUILTIN) | RULES.globals
# What each loader makes of a node: nothing but the data in it, or that and an object of the class that it names.
_MAKES_DATA = frozenset({
    "DictNode", "ListNode", "TupleNode", "SetNode", "JsonNode", "BytesNode", "BytearrayNode", "SliceNode",
    "NdArrayNode", "CachedNode",
})  # fmt: skip


def _recognises(file: Content) -> bool:
    if not is_zip(file.data) or b"schema.json" not in bytes(file.data[-_END:]):
        return False
    try:
        schema = next((one for one in members(file.data) if one.name == _SCHEMA), None)
        return schema is not None and b'"__loader__"' in bytes(content(file.data, schema, MAX_SCHEMA)[:4096])
    except ZipError:
        return file.name.lower().endswith(".skops")


def _judge(file: Content, deeper: Deeper) -> Found:
    """Each node of the tree by what its loader does with it, and each file beside it as what it is."""
    try:
        inside = members(file.data)
    except ZipError as error:
        return Found("skops", (Reason(Judgement.UNREAD, str(error), 0, file.name),))
    reasons: dict[tuple[Judgement, str], Reason] = {}
    nodes = 0
    for member in inside:
        part = f"{file.name}/{member.name}"
        try:
            data = content(file.data, member, MAX_SCHEMA if member.name == _SCHEMA else MAX_ARRAY)
            if member.name == _SCHEMA:
                for judgement, what in _schema(data):
                    nodes += 1
                    kept = judgement is Judgement.UNSAFE or len(reasons) < _MOST_REASONS
                    if kept and judgement is not Judgement.SAFE:
                        reasons.setdefault((judgement, what), Reason(judgement, what, 0, part))
            else:
                # Arrays, and bytes that a node gives as they are.
                for reason in (reason for one in deeper(Content(part, data)) for reason in one.reasons):
                    reasons.setdefault((reason.judgement, reason.what), reason)
        except ZipError as error:
            reasons[Judgement.UNREAD, str(error)] = Reason(Judgement.UNREAD, str(error), 0, part)
    return Found("skops", tuple(reasons.values()), {"nodes": str(nodes)})


def _schema(data: memoryview) -> Iterator[tuple[Judgement, str]]:
    """What each node of the tree asks for."""
    try:
        tree = json.loads(bytes(data))
    except (ValueError, RecursionError):
        yield Judgement.UNREAD, "its tree is no JSON"
        return
    for node in _nodes(tree):
        module, name, loader = node.get("__module__"), node.get("__class__"), node.get("__loader__", "TypeNode")
        if not isinstance(module, str) or not isinstance(name, str):
            yield Judgement.UNREAD, "a node of its tree names no class"
            continue
        named, danger = Global(module, name), dangerous(module, name)
        if danger:
            yield Judgement.UNSAFE, f"it takes {named.dotted[:120]}, {danger}"
        elif _allowed(loader, named):
            yield Judgement.SAFE, ""
        else:
            yield Judgement.UNPROVED, f"it makes {named.dotted[:120]} by {str(loader)[:40]}, not known to be harmless"


def _allowed(loader: Any, named: Global) -> bool:
    if not isinstance(loader, str):
        return False
    if loader in _MAKES_DATA or loader == "TypeNode":
        return named in _DATA
    return loader == "ObjectNode" and named in ESTIMATORS


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "__class__" in one or "__loader__" in one:
                yield one
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


SKOPS = Format("skops", "a file of skops", _recognises, _judge, container="zip")
