"""What is in a Java archive, and in those inside it.

Source: Oracle's JAR File Specification for manifests, maven.apache.org/shared/maven-archiver for `pom.properties`,
docs.osgi.org for bundle headers. Archives inside others are unpacked in memory one after the other, up to a bound for
all of them together; nothing is unpacked to disk.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BufferedReader

import msgspec

from ourhalf.artifacts.zips import MAX_MEMBERS, MemoryFile
from ourhalf.packages.records import is_word, text, word

MOST_UNPACKED = 512 << 20
"""Bytes that are unpacked of one file with all archives inside it."""
_MOST_INNER = 256 << 20
_MOST_NOTE = 1 << 20
_MOST_FOUND = 50_000
_DEEPEST = 6
_ARCHIVES = (".jar", ".war", ".ear", ".jpi", ".hpi", ".par", ".sar", ".rar", ".aar", ".lpkg")
_POM = re.compile(r"(?:.*/)?META-INF/maven/([^/]+)/([^/]+)/pom\.properties")
_MANIFEST = "META-INF/MANIFEST.MF"
_FILE_NAME = re.compile(r"(?P<name>.+?)-(?P<version>\d[A-Za-z0-9.+_-]*)")
_GROUP = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")


class Found(msgspec.Struct, frozen=True, array_like=True):
    """One package. `where` is the way to its archive inside the file, "" for the file; `main` says it is its own.

    `sure` is `Certainty` as text; `how` says by what it is known.
    """

    group: str
    artifact: str
    version: str
    where: str
    main: bool
    how: str
    sure: str
    license: str = ""


class Contents(msgspec.Struct, frozen=True, array_like=True):
    """What an archive holds, and what of it could not be read."""

    found: list[Found]
    faults: list[str]


class _Left:
    """How much may still be unpacked of one file, and found in it."""

    def __init__(self) -> None:
        self.bytes = MOST_UNPACKED
        self.found: list[Found] = []
        self.faults: list[str] = []

    def fault(self, where: str, reason: str) -> None:
        """Note what could not be read, up to a bearable number."""
        if len(self.faults) < 100:
            self.faults.append(f"{where}: {reason}" if where else reason)


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    KeyError,
    IndexError,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    OverflowError,
)


def reduced(path: str, data: memoryview) -> bytes:
    """The packages of an archive, as `Contents` in MessagePack."""
    left = _Left()
    _read(path.rpartition("/")[2], data, "", 0, left)
    return msgspec.msgpack.encode(Contents(left.found, left.faults))


def _read(name: str, data: memoryview, where: str, depth: int, left: _Left) -> None:
    try:
        with zipfile.ZipFile(BufferedReader(MemoryFile(data))) as archive:
            infos = archive.infolist()
            if len(infos) > MAX_MEMBERS:
                left.fault(where, f"more than {MAX_MEMBERS:,} files in it")
                return
            _describe(name, archive, infos, where, left)
            for info in infos:
                if info.filename.lower().endswith(_ARCHIVES):
                    _inner(archive, info, where, depth, left)
    except _BROKEN as error:
        left.fault(where, f"no archive that can be read: {str(error)[:80]}")
    except (MemoryError, RecursionError):
        left.fault(where, "no archive that can be read: it asks for too much")


def _inner(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, depth: int, left: _Left) -> None:
    path = f"{where}!/{info.filename}" if where else info.filename
    if info.is_dir():
        return
    if depth >= _DEEPEST:
        left.fault(path, f"archives inside archives, more than {_DEEPEST} deep")
        return
    content = _content(archive, info, min(_MOST_INNER, left.bytes))
    if content is None:
        left.fault(path, "it unpacks to more than is looked at, or not at all")
        return
    left.bytes -= len(content)
    _read(info.filename.rpartition("/")[2], memoryview(content), path, depth + 1, left)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes | None:
    """The bytes of a member, whatever it says of its size; None where they are more than `most`, or broken."""
    if info.file_size > most or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return None
    try:
        with archive.open(info) as member:
            content = member.read(most + 1)
    except _BROKEN:
        return None
    return content if len(content) <= most else None


def _describe(name: str, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], where: str, left: _Left) -> None:
    """The package of the archive itself and those that are merged into it."""
    poms, manifest = list[tuple[str, str, str]](), dict[str, str]()
    for info in infos:
        pom = _POM.fullmatch(info.filename) if info.filename.endswith("/pom.properties") else None
        if pom is None and info.filename != _MANIFEST:
            continue
        content = _content(archive, info, min(_MOST_NOTE, left.bytes))
        if content is None:
            left.fault(where, f"{info.filename[:200]} cannot be read")
            continue
        left.bytes -= len(content)
        if pom is None:
            manifest = _headers(text(content))
        else:
            poms.append(_pom(text(content), pom[1], pom[2]))
    stem = name.rpartition(".")[0] or name
    for found in _packages(stem, poms, manifest, where):
        if len(left.found) >= _MOST_FOUND:
            left.fault(where, f"more than {_MOST_FOUND:,} packages")
            return
        stated = [one for one in (found.group, found.version) if one]
        if not all(is_word(one) for one in (found.artifact, *stated)):
            left.fault(where, "a package whose name or version cannot be one")
        else:
            left.found.append(found)


def _pom(said: str, group: str, artifact: str) -> tuple[str, str, str]:
    """Group, artifact and version that a `pom.properties` states; the folder tells the first two as well."""
    values = dict(re.findall(r"^[ \t]*(groupId|artifactId|version)[ \t]*[=:][ \t]*(\S+)[ \t]*\r?$", said, re.MULTILINE))
    return values.get("groupId", group), values.get("artifactId", artifact), values.get("version", "")


def _headers(said: str) -> dict[str, str]:
    """The main attributes of a manifest: lines go on after a line end and one blank."""
    main = re.split(r"\r?\n\r?\n", said, maxsplit=1)[0]
    lines = re.sub(r"\r?\n ", "", main).splitlines()
    pairs = (one.partition(":") for one in lines)
    return {name.strip().lower(): value.strip().strip('"') for name, colon, value in pairs if colon}


def _packages(stem: str, poms: list[tuple[str, str, str]], manifest: dict[str, str], where: str) -> Iterator[Found]:
    own = _own(stem, poms)
    rights = manifest.get("bundle-license", "").partition(";")[0].strip()
    for pom in dict.fromkeys(poms):
        group, artifact, version = pom
        stated = version and "${" not in version
        main = pom == own
        version = version if stated else _manifest_version(manifest) if main else ""
        how = "Maven's pom.properties"
        yield Found(group, artifact, version, where, main, how, "stated", rights if main else "")
    if own is None:
        yield from _without_pom(stem, manifest, where, rights)


def _own(stem: str, poms: list[tuple[str, str, str]]) -> tuple[str, str, str] | None:
    """Of several, the one whose artifact the archive is named for; one alone is the archive's own."""
    named = [pom for pom in poms if stem == pom[1] or stem.startswith(f"{pom[1]}-")]
    if named:
        return max(named, key=lambda pom: len(pom[1]))
    written = _FILE_NAME.fullmatch(stem)
    alone = len(set(poms)) == 1 and (written is None or _agree(written["version"], poms[0][2]))
    return poms[0] if alone else None


