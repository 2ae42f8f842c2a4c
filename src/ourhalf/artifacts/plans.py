"""Which bytes of a large model file are kept as it streams by: what judging it looks at, and no tensors.

A plan is a generator that asks for more bytes by a number above zero, is sent some, none where there are no more, and
passes over others by a number below. It need not be right: what it leaves out and judging asks for makes the file
unread. Of what a file says it takes only where to look next.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Generator, Iterator

from ourhalf.artifacts.formats.pickle import TORCH_LEGACY
from ourhalf.artifacts.formats.tar import PLAIN_FILES, header_size, is_header
from ourhalf.artifacts.holes import Kept
from ourhalf.artifacts.packing import kind as packed_by

Plan = Generator[int, bytes, None]
WHOLE = 1 << 18
"""A file inside another of at most so many bytes is kept whole."""
HEAD, TAIL = 1 << 16, (1 << 16) + 64
"""What every format may look at to tell whether a file is its own; the longest end of a ZIP archive."""
ZIP_TAIL = (1 << 20) + 64
GGUF_HEADER = 1 << 25
LARGE = 4096
"""Arguments of opcodes of at least so many bytes are left out: the machine passes over them."""
_MOST_DEPTH = 4
_LANDMARK = 16
ENDLESS = 1 << 62
_BLOCK = 512
_LOCAL = struct.Struct("<4s2xHH8xIIHH")
_LATER_SIZES = 0x8
_WIDE = 0xFFFFFFFF
_DESCRIPTOR = b"PK\x07\x08"
_STORAGE = re.compile(rb"(?:[^/]+/)?data/[\w.-]+")
"""What PyTorch names the bytes of a storage."""
_LEGACY_PICKLES, _PROTOCOLS = 5, 5


class FullError(Exception):
    """More would be kept than may be."""


class Reader:
    """The bytes that a plan has been given and not yet passed: those from `at` on, of a file that ends at `size`.

    `files` are the present one and those that it is in: where each begins and ends, and how many of its last bytes
    are looked at. All are looked at wherever a mark of HDF5 may stand: at 512 bytes, and every power of two after it.
    """

    def __init__(self, kept: Kept, size: int, most: int) -> None:
        self.size = size
        self.at = 0
        self.buffer = bytearray()
        self.files: list[tuple[int, int, int]] = []
        self.most = most
        self._kept = kept

    def need(self, count: int) -> Generator[int, bytes, bool]:
        """Whether so many bytes are there; they are then in the buffer."""
        while len(self.buffer) < count:
            given = yield count - len(self.buffer)
            if not given:
                self.size = self.at + len(self.buffer)
                return False
            self.buffer += given
        return True

    def take(self, count: int) -> bytes:
        """Keep bytes that are in the buffer, and go on behind them. Raises FullError."""
        taken = bytes(self.buffer[:count])
        if self._kept.held + len(taken) > self.most:
            raise FullError
        self._kept.add(self.at, memoryview(taken))
        self.drop(count)
        return taken

    def drop(self, count: int) -> None:
        """Go on behind bytes that are in the buffer."""
        self.at += min(count, len(self.buffer))
        del self.buffer[:count]

    def keep(self, end: int) -> Plan:
        """Go to `end`, and keep what lies before it."""
        while self.at < end:
            whole = yield from self.need(min(HEAD, end - self.at))
            self.take(min(HEAD, end - self.at))
            if not whole:
                return

    def skip(self, end: int) -> Plan:
        """Go to `end`, and leave out what lies before it, but for the ends of each file and the landmarks."""
        for first, last in sorted(self._looked_at(end)):
            if self.at < last and first < end:
                yield from self._leave(max(self.at, first))
                yield from self.keep(min(end, last))
        yield from self._leave(end)

    def _leave(self, end: int) -> Plan:
        self.drop(max(0, end - self.at))
        if self.at < end:
            yield self.at - end
            self.at = end

    def _looked_at(self, end: int) -> Iterator[tuple[int, int]]:
        for start, stop, tail in self.files:
            yield start, start + HEAD
            yield stop - tail, stop
            for power in range(9, max(9, (min(stop, end) - start).bit_length() + 1)):
                yield start + (1 << power), start + (1 << power) + _LANDMARK


def whole_file(reader: Reader) -> Plan:
    """The plan of a file whose size is known."""
    yield from _file(reader, reader.size, 0)


def everything(reader: Reader) -> Plan:
    """The plan that keeps all."""
    yield from reader.keep(reader.size)


def unpacked_file(reader: Reader) -> Plan:
    """The plan of what is packed in one, whose size is not known: an archive by its files, anything else whole."""
    yield from reader.need(_BLOCK)
    plan = _tar if is_header(bytes(reader.buffer[:_BLOCK])) else _everything
    yield from plan(reader, ENDLESS, 1)


def _file(reader: Reader, end: int, depth: int) -> Plan:
    """What is judged of a file from here to `end`."""
    start = reader.at
    if end - start <= WHOLE or depth > _MOST_DEPTH:
        yield from reader.keep(end)
        return
    yield from reader.need(HEAD)
    head = bytes(reader.buffer[:HEAD])
    reader.files.append((start, end, ZIP_TAIL if head[:2] == b"PK" else TAIL))
    yield from _plan_of(head, end - start)(reader, end, depth)
    yield from reader.skip(end)
    reader.files.pop()


_Planned = Callable[[Reader, int, int], Plan]


def _plan_of(head: bytes, size: int) -> _Planned:
    if head[:4] == b"PK\x03\x04":
        return _zip
    if is_header(head[:_BLOCK]):
        return _tar
    if packed_by(memoryview(head)) is not None:
        return _beginning(HEAD)  # what is packed in it has a plan of its own
    if head[:6] == b"\x93NUMPY":
        return _everything if b"O" in head[:256] else _beginning(HEAD)
    if head[8:9] == b"{" and 8 + int.from_bytes(head[:8], "little") <= size:
        return _beginning(8 + int.from_bytes(head[:8], "little"))
    if head[:4] == b"GGUF":
        return _beginning(GGUF_HEADER)
    if head[: len(TORCH_LEGACY)] == TORCH_LEGACY:
        return _legacy
    return _pickles if head[:1] == b"\x80" and head[1] <= _PROTOCOLS else _everything


def _everything(reader: Reader, end: int, _: int) -> Plan:
    yield from reader.keep(end)


def _beginning(size: int) -> _Planned:
    def plan(reader: Reader, end: int, _: int) -> Plan:
        yield from reader.keep(min(end, reader.at + min(size, reader.most // 2)))

    return plan


# Tar archives: each header, and of each file what its own plan keeps.


def _tar(reader: Reader, end: int, depth: int) -> Plan:
    while reader.at < end and (yield from reader.need(_BLOCK)):
        block = bytes(reader.buffer[:_BLOCK])
        if not is_header(block):
            break
        reader.take(_BLOCK)
        size = header_size(block)
        behind = min(end, reader.at + size)
        if block[156:157] in PLAIN_FILES:
            yield from _file(reader, behind, depth + 1)
        else:
            yield from reader.keep(behind)
        yield from reader.keep(min(end, behind + -size % _BLOCK))
    yield from reader.keep(end)


# ZIP archives: each local header, and of what is stored and no tensors what its own plan keeps.


def _zip(reader: Reader, end: int, depth: int) -> Plan:
    while (yield from reader.need(_LOCAL.size)) and reader.buffer[:4] == b"PK\x03\x04":
        _, flags, method, packed, _, names, extras = _LOCAL.unpack_from(reader.buffer)
        if not (yield from reader.need(_LOCAL.size + names + extras)):
            break
        reader.take(_LOCAL.size)
        name, extra = reader.take(names), reader.take(extras)
        behind = min(end, reader.at + (_wide(extra) if packed == _WIDE else packed))
        tensors = method == 0 and _STORAGE.fullmatch(name) is not None
        if flags & _LATER_SIZES:
            yield from _to_descriptor(reader, end, tensors)
        elif tensors:
            yield from reader.skip(behind)
        elif method == 0:
            yield from _file(reader, behind, depth + 1)
        else:
            yield from reader.keep(behind)
    yield from reader.keep(end)


def _wide(extra: bytes) -> int:
    """The packed size that the extra field of a large file states."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = int.from_bytes(extra[at : at + 2], "little"), int.from_bytes(extra[at + 2 : at + 4], "little")
        if kind == 1 and size >= 16:
            return int.from_bytes(extra[at + 12 : at + 20], "little")
        at += 4 + size
    return 0


