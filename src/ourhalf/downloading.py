"""Bodies too large to hold: read piece by piece, and taken up again where the connection dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import msgspec
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from ourhalf.connecting import Guard
from ourhalf.web import Web, WebError, done, pieces

_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19}|\*)")
_DROPS = 5
_PROGRESS = 1024 * 1024
"""Bytes after which the drops are counted anew."""


class _Wanted(msgspec.Struct, frozen=True):
    url: str
    headers: dict[str, str]
    max_bytes: int
    immutable: bool


@contextmanager
def stream(  # noqa: PLR0913 - each a part of a request
    web: Web,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    max_bytes: int,
    start: int = 0,
    if_range: str | None = None,
    immutable: bool = False,
) -> Iterator[Stream]:
    """The body of a GET piece by piece, from byte `start` where the server can and `if_range` still names it.

    A connection that drops is taken up where it ended, if the server says which version it sends (ETag,
    Last-Modified) or the caller that the URL only ever has one (`immutable`). All of it may take the
    `total_seconds` of `web`. Raises WebError.
    """
    with Guard(web.limits.total_seconds) as guard:
        found = Stream(web, guard, _Wanted(url, dict(headers or {}), max_bytes, immutable))
        try:
            found.begin(start, if_range)
            yield found
        finally:
            found.close()


class Stream:
    """The body of an answer. `offset` is the byte at which it begins, `status` is 200 or 206, else the server's no."""

    def __init__(self, web: Web, guard: Guard, wanted: _Wanted) -> None:
        self._web = web
        self._guard = guard
        self._wanted = wanted
        self._response: BaseHTTPResponse | None = None
        self._at = 0
        self.offset = 0
        self.status = 0
        self.headers: dict[str, str] = {}

    @property
    def version(self) -> str | None:
        """What names this version of the body, for `if_range`: a strong ETag, else the time of its last change."""
        etag = self.headers.get("etag", "")
        return etag if etag.startswith('"') else self.headers.get("last-modified")

    def begin(self, start: int, if_range: str | None) -> None:
        """Ask for the body."""
        response = self._asked(start, if_range)
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status == 206:
            self._check(response, start)
            self.offset = self._at = start

    def __iter__(self) -> Iterator[bytes]:
        """The bytes from `offset` on. Raises WebError."""
        at = marked = self.offset
        drops = 0
        while True:
            try:
                for piece in self._rest(at):
                    at += len(piece)
                    yield piece
            except HTTPError as error:
                if at - marked >= _PROGRESS:
                    drops, marked = 0, at
                drops += 1
                self._resume(at, drops, error)
            else:
                with self._web.asking(self._wanted.url, self._guard):
                    return

    def close(self) -> None:
        """Give up what is left."""
        if self._response is not None:
            done(self._response)
            self._response = None

    def _asked(self, start: int, if_range: str | None) -> BaseHTTPResponse:
        headers = dict(self._wanted.headers)
        if start:
            headers["Range"] = f"bytes={start}-"
            if if_range is not None:
                headers["If-Range"] = if_range
        self._response = self._web.opened(self._guard, self._wanted.url, headers)
        return self._response

    def _rest(self, at: int) -> Iterator[bytes]:
        """What the answer at hand holds from byte `at` on."""
        if self._response is None:
            raise ValueError("the stream is closed")
        try:
            for piece in pieces(self._response, self._wanted.max_bytes - self._at):
                new = piece[max(at - self._at, 0) :]
                self._at += len(piece)
                if new:
                    yield new
        except WebError as error:
            raise WebError(f"{self._web.shown(self._wanted.url)}: {error.what}") from None

    def _resume(self, at: int, drops: int, error: HTTPError) -> None:
        who = self._web.shown(self._wanted.url)
        with self._web.asking(self._wanted.url, self._guard):
            if self._guard.expired or drops > _DROPS or self.status not in {200, 206}:
                raise error
        if self.version is None and not self._wanted.immutable:
            raise WebError(f"{who} was cut off after {at:,} bytes, and does not say of what version they were")
        self.close()
        response = self._asked(at, self.version)
        self._at = at if response.status == 206 else 0
        if response.status == 206 and at:
            self._check(response, at)
        elif response.status != 200 or not (self._wanted.immutable or self._same(response)):
            raise WebError(f"{who} was cut off after {at:,} bytes, and is another now")

    def _same(self, response: BaseHTTPResponse) -> bool:
        return self.version in {response.headers.get("etag"), response.headers.get("last-modified")}

    def _check(self, response: BaseHTTPResponse, start: int) -> None:
        found = _RANGE.fullmatch(response.headers.get("content-range", ""))
        if found is None or int(found[1]) != start:
            raise WebError(f"{self._web.shown(self._wanted.url)} sends other bytes than it was asked for")
