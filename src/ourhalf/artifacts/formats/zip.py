"""ZIP archives that are of no format of their own: what is in them, by its content.

The format: PKWARE's APPNOTE 6.3.10. Archives of TorchServe (`MAR-INF/MANIFEST.json`, github.com/pytorch/serve,
model-archiver/README.md) are such: their handler is code that the server imports. An archive that begins after other
bytes is found by its end, as most readers do: who opens the file as what it begins with sees another.
"""

from __future__ import annotations

import json

from ourhalf.artifacts.archives import Inside
from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.formats.tar import is_member
from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.zips import Member, ZipError, content, ends_as_zip, extent, is_zip, members

MAX_MEMBER = 1 << 30
_MOST_RATIO, _FREE = 250, 1 << 28
_MANIFEST = "MAR-INF/MANIFEST.json"


def _recognises(file: Content) -> bool:
    """By its beginning, or its end; but the last file of a tar archive is judged as one of that."""
    return is_zip(file.data) or (ends_as_zip(file.data) and not is_member(file.data, *extent(file.data)))


def _judge(file: Content, deeper: Deeper) -> Found:
    """Every file in it; one that is unpacked is looked at only where it can be what it says."""
    inside = Inside(file, deeper)
    try:
        every = members(file.data, after=not is_zip(file.data))
    except ZipError as error:
        inside.tell(Judgement.UNREAD, str(error))
        return inside.found("zip")
    if not is_zip(file.data):
        inside.tell(
            Judgement.UNPROVED, "an archive begins after other bytes: it is one file to some and another to others"
        )
    facts = {}
    for member in every:
        inside.path(member.name)
        if member.name.endswith("/"):
            continue
        if inside.stopped:
            break
        data = _content(file, member, inside)
        if data is None:
            continue
        inside.file(member.name, data)
        if member.name == _MANIFEST:
            facts = _torchserve(inside, data)
    return inside.found("torchserve" if facts else "zip", facts)


def _content(file: Content, member: Member, inside: Inside) -> memoryview | None:
    if member.size > _FREE and member.size > _MOST_RATIO * max(1, member.packed):
        inside.tell(Judgement.UNREAD, f"it unpacks to more than {_MOST_RATIO} times its size", member.name)
        return None
    try:
        return content(file.data, member, MAX_MEMBER)
    except ZipError as error:
        inside.tell(Judgement.UNREAD, str(error), member.name)
        return None


def _torchserve(inside: Inside, manifest: memoryview) -> dict[str, str]:
    """The handler of an archive of TorchServe."""
    inside.model = True
    try:
        model = json.loads(bytes(manifest))["model"]
        handler = str(model["handler"])
    except (ValueError, KeyError, TypeError, RecursionError):
        inside.tell(Judgement.UNREAD, "its manifest names no handler", _MANIFEST)
        return {"handler": "unread"}
    if ":" in handler or "/" in handler or handler.endswith(".py"):
        inside.tell(Judgement.UNPROVED, f"TorchServe imports its handler {handler[:80]} and calls it", _MANIFEST)
    return {"handler": handler[:80]}


ZIP = Format("zip", "a ZIP archive", _recognises, _judge, container="zip", rest=True)
