"""Speaks with one repository of a registry: manifests, blobs whole and in part, and what refers to a manifest.

Source: github.com/opencontainers/distribution-spec, spec.md.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Generator, Iterator, Mapping
from urllib.parse import urljoin, urlsplit

import msgspec

from ourhalf.connecting import Guard
from ourhalf.downloading import stream
from ourhalf.images.bounds import MAX_MANIFEST
from ourhalf.images.manifests import INDEXES, MANIFESTS, check_digest
from ourhalf.images.source import Descriptor, ImageError
from ourhalf.registry.gate import Gate
from ourhalf.registry.hosts import Place, api_host, is_loopback, is_plain
from ourhalf.registry.means import Means
from ourhalf.web import Answer, NoTlsError, WebError, done, pieces

MAX_RANGE = 64 << 20
"""Bytes of one range that is held in memory."""
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
_ACCEPT = ", ".join(sorted(INDEXES | MANIFESTS))
_ACCEPT_ANY = f"{_ACCEPT}, */*"
"""What a digest names is what was asked for, whatever its kind: an artifact too."""
_DIGEST = re.compile(r"(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})\Z")
_FAILURES = 5
_PROGRESS = 1 << 20
_SLACK = 1 << 20
"""Bytes over the stated size that the client lets pass, so that it is told here that they are too many."""
_MAX_PAGES = 20
_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(?:\d{1,19}|\*)")
_NEXT = re.compile(r'<([^<>]{1,2048})>\s*;\s*rel="?next"?')
_CODE = re.compile(r"[A-Z][A-Z_]{2,40}\Z")


class NotFoundError(ImageError):
    """The registry answers, and has no such thing."""


class Fetched(msgspec.Struct, frozen=True):
    """A manifest or an index: its bytes, and their digest."""

    data: bytes
    digest: str
    media_type: str


class _Error(msgspec.Struct, frozen=True):
    code: str = ""


class _Errors(msgspec.Struct, frozen=True):
    errors: tuple[_Error, ...] = ()


class _Index(msgspec.Struct, frozen=True):
    manifests: tuple[Descriptor, ...] | None = None


class Registry:
    """One repository at one place. Used from any thread; every method raises ImageError."""

    def __init__(self, place: Place, means: Means) -> None:
        self.place = place
        self._web = means.web
        self._access = means.access
        self._meter = means.meter
        self._gate = Gate(place, means)
        self._lock = threading.Lock()
        self._origin = ""
        self._ranges = True

    def manifest(self, name: str) -> Fetched:
        """A manifest or an index by its tag or digest, at most 4 MB of it."""
        if ":" in name:
            _well_formed(name)
        answer = self._ask(f"manifests/{name}", {"Accept": _ACCEPT_ANY if ":" in name else _ACCEPT})
        what = f"{self.place.name}{'@' if ':' in name else ':'}{name}"
        if answer.status != 200:
            self._fail(answer, what)
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip()
        if ":" in name:
            check_digest(name, answer.body, what)
            return Fetched(answer.body, name, media_type)
        digest = "sha256:" + hashlib.sha256(answer.body).hexdigest()
        told = answer.headers.get("docker-content-digest", "")
        if told.startswith("sha256:") and told != digest:
            raise ImageError(f"{what}: the registry says that its digest is {told[:100]}, and it is {digest}")
        return Fetched(answer.body, digest, media_type)

    def whole(self, descriptor: Descriptor, most: int) -> bytes:
        """A small blob, its digest checked."""
        if descriptor.size > most:
            raise ImageError(f"{descriptor.digest} states {descriptor.size:,} bytes: over {most:,} are refused")
        data = b"".join(self.pieces(descriptor))
        check_digest(descriptor.digest, data, f"blob of {self.place.name}")
        return data

    def pieces(self, descriptor: Descriptor) -> Generator[bytes, None, None]:
        """A blob from its first byte to its last, taken up again where connections drop; its digest is not checked."""
        at = marked = failures = 0
        while at < descriptor.size:
            try:
                for piece in self._segment(descriptor, at):
                    at += len(piece)
                    yield piece
                problem = f"its bytes end after {at:,} of {descriptor.size:,}"
            except WebError as error:
                problem = error.what
            if at - marked >= _PROGRESS:
                marked, failures = at, 0
            failures += 1
            if failures > _FAILURES and at < descriptor.size:
                raise ImageError(f"{self.place.name}@{descriptor.digest}: {problem}")

    def range(self, digest: str, start: int, length: int) -> bytes | None:
        """Some bytes of a blob; None where this place only gives blobs as a whole."""
        if not self._ranges or length > MAX_RANGE:
            return None
        asked = {"Range": f"bytes={start}-{start + length - 1}"}
        for attempt in range(_FAILURES):
            try:
                data = self._part(digest, start, length, asked)
            except WebError as error:
                if attempt + 1 == _FAILURES:
                    raise ImageError(f"{self.place.name}@{digest}: {error.what}") from None
            else:
                return data
        return None

    def referrers(self, digest: str) -> tuple[Descriptor, ...] | None:
        """What refers to a manifest, by the API or else by the tag that stands in for it; None where neither tells."""
        _well_formed(digest)
        found: list[Descriptor] = []
        path = f"referrers/{digest}"
        for _ in range(_MAX_PAGES):
            answer = self._ask(path, {"Accept": OCI_INDEX})
            if answer.status == 404 and not found:
                return self._referrers_by_tag(digest)
            if answer.status != 200:
                return None
            found += _listed(answer.body)
            following = self._following(answer, path)
            if following is None:
                return tuple(found)
            path = following
        return None

    def _referrers_by_tag(self, digest: str) -> tuple[Descriptor, ...] | None:
        try:
            return _listed(self.manifest(digest.replace(":", "-")[:128]).data)
        except NotFoundError:
            return ()

    def _following(self, answer: Answer, path: str) -> str | None:
        """The path of the next page, where it is one of this repository."""
        found = _NEXT.search(answer.headers.get("link", ""))
        if found is None:
            return None
        base = self._url("")
        target = urljoin(self._url(path), found[1])
        return target.removeprefix(base) if target.startswith(base + "referrers/") else None

    def _segment(self, descriptor: Descriptor, at: int) -> Iterator[bytes]:
        """What one connection, or a few, give of a blob from byte `at`. Raises WebError."""
        url = self._url(f"blobs/{descriptor.digest}")
        _well_formed(descriptor.digest)
        for again in (True, False):
            sent = self._gate.headers()
            most = descriptor.size + _SLACK
            with stream(self._web, url, headers=sent, max_bytes=most, start=at, immutable=True) as found:
                self._meter.add(0, requests=1)
                if found.status == 401 and again:
                    self._gate.refused(sent, None)
                    continue
                if found.status not in {200, 206}:
                    self._fail_status(found.status, f"{self.place.name}@{descriptor.digest}")
                self._check_length(descriptor, found.headers.get("content-length", ""), found.offset)
                come = found.offset
                for piece in found:
                    self._meter.add(len(piece))
                    skip = max(at - come, 0)
                    come += len(piece)
                    if come > descriptor.size:
                        raise ImageError(self._wrong_size(descriptor, "more"))
                    if skip < len(piece):
                        yield piece[skip:] if skip else piece
            return

    def _check_length(self, descriptor: Descriptor, told: str, start: int) -> None:
        if told.isdigit() and int(told[:20]) != descriptor.size - start:
            raise ImageError(self._wrong_size(descriptor, f"{int(told[:20]):,} from byte {start:,} on"))

    def _wrong_size(self, descriptor: Descriptor, what: str) -> str:
        name = f"{self.place.name}@{descriptor.digest}"
        return f"{name}: the manifest states {descriptor.size:,} bytes and the registry sends {what}"

    def _part(self, digest: str, start: int, length: int, asked: Mapping[str, str]) -> bytes | None:
        _well_formed(digest)
        url = self._url(f"blobs/{digest}")
        with Guard(self._web.limits.total_seconds) as guard:
            for again in (True, False):
                sent = self._gate.headers()
                response = self._web.opened(guard, url, {**sent, **asked})
                self._meter.add(0, requests=1)
                try:
                    if response.status == 401 and again:
                        self._gate.refused(sent, None)
                        continue
                    if response.status == 200:
                        self._ranges = False
                        return None
                    if response.status != 206:
                        self._fail_status(response.status, f"{self.place.name}@{digest}")
                    told = _RANGE.fullmatch(response.headers.get("content-range", ""))
                    if told is None or (int(told[1]), int(told[2])) != (start, start + length - 1):
                        raise ImageError(f"{self.place.name}@{digest}: the registry sends other bytes than asked for")
                    with self._web.asking(url, guard):
                        data = b"".join(pieces(response, length))
                        self._meter.add(len(data))
                finally:
                    done(response)
                if len(data) != length:
                    raise WebError(f"{len(data):,} bytes came of {length:,}")
                return data
        return None

    def _ask(self, path: str, headers: Mapping[str, str]) -> Answer:
        """One of the small answers, let in where that is asked for."""
        for again in (True, False):
            sent = self._gate.headers()
            try:
                answer = self._web.ask("GET", self._url(path), headers={**headers, **sent}, max_bytes=MAX_MANIFEST)
            except WebError as error:
                raise ImageError(f"{self.place.name}: {error.what}") from None
            self._meter.add(len(answer.body), requests=1)
            own = urlsplit(answer.url).netloc == urlsplit(self._url("")).netloc
            if answer.status != 401 or not own:
                return answer
            if again:
                self._gate.refused(sent, answer.headers.get("www-authenticate", ""))
        raise ImageError(self._gate.refusal())

    def _url(self, path: str) -> str:
        return f"{self._scheme()}://{api_host(self.place.host)}/v2/{self.place.repository}/{path}"

    def _scheme(self) -> str:
        """TLS, but for hosts that the user named and for this machine where it has none."""
        with self._lock:
            if not self._origin:
                self._origin = "http" if is_plain(self.place.host, self._access) else "https"
                if self._origin == "https" and is_loopback(self.place.host) and self._is_without_tls():
                    self._origin = "http"
            return self._origin

    def _is_without_tls(self) -> bool:
        try:
            self._web.ask("GET", f"https://{self.place.host}/v2/", max_bytes=MAX_MANIFEST)
        except NoTlsError:
            return True
        except WebError:
            return False  # asking for what is wanted tells what is wrong
        return False

    def _fail(self, answer: Answer, what: str) -> None:
        code = ""
        try:
            errors = msgspec.json.decode(answer.body, type=_Errors).errors
            code = next((error.code for error in errors if _CODE.match(error.code)), "")
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
        self._fail_status(answer.status, what, code)

    def _fail_status(self, status: int, what: str, code: str = "") -> None:
        said = f"{status}{f', {code}' if code else ''}"
        match status:
            case 404:
                raise NotFoundError(f"{what}: no such image or blob at {self.place.host} ({said})")
            case 401 | 403:
                raise ImageError(
                    f"{what}: {self.place.host} lets nobody in with these credentials, or has no such repository "
                    f"({said}); log in with `docker login {self.place.host}`"
                )
            case 429:
                raise ImageError(f"{what}: {self.place.host} has had too many requests from here ({said}); try later")
            case _:
                raise ImageError(f"{what}: {self.place.host} answers with an error ({said})")


def _listed(data: bytes) -> tuple[Descriptor, ...]:
    """What an index of referrers lists. Raises ImageError."""
    try:
        found = msgspec.json.decode(data, type=_Index).manifests or ()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ImageError("what lists the referrers is no index in JSON") from None
    for one in found:
        _well_formed(one.digest)
    return found


def _well_formed(digest: str) -> None:
    """Raises ImageError where a digest is none: it becomes a part of a URL."""
    if not _DIGEST.match(digest):
        raise ImageError(f"{digest[:100]!r} is no digest: sha256, sha384 or sha512 with small letters")
