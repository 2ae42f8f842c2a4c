"""Small ELF files, written by hand from the published layout: what no compiler here would make."""

from __future__ import annotations

import struct


def elf(
    sections: dict[str, bytes], address: int = 0x400000, wide: bool = True, order: str = "<", with_names: bool = True
) -> bytes:
    """A program whose one segment holds `sections` one after the other, each at a multiple of 16.

    Without names it has no table of sections, as after `strip --strip-section-headers`.
    """
    header, program, entry = (64, 56, 64) if wide else (52, 32, 40)
    start = (header + program + 15) // 16 * 16
    body, places = b"", list[tuple[str, int, int]]()
    for name, content in sections.items():
        body += b"\0" * (-len(body) % 16)
        places.append((name, start + len(body), len(content)))
        body += content
    names = b"\0" + b"".join(name.encode() + b"\0" for name, *_ in places) + b".shstrtab\0"
    names_at = start + len(body)
    table_at = names_at + len(names)
    count = len(places) + 2
    section = f"{order}IIQQQQIIQQ" if wide else f"{order}10I"
    table, at = bytes(entry), 1
    for name, offset, size in places:
        table += struct.pack(section, at, 1, 3, address + offset, offset, size, 0, 0, 16, 0)
        at += len(name) + 1
    table += struct.pack(section, at, 3, 0, 0, names_at, len(names), 0, 0, 1, 0)
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    kinds = struct.pack(f"{order}HHI", 2, 62, 1)
    said = (table_at, count, count - 1) if with_names else (0, 0, 0)
    rest = struct.pack(
        f"{order}{'QQQ' if wide else 'III'}IHHHHHH", address, header, said[0], 0, header, program, 1, entry, *said[1:]
    )
    whole = (address, address, len(body), len(body), 16)
    if wide:
        segment = struct.pack(f"{order}IIQQQQQQ", 1, 6, start, address + start, *whole[1:2], *whole[2:])
    else:
        segment = struct.pack(f"{order}8I", 1, start, address + start, address, len(body), len(body), 6, 16)
    head = ident + kinds + rest + segment
    return head + b"\0" * (start - len(head)) + body + names + (table if with_names else b"")


def placed(content: bytes, sections: dict[str, bytes], wide: bool = True) -> int:
    """Where `elf` lays the last of `sections` in memory, for what has to say its own address."""
    header, program = (64, 56) if wide else (52, 32)
    at = (header + program + 15) // 16 * 16
    for one in sections.values():
        at = (at + 15) // 16 * 16 + len(one)
    return 0x400000 + (at + 15) // 16 * 16
