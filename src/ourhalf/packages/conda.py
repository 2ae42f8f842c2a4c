"""Packages of conda, by the record that it writes of each in an environment's `conda-meta`.

Source: docs.conda.io, "What is a conda package", and conda.github.io's PrefixRecord for the fields. A Python package
that one of these brought is found by its own metadata, and owned by it, for the record lists its files.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ourhalf.images.cataloguer import Cataloguer, Installed
from ourhalf.images.filesystem import FileSystem, Missing, Node
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.packages import Ecosystem, Package
from ourhalf.packages.purl import purl
from ourhalf.packages.records import facts, is_word, line, public_url, unread, word
from ourhalf.packages.wheel_metadata import recorded


class _Record(msgspec.Struct, frozen=True):
    name: str = ""
    version: str = ""
    build: str = ""
    channel: str = ""
    subdir: str = ""
    license: str | None = None
    depends: list[str] = []
    files: list[str] = []
    sha256: str | None = None
    url: str | None = None
    requested_spec: str | None = None
    package_type: str | None = None


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    record: _Record | None
    fault: str = ""


def reduced(_: str, data: memoryview) -> bytes:
    """The fields of a record that are used, as `_Kept` in MessagePack."""
    try:
        kept = _Kept(msgspec.json.decode(data, type=_Record))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        kept = _Kept(None, f"no record of conda: {str(error)[:80]}")
    return msgspec.msgpack.encode(kept)


_RECORDS = Wanted(key="conda/records", pattern=r"(?:.*/)?conda-meta/[^/]+\.json", most=128 << 20, reduce=reduced)


def _catalogue(files: FileSystem) -> Iterator[Installed | Unread]:
    for node, kept in files.kept(_RECORDS.key):
        if isinstance(kept, Missing):
            yield unread(node.path, "conda", kept)
            continue
        said = msgspec.msgpack.decode(kept, type=_Kept)
        if said.record is None:
            yield unread(node.path, "conda", said.fault)
        elif not is_word(said.record.name) or not is_word(said.record.version):
            yield unread(node.path, "conda", "a record whose name or version cannot be one")
        else:
            environment = node.path.rpartition("conda-meta/")[0].rstrip("/")
            listed = [one for one in said.record.files if "\n" not in one]
            paths = recorded("\n".join(listed), environment)
            yield Installed(_package(said.record, node), (node.path, *paths))


def _package(record: _Record, node: Node) -> Package:
    channel = channel_of(record.channel)
    return Package(
        name=record.name,
        version=record.version,
        ecosystem=Ecosystem.CONDA,
        purl=purl(
            "conda",
            record.name,
            record.version,
            qualifiers={"build": line(record.build), "channel": channel, "subdir": line(record.subdir)},
        ),
        path=node.path,
        layer=node.layer,
        architecture=line(record.subdir),
        licenses=(line(record.license),) if record.license else (),
        how="conda's record",
        requires=tuple(dict.fromkeys(name for one in record.depends if (name := word(one.split(" ")[0])))),
        facts=facts(
            build=record.build,
            channel=channel,
            requested=record.requested_spec,
            url=public_url(record.url) if record.url else None,
        ),
    )


def channel_of(written: str) -> str:
    """The name of a channel (`conda-forge`), or its URL where it is no channel of anaconda.org."""
    if "://" not in written:
        return line(written)
    url = public_url(written)
    for host in ("https://conda.anaconda.org/", "https://repo.anaconda.com/"):
        if url.startswith(host):
            parts = url.removeprefix(host).split("/")
            parts = parts[2:] if parts[0] == "t" else parts
            known = ("linux-", "osx-", "win-", "noarch")
            return "/".join(part for part in parts if part and not part.startswith(known))
    return url


CONDA = Cataloguer(
    name="conda",
    title="conda packages",
    ecosystems=(Ecosystem.CONDA,),
    wanted=(_RECORDS,),
    catalogue=_catalogue,
)
