"""Berkeley DB's hash files, as rpm before 4.16 wrote `Packages`.

Source: docs.oracle.com, Berkeley DB 5.3, and the page layouts in its public header dbinc/db_page.h. The pages of a
hash table are gone through in their order in the file, so that nothing depends on the table itself; values that are
larger than a page lie in chains of pages.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from ourhalf.packages.rpmdb.faults import DatabaseError, Fault

_MAGIC = 0x00061561
_PAGE_SIZES = tuple(1 << n for n in range(9, 17))
_HEADER = 26
_HASH_META, _HASH_OLD, _HASH, _OVERFLOW = 8, 2, 13, 7
_INLINE, _OFF_PAGE = 1, 3


class _Page(NamedTuple):
    next: int
    entries: int
    free: int
    kind: int


class _File(NamedTuple):
    data: memoryview
    size: int
    order: str

    def page(self, number: int) -> _Page:
        """The header of a page. Raises struct.error beyond the file."""
        following, entries, free, _, kind = struct.unpack_from(f"{self.order}IHHBB", self.data, number * self.size + 16)
        return _Page(following, entries, free, kind)

    @property
    def pages(self) -> int:
        """How many there are."""
        return len(self.data) // self.size


def headers(data: memoryview) -> Iterator[bytes | Fault]:
    """The value of each key but the counter under key 0. Raises DatabaseError where it is no such file."""
    file, stated = _opened(data)
    found = faults = 0
    for number in range(1, file.pages):
        page = file.page(number)
        if page.kind not in (_HASH, _HASH_OLD):
            continue
        for value in _values(file, number, page):
            found += isinstance(value, bytes)
            faults += isinstance(value, Fault)
            yield value
    # One key is the counter: rpm writes it first.
    if not faults and found + 1 < stated:
        yield Fault(f"it counts {stated - 1} packages, and {found} were found")


def _opened(data: memoryview) -> tuple[_File, int]:
    if len(data) < 512:
        raise DatabaseError("it is shorter than a page")
    for order in ("<", ">"):
        magic, _, size, encrypted, kind = struct.unpack_from(f"{order}IIIBB", data, 12)
        if magic == _MAGIC and size in _PAGE_SIZES and kind == _HASH_META:
            if encrypted:
                raise DatabaseError("it is encrypted")
            return _File(data, size, order), struct.unpack_from(f"{order}I", data, 88)[0]
    raise DatabaseError("it is no hash file of Berkeley DB")


def _values(file: _File, number: int, page: _Page) -> Iterator[bytes | Fault]:
    start = number * file.size
    if page.entries % 2 or _HEADER + 2 * page.entries > file.size:
        yield Fault(f"page {number} counts more than it can hold")
        return
    at = struct.unpack_from(f"{file.order}{page.entries}H", file.data, start + _HEADER)
    for index in range(0, page.entries, 2):
        key, value = at[index], at[index + 1]
        if not _HEADER <= value <= key < file.size:
            yield Fault(f"page {number} has an item outside of it")
            continue
        # Items are laid from the end of the page: a value ends where its key begins, a key where the last value did.
        end = at[index - 1] if index else file.size
        if bytes(file.data[start + key + 1 : start + end]) == bytes(4):
            continue
        yield _value(file, start + value, start + key)


def _value(file: _File, start: int, end: int) -> bytes | Fault:
    kind = file.data[start] if start < len(file.data) else 0
    if kind == _INLINE:
        return bytes(file.data[start + 1 : end])
    if kind != _OFF_PAGE or start + 12 > len(file.data):
        return Fault("an item of a kind that rpm does not write")
    number, length = struct.unpack_from(f"{file.order}II", file.data, start + 4)
    return _chain(file, number, length)


def _chain(file: _File, number: int, length: int) -> bytes | Fault:
    if length > len(file.data):
        return Fault("a value that is longer than the file")
    made = bytearray()
    # Each page adds at least a byte and the length is bounded, so a chain that goes in circles ends.
    while number and len(made) < length:
        if number >= file.pages:
            return Fault("a value that goes on outside of the file")
        page = file.page(number)
        if page.kind != _OVERFLOW or not 0 < page.free <= file.size - _HEADER:
            return Fault("a value that goes on in a page of another kind")
        start = number * file.size + _HEADER
        made += file.data[start : start + page.free]
        number = page.next
    return bytes(made) if len(made) == length else Fault("a value that ends before its length")
