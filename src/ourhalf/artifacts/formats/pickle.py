"""Pickles by themselves: one or several in a row, with nothing after them."""

from __future__ import annotations

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles.machine import Outcome, run
from ourhalf.artifacts.pickles.rules import WRAPPER
from ourhalf.artifacts.pickles.state import Loader

MAX_PICKLES = 1000
_HIGHEST_PROTOCOL = 5
_LOOKED_AT = 4096
# So many steps that are those of a pickle tell it from a text that begins like one.
_STEPS_TO_TELL = 4096
_NAMES = (".pkl", ".pickle", ".joblib", ".dill", ".pt", ".pth", ".ckpt", ".bin")
TORCH_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""The number with which PyTorch's files of before 1.6 begin: they are a format of their own."""


def recognises(content: Content) -> bool:
    """Whether it begins with a protocol, or runs as a pickle without one.

    What runs to its STOP is one where it takes a global by a name that a global can have, where nothing but a
    pickle is in the file, or where it is named so. What breaks is one where something was called before: whoever
    loads it called that. The rest is a text, or bytes, that happen to begin like a pickle.
    """
    data = content.data
    if len(data) < 2 or bytes(data[:4]) == b"PK\x03\x04":
        return False  # an archive; as a pickle it would ask its loader for an object by an id and end
    if data[0] == 0x80 and data[1] <= _HIGHEST_PROTOCOL:
        return bytes(data[: len(TORCH_LEGACY)]) != TORCH_LEGACY
    outcome = run(data, steps=_STEPS_TO_TELL)
    named = any(_is_name(one.module) and _is_name(one.name) for one in outcome.globals)
    if outcome.going or WRAPPER in outcome.globals or (outcome.called and (named or not outcome.globals)):
        return True
    if content.name.lower().endswith(_NAMES):
        return outcome.stopped or named
    # A list of names may take one of them and stop; what follows tells.
    return outcome.stopped and (outcome.end == len(data) or (named and not _is_text(data[outcome.end :])))


def _is_text(data: memoryview) -> bool:
    raw = bytes(data[:_LOOKED_AT])
    return raw.isascii() and raw.decode().replace("\n", "").replace("\r", "").replace("\t", "").isprintable()


def _is_name(dotted: str) -> bool:
    return all(part.isidentifier() for part in dotted.split("."))


def judge(content: Content, _: Deeper) -> Found:
    """Each pickle of the file, for whoever loads it may go on; what follows the last is no pickle."""
    data, at = content.data, 0
    reasons: list[Reason] = []
    count = arrays = 0
    while at < len(data):
        if count == MAX_PICKLES:
            reasons.append(Reason(Judgement.UNREAD, f"more than {MAX_PICKLES:,} pickles in a row", at, content.name))
            break
        if count and not any(data[at : at + _LOOKED_AT]):
            break  # padding
        outcome = run(data, at, content.name)
        found = outcome.reasons
        if WRAPPER in outcome.globals:
            outcome, found = _with_arrays(data, at, content.name, outcome)
            arrays += outcome.arrays
        if count and outcome.end - at < 2:
            reasons.append(Reason(Judgement.UNPROVED, "bytes that are no pickle follow it", at, content.name))
            break
        reasons.extend(found)
        count += 1
        at = outcome.end
        if not outcome.stopped:
            break
    facts = {"pickles": str(count)} | ({"arrays": str(arrays)} if arrays else {})
    writer = _writer(reasons)
    facts |= {"writer": writer} if writer else {}
    return Found("joblib" if arrays else "pickle", tuple(reasons), facts)


def _with_arrays(data: memoryview, at: int, name: str, plain: Outcome) -> tuple[Outcome, tuple[Reason, ...]]:
    """A pickle between whose opcodes the bytes of arrays lie, as joblib writes it.

    `pickle.load` takes those bytes for opcodes. That it gives up where they begin harms nobody; whatever it would
    do before it does counts.
    """
    outcome = run(data, at, name, Loader.JOBLIB)
    told = [one for one in plain.reasons if not (plain.refused and one.judgement is Judgement.UNREAD)]
    if plain.stopped and plain.end != outcome.end:
        told.append(Reason(Judgement.UNPROVED, "pickle.load takes bytes of its arrays for opcodes", at, name))
    return outcome, tuple(dict.fromkeys((*outcome.reasons, *told)))


def _writer(reasons: list[Reason]) -> str:
    """The library that pickles functions by their code, where the file takes something of one."""
    taken = {one.what.removeprefix("it takes ").partition(".")[0] for one in reasons}
    return next((name for name in ("cloudpickle", "dill") if name in taken), "")


PICKLE = Format("pickle", "a pickle", recognises, judge)
