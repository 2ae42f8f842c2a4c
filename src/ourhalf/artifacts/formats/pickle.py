"""Pickles by themselves: one or several in a row, with nothing after them."""

from __future__ import annotations

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles.machine import run

MAX_PICKLES = 1000
_HIGHEST_PROTOCOL = 5
_LOOKED_AT = 4096
# What the text of protocol 0 or 1 begins with; a container, a global or a call comes first in all that is kept so.
_FIRST = frozenset(b"(]}cid")
# The number with which PyTorch's files of before 1.6 begin: they are a format of their own.
_TORCH_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."


def recognises(content: Content) -> bool:
    """Whether it begins as a pickle does: with a protocol, or with an opcode and then goes on as one."""
    data = content.data
    if len(data) < 2:
        return False
    if data[0] == 0x80 and 2 <= data[1] <= _HIGHEST_PROTOCOL:
        return bytes(data[: len(_TORCH_LEGACY)]) != _TORCH_LEGACY
    if data[0] not in _FIRST:
        return False
    # Without a protocol only running it tells a pickle from a text that begins like one.
    outcome = run(data[:_LOOKED_AT])
    broken = any(reason.judgement is Judgement.UNREAD for reason in outcome.reasons)
    return not broken or (bool(outcome.globals) and any("ends" in reason.what for reason in outcome.reasons))


def judge(content: Content, _: Deeper) -> Found:
    """Each pickle of the file, for whoever loads it may go on; what follows the last is no pickle."""
    data, at = content.data, 0
    reasons: list[Reason] = []
    count = 0
    while at < len(data):
        if count == MAX_PICKLES:
            reasons.append(Reason(Judgement.UNREAD, f"more than {MAX_PICKLES:,} pickles in a row", at, content.name))
            break
        if count and not any(data[at : at + _LOOKED_AT]):
            break  # padding
        outcome = run(data, at, content.name)
        if count and outcome.end - at < 2:
            reasons.append(Reason(Judgement.UNPROVED, "bytes that are no pickle follow it", at, content.name))
            break
        reasons.extend(outcome.reasons)
        count += 1
        at = outcome.end
        if any(reason.judgement is Judgement.UNREAD for reason in outcome.reasons):
            break
    return Found("pickle", tuple(reasons), {"pickles": str(count)})


PICKLE = Format("pickle", "a pickle", recognises, judge)
