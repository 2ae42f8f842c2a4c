"""Files of advisories, read document by document: bounded, whatever they are packed in."""

from __future__ import annotations

import bz2
import errno
import gzip
import io
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, cast

import msgspec

from ourhalf.advisories.importers.importer import MAX_DOCUMENT, MAX_RECORD, Piece

MAX_TOTAL = 32 * 1024 * 1024 * 1024
MAX_DOCUMENTS = 4_000_000
_BLOCK = 1 << 16
_ENDINGS = (".json", ".jsonl", ".ndjson", ".xml", ".csv", ".yaml", ".yml", ".gz", ".xz", ".bz2", ".zst", ".zip", ".tar")

_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError)


class Broken(msgspec.Struct, frozen=True):
    """A part of a file that cannot be read, and why."""

    name: str
    reason: str


def pieces(path: str) -> Iterator[Piece | Broken]:
    """Every document in a file or folder: JSON, JSON lines, XML, CSV or YAML, in archives and compressed or not.

    What is cut, too large or not readable comes as `Broken`, and the rest goes on where it can. Symbolic links in
    folders are not followed. Raises OSError where `path` itself cannot be opened.
    """
    if os.path.isdir(path):
        return _of_folder(path)
    if os.path.exists(path) and not os.path.isfile(path):
        raise OSError(errno.EINVAL, "neither a file nor a folder")
    with open(path, "rb") as probe:
        probe.read(1)
    return _bounded(_of_path(path, os.path.basename(path)))


def _of_folder(path: str) -> Iterator[Piece | Broken]:
    unread: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=unread.append):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            full = os.path.join(folder, name)
            if name.lower().endswith(_ENDINGS) and os.path.isfile(full) and not os.path.islink(full):
                yield from _bounded(_of_path(full, os.path.relpath(full, path)))
    for error in unread:
        yield Broken(os.path.relpath(error.filename, path), f"it cannot be read: {error.strerror}")


def _bounded(found: Iterator[Piece | Broken]) -> Iterator[Piece | Broken]:
    total = 0
    for count, one in enumerate(found):
        if isinstance(one, Piece):
            total += len(one.data)
            if total > MAX_TOTAL or count > MAX_DOCUMENTS:
                yield Broken(one.name, "there is more than is read of one file")
                return
        yield one


def _of_path(path: str, name: str) -> Iterator[Piece | Broken]:
    try:
        with open(path, "rb") as file:
            yield from _of_stream(file, name)
    except _BROKEN as error:
        yield Broken(name, f"it is cut or damaged: {str(error)[:120] or type(error).__name__}")


def _of_stream(file: IO[bytes], name: str, depth: int = 0) -> Iterator[Piece | Broken]:
    head = file.read(6)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        yield from _of_zip(file, name, depth)
        return
    with _buffered(_unpacked(file, head)) as buffered:
        if buffered.peek(512)[257:262] == b"ustar":
            yield from _of_tar(buffered, name, depth)
        else:
            yield from _documents(buffered, name)


def _buffered(file: object) -> io.BufferedReader:
    """Any file that reads; what unpacks is no `RawIOBase` by its type, but reads as one."""
    return io.BufferedReader(cast("io.RawIOBase", file), _BLOCK)


def _unpacked(file: IO[bytes], head: bytes) -> IO[bytes]:
    if head.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    if head.startswith(b"\xfd7zXZ\0"):
        return cast("IO[bytes]", lzma.LZMAFile(file))
    if head.startswith(b"BZh"):
        return cast("IO[bytes]", bz2.BZ2File(file))
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        import zstandard

        return cast("IO[bytes]", zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(file))
    return file


def _of_zip(file: IO[bytes], name: str, depth: int) -> Iterator[Piece | Broken]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if info.is_dir() or not info.filename.lower().endswith(_ENDINGS):
                continue
            inner = f"{name}:{info.filename}"
            try:
                with archive.open(info) as entry:
                    yield from _entry(entry, inner, depth)
            except (*_BROKEN, RuntimeError) as error:  # RuntimeError: it asks for a password
                yield Broken(inner, f"it is cut or damaged: {str(error)[:120]}")


def _of_tar(file: IO[bytes], name: str, depth: int) -> Iterator[Piece | Broken]:
    with tarfile.open(fileobj=file, mode="r|") as archive:
        for info in archive:
            entry = archive.extractfile(info) if info.isreg() else None
            if entry is not None and info.name.lower().endswith(_ENDINGS):
                yield from _entry(entry, f"{name}:{info.name}", depth)


def _entry(entry: IO[bytes], name: str, depth: int) -> Iterator[Piece | Broken]:
    data = entry.read(MAX_DOCUMENT + 1)
    if len(data) > MAX_DOCUMENT:
        yield Broken(name, f"it is larger than {MAX_DOCUMENT:,} bytes")
    elif data[:1] in b"{[<" and b"\n" not in data.rstrip():
        yield Piece(name, data)
    elif depth < 2:
        yield from _of_stream(io.BytesIO(data), name, depth + 1)


def _documents(file: io.BufferedReader, name: str) -> Iterator[Piece | Broken]:
    """The lines of JSON lines, else the whole."""
    first = file.readline(MAX_DOCUMENT + 1)
    if not _is_json(first):
        whole = first + file.read(MAX_DOCUMENT + 1 - len(first))
        if len(whole) > MAX_DOCUMENT:
            yield Broken(name, f"it is larger than {MAX_DOCUMENT:,} bytes")
        elif name.lower().endswith((".jsonl", ".ndjson", ".jsonl.xz", ".jsonl.gz")):
            yield from _lines(_buffered(io.BytesIO(whole)), name, 1)
        elif whole.strip():
            yield Piece(name, whole)
        return
    more = file.peek(1)
    yield Piece(f"{name}:1" if more else name, first)
    yield from _lines(file, name, 2)


def _lines(file: io.BufferedReader, name: str, start: int) -> Iterator[Piece | Broken]:
    number = start
    while line := file.readline(MAX_RECORD + 1):
        if len(line) > MAX_RECORD:
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_RECORD)
            yield Broken(f"{name}:{number}", f"a record larger than {MAX_RECORD:,} bytes")
        elif line.strip():
            yield Piece(f"{name}:{number}", line)
        number += 1


def _is_json(line: bytes) -> bool:
    if line[:1] not in b"{[" or line.rstrip()[-1:] not in b"}]" or len(line) < 2:
        return False
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
