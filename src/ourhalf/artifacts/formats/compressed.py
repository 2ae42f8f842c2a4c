"""Pickles that joblib, pandas and others write through a compressor: zlib, gzip, bzip2, xz, LZMA and Zstandard.

LZ4 is followed by nothing that is installed anyway: what is named as a pickle and is packed so is unread.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.formats.pickle import recognises as is_pickle
from ourhalf.artifacts.holes import ahead, unpacked
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.packing import Unpacker, Zlib, Zstandard

MAX_UNPACKED = 512 * 1024 * 1024
_MEMORY = 256 * 1024 * 1024
_CHUNK = 1 << 20
_HEAD = 1 << 16
_NAMES = (".pkl", ".pickle", ".joblib", ".dill", ".p", ".z", ".gz", ".bz2", ".xz", ".lzma", ".lz4", ".zst")
_LZ4 = b"\x04\x22\x4d\x18"


def _unpacker(head: bytes) -> Callable[[], Unpacker] | None:
    """What unpacks a file that begins so."""
    if head[:2] == b"\x1f\x8b":
        return lambda: Zlib(31)
    if head[:3] == b"BZh":
        return bz2.BZ2Decompressor
    if head[:4] == b"\x28\xb5\x2f\xfd":
        return Zstandard
    if head[:6] == b"\xfd7zXZ\x00" or head[:3] == b"\x5d\x00\x00":
        return lambda: lzma.LZMADecompressor(memlimit=_MEMORY)
    if len(head) > 1 and head[0] & 0x8F == 0x08 and int.from_bytes(head[:2], "big") % 31 == 0:
        return lambda: Zlib(15)
    return None


def _unpack(data: memoryview, make: Callable[[], Unpacker], most: int) -> tuple[bytearray, str]:
    """All streams one after another, up to `most` bytes, and what is wrong where that was not all."""
    made, at = bytearray(), 0
    unpacker = make()
    while True:
        chunk = b""
        if unpacker.needs_input:
            chunk = bytes(data[at : at + _CHUNK])
            at += len(chunk)
            if not chunk:
                return made, "it ends before what is packed does"
        try:
            made += unpacker.decompress(chunk, most + 1 - len(made))
        except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError, MemoryError):
            return made, "it cannot be unpacked to its end"
        if len(made) > most:
            return made, f"it unpacks to more than {most >> 20} MB"
        if unpacker.eof:
            at -= len(unpacker.unused_data)
            unpacker = make()
            if not any(data[at : at + _HEAD]):
                return made, ""


def _recognises(content: Content) -> bool:
    head = bytes(content.data[:8])
    if head[:4] == _LZ4:
        return content.name.lower().endswith(_NAMES)
    make = _unpacker(head)
    if make is None:
        return False
    held = unpacked(content.data)
    begun = ahead(held[0], 0, _HEAD) if held else _unpack(content.data[: 4 * _CHUNK], make, _HEAD)[0]
    return bool(begun) and is_pickle(Content(content.name, memoryview(begun)))


def _judge(content: Content, deeper: Deeper) -> Found:
    """What is packed is judged as the file that it is."""
    head = bytes(content.data[:8])
    make = _unpacker(head)
    if make is None:
        return _unread(content, "it is packed by LZ4, which is not followed")
    data, wrong = unpacked(content.data) or _unpack(content.data, make, MAX_UNPACKED)
    found = deeper(Content(f"{content.name}/unpacked", memoryview(data) if isinstance(data, bytearray) else data))
    reasons = tuple(reason for one in found for reason in one.reasons)
    if wrong:
        reasons += (_reason(content, wrong),)
    if not found:
        reasons += (Reason(Judgement.UNPROVED, "what is packed in it is of no format that is known", 0, content.name),)
    facts = {key: value for one in found for key, value in one.facts.items()}
    return Found("compressed-pickle", reasons, facts)


def _reason(content: Content, what: str) -> Reason:
    return Reason(Judgement.UNREAD, what, 0, content.name)


def _unread(content: Content, what: str) -> Found:
    return Found("compressed-pickle", (_reason(content, what),))


COMPRESSED = Format("compressed-pickle", "a compressed pickle", _recognises, _judge, container="stream")
