"""What a library says of itself in ELF: its soname, what it defines, and the constants that its functions return.

Sources: System V ABI, gabi4+ chapter 5, for the dynamic section and symbols; LSB, "Symbol Versioning", for
`.gnu.version_d`; the manuals of Intel 64 and Arm A64 for the few instructions of a function that returns a constant.
"""

from __future__ import annotations

import struct
from functools import cached_property

from ourhalf.packages.sections import Elf

_SONAME = 14
_MOST_DYNAMIC = 1 << 16
_MOST_STRINGS = 64 << 20
_MOST_TRIES = 16
_MOST_CODE = 32
_LONGEST = 256
_MOST_DATA = 1 << 20
_X86_64, _ARM_64 = 62, 183
_LANDINGS = (b"\xf3\x0f\x1e\xfa", b"\x55\x48\x89\xe5")
"""endbr64, and the frame that some compilers make: push rbp; mov rbp, rsp."""


class Library:
    """An ELF file by its sections; each is looked at when it is asked for."""

    def __init__(self, file: Elf) -> None:
        self.file = file
        self.sections = file.sections()

    @cached_property
    def _strings(self) -> bytes:
        return bytes(self.sections.get(b".dynstr", memoryview(b""))[:_MOST_STRINGS])

    @cached_property
    def soname(self) -> str:
        """By which name others need it; "" where it has none."""
        dynamic = self.sections.get(b".dynamic", memoryview(b""))[:_MOST_DYNAMIC]
        form = f"{self.file.order}{'qQ' if self.file.wide else 'iI'}"
        whole = len(dynamic) // struct.calcsize(form) * struct.calcsize(form)
        for tag, value in struct.iter_unpack(form, dynamic[:whole]):
            if tag == _SONAME:
                return _text(self._strings[value : value + _LONGEST]) or ""
        return ""

    @cached_property
    def compiler(self) -> bytes:
        """What compilers wrote of themselves."""
        return bytes(self.sections.get(b".comment", memoryview(b""))[:4096])

    @cached_property
    def data(self) -> bytes:
        """The beginning of what it may write to: few keep a version there."""
        return b"\0" + bytes(self.sections.get(b".data", memoryview(b""))[:_MOST_DATA])

    def number(self, function: str) -> int | None:
        """The whole number that a function of no arguments returns, where it returns the same always."""
        code = self._code(function)
        return None if code is None else _number(code[1], self._machine)

    def value(self, variable: str) -> int | None:
        """The whole number that a variable of four bytes or more holds when the file is loaded."""
        address = self._address(variable.encode())
        found = self.file.at(address, 4) if address and self.file.order == "<" else None
        return int.from_bytes(found, "little") if found else None

    def text(self, function: str) -> str | None:
        """The text that a function of no arguments returns, where it returns the same always."""
        code = self._code(function)
        at = None if code is None else _address(*code, self._machine)
        if at is None:
            return None
        # A text may end just before its segment does.
        for most in (64, 16, 8):
            found = self.file.at(at, most)
            if found is not None:
                return _text(found)
        return None

    @property
    def _machine(self) -> int:
        return int(struct.unpack_from(f"{self.file.order}H", self.file.data, 18)[0])

    def _code(self, function: str) -> tuple[int, bytes] | None:
        """The address and the first bytes of a function that it exports."""
        address = self._address(function.encode())
        if not address or not self.file.wide or self.file.order != "<":
            return None
        for most in (_MOST_CODE, 16, 8):
            code = self.file.at(address, most)
            if code is not None:
                return address, code
        return None

    def _address(self, name: bytes) -> int | None:
        strings = self._strings
        at = strings.find(name + b"\0")
        for _ in range(_MOST_TRIES):
            if at < 0:
                return None
            found = self._defined(at)
            if found:
                return found
            at = strings.find(name + b"\0", at + 1)
        return None

    def _defined(self, named: int) -> int | None:
        """The address of the symbol whose name begins there; None where it has none."""
        form = f"{self.file.order}{'IBBHQQ' if self.file.wide else 'IIIBBH'}"
        size, wanted = struct.calcsize(form), struct.pack(f"{self.file.order}I", named)
        at = self._symbols.find(wanted)
        while at >= 0 and at % size:
            at = self._symbols.find(wanted, at + 1)
        if at < 0 or at + size > len(self._symbols):
            return None
        return int(struct.unpack_from(form, self._symbols, at)[4 if self.file.wide else 1]) or None

    @cached_property
    def _symbols(self) -> bytes:
        return bytes(self.sections.get(b".dynsym", memoryview(b""))[:_MOST_STRINGS])


def _text(data: bytes) -> str | None:
    """What stands before the first zero, in ASCII."""
    said, end, _ = data.partition(b"\0")
    return said.decode("ascii") if end and said.isascii() and said.decode("ascii").isprintable() else None


def _number(code: bytes, machine: int) -> int | None:
    if machine == _X86_64:
        code = _landed(code)
        returns = code[5:6] == b"\xc3" or code[5:7] == b"\x5d\xc3"
        return int.from_bytes(code[1:5], "little") if code[:1] == b"\xb8" and returns else None
    if machine != _ARM_64:
        return None
    found: int | None = None
    for one in _instructions(code):
        if one & 0xFFE0001F == 0x52800000:  # movz w0, #imm16
            found = one >> 5 & 0xFFFF
        elif one & 0xFFE0001F == 0x72A00000 and found is not None:  # movk w0, #imm16, lsl #16
            found = found & 0xFFFF | (one >> 5 & 0xFFFF) << 16
        else:
            return found if one == _RETURN else None
    return None


def _address(start: int, code: bytes, machine: int) -> int | None:
    """The address that a function returns, which it reckons from where it stands."""
    if machine == _X86_64:
        landed = _landed(code)
        returns = landed[7:8] == b"\xc3" or landed[7:9] == b"\x5d\xc3"
        if landed[:3] != b"\x48\x8d\x05" or not returns:  # lea rax, [rip + imm32]
            return None
        after = start + len(code) - len(landed) + 7
        return after + int.from_bytes(landed[3:7], "little", signed=True)
    if machine != _ARM_64:
        return None
    steps = list(_instructions(code))
    if len(steps) < 3 or steps[0] & 0x9F00001F != 0x90000000:  # adrp x0, page
        return None
    pages = (steps[0] >> 5 & 0x7FFFF) << 2 | steps[0] >> 29 & 3
    pages -= (pages & 1 << 20) << 1
    if steps[1] & 0xFFC003FF != 0x91000000 or steps[2] != _RETURN:  # add x0, x0, #imm12
        return None
    skipped = 4 * (len(code) // 4 - len(steps))
    return (start + skipped & ~0xFFF) + (pages << 12) + (steps[1] >> 10 & 0xFFF)


_RETURN = 0xD65F03C0
_BRANCH_TARGET = 0xD503245F


def _landed(code: bytes) -> bytes:
    for one in _LANDINGS:
        code = code.removeprefix(one)
    return code


def _instructions(code: bytes) -> list[int]:
    found = [one for (one,) in struct.iter_unpack("<I", code[: len(code) // 4 * 4])]
    return found[1:] if found[:1] == [_BRANCH_TARGET] else found
