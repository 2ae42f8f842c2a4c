"""What the pickles of a model file would do, instruction by instruction, in words."""

from __future__ import annotations

import mmap
import os
import pickletools
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from ourhalf.artifacts.format import Content
from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.judging import ArtifactError, judge, together
from ourhalf.artifacts.pickles.dangers import dangerous
from ourhalf.artifacts.pickles.machine import Instruction, Ran, trace, watched
from ourhalf.artifacts.pickles.state import Loader
from ourhalf.artifacts.pickles.values import Anything, Global, Many, Value, described

_SHOWN = 4
_FRAME = 0x95
_NAMES = {ord(one.code): one.name for one in pickletools.opcodes}
_LOADED_BY = {Loader.PLAIN: "pickle.load", Loader.TORCH: "torch.load", Loader.JOBLIB: "joblib.load"}


class Line(NamedTuple):
    """One instruction in words: in the pickle named `part`, run as by `loader`, at byte `offset`."""

    part: str
    loader: str
    offset: int
    opcode: str
    words: str


class Explained(NamedTuple):
    """What a file would do: its first lines, whether there are `more`, and what it is for all of them.

    `judgement` is None where its content is no format of models.
    """

    lines: tuple[Line, ...]
    more: bool
    judgement: Judgement | None


def explain(path: str, name: str, most: int) -> Explained:
    """The first `most` instructions of the pickles in a file, in any container. Raises ArtifactError."""
    if not os.path.isfile(path):
        raise ArtifactError("no regular file")
    try:
        with open(path, "rb") as file:
            # Not closed here: what was run in it is looked at once more below.
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if os.path.getsize(path) else b"")
    except OSError as error:
        raise ArtifactError(error.strerror or "cannot be opened") from None
    if not data:
        return Explained((), False, None)
    with watched() as ran:
        found = judge(Content(name, data))
    # Arrays of joblib between the opcodes: the pickle is run as both loaders do, and told as the last does.
    last = {(one.part, one.start): one for one in ran}
    lines = tuple(islice((line for one in last.values() for line in _lines(one)), most + 1))
    return Explained(lines[:most], len(lines) > most, together(found)[0] if found else None)


def _lines(ran: Ran) -> Iterator[Line]:
    for step in trace(ran):
        opcode = _NAMES.get(step.opcode, f"0x{step.opcode:02x}")
        stopped = any(one.judgement is Judgement.UNREAD for one in step.reasons) and step.opcode != _FRAME
        words = "cannot be followed" if stopped else _words(opcode, step)
        for one in step.reasons:
            new = "" if one.what.startswith(f"it {words.partition(',')[0]}") else f": {one.what}"
            words += f" [{one.judgement.value}{new}]"
        yield Line(ran.part, _LOADED_BY[ran.loader], step.offset, opcode, words)


def _words(opcode: str, step: Instruction) -> str:
    top = step.given[-1] if step.given else None
    below = step.given[-2] if len(step.given) > 1 else None
    match opcode:
        case "GLOBAL":
            return f"takes {_taken(step.made)}"
        case "STACK_GLOBAL":
            return f"takes {_taken(step.made)}, by the two texts before"
        case "REDUCE" | "NEWOBJ":
            does = "calls" if opcode == "REDUCE" else "makes an object of"
            return f"{does} {_told(below)} with {_told(top)}, which gives {_told(step.made)}"
        case "INST":
            return f"calls what it names with {_told(Many(step.since_mark))}, which gives {_told(step.made)}"
        case "OBJ":
            called = step.since_mark[0] if step.since_mark else None
            return f"calls {_told(called)} with {_told(Many(step.since_mark[1:]))}, which gives {_told(step.made)}"
        case "BUILD":
            return f"sets the state of {_told(below)} to {_told(top)}"
        case "BINPERSID" | "PERSID":
            return f"asks the loader for an object by {_told(top) if opcode == 'BINPERSID' else 'a name'}"
        case "EXT1" | "EXT2" | "EXT4":
            return "takes what the loader's process registered under a number"
    return _moved(opcode, step, top)


def _moved(opcode: str, step: Instruction, top: Value | None) -> str:
    """What an instruction does that only moves values."""
    simple = {
        "STOP": f"ends, and gives {_told(top)}", "MARK": "marks this place", "POP": f"drops {_told(top)}",
        "POP_MARK": "drops all since the mark", "DUP": f"repeats {_told(top)}", "PROTO": "says its protocol",
        "FRAME": "begins a frame", "APPEND": "appends one value to a list", "SETITEM": "sets one item of a dict",
        "APPENDS": f"appends {len(step.since_mark)} values to a list", "ADDITEMS": "adds values to a set",
        "SETITEMS": f"sets {len(step.since_mark) // 2} items of a dict", "READONLY_BUFFER": "makes a buffer read-only",
    }  # fmt: skip
    if opcode in simple:
        return simple[opcode]
    if opcode.endswith("PUT") or opcode == "MEMOIZE":
        return f"remembers {_told(top)}"
    return f"{'recalls' if opcode.endswith('GET') else 'puts down'} {_told(step.made)}"


def _taken(value: Value | None) -> str:
    if isinstance(value, Global):
        return f"{value.dotted}, which is on the list of what may be taken"
    of = value.of if isinstance(value, Anything) else ""
    module, _, name = of.rpartition(".")
    danger = dangerous(module, name) if of else ""
    return f"{of}, {danger}" if danger else of or "something that is known only when it is loaded"


def _told(value: Value | None) -> str:
    if isinstance(value, Many):
        shown = ", ".join(described(item) for item in value.items[:_SHOWN])
        return f"({shown}{', ...' if len(value.items) > _SHOWN else ''})"
    return described(value)
