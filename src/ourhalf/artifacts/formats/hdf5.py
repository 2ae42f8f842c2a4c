"""HDF5: groups, datasets and attributes; models of Keras 1 and 2, weights of Keras 3, tables of pandas.

The format: docs.hdfgroup.org, "HDF5 File Format Specification Version 3.0". Every object is followed from the root,
through symbol tables and link messages; links and attributes in fractal heaps are not, and that is told. What can do
more than hold data: links and data in other files, filters that load a library, the configuration of a model of Keras
in the attribute `model_config`, and attributes that PyTables unpickles.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from ourhalf.artifacts.cursor import BoundsError, Cursor
from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.keras_config import config_reasons

MAX_OBJECTS = 500_000
MAX_MESSAGES = 100_000
MAX_TEXT = 1 << 28
_MAX_REASONS = 50
_MAGIC = b"\x89HDF\r\n\x1a\n"
# Messages of object headers, by number.
_LINK_INFO, _LINK, _EXTERNAL, _LAYOUT, _FILTERS, _ATTRIBUTE = 0x02, 0x06, 0x07, 0x08, 0x0B, 0x0C
_CONTINUES, _TABLE, _ATTRIBUTE_INFO = 0x10, 0x11, 0x15
_SHARED = 2
# Filters that the library has in itself, and LZF, which h5py has.
_FILTER_IDS = frozenset({1, 2, 3, 4, 5, 6, 32000})
_SOFT, _EXTERNAL_LINK = 1, 64
_VIRTUAL = 3
_TEXT_CLASS, _VARIABLE_CLASS = 3, 9
_OUTSIDE = re.compile(r"^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)")


class _Message(NamedTuple):
    kind: int
    flags: int
    start: int
    size: int


def recognises(content: Content) -> bool:
    """Whether its mark stands at the start, or at one of the places after it where readers look."""
    return _start(content.data) >= 0


def _start(data: memoryview) -> int:
    at = 0
    while at + 8 <= len(data):
        if bytes(data[at : at + 8]) == _MAGIC:
            return at
        at = at * 2 or 512
    return -1


def judge(content: Content, deeper: Deeper) -> Found:
    """Follows every object once, wherever links lead."""
    walk = _Walk(content, deeper)
    try:
        walk.run()
    except BoundsError as error:
        walk.tell(Judgement.UNREAD, str(error))
    return Found("hdf5", tuple(walk.reasons.values()), walk.facts | {"objects": str(len(walk.seen))})


class _Walk:
    """What was seen of one file."""

    def __init__(self, content: Content, deeper: Deeper) -> None:
        self.reasons: dict[tuple[Judgement, str], Reason] = {}
        self.facts: dict[str, str] = {}
        self.seen: set[int] = set()
        self._content = content
        self._deeper = deeper
        self._base = _start(content.data)
        self._data = content.data
        self._at = 0
        self._offset = self._length = 8
        self._waiting: list[int] = []
        self._nodes: set[int] = set()

    def tell(self, judgement: Judgement, what: str) -> None:
        self.add(Reason(judgement, what, self._at, self._content.name))

    def add(self, reason: Reason) -> None:
        if sum(one.judgement is reason.judgement for one in self.reasons.values()) < _MAX_REASONS:
            self.reasons.setdefault((reason.judgement, reason.what), reason)

    def run(self) -> None:
        self._waiting.append(self._root())
        if self._base and any(self._data[: self._base]):
            self.tell(Judgement.UNPROVED, "other bytes stand before it: it is one file to some and another to others")
        while self._waiting:
            at = self._waiting.pop()
            if at in self.seen:
                continue
            self.seen.add(at)
            if len(self.seen) > MAX_OBJECTS:
                raise BoundsError(f"more than {MAX_OBJECTS:,} objects")
            self._at = self._base + at
            self._object(at)

    def _cursor(self, address: int, size: int | None = None) -> Cursor:
        """The bytes at an address of the file. Raises BoundsError."""
        start = self._base + address
        if not self._base <= start <= len(self._data):
            raise BoundsError("an address lies outside of the file")
        return Cursor(self._data, start, None if size is None else start + size)

    def _address(self, cursor: Cursor) -> int:
        return int.from_bytes(cursor.take(self._offset), "little")

    def _number(self, cursor: Cursor) -> int:
        return int.from_bytes(cursor.take(self._length), "little")

    def _undefined(self, address: int) -> bool:
        return address == (1 << self._offset * 8) - 1

    def _root(self) -> int:
        """The address of the root group, by the superblock."""
        cursor = self._cursor(0)
        cursor.skip(8)
        version = cursor.number("B")
        if version > 3:
            raise BoundsError("its version is not known")
        if version < 2:
            cursor.skip(4)
        self._offset, self._length = cursor.number("B"), cursor.number("B")
        if self._offset not in {2, 4, 8} or self._length not in {2, 4, 8}:
            raise BoundsError("its addresses are of a size that none has")
        cursor.skip(1 if version > 1 else 9 if version == 0 else 13)
        if self._address(cursor) not in {0, self._base}:
            raise BoundsError("its addresses count from elsewhere than its start")
        if version < 2:
            cursor.skip(4 * self._offset)  # free space, end, driver, and the name of the root
        else:
            cursor.skip(2 * self._offset)
        return self._address(cursor)

    def _object(self, address: int) -> None:
        for message in self._messages(address):
            cursor = Cursor(self._data, message.start, message.start + message.size)
            if message.kind in _READ and message.flags & _SHARED:
                self.tell(Judgement.UNPROVED, "a message of an object lies elsewhere and is not followed")
            elif message.kind in _READ:
                _READ[message.kind](self, cursor)

    def _messages(self, address: int) -> Iterator[_Message]:
        """The messages of an object, those of its continuations after its own."""
        cursor = self._cursor(address)
        new = bytes(self._data[cursor.at : cursor.at + 4]) == b"OHDR"
        order = 0
        if new:
            cursor.skip(5)
            flags = cursor.number("B")
            cursor.skip((16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0))
            size = int.from_bytes(cursor.take(1 << (flags & 3)), "little")
            order = 2 if flags & 4 else 0
        else:
            if cursor.number("B") != 1:
                raise BoundsError("an object has a header of a version that is not known")
            cursor.skip(7)
            size = cursor.number("I")
            cursor.skip(4)
        blocks, count = [(cursor.skip(size), size)], 0
        known = {blocks[0]}
        while blocks:
            start, size = blocks.pop()
            for message in self._block(start, size, new, order):
                count += 1
                if count > MAX_MESSAGES:
                    raise BoundsError("an object has more messages than any")
                if message.kind != _CONTINUES:
                    yield message
                    continue
                inner = Cursor(self._data, message.start, message.start + message.size)
                place, length = self._address(inner), self._number(inner)
                begin = self._cursor(place, length)
                begin.skip(length)
                block = (self._base + place + 4, length - 8) if new else (self._base + place, length)
                if block in known or block[1] < 0:
                    raise BoundsError("the header of an object continues where it was already")
                known.add(block)
                blocks.append(block)

    def _block(self, start: int, size: int, new: bool, order: int) -> Iterator[_Message]:
        cursor = Cursor(self._data, start, start + size)
        while cursor.left >= (4 + order if new else 8):
            if new:
                kind, length, flags = cursor.number("B"), cursor.number("H"), cursor.number("B")
                cursor.skip(order)
            else:
                kind, length, flags = cursor.number("H"), cursor.number("H"), cursor.number("B")
                cursor.skip(3)
            yield _Message(kind, flags, cursor.skip(length), length)

    # Messages, by what they hold.

    def _symbols(self, cursor: Cursor) -> None:
        """A group by its symbol table: a tree of nodes, and a heap with the names, which are not needed."""
        waiting = [self._address(cursor)]
        while waiting:
            at = waiting.pop()
            if at in self._nodes:
                raise BoundsError("the tree of a group comes back to itself")
            self._nodes.add(at)
            if len(self._nodes) > MAX_OBJECTS:
                raise BoundsError(f"more than {MAX_OBJECTS:,} nodes")
            node = self._cursor(at)
            mark = node.take(4)
            if mark == b"SNOD":
                self._node(node)
                continue
            if mark != b"TREE" or node.number("B"):
                raise BoundsError("the tree of a group is none")
            node.skip(1)
            count = node.number("H")
            node.skip(2 * self._offset)
            for _ in range(count):
                node.skip(self._length)
                waiting.append(self._address(node))

    def _node(self, node: Cursor) -> None:
        node.skip(2)
        for _ in range(node.number("H")):
            node.skip(self._offset)
            address, kind = self._address(node), node.number("I")
            node.skip(20)
            if kind != 2:  # a soft link leads to what is in the same file
                self._waiting.append(address)

    def _link(self, cursor: Cursor) -> None:
        cursor.skip(1)
        flags = cursor.number("B")
        kind = cursor.number("B") if flags & 8 else 0
        cursor.skip((8 if flags & 4 else 0) + (1 if flags & 16 else 0))
        name = cursor.text(int.from_bytes(cursor.take(1 << (flags & 3)), "little"), 65_535)
        if kind == 0:
            self._waiting.append(self._address(cursor))
        elif kind == _EXTERNAL_LINK:
            raw = cursor.take(cursor.number("H"))
            file = raw[1:].split(b"\0")[0].decode("utf-8", "replace")
            judgement = Judgement.UNSAFE if _OUTSIDE.search(file) else Judgement.UNPROVED
            self.tell(judgement, f"{name[:60]} is a link to the file {file[:120]}, which is opened when it is read")
        elif kind != _SOFT:
            self.tell(Judgement.UNPROVED, f"{name[:60]} is a link of kind {kind}, which a library must resolve")

    def _link_info(self, cursor: Cursor) -> None:
        cursor.skip(1)
        cursor.skip(8 if cursor.number("B") & 1 else 0)
        if not self._undefined(self._address(cursor)):
            self.tell(Judgement.UNPROVED, "a group keeps its links in a heap, which is not followed here")

    def _attribute_info(self, cursor: Cursor) -> None:
        cursor.skip(1)
        cursor.skip(2 if cursor.number("B") & 1 else 0)
        if not self._undefined(self._address(cursor)):
            self.tell(Judgement.UNPROVED, "an object keeps its attributes in a heap, which is not followed here")

    def _external(self, cursor: Cursor) -> None:
        cursor.skip(6)
        used = cursor.number("H")
        heap = self._cursor(self._address(cursor))
        heap.skip(8 + 2 * self._length)
        names = self._address(heap)
        for _ in range(used):
            place = self._number(cursor)
            cursor.skip(2 * self._length)
            raw = bytes(self._cursor(names + place).data[self._base + names + place :][:4096])
            file = raw.split(b"\0")[0].decode("utf-8", "replace")
            judgement = Judgement.UNSAFE if _OUTSIDE.search(file) else Judgement.UNPROVED
            self.tell(judgement, f"the data of a dataset are read from the file {file[:120]}")

    def _layout(self, cursor: Cursor) -> None:
        version = cursor.number("B")
        if version not in {1, 2, 3, 4, 5}:
            raise BoundsError("the layout of a dataset is of a version that is not known")
        if version >= 3 and cursor.number("B") == _VIRTUAL:
            self.tell(Judgement.UNPROVED, "a dataset is put together of others, which may lie in other files")

    def _filters(self, cursor: Cursor) -> None:
        version, count = cursor.number("B"), cursor.number("B")
        cursor.skip(6 if version == 1 else 0)
        for _ in range(count):
            number = cursor.number("H")
            name = cursor.number("H") if version == 1 or number >= 256 else 0
            cursor.skip(2)
            values = cursor.number("H")
            cursor.skip((name + -name % 8 if version == 1 else name) + 4 * values)
            cursor.skip(4 if version == 1 and values % 2 else 0)
            if number not in _FILTER_IDS:
                self.tell(Judgement.UNPROVED, f"reading a dataset loads a library for filter {number}")

    def _attribute(self, cursor: Cursor) -> None:
        version, flags = cursor.number("B"), cursor.number("B")
        if version not in {1, 2, 3}:
            raise BoundsError("an attribute is of a version that is not known")
        sizes = [cursor.number("H") for _ in range(3)]
        cursor.skip(1 if version == 3 else 0)
        name, kind, space = (cursor.take(size + (-size % 8 if version == 1 else 0)) for size in sizes)
        if version > 1 and flags & 3:
            self.tell(Judgement.UNPROVED, "the type of an attribute lies elsewhere and is not followed")
            return
        if len(kind) < 8:
            raise BoundsError("the type of an attribute is none")
        said = name.split(b"\0")[0].decode("utf-8", "replace")
        value = self._value(kind, space, cursor)
        if value is not None:
            self._named(said, value)
        elif said in {"model_config", "training_config"}:
            self.tell(Judgement.UNREAD, f"its attribute {said} is no text")

    def _value(self, kind: bytes, space: bytes, cursor: Cursor) -> bytes | None:
        """What an attribute says that is one text; None where it is something else."""
        scalar = len(space) > 1 and not space[1]
        if not scalar and not (len(space) > 4 and space[1] == 1 and _first(space, self._length) == 1):
            return None
        size = int.from_bytes(kind[4:8], "little")
        if kind[0] & 15 == _TEXT_CLASS:
            return cursor.take(min(size, cursor.left)) if size <= MAX_TEXT else None
        if kind[0] & 15 != _VARIABLE_CLASS:
            return None
        length = cursor.number("I")
        address, index = self._address(cursor), cursor.number("I")
        return self._heap(address, index)[:length] if length else b""

    def _heap(self, address: int, index: int) -> bytes:
        """An object of a global heap."""
        cursor = self._cursor(address)
        if cursor.take(4) != b"GCOL":
            raise BoundsError("the heap of an attribute is none")
        cursor.skip(4)
        inside = self._cursor(address, self._number(cursor))
        inside.skip(8 + self._length)
        while inside.left >= 8 + self._length:
            found = inside.number("H")
            inside.skip(6)
            size = self._number(inside)
            if found == index and size <= MAX_TEXT:
                return inside.take(size)
            if found == 0:
                break
            inside.skip(size + -size % 8)
        raise BoundsError("the heap of an attribute does not hold it")

    def _named(self, name: str, value: bytes) -> None:
        part = f"{self._content.name}/{name}"
        if name in {"model_config", "training_config"}:
            try:
                config = json.loads(value.rstrip(b"\0"))
            except (ValueError, RecursionError):
                self.tell(Judgement.UNREAD, f"its attribute {name} is no JSON")
                return
            for reason in config_reasons(config, part, self._at):
                self.add(reason)
            self.facts["model"] = "of Keras"
        elif name in {"keras_version", "backend"}:
            self.facts[name.replace("_", " ")] = value.rstrip(b"\0").decode("utf-8", "replace")[:40]
        elif name == "PSEUDOATOM" and value.startswith((b"object", b"vlunicode")):
            self.tell(Judgement.UNPROVED, "PyTables unpickles the rows of a dataset")
        elif value[:1] in {b"\x80", b"(", b"c", b"]", b"}", b"i"} and value.rstrip(b"\0").endswith(b"."):
            for one in self._deeper(Content(part, memoryview(value.rstrip(b"\0")))):
                for reason in one.reasons:
                    self.add(reason)


def _first(space: bytes, length: int) -> int:
    """The first dimension of a dataspace."""
    start = 8 if space[0] == 1 else 4
    return int.from_bytes(space[start : start + length], "little")


_READ = {
    _TABLE: _Walk._symbols, _LINK: _Walk._link, _LINK_INFO: _Walk._link_info, _EXTERNAL: _Walk._external,
    _LAYOUT: _Walk._layout, _FILTERS: _Walk._filters, _ATTRIBUTE: _Walk._attribute,
    _ATTRIBUTE_INFO: _Walk._attribute_info,
}  # fmt: skip

HDF5 = Format("hdf5", "HDF5", recognises, judge)
