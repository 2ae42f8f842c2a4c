"""The headers of tar archives: numbers, names and extended records.

Sources: POSIX.1-2024 pax (ustar, extended headers) and the GNU tar manual, "Basic Tar Format" and "Storing Sparse
Files". Where readers of tar differ, what container runtimes do (Go's archive/tar) is done here.
"""

from __future__ import annotations

import zlib
from struct import Struct

from ourhalf.images.bounds import MAX_EXTENSION

BLOCK = 512
FIELDS = Struct("100s8s8s8s12s12x8sc100s6s82x155s12x")
"""name, mode, user, group, size, checksum, type, target, magic, prefix."""
_CHECKSUM = slice(148, 156)
_ENDS = b"\0 "
_MAX_PARTS = 100_000
"""Parts of one sparse file: more are refused."""


class TarError(ValueError):
    """What is no tar, in words."""


def number(field: bytes) -> int:
    """A number as octal digits or, with its first bit set, in base 256. Raises TarError."""
    if field[:1] >= b"\x80":
        if field[0] & 0x40:
            raise TarError("a number of a header is negative")
        return int.from_bytes(bytes((field[0] & 0x3F,)) + field[1:], "big")
    written = field.partition(b"\0")[0].strip(b" ")
    if not written:
        return 0
    if not written.isdigit():
        raise TarError("a number of a header is none")
    try:
        return int(written, 8)
    except ValueError:
        raise TarError("a number of a header is none") from None


def digits(field: bytes, count: int) -> int:
    """The same of a field that most often is so many digits and an end. Raises TarError."""
    plain = field[:count]
    if plain.isdigit() and field[count] in _ENDS:
        try:
            return int(plain, 8)
        except ValueError:
            pass
    return number(field)


def text(field: bytes) -> str:
    """A name up to its end, with bytes that are no UTF-8 written as `\\xff`."""
    return field.partition(b"\0")[0].decode("utf-8", "backslashreplace")


def check(block: bytes, stated: int) -> bool:
    """Whether a header has the checksum that it states, of its bytes with a sign or without."""
    plain = block[:148] + b"        " + block[156:]
    # The lower half of Adler-32 is one more than the sum of the bytes, modulo 65521.
    if (zlib.adler32(plain) & 0xFFFF) == (stated + 1) % 65521:
        return True
    return stated == sum(plain) - 256 * sum(byte >= 128 for byte in plain)


def records(data: bytes) -> dict[str, str]:
    """The records of an extended header by their name. Raises TarError."""
    found: dict[str, str] = {}
    parts: list[str] = []
    at = 0
    while at < len(data) and data[at]:
        space = data.find(b" ", at, at + 12)
        written = data[at:space] if space > 0 else b""
        length = int(written) if written.isdigit() else 0
        end = at + length
        if not length or end > len(data) or end <= space + 1 or data[end - 1] != 0x0A:
            raise TarError("an extended header has a record of a wrong length")
        name, equals, value = data[space + 1 : end - 1].partition(b"=")
        if not equals or not name:
            raise TarError("an extended header has a record without a name")
        key = name.decode("utf-8", "backslashreplace")
        if key in {"GNU.sparse.offset", "GNU.sparse.numbytes"}:
            parts.append(value.decode("ascii", "replace"))
        if b"\0" in value and not key.startswith("SCHILY.xattr."):
            raise TarError("an extended header has a name with a zero byte")
        found[key] = value.decode("utf-8", "backslashreplace")
        at = end
    if parts and "GNU.sparse.map" not in found:
        found["GNU.sparse.map"] = ",".join(parts)
    return found


def whole(value: str) -> int:
    """A decimal number of a record. Raises TarError."""
    if not value.isascii() or not value.isdigit() or len(value) > 19:
        raise TarError("an extended header has a number that is none")
    return int(value)


Part = tuple[int, int]
"""Where some bytes of a sparse file belong, and how many there are."""


def sparse_map(value: str) -> list[Part]:
    """The parts that a record states, in the formats 0.0 and 0.1. Raises TarError."""
    numbers = [whole(one) for one in value.split(",")] if value else []
    return parts_of(numbers)


def parts_of(numbers: list[int]) -> list[Part]:
    """Pairs of offset and length. Raises TarError where they overlap, go back or are too many."""
    if len(numbers) % 2 or len(numbers) > 2 * _MAX_PARTS:
        raise TarError("a sparse file has a map that is none")
    made = list(zip(numbers[::2], numbers[1::2], strict=True))
    end = 0
    for offset, length in made:
        if offset < end:
            raise TarError("a sparse file has a map that goes back")
        end = offset + length
    return made


def sparse_pairs(block: bytes, start: int, count: int) -> list[int]:
    """The numbers of a sparse map in the old GNU format: fields of 12 bytes up to an empty one. Raises TarError."""
    found: list[int] = []
    for at in range(start, start + count * 24, 24):
        if not block[at]:
            break
        found += (number(block[at : at + 12]), number(block[at + 12 : at + 24]))
    return found


class Extension:
    """Gathers the data of an extended header, within bounds."""

    def __init__(self, size: int) -> None:
        if size > MAX_EXTENSION:
            raise TarError(f"an extended header has more than {MAX_EXTENSION:,} bytes")
        self._data = bytearray()
        self.full = False

    def feed(self, data: memoryview) -> None:
        """Take the next bytes."""
        self._data += data

    def done(self) -> None:
        """Nothing follows."""

    @property
    def data(self) -> bytes:
        """All of it."""
        return bytes(self._data)