def _to_descriptor(reader: Reader, end: int, left_out: bool) -> Plan:
    """Go behind the sizes of a file that come after it: the mark that states as many bytes as came before."""
    start = reader.at
    while reader.at < end and (yield from reader.need(min(HEAD, end - reader.at))):
        found = reader.buffer.find(_DESCRIPTOR)
        while found >= 0 and (yield from reader.need(found + 26)):
            if int.from_bytes(reader.buffer[found + 8 : found + 12], "little") == (reader.at + found - start) & _WIDE:
                break
            found = reader.buffer.find(_DESCRIPTOR, found + 1)
        known = found if found >= 0 else len(reader.buffer) - len(_DESCRIPTOR)
        if left_out:
            yield from reader.skip(reader.at + known)
        else:
            reader.take(known)
        if found >= 0:
            reader.take(24 if reader.buffer[24:26] == b"PK" else 16)
            return


# Pickles: their opcodes, without the long bytes and texts that the machine passes over too.


def _legacy(reader: Reader, end: int, depth: int) -> Plan:
    """Five pickles, then storages, of which the first bytes are looked at as opcodes."""
    yield from _pickles(reader, end, depth, _LEGACY_PICKLES)
    yield from reader.keep(min(end, reader.at + HEAD))


def _pickles(reader: Reader, end: int, _: int, most: int | None = None) -> Plan:
    while reader.at < end and most != 0:
        yield from reader.need(min(HEAD, end - reader.at))
        at, long = _walked(bytes(reader.buffer), most is not None)
        if not at:
            yield from reader.keep(end)
            return
        stopped = not long and reader.buffer[at - 1 : at] == b"." and most is not None
        reader.take(at)
        yield from reader.skip(min(end, reader.at + long))
        most = most - 1 if most is not None and stopped else most


