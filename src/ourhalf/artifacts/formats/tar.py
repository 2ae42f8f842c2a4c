"""Tar archives, packed or not: model.tar.gz of SageMaker, `.nemo` of NeMo, and any other with models in it.

The format: POSIX.1-2017, pax, with GNU's long names. What is packed is unpacked into a file without a name, up to a
bound. Links, devices and paths out of the folder are told: unpacking writes through them.
"""

from __future__ import annotations

import io
import re
import tarfile

from ourhalf.artifacts.archives import Inside
from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.packing import PackedError, beginning, kind, unpacked
from ourhalf.artifacts.yamls import YamlError, pairs
from ourhalf.artifacts.zips import MemoryFile

MAX_MEMBERS = 200_000
MAX_HEADER = 1 << 20
_BLOCK, _CHUNK = 512, 1 << 20
PLAIN_FILES = frozenset({b"0", b"\0", b"7"})
"""What the headers of files say that they are."""
# Classes of NeMo and PyTorch, not their functions, of which some download or load.
_OWN_TARGETS = re.compile(r"(nemo\.(collections|core)|torch\.nn|torch\.optim)(\.\w+)*\.[A-Z]\w*")


class _Headers(io.BufferedReader):
    """A memory of which only headers are read, none of them long."""

    def read(self, size: int | None = -1) -> bytes:
        """As of any file."""
        if size is None or not 0 <= size <= MAX_HEADER:
            raise OSError("a header of more than a megabyte")
        return super().read(size)


def _recognises(file: Content) -> bool:
    data = file.data
    if is_header(bytes(data[:_BLOCK])):
        return True
    return len(data) >= 18 and kind(data) is not None and is_header(beginning(data, _BLOCK))


def is_header(block: bytes) -> bool:
    """Whether a block has the checksum that it says, as every header of a tar archive has."""
    if len(block) < _BLOCK or not any(block):
        return False
    said = block[148:156].strip(b" \0")
    if not said or not said.isdigit() or any(byte > 0x37 for byte in said):
        return False
    plain = sum(block[:148]) + 8 * 0x20 + sum(block[156:])
    signed = plain - 256 * sum(byte > 127 for byte in block[:148] + block[156:])
    return int(said, 8) in (plain, signed)


def is_member(data: memoryview, start: int, end: int) -> bool:
    """Whether what lies between is in one file of an archive, which is judged by itself.

    Found by the sizes in the headers, and not where another header could state another.
    """
    at = 0
    for _ in range(MAX_MEMBERS):
        block = bytes(data[at : at + _BLOCK])
        if not is_header(block) or block[156:157] not in PLAIN_FILES:
            return False
        size = header_size(block)
        at += _BLOCK
        if at <= start < at + size:
            return end <= at + size
        at += size + -size % _BLOCK
    return False


def header_size(block: bytes) -> int:
    """The size that a header states, as digits or as a number; 0 where it states none."""
    if block[124] & 0x80:
        return int.from_bytes(block[125:136], "big")
    text = block[124:136].strip(b" \0")
    return int(text, 8) if text.isdigit() and not text.strip(b"01234567") else 0


def _judge(file: Content, deeper: Deeper) -> Found:
    """Every file in it, after unpacking the whole where it is packed."""
    if is_header(bytes(file.data[:_BLOCK])):
        return _archive(file, deeper)
    try:
        with unpacked(file.data) as data:
            return _archive(Content(file.name, data), deeper)
    except PackedError as error:
        inside = Inside(file, deeper)
        inside.tell(Judgement.UNREAD, str(error))
        return inside.found("tar")


def _archive(file: Content, deeper: Deeper) -> Found:
    inside = Inside(file, deeper)
    facts: dict[str, str] = {}
    try:
        with tarfile.TarFile(fileobj=_Headers(MemoryFile(file.data))) as archive:
            end = _members(archive, file, inside, facts)
    except (tarfile.TarError, OSError, ValueError, EOFError, OverflowError, MemoryError, RecursionError) as error:
        inside.tell(Judgement.UNREAD, f"no sound archive: {str(error)[:80]}")
        return inside.found("tar")
    if not inside.stopped and any(any(file.data[at : at + _CHUNK]) for at in range(end, len(file.data), _CHUNK)):
        inside.tell(Judgement.UNREAD, "bytes follow its end, which some who unpack it read on")
    return inside.found("nemo" if "target" in facts else "tar", facts)


def _members(archive: tarfile.TarFile, file: Content, inside: Inside, facts: dict[str, str]) -> int:
    """Looks at each member; gives where the last ends."""
    end, seen, links = 0, set[str](), set[str]()
    for count, member in enumerate(archive):
        if count >= MAX_MEMBERS:
            inside.tell(Judgement.UNREAD, f"more than {MAX_MEMBERS:,} files in it")
            inside.stopped = True
        if inside.stopped:
            break
        name = member.name
        inside.path(name)
        if links and any(name[:at] in links for at in range(len(name)) if name[at] == "/"):
            inside.tell(Judgement.UNSAFE, f"unpacking it writes {name[:120]} through a link", name[:200])
        if name in seen:
            inside.tell(Judgement.UNPROVED, "it is in the archive twice: who unpacks it gets the last", name)
        end = member.offset_data
        if member.issparse():
            inside.tell(Judgement.UNREAD, "a file with holes is not read", name)
            inside.stopped = True
        elif member.isreg():
            seen.add(name)
            end += member.size
            _file(file, member, inside, facts)
        elif member.issym() or member.islnk():
            links.add(name)
            _link(inside, member)
        elif not member.isdir():
            inside.tell(Judgement.UNSAFE, "unpacking it makes a device or pipe", name)
    return end + -end % _BLOCK


def _file(file: Content, member: tarfile.TarInfo, inside: Inside, facts: dict[str, str]) -> None:
    if member.offset_data + member.size > len(file.data):
        raise ValueError("it ends within a file")
    data = file.data[member.offset_data : member.offset_data + member.size]
    inside.file(member.name, data)
    if member.name.rsplit("/", 1)[-1] == "model_config.yaml":
        _nemo(member.name, data, inside, facts)


def _link(inside: Inside, member: tarfile.TarInfo) -> None:
    folder = member.name.rsplit("/", 1)[0] if member.issym() and "/" in member.name else ""
    parts = member.linkname.split("/")
    depth = len([part for part in folder.split("/") if part not in ("", ".")])
    for part in parts:
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0 or member.linkname.startswith("/"):
            what = f"unpacking it makes a link out of its folder, to {member.linkname[:120]}"
            inside.tell(Judgement.UNSAFE, what, member.name)
            return
    inside.tell(Judgement.UNPROVED, f"a link to {member.linkname[:120]}, which is not followed", member.name)


def _nemo(name: str, data: memoryview, inside: Inside, facts: dict[str, str]) -> None:
    """The classes that the configuration of a `.nemo` archive has made: NeMo imports each by its name."""
    inside.model = True
    try:
        for key, value in pairs(data):
            if key == "!":
                inside.tell(Judgement.UNSAFE, f"an unsafe loader of YAML makes what its tag {value[:80]} says", name)
            elif key in {"_target_", "target"}:
                facts.setdefault("target", value[:80])
                if not _OWN_TARGETS.fullmatch(value):
                    what = f"NeMo imports and calls {value[:80]}, which is no class of its own"
                    inside.tell(Judgement.UNPROVED, what, name)
    except YamlError as error:
        inside.tell(Judgement.UNREAD, str(error), name)


TAR = Format("tar", "a tar archive", _recognises, _judge, container="stream")
