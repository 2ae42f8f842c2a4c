"""One file that gzip, bzip2 or xz packed, and that is no tar archive and no pickle: what is in it is judged.

The forms: RFC 1952, sourceware.org/bzip2, tukaani.org/xz.
"""

from __future__ import annotations

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.packing import PackedError, kind, unpacked


def _recognises(content: Content) -> bool:
    return len(content.data) >= 18 and kind(content.data) is not None


def _judge(content: Content, deeper: Deeper) -> Found:
    """What is packed, as the file that it is; its name is that without the last ending."""
    name = content.name.rsplit("/", 1)[-1].rpartition(".")[0] or "unpacked"
    part = f"{content.name}/{name}"
    try:
        with unpacked(content.data) as data:
            found = deeper(Content(part, data))
    except PackedError as error:
        return Found("packed", (Reason(Judgement.UNREAD, str(error), 0, content.name),), model=False)
    reasons = tuple(reason for one in found for reason in one.reasons)
    if not found:
        reasons = (Reason(Judgement.UNPROVED, "what is packed in it is of no format that is known here", 0, part),)
    return Found("packed", reasons, {"holds": ", ".join(one.format for one in found)}, any(one.model for one in found))


PACKED = Format("packed", "a packed file", _recognises, _judge, container="stream", rest=True)
