"""Writes eStargz layers, and indexes of SOCI, from the published formats: their own writers cannot be installed here.

The places of a SOCI index are found by zlib itself (`inflate` with Z_BLOCK), as SOCI finds them.
"""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import gzip
import hashlib
import io
import json
import struct
import tarfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.flatbuffers import Buffer
from tests.registries import MANIFEST, Image, Packed, descriptor, digest

ARTIFACT = "application/vnd.amazon.soci.index.v1+json"
_KINDS = {
    tarfile.REGTYPE: "reg", tarfile.DIRTYPE: "dir", tarfile.SYMTYPE: "symlink", tarfile.LNKTYPE: "hardlink",
    tarfile.FIFOTYPE: "fifo", tarfile.CHRTYPE: "char", tarfile.BLKTYPE: "block",
}  # fmt: skip
_XATTR = "SCHILY.xattr."
_Z_BLOCK = 5


def members(tar: bytes) -> list[tarfile.TarInfo]:
    """The entries of a tar."""
    with tarfile.open(fileobj=io.BytesIO(tar), mode="r:") as archive:
        return archive.getmembers()


def estargz(tar: bytes, chunk: int = 1 << 16, edit: Mapping[str, Any] | None = None) -> Packed:
    """A layer of eStargz. `edit` replaces fields of the entries of its table, by name."""
    found = members(tar)
    entries: list[dict[str, Any]] = []
    starts = [0]  # of each gzip stream, in the tar
    for one in found:
        entry: dict[str, Any] = {"name": one.name, "type": _KINDS[one.type], "mode": one.mode}
        entry |= {"uid": one.uid, "gid": one.gid, **({"linkName": one.linkname} if one.linkname else {})}
        if xattrs := {
            key.removeprefix(_XATTR): value for key, value in one.pax_headers.items() if key.startswith(_XATTR)
        }:
            entry["xattrs"] = {key: base64.b64encode(value.encode()).decode() for key, value in xattrs.items()}
        entries.append(entry)
        if not one.isreg() or not one.size:
            continue
        data = tar[one.offset_data : one.offset_data + one.size]
        entry |= {"size": one.size, "digest": digest(data)}
        for at in range(0, one.size, chunk):
            part = entry if not at else {"name": one.name, "type": "chunk"}
            piece = data[at : at + chunk]
            if at:
                entries.append(part)
            if one.size > chunk:
                part |= {"chunkOffset": at, "chunkSize": len(piece)}
            part |= {"chunkDigest": digest(piece), "offset": len(starts)}
            starts.append(one.offset_data + at)
    end = tar[: found[-1].offset_data + -(-found[-1].size // 512) * 512]
    packed, begun = bytearray(), []
    for start, stop in zip(starts, [*starts[1:], len(end)], strict=True):
        begun.append(len(packed))
        packed += gzip.compress(end[start:stop], mtime=0)
    for entry in entries:
        if "offset" in entry:
            entry["offset"] = begun[entry["offset"]]
        entry.update((edit or {}).get(entry["name"], {}))
    table = json.dumps({"version": 1, "entries": entries}).encode()
    return _closed(bytes(packed), end, table)


def _closed(packed: bytes, tar: bytes, table: bytes) -> Packed:
    """The layer with its table and footer."""
    info = tarfile.TarInfo("stargz.index.json")
    info.size = len(table)
    last = info.tobuf() + table + bytes(-len(table) % 512) + bytes(1024)
    extra = b"SG" + struct.pack("<H", 22) + f"{len(packed):016x}STARGZ".encode()
    footer = b"\x1f\x8b\x08\x04" + bytes(4) + b"\x00\xff" + struct.pack("<H", len(extra)) + extra
    footer += b"\x01\x00\x00\xff\xff" + bytes(8)
    assert len(footer) == 51
    notes = {"containerd.io/snapshot/stargz/toc.digest": digest(table)}
    return Packed(packed + gzip.compress(last, mtime=0) + footer, tar + last, annotations=notes)


class _Stream(ctypes.Structure):
    """`z_stream` of zlib.h."""

    _fields_ = (
        ("next_in", ctypes.c_void_p), ("avail_in", ctypes.c_uint), ("total_in", ctypes.c_ulong),
        ("next_out", ctypes.c_void_p), ("avail_out", ctypes.c_uint), ("total_out", ctypes.c_ulong),
        ("msg", ctypes.c_char_p), ("state", ctypes.c_void_p), ("zalloc", ctypes.c_void_p), ("zfree", ctypes.c_void_p),
        ("opaque", ctypes.c_void_p), ("data_type", ctypes.c_int), ("adler", ctypes.c_ulong),
        ("reserved", ctypes.c_ulong),
    )  # fmt: skip


class Place(NamedTuple):
    """Where unpacking can begin: see `Checkpoint`."""

    packed: int
    unpacked: int
    bits: int
    window: bytes


def places(packed: bytes | memoryview, span: int) -> Iterator[Place]:
    """Places at the first end of a block after each `span` unpacked bytes, by zlib."""
    zlib = ctypes.CDLL(ctypes.util.find_library("z") or "libz.so.1")
    stream = _Stream()
    zlib.zlibVersion.restype = ctypes.c_char_p
    assert zlib.inflateInit2_(ctypes.byref(stream), 47, zlib.zlibVersion(), ctypes.sizeof(stream)) == 0
    window = ctypes.create_string_buffer(32768)
    done = made = last = 0
    status = 0
    while status != 1:
        piece = ctypes.create_string_buffer(bytes(packed[done : done + (1 << 16)]), min(1 << 16, len(packed) - done))
        stream.next_in, stream.avail_in = ctypes.addressof(piece), len(piece)
        assert len(piece), "the stream ends too early"
        while stream.avail_in and status != 1:
            if not stream.avail_out:
                stream.next_out, stream.avail_out = ctypes.addressof(window), 32768
            done, made = done + stream.avail_in, made + stream.avail_out
            status = zlib.inflate(ctypes.byref(stream), _Z_BLOCK)
            assert status in {0, 1, -5}, status
            done, made = done - stream.avail_in, made - stream.avail_out
            kind = stream.data_type
            if status == 0 and kind & 128 and not kind & 64 and (made == 0 or made - last > span):
                left = stream.avail_out
                ring = window.raw
                yield Place(done, made, kind & 7, ring[32768 - left :] + ring[: 32768 - left])
                last = made
    zlib.inflateEnd(ctypes.byref(stream))


def ztoc(packed: bytes | memoryview, found: list[tarfile.TarInfo], size: int, span: int, version: int = 2) -> bytes:
    """A ztoc of a layer of gzip whose tar has these entries and so many bytes."""
    at = list(places(packed, span))
    ends = [*(place.packed for place in at[1:]), len(packed)]
    digests = [
        "sha256:" + hashlib.sha256(packed[place.packed - (place.bits > 0) : end]).hexdigest()
        for place, end in zip(at, ends, strict=True)
    ]
    kept = at[1:] if version == 1 else at
    blob = struct.pack("<iq", len(at), span)
    blob += b"".join(struct.pack("<qqB", place.packed, place.unpacked, place.bits) + place.window for place in kept)
    buffer = Buffer()
    root = buffer.table(
        {0: None, 1: None, 2: struct.pack("<q", len(packed)), 3: struct.pack("<q", size), 4: None, 5: None}
    )
    buffer.point(0, root[-1])
    buffer.point(root[0], buffer.text("0.9"))
    buffer.point(root[1], buffer.text("a test"))
    contents = buffer.table({0: None})
    buffer.point(root[4], contents[-1])
    files = buffer.vector(len(found))
    buffer.point(contents[0], files)
    for index, one in enumerate(found):
        _file(buffer, files + 4 + 4 * index, one)
    compression = buffer.table({0: b"\x01", 1: struct.pack("<i", len(at) - 1), 2: None, 3: None})
    buffer.point(root[5], compression[-1])
    vector = buffer.vector(len(digests))
    buffer.point(compression[2], vector)
    for index, text in enumerate(digests):
        buffer.point(vector + 4 + 4 * index, buffer.text(text))
    buffer.point(compression[3], buffer.octets(blob))
    return bytes(buffer.data)


def _file(buffer: Buffer, slot: int, one: tarfile.TarInfo) -> None:
    table = buffer.table(
        {
            0: None, 1: None, 2: struct.pack("<q", one.offset_data), 3: struct.pack("<q", one.size), 4: None,
            5: struct.pack("<q", one.mode), 6: struct.pack("<I", one.uid), 7: struct.pack("<I", one.gid), 13: None,
        }
    )  # fmt: skip
    buffer.point(slot, table[-1])
    for field, value in ((0, one.name), (1, _KINDS[one.type]), (4, one.linkname)):
        buffer.point(table[field], buffer.text(value))
    records = list(one.pax_headers.items())
    vector = buffer.vector(len(records))
    buffer.point(table[13], vector)
    for index, (key, value) in enumerate(records):
        pair = buffer.table({0: None, 1: None})
        buffer.point(vector + 4 + 4 * index, pair[-1])
        buffer.point(pair[0], buffer.text(key))
        buffer.point(pair[1], buffer.text(value))


def soci_index(of: Image, ztocs: Mapping[str, bytes]) -> Image:
    """An index of SOCI for an image: ztocs by the digests of its layers."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": ARTIFACT,
        "config": descriptor(ARTIFACT, b"{}"),
        "layers": [
            descriptor("application/octet-stream", data, annotations={"com.amazon.soci.image-layer-digest": layer})
            for layer, data in ztocs.items()
        ],
        "subject": descriptor(MANIFEST, of.manifest),
    }
    return Image(json.dumps(manifest).encode(), {digest(data): data for data in (b"{}", *ztocs.values())})
