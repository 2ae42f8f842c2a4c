"""Walks the entries of a tar as it streams by: nothing is kept but what somebody takes, nothing is written."""

from __future__ import annotations

from ourhalf.images import tarheaders as headers
from ourhalf.images.bounds import MAX_DEPTH, MAX_PATH
from ourhalf.images.entries import FILE, FOLDER, HARD_LINK, LINK, OTHER, Entry, Sink, Taker, normal
from ourhalf.images.sparse import Sparse, SparseTable
from ourhalf.images.tarheaders import BLOCK, Extension, TarError

_KINDS = {
    b"0": FILE, b"\0": FILE, b"7": FILE, b"S": FILE, b"1": HARD_LINK, b"2": LINK, b"3": OTHER, b"4": OTHER,
    b"5": FOLDER, b"6": OTHER,
}  # fmt: skip
_PLAIN = {b"0": FILE, b"5": FOLDER}
_EXTENSIONS = frozenset({b"x", b"g", b"L", b"K"})
_UNUSUAL = frozenset({"", "/", "."})
_EMPTY = bytes(BLOCK)
_CAPABILITIES = "SCHILY.xattr.security.capability"


class Tar:
    """A tar that is fed in pieces of any size. Raises TarError where it is none or breaks a bound."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._carry = bytearray()
        self._taker: Taker | None = None
        self._left = self._skip = 0
        self._what = b""
        self._extension: Extension | None = None
        self._long_name: str | None = None
        self._long_target: str | None = None
        self._pax: dict[str, str] = {}
        self._sparse: SparseTable | None = None
        self._zeros = 0
        self._pending = False
        self._numbers: dict[bytes, int] = {}

    def feed(self, data: memoryview) -> None:
        """The next bytes."""
        at, end = 0, len(data)
        while at < end and self._zeros < 2:
            if self._left:
                take = min(self._left, end - at)
                if self._taker is not None:
                    self._taker.feed(data[at : at + take])
                at += take
                self._left -= take
                if not self._left:
                    self._finish()
            elif self._skip:
                step = min(self._skip, end - at)
                at += step
                self._skip -= step
            elif end - at >= BLOCK and not self._carry:
                self._block(bytes(data[at : at + BLOCK]))
                at += BLOCK
            else:
                more = data[at : at + BLOCK - len(self._carry)]
                self._carry += more
                at += len(more)
                if len(self._carry) == BLOCK:
                    block = bytes(self._carry)
                    self._carry.clear()
                    self._block(block)

    @property
    def idle(self) -> int:
        """How many of the next bytes nobody looks at."""
        if self._taker is not None or self._carry or self._sparse is not None:
            return 0
        return self._left + self._skip

    def pass_over(self) -> int:
        """Go on as though the bytes that nobody looks at had been fed; gives how many."""
        passed = self.idle
        if passed:
            self._left = self._skip = 0
        return passed

    @property
    def ended(self) -> bool:
        """Whether the end of the archive was met."""
        return self._zeros > 1

    def end(self) -> None:
        """There are no more bytes. Raises TarError where an entry is cut off."""
        within = self._left or self._skip or self._carry or self._pending or self._sparse is not None
        if self._zeros < 2 and within:
            raise TarError("it ends within an entry")

    def _finish(self) -> None:
        """The bytes of an entry, or of an extension, are all there."""
        if self._extension is not None:
            data, self._extension = self._extension.data, None
            if self._what == b"x":
                self._pax = headers.records(data)
            elif self._what == b"L":
                self._long_name = headers.text(data)
            elif self._what == b"K":
                self._long_target = headers.text(data)
            self._what, self._pending = b"", True
        elif self._taker is not None:
            self._taker.done()
        self._taker = None

    def _block(self, block: bytes) -> None:
        if self._sparse is not None:
            if self._sparse.block(block):
                table, self._sparse = self._sparse, None
                self._content(table.entry, table.stored, table.parts)
            return
        if not block[0] and block == _EMPTY:
            self._zeros += 1
            return
        if self._zeros:
            raise TarError("an entry follows the end of the archive")
        fields = headers.FIELDS.unpack(block)
        checksum, what = fields[5], fields[6]
        if not headers.check(block, headers.digits(checksum, 6)):
            raise TarError("an entry has no header of tar: its checksum is wrong")
        if what in _EXTENSIONS:
            self._extend(what, headers.number(fields[4]))
        elif self._pending or what not in _PLAIN or not self._plain(fields, _PLAIN[what]):
            self._entry(block, fields)

    def _plain(self, fields: tuple[bytes, ...], kind: int) -> bool:
        """Most entries: files and folders whose whole description is in their header. False for any other."""
        raw, mode, user, group, size_field, _, _, _, magic, prefix = fields
        name = raw.partition(b"\0")[0]
        if (prefix[0] and magic == b"ustar\0") or not name.isascii():
            return False
        path = name.decode()
        if path[-1:] == "/":
            path = path[:-1]
        if path[:2] == "./":
            path = path[2:]
        if path[:1] in _UNUSUAL or "//" in path or ".." in path or "/./" in path or path[-1] in _UNUSUAL:
            return False
        numbers = self._numbers
        size = headers.digits(size_field, 11) if kind == FILE else 0
        try:
            entry = Entry(path, kind, size, numbers[mode] & 0o7777, numbers[user], numbers[group])
        except KeyError:
            return False
        self._taker, self._left, self._skip = self._sink.entry(entry), size, -size % BLOCK
        if not size and self._taker is not None:
            self._finish()
        return True

    def _extend(self, what: bytes, size: int) -> None:
        """An entry that says more of the next: a global one says nothing to container runtimes, nor to us."""
        if what == b"g":
            self._skip = -(-size // BLOCK) * BLOCK
            return
        self._what, self._extension = what, Extension(size)
        self._taker, self._left, self._skip = self._extension, size, -size % BLOCK
        if not size:
            self._finish()

    def _entry(self, block: bytes, fields: tuple[bytes, ...]) -> None:
        raw, mode, user, group, size_field, _, what, target_field, magic, prefix = fields
        self._pending = False
        pax, self._pax = self._pax, {}
        name = self._name(raw, magic, prefix, pax)
        target = pax.get("linkpath") or self._long_target or (headers.text(target_field) if target_field[0] else "")
        self._long_name = self._long_target = None
        size = headers.whole(pax["size"]) if pax.get("size") else headers.number(size_field)
        kind = _KINDS.get(what, OTHER)
        if what not in _KINDS:
            self._sink.odd(name, f"it is an entry of the type {what!r}, which is not known here")
        if kind == FILE and what == b"\0" and name.endswith("/"):
            kind = FOLDER
        entry = Entry(
            name, kind, size if kind == FILE else 0, self._small(mode) & 0o7777,
            self._id(user, pax.get("uid")), self._id(group, pax.get("gid")), target, _CAPABILITIES in pax,
        )  # fmt: skip
        stored = size if kind == FILE or what not in _KINDS else 0
        if what == b"S":
            table = SparseTable(entry, block, stored)
            if table.complete:
                self._content(table.entry, stored, table.parts)
            else:
                self._sparse = table
        elif (kind == FILE and "GNU.sparse.major" in pax) or "GNU.sparse.map" in pax:
            self._pax_sparse(entry, stored, pax)
        else:
            self._content(entry, stored, None)

    def _pax_sparse(self, entry: Entry, stored: int, pax: dict[str, str]) -> None:
        real = pax.get("GNU.sparse.realsize") or pax.get("GNU.sparse.size") or "0"
        name = pax.get("GNU.sparse.name") or entry.path
        made = Entry(name, FILE, headers.whole(real), entry.mode, entry.user, entry.group, "", entry.capabilities)
        version = (pax.get("GNU.sparse.major", "0"), pax.get("GNU.sparse.minor", "0"))
        if version == ("1", "0"):
            self._content(made, stored, [], in_data=True)
        elif version in {("0", "0"), ("0", "1")}:
            self._content(made, stored, headers.sparse_map(pax.get("GNU.sparse.map", "")))
        else:
            raise TarError("a sparse file is of a version that is not known here")

    def _content(self, entry: Entry, stored: int, parts: list[headers.Part] | None, in_data: bool = False) -> None:
        """Hand an entry on, and set out to take its bytes."""
        taker: Taker | None = None
        path = self._path(entry)
        if path is not None:
            if path != entry.path or entry.kind == HARD_LINK:
                entry = Entry(
                    path, entry.kind, entry.size, entry.mode, entry.user, entry.group, entry.target, entry.capabilities
                )
            taker = self._sink.entry(entry)
            if parts is not None and (taker is not None or in_data):
                taker = Sparse(taker, entry.size, parts, in_data)
        self._taker, self._left, self._skip = taker, stored, -stored % BLOCK
        if not stored and taker is not None:
            self._finish()

    def _path(self, entry: Entry) -> str | None:
        """The path of an entry as `Node` has it; None where it is refused."""
        path = normal(entry.path)
        if path is None:
            self._sink.odd(entry.path, "its path leads out of the image")
        elif len(path) > MAX_PATH or path.count("/") > MAX_DEPTH:
            self._sink.odd(f"{path[:200]}…", f"its path is longer than {MAX_PATH:,} or deeper than {MAX_DEPTH}")
            return None
        return path

    def _name(self, raw: bytes, magic: bytes, prefix: bytes, pax: dict[str, str]) -> str:
        stated = pax.get("path") or self._long_name
        if stated:
            return stated
        if prefix[0] and magic[:6] == b"ustar\0":
            return f"{headers.text(prefix)}/{headers.text(raw)}"
        return headers.text(raw)

    def _id(self, field: bytes, stated: str | None) -> int:
        return headers.whole(stated) if stated else self._small(field)

    def _small(self, field: bytes) -> int:
        """A number of eight bytes: there are few, and most are met again."""
        found = self._numbers.get(field)
        if found is None:
            if len(self._numbers) > 10_000:
                self._numbers.clear()
            found = self._numbers[field] = headers.number(field)
        return found
