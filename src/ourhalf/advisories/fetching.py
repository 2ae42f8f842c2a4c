"""Files of sources over HTTP: only what changed, taken up where it broke off, and held to digests that are told."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from urllib.parse import urljoin

import msgspec

from ourhalf.advisories.importers.importer import UnusableError
from ourhalf.advisories.importers.xmls import children, elements, text
from ourhalf.advisories.sources import SourceRow, Via
from ourhalf.downloading import stream
from ourhalf.web import Web, WebError

MAX_DOWNLOAD = 8 * 1024 * 1024 * 1024
_MAX_INDEX = 4 * 1024 * 1024
_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")


class FetchError(Exception):
    """A source could not be fetched; `str` of it says which address, and why."""


class Fetched(msgspec.Struct, frozen=True):
    """What an address gave: a file with its ETag, or no file where it still is what it was."""

    path: str | None
    etag: str = ""


class _Place(msgspec.Struct, frozen=True):
    url: str
    sha256: str = ""


def fetch(web: Web, row: SourceRow, address: str, folder: str, etag: str = "") -> Fetched:
    """Fetch one address of a source into `folder`; with `etag` only where it changed. Raises FetchError.

    What broke off lies there until the next call, which goes on behind it if the server still has the same file.
    """
    try:
        place = _place(web, row, address)
        target = os.path.join(folder, f"{row.name}-{hashlib.sha256(address.encode()).hexdigest()[:12]}")
        return _downloaded(web, place, target, etag)
    except (WebError, UnusableError) as error:
        raise FetchError(str(error)) from None
    except OSError as error:
        raise FetchError(f"{folder}: {error.strerror or error}") from None


def _place(web: Web, row: SourceRow, address: str) -> _Place:
    """Where the data of an address lies, and its digest where that is told."""
    url, sha256 = address, ""
    if row.via is Via.REPOMD:
        base = _first_line(web, address).rstrip("/") + "/"
        url, sha256 = _update_info(web, base)
    elif row.via is Via.LATEST:
        name = _first_line(web, address)
        if not re.fullmatch(r"[\w.-]{1,200}", name):
            raise FetchError(f"{web.shown(address)} names no file")
        url = urljoin(address, name)
    if row.sha256:
        found = _SHA256.search(_text(web, url + row.sha256))
        if found is None:
            raise FetchError(f"{web.shown(url + row.sha256)} holds no digest")
        sha256 = found[0]
    return _Place(url, sha256)


def _update_info(web: Web, base: str) -> tuple[str, str]:
    index = urljoin(base, "repodata/repomd.xml")
    for data in elements(_bytes(web, index), "data"):
        locations = children(data, "location")
        if data.get("type") == "updateinfo" and locations:
            digest = next((one for one in children(data, "checksum") if one.get("type") == "sha256"), None)
            sha256 = (digest.text or "").strip() if digest is not None else text(data, "sha256")
            return urljoin(base, locations[0].get("href", "")), sha256
    raise FetchError(f"{web.shown(index)} names no updateinfo")


def _first_line(web: Web, url: str) -> str:
    lines = _text(web, url).split()
    if not lines:
        raise FetchError(f"{web.shown(url)} is empty")
    return lines[0]


def _text(web: Web, url: str) -> str:
    return _bytes(web, url).decode(errors="replace")


def _bytes(web: Web, url: str) -> bytes:
    answer = web.ask("GET", url, max_bytes=_MAX_INDEX)
    if answer.status != 200:
        raise FetchError(f"{answer.url} answers {answer.status}")
    return answer.body


def _downloaded(web: Web, place: _Place, target: str, etag: str) -> Fetched:
    part, note = f"{target}.part", f"{target}.version"
    start, version = _begun(part, note)
    headers = {"If-None-Match": etag} if etag and not start else {}
    with stream(
        web, place.url, headers=headers, max_bytes=MAX_DOWNLOAD, start=start, if_range=version, immutable=False
    ) as body:
        if body.status == 304:
            return Fetched(None, etag)
        if body.status == 416:  # it is shorter than what we have: another file now
            _forget(part, note)
            return _downloaded(web, place, target, etag)
        if body.status not in {200, 206}:
            raise FetchError(f"{web.shown(place.url)} answers {body.status}")
        with open(note, "w", encoding="utf-8") as file:
            file.write(body.version or "")
        with open(part, "r+b" if body.status == 206 else "wb") as out:
            out.seek(body.offset)
            out.truncate()
            out.writelines(body)
        found, google = body.headers.get("etag", ""), body.headers.get("x-goog-hash", "")
    try:
        _check(web, place, part, google)
    except FetchError:
        _forget(part, note)
        raise
    os.replace(part, target)
    _forget(note)
    return Fetched(target, found)


def _begun(part: str, note: str) -> tuple[int, str | None]:
    """How much of a file lies here, and of which version; nothing where that is not known."""
    try:
        with open(note, encoding="utf-8") as file:
            version = file.read(1000)
        size = os.path.getsize(part)
    except (OSError, UnicodeDecodeError):
        return 0, None
    return (size, version) if version and size else (0, None)


def _forget(*paths: str) -> None:
    for path in paths:
        if os.path.exists(path):
            os.unlink(path)


def _check(web: Web, place: _Place, path: str, google: str) -> None:
    """Hold the file to the digests that are told: of an index, and of Google's storage, which sends an MD5."""
    if place.sha256 and _digest(path, "sha256").hex() != place.sha256.lower():
        raise FetchError(f"{web.shown(place.url)} is not what its digest says; try again later")
    told = re.search(r"md5=([A-Za-z0-9+/]{22}==)", google)
    if told is not None and _digest(path, "md5") != base64.b64decode(told[1]):
        raise FetchError(f"{web.shown(place.url)} did not arrive whole; try again")


def _digest(path: str, kind: str) -> bytes:
    with open(path, "rb") as file:
        state = hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False))
    return state.digest()
