"""What the metadata of a Python package says.

Source: packaging.python.org/specifications, "Core metadata", "Recording installed projects", "Direct URL data
structure", "Name normalization" and "Version specifiers" (local versions).
"""

from __future__ import annotations

import csv
import re

import msgspec

from ourhalf.packages.records import facts, inside, line, public_url, text, word

_FIELD = re.compile(
    rb"^(Name|Version|License-Expression|License|Classifier|Requires-Dist|Requires-Python):[ \t]*"
    rb"([^\n]*(?:\n[ \t][^\n]*)*)",
    re.MULTILINE | re.IGNORECASE,
)
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_RUN = re.compile(r"[-_.]+")
_EXTRA = re.compile(r"\bextra\s*==")
_BOUNDED = re.compile(
    r"\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*"
    r"(?P<versions>[^;@]*(?:==|<|~=|!=)[^;@]*)(?:;(?P<condition>.*))?"
)
_LONGEST_BOUND = 300
_LICENSE_CLASSIFIER = "License :: "
_LONGEST_LICENSE = 100
_LOCAL_CUDA = re.compile(r"(?:^|\.)cu(?:da)?(?:(\d{1,2}\.\d+)|(\d{2,3}))(?!\d)")
_LOCAL_ROCM = re.compile(r"(?:^|\.)rocm(\d+(?:\.\d+)*)")
_HASHES = re.compile(rb",[^,\r\n]*,[^,\r\n]*\r?$", re.MULTILINE)
_MOST_REQUIRES = 2000


class Metadata(msgspec.Struct, frozen=True):
    """Fields as they are written. `name` and `version` are None where they are missing or cannot be one."""

    name: str | None
    version: str | None
    licenses: tuple[str, ...]
    requires: tuple[str, ...]
    python: str
    bounds: dict[str, str]


class _Vcs(msgspec.Struct, frozen=True):
    vcs: str = ""
    commit_id: str = ""


class _Folder(msgspec.Struct, frozen=True):
    editable: bool = False


class _DirectUrl(msgspec.Struct, frozen=True):
    url: str = ""
    vcs_info: _Vcs | None = None
    dir_info: _Folder | None = None


def only_fields(_: str, data: memoryview) -> bytes:
    """The fields that are used, without the description of the package."""
    content = bytes(data)
    end = _HEADERS_END.search(content)
    return b"\n".join(found[0] for found in _FIELD.finditer(content[: end.start()] if end else content))


def only_paths(_: str, data: memoryview) -> bytes:
    """The paths that a RECORD lists, one a line."""
    content = bytes(data)
    if b'"' in content:
        try:
            rows = csv.reader(text(content).splitlines())
            return "\n".join(row[0] for row in rows if row and "\n" not in row[0]).encode()
        except csv.Error:
            pass
    return _HASHES.sub(b"", content)


def normalised(name: str) -> str:
    """A name as the index compares it."""
    return _RUN.sub("-", name).lower()


def metadata(fields: bytes) -> Metadata:
    """What the fields that `only_fields` kept say."""
    said: dict[str, list[str]] = {}
    for found in _FIELD.finditer(fields):
        said.setdefault(found[1].decode("ascii").lower(), []).append(text(found[2]).strip())
    name = word(next(iter(said.get("name", ())), None))
    return Metadata(
        name=name if name and _NAME.fullmatch(name) else None,
        version=word(next(iter(said.get("version", ())), None)),
        licenses=_licenses(said),
        requires=required(said.get("requires-dist", [])),
        python=next(iter(said.get("requires-python", ())), ""),
        bounds=bounds(said.get("requires-dist", [])),
    )


def _licenses(said: dict[str, list[str]]) -> tuple[str, ...]:
    """The expression of PEP 639, else classifiers, else the text of the old field where it is a name."""
    expression = next((line(one) for one in said.get("license-expression", ()) if one), "")
    if expression:
        return (expression,)
    classified = [
        one.rpartition(" :: ")[2] for one in said.get("classifier", ()) if one.startswith(_LICENSE_CLASSIFIER)
    ]
    named = [one for one in classified if one != "OSI Approved"]
    if named:
        return tuple(line(one) for one in dict.fromkeys(named))
    written = next(iter(said.get("license", ())), "")
    short = written and "\n" not in written and len(written) <= _LONGEST_LICENSE and written.upper() != "UNKNOWN"
    return (line(written),) if short else ()


def required(requirements: list[str]) -> tuple[str, ...]:
    """Normalised names of what is required, but for extras, each once."""
    found: dict[str, None] = {}
    for one in requirements[:_MOST_REQUIRES]:
        condition = one.partition(";")[2]
        name = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", one)
        if name and not _EXTRA.search(condition):
            found[normalised(name[0].rstrip("._-"))] = None
    return tuple(found)


def bounds(requirements: list[str]) -> dict[str, str]:
    """What is required of versions from above, as facts (`requires:torch`): what may stop others from moving up.

    Where markers tell several apart they are joined by ` | `.
    """
    found: dict[str, list[str]] = {}
    for one in requirements[:_MOST_REQUIRES]:
        stated = _BOUNDED.fullmatch(one) if len(one) <= _LONGEST_BOUND else None
        if stated is None or _EXTRA.search(stated["condition"] or ""):
            continue
        condition = f"; {stated['condition'].strip()}" if stated["condition"] else ""
        text = f"{stated['versions'].strip(' ()')}{condition}"
        found.setdefault(f"requires:{normalised(stated['name'])}", []).append(text)
    return {
        name: text
        for name, many in found.items()
        if len(text := " | ".join(many)) <= _LONGEST_BOUND and text.isprintable()
    }


def variant(version: str) -> dict[str, str]:
    """What a local version tells of the build, such as CUDA 12.6 of `2.6.0+cu126`, and the public version."""
    public, plus, local = version.partition("+")
    if not plus:
        return {}
    cuda, rocm = _LOCAL_CUDA.search(local), _LOCAL_ROCM.search(local)
    return facts(
        public_version=public,
        cuda=(cuda[1] or _dotted(cuda[2])) if cuda else None,
        rocm=rocm[1] if rocm else None,
        variant="cpu" if re.search(r"(?:^|\.)cpu(?:$|\.)", local) else None,
    )


def _dotted(digits: str) -> str:
    """A version of CUDA from its digits: its last is the minor one."""
    return f"{digits[:-1]}.{digits[-1]}"


def direct_url(data: bytes) -> dict[str, str] | None:
    """Where a package that is not from an index came from; None where the file is no such record."""
    try:
        said = msgspec.json.decode(data, type=_DirectUrl)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    return facts(
        direct_url=public_url(said.url),
        commit=said.vcs_info.commit_id if said.vcs_info else None,
        editable="true" if said.dir_info and said.dir_info.editable else None,
    )


def recorded(paths: str, folder: str) -> tuple[str, ...]:
    """The paths that `only_paths` kept, seen from `folder`; those that leave the image are dropped."""
    if any(part in paths for part in ("//", "/./", "\n./", "\0", "\r")) or paths.startswith("./"):
        return tuple(path for one in paths.split("\n") if (path := inside(one.strip("\r"), folder)))
    prefix = f"{folder}/" if folder else ""
    # Most lists have a few scripts, which lie outside of the folder: only these are worked out.
    seen = [
        prefix + one if one[0] != "/" and ".." not in one else inside(one, folder)
        for one in filter(None, paths.split("\n"))
    ]
    return tuple(filter(None, seen))
