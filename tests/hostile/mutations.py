"""Small changes to files, drawn so that a failing one shrinks to few of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml
from hypothesis import strategies as st

_TOKENS: tuple[bytes, ...] = (
    *(bytes([byte]) for byte in b"{}[]()<>:,-=?!&*|%@#$'\"`\\/\n\t\r \0\x1b\xff9aZ_"),
    *b"{{ }} ${ %{ <<EOT <<: &a *a !Ref !Sub !GetAtt !!binary --- ... null ~ true 1e999 0x 08 ,, // /*".split(),
    *b"\xc3\xa9 \xe2\x80\xae \\u0000 \\ud800 \\x00 NaN -1 99999999999999999999999 for if in each.value".split(),
    *b"FROM ENV RUN ONBUILD ARG def class lambda import boto3 await f'{ async return **x *x := ...".split(),
    *b"docker run -- sh -c $( ` && || | 2>&1 <<- done fi esac export count.index".split(),
    b"\n\n",
    b": &a\n",
    b"\n  - ",
    b"{{- if x }}",
    b"{{ end }}",
    b"[" * 300,
    b"(" * 300,
    b"{" * 300,
    b"a.b" * 300,
    b"9" * 5_000,
)
_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    float("inf"),
    "",
    " ",
    "\0",
    "\ud800",
    "x" * 10_000,
    "${",
    "${x}",
    "{{ x }}",
    "*",
    "-",
    "1/2",
    "0x",
    "{",
    '{"a": 1}',
    "IyEvYmluL3NoCmRvY2tlciBydW4gYQo=",
    [],
    [[]],
    [None],
    ["x", {"x": "y"}, 3],
    {},
    {"": ""},
    {"Ref": "x"},
    {"Ref": ["x"]},
    {"Fn::If": ["x", {"Ref": "y"}]},
    {"Fn::Sub": ["${a}", {"a": {"Fn::GetAtt": "b"}}]},
    {"Fn::Join": [",", {"Ref": "x"}]},
    {"Fn::FindInMap": ["a", "b"]},
    {"Fn::Split": [3, "x"]},
    {"name": "x", "value": {"y": []}},
    {"valueFrom": "x"},
)

Change = tuple[int, int, int, int]
_NUMBERS = st.tuples(st.integers(0, 5), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
CHANGES = st.lists(_NUMBERS, min_size=1, max_size=5)
_MOST_PLACES = 5_000
"""A tree that was copied into itself again and again is left as it is."""


def changed_bytes(data: bytes, changes: list[Change]) -> bytes:
    """`data` with bytes replaced, left out, moved or put in."""
    for kind, first, second, third in changes:
        start = first % (len(data) + 1)
        end = min(len(data), start + second % 40)
        token = _TOKENS[third % len(_TOKENS)]
        match kind:
            case 0:
                data = data[:start] + token + data[start:]
            case 1:
                data = data[:start] + token + data[end:]
            case 2:
                data = data[:start] + data[end:]
            case 3:
                data = data[:end] + data[start:]
            case 4:
                data = data[:start]
            case _:
                data = data[:start] + bytes([third % 256]) + data[start + 1 :]
    return data


def changed_lines(data: bytes, changes: list[Change]) -> bytes:
    """`data` with lines moved, left out, repeated or indented."""
    lines = data.split(b"\n")
    for kind, first, second, third in changes:
        at, to = first % len(lines), second % len(lines)
        match kind:
            case 0:
                lines[at], lines[to] = lines[to], lines[at]
            case 1:
                lines.insert(to, lines[at])
            case 2 if len(lines) > 1:
                del lines[at]
            case 3:
                lines[at] = b" " * (third % 9) + lines[at].lstrip()
            case 4:
                # One line alone is a whole file, which would double many times over.
                lines[at:at] = [lines[at][:2_000]] * (third % 60)
            case _:
                lines[at] = lines[at].partition(b":")[0] + b": " + lines[to].partition(b":")[2]
    return b"\n".join(lines)


def changed_tree(data: bytes, changes: list[Change]) -> bytes:
    """The YAML or JSON in `data` with values replaced, moved or nested, as JSON; other text by its bytes."""
    try:
        tree = yaml.load(data, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        return changed_bytes(data, changes)
    for kind, first, second, third in changes:
        places = _places(tree)
        if not places or len(places) > _MOST_PLACES:
            break
        holder, key = places[first % len(places)]
        other, other_key = places[second % len(places)]
        match kind:
            case 0 | 1:
                holder[key] = json.loads(json.dumps(_VALUES[third % len(_VALUES)]))
            case 2:
                holder[key] = json.loads(json.dumps(other[other_key], default=str))
            case 3:
                holder[key] = [holder[key]]
            case 4:
                holder[key] = {_TOKENS[third % len(_TOKENS)].decode("latin-1"): holder[key]}
            case _:
                del holder[key]
    return json.dumps(tree, default=str, indent=1).encode("utf-8", "replace")


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Every value below `tree`, by what holds it and its key."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict):
            keys: list[Any] = list(holder)
        elif isinstance(holder, list):
            keys = list(range(len(holder)))
        else:
            continue
        found += [(holder, key) for key in keys]
        waiting += [holder[key] for key in keys]
    return found


MUTATIONS: dict[str, Callable[[bytes, list[Change]], bytes]] = {
    "bytes": changed_bytes,
    "lines": changed_lines,
    "tree": changed_tree,
}
