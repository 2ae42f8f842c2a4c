"""rpm's own database of packages, `Packages.db`, as SUSE writes it.

Source: github.com/rpm-software-management/rpm, lib/backend/ndb/rpmpkg.c: pages of slots that say in which blocks of
16 bytes each package lies; a package has a head and a tail that repeat its length.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ourhalf.packages.rpmdb.faults import DatabaseError, Fault

_MAGIC, _SLOT, _BLOB, _END = b"RpmP", b"Slot", b"BlbS", b"BlbE"
_PAGE, _BLOCK, _SLOT_SIZE = 4096, 16, 16
_HEAD, _TAIL = 16, 12


def headers(data: memoryview) -> Iterator[bytes | Fault]:
    """The header of each package. Raises DatabaseError where it is no such file."""
    if len(data) < 32 or bytes(data[:4]) != _MAGIC:
        raise DatabaseError("it is no database of rpm's ndb")
    version, _, pages = struct.unpack_from("<III", data, 4)
    if version != 0:
        raise DatabaseError(f"it is of version {version}, and only version 0 is known")
    size = pages * _PAGE
    if not pages or size > len(data):
        raise DatabaseError("its slots are beyond its bytes")
    # Packages do not overlap: all together have no more bytes than the file.
    left = len(data)
    for at in range(32, size, _SLOT_SIZE):
        magic, index, block, count = struct.unpack_from("<4sIII", data, at)
        if magic != _SLOT:
            yield Fault("a slot that is none")
            return
        if not index or not block:
            continue
        left -= count * _BLOCK
        if left < 0:
            yield Fault("packages that overlap")
            return
        yield _header(data, index, block * _BLOCK, count * _BLOCK)


def _header(data: memoryview, index: int, start: int, size: int) -> bytes | Fault:
    if size < _HEAD + _TAIL or start + size > len(data):
        return Fault(f"package {index} lies outside of the file")
    magic, said, _, length = struct.unpack_from("<4sIII", data, start)
    *_, again, end = struct.unpack_from("<II4s", data, start + size - _TAIL)
    if (magic, said, end, again) != (_BLOB, index, _END, length) or length > size - _HEAD - _TAIL:
        return Fault(f"package {index} says something else at its end, or in its slot")
    return bytes(data[start + _HEAD : start + _HEAD + length])