def _walked(piece: bytes, stops: bool) -> tuple[int, int]:
    """How many bytes are whole opcodes, and how many follow that the last has as a long argument."""
    at = 0
    while True:
        found = _SHORT.match(piece, at)
        at = found.end() if found else at
        code = piece[at : at + 1]
        if code == b"." and stops:
            return at + 1, 0
        if code in _LINES:
            behind = at
            for _ in range(_LINES[code]):
                behind = piece.find(b"\n", behind) + 1 or len(piece) + 1
        elif code in _LENGTHS:
            start = at + 1 + _LENGTHS[code]
            size = int.from_bytes(piece[at + 1 : start], "little")
            if size >= LARGE and start <= len(piece):
                return start, size
            behind = start + size
        elif code == b".":
            behind = at + 1
        else:
            return at, 0
        if behind > len(piece):
            return at, 0
        at = behind


_LINES = dict.fromkeys((b"I", b"L", b"F", b"S", b"V", b"p", b"g", b"P"), 1) | {b"c": 2, b"i": 2}
_LENGTHS = {
    b"\x8c": 1, b"U": 1, b"C": 1, b"\x8a": 1, b"X": 4, b"T": 4, b"B": 4, b"\x8b": 4, b"\x8d": 8, b"\x8e": 8,
    b"\x96": 8,
}  # fmt: skip
_SHORT = re.compile(
    rb"(?:[()012N\x88\x89\]}ldaesut\x85-\x87\x8f-\x94RboQ\x81\x97\x98]"
    rb"|[Khq\x80\x82].|[M\x83].{2}|[Jjr\x84].{4}|[G\x95].{8})++",
    re.DOTALL,
)