def _manifest_version(manifest: dict[str, str]) -> str:
    return manifest.get("implementation-version") or manifest.get("bundle-version") or ""


def _without_pom(stem: str, manifest: dict[str, str], where: str, rights: str) -> Iterator[Found]:
    """What the manifest says, with the name of the file for what it leaves out."""
    named = _FILE_NAME.fullmatch(stem)
    artifact, written = (named["name"], named["version"]) if named else (stem, "")
    bundle = manifest.get("bundle-symbolicname", "").partition(";")[0].strip()
    title = next((one for one in (manifest.get("implementation-title", ""), bundle) if word(one)), "")
    said = [manifest.get(f"{one}-version", "") for one in ("implementation", "bundle")]
    stated = [one for one in said if word(one) and "${" not in one]
    version, sure, how = written, "guessed", "its file name"
    # Manifests say more than the version (`2.13.18.v2025`) or less (`5`): the name is right where they agree so far.
    if written and any(_agree(written, one) for one in stated):
        sure, how = "derived", "its file name, with which its manifest agrees"
    elif stated:
        version, sure, how = stated[0], "derived", "its manifest"
    elif not written:
        version, how = manifest.get("specification-version", ""), "its manifest"
    if version or title:
        group = _group(artifact, bundle, manifest.get("implementation-vendor-id", "").strip(), title)
        yield Found(group, artifact, version if word(version) else "", where, True, how, sure, rights)


def _agree(one: str, other: str) -> bool:
    """Whether one version is the beginning of the other."""
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer.startswith(shorter) and not longer[len(shorter) : len(shorter) + 1].isdigit()


def _group(artifact: str, *names: str) -> str:
    """The first of some names that can be a group; bundles are often named by group and artifact together."""
    found = next((one for one in names if _GROUP.fullmatch(one)), "")
    above = found.removesuffix(f".{artifact}")
    return above if "." in above else found
