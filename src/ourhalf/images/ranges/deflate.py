"""Goes on unpacking a deflate stream from within: from a bit, with the bytes that came before it.

zlib's own `inflatePrime` is not to be had from Python. Instead the stream begins with empty blocks of as many bits as
the first byte has before the place (RFC 1951, 3.2.3 to 3.2.7).
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zlib import _Decompress

WINDOW = 32768

_FIXED = "010" + "0000000"
"""Not the last block, the codes of the standard (bits as they are read), its end: 10 bits."""
_OWN = (
    "001" + "00000" + "00000" + "1111"  # not the last, codes of its own: 257 literals, 1 distance, 19 lengths
    + "".join({2: "100", 3: "010", 17: "010"}.get(index, "000") for index in range(19))  # lengths of 18, 0 and 1
    + "0" + f"{138 - 11:07b}"[::-1] + "0" + f"{118 - 11:07b}"[::-1]  # 256 literals that are not used
    + "11" + "10"  # the end has a code of one bit, the distance has none
    + "0"  # the end
)  # fmt: skip
"""A block of 95 bits, an odd number, which empty blocks of the standard never add up to."""


def prefix(bits: int) -> tuple[bytes, int]:
    """Empty blocks whose last byte has room for `bits` more bits, its upper ones: whole bytes, and the last one."""
    used = (8 - bits) % 8
    text = _OWN if used % 2 else ""
    while len(text) % 8 != used:
        text += _FIXED
    whole = len(text) // 8 * 8
    packed = bytes(int(text[at : at + 8][::-1], 2) for at in range(0, whole, 8))
    return packed, int(text[whole:][::-1] or "0", 2)


def resumed(bits: int, first: int, window: bytes) -> tuple[_Decompress, bytes]:
    """What unpacks from within, and what it must be fed before the next whole byte.

    `bits` upper bits of the byte `first` belong to what follows; with none it is not looked at. `window` are the
    32 KB that came before.
    """
    unpacker = zlib.decompressobj(-15, zdict=window)
    if not bits:
        return unpacker, b""
    packed, last = prefix(bits)
    return unpacker, packed + bytes((last | (first >> (8 - bits) << (8 - bits)) & 0xFF,))
