"""The one way out to the network: bounded in bytes and time, and no credential reaches another host or a message.

`Web.ask` gives whole answers; `downloading.stream` bodies that are too large to hold.
"""

from __future__ import annotations

import base64
import logging
import os
import socket
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NoReturn, Protocol, TypeVar
from urllib.parse import unquote, urljoin, urlsplit

import msgspec
import urllib3
from urllib3 import exceptions as faults
from urllib3.response import BaseHTTPResponse

from ourhalf.connecting import Dial, Guard, PrivateAddressError, Resolve, pool_classes, reason, resolve, trust

# It warns of headers that it cannot read, with the whole URL.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)

MAX_REDIRECTS = 5
_CHUNK = 64 * 1024
_KEPT = 16
"""Connections to one host that are kept for the next request: layers of images are read side by side, and their parts.

urllib3 warns on standard error of each that is more."""
_AGAIN = frozenset({429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})

_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"})
"""What OpenSSL, by its version, says of an answer that is no TLS."""

_FOR_ANY_HOST = frozenset(
    {"accept", "accept-language", "user-agent", "range", "if-range", "if-none-match", "if-modified-since"}
)
"""Headers that a redirect may take to another host; every other may be a credential."""


class WebError(Exception):
    """No answer that can be used: `what` says of whom and why, without credentials.

    `unsent` says that what was sent was surely not taken: nobody was reached, or sent us elsewhere.
    """

    def __init__(self, what: str, unsent: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.unsent = unsent


class _PassingError(WebError):
    """A failure that may pass."""


class NoTlsError(WebError):
    """The server answers, but not by TLS."""


class Limits(msgspec.Struct, frozen=True):
    """Bounds of one call: seconds, and how often it is tried. Only what reads (GET, HEAD) is tried again."""

    connect_seconds: float = 10
    read_seconds: float = 30
    total_seconds: float = 300
    attempts: int = 4
    first_wait: float = 0.5
    most_wait: float = 30


class Answer(msgspec.Struct, frozen=True):
    """What a server answered, whatever its status. Names of headers are in small letters, the body is as it was sent.

    `url` is where it came from, fit for messages.
    """

    status: int
    url: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def etag(self) -> str | None:
        """What to give as `etag` the next time."""
        return self.headers.get("etag")


class _Answered(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


T = TypeVar("T", bound=_Answered)


def shown(url: str, path: bool = True) -> str:
    """A URL fit for messages: no user, no password, no query; without its path too where that may be a secret."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return "a URL that cannot be read"
    host = f"[{host}]" if ":" in host else host
    text = f"{parts.scheme}://{host}{port}" + ((parts.path + ("?…" if parts.query else "")) if path else "")
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


class Web:
    """Asks servers by HTTP and HTTPS.

    `environment` gives the proxies (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) and the authorities to trust
    (SSL_CERT_FILE, REQUESTS_CA_BUNDLE, else the system's); those of `ca_file` are trusted too.
    With `public_only`, hosts that have an address on this machine or a private network are refused, but
    for `allowed_hosts`; behind a proxy, which looks the name up once more, by the address that this machine
    finds. `secret_paths` keeps paths out of messages. Raises WebError where a file of authorities cannot be read.
    """

    def __init__(  # noqa: PLR0913 - each a setting of its own
        self,
        *,
        environment: Mapping[str, str] | None = None,
        ca_file: str | None = None,
        public_only: bool = False,
        allowed_hosts: frozenset[str] = frozenset(),
        secret_paths: bool = False,
        limits: Limits | None = None,
        resolver: Resolve = resolve,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._limits = limits or Limits()
        self._sleep = sleep
        self._paths = not secret_paths
        self._resolver = resolver
        self._dial = Dial(public_only, frozenset(host.lower() for host in allowed_hosts), resolver)
        named = (ca_file, self._environment.get("SSL_CERT_FILE"), self._environment.get("REQUESTS_CA_BUNDLE"))
        self._tls = _trust(next(filter(None, named), None))
        self._managers: dict[str | None, urllib3.PoolManager] = {}

    def ask(  # noqa: PLR0913 - each a part of a request
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = 4 * 1024 * 1024,
        etag: str | None = None,
    ) -> Answer:
        """The whole answer, of any status; a body over `max_bytes` is refused. Raises WebError.

        With `etag` the answer may be 304 without a body. Redirects of GET and HEAD are followed, those
        of anything that sends something are not. 429 and 5xx are tried again as `Limits` says, and
        Retry-After is kept to: a server that asks for more patience than that is not asked again.
        """
        given = dict(headers or {})
        if etag is not None:
            given["If-None-Match"] = etag

        def once(seconds: float) -> Answer:
            with Guard(seconds) as guard, self.asking(url, guard):
                response, at = self._opened(method, url, given, body)
                try:
                    whole = b"".join(pieces(response, max_bytes))
                finally:
                    done(response)
                headers = {name.lower(): value for name, value in response.headers.itermerged()}
                return Answer(response.status, self.shown(at), headers, whole)

        return self._patiently(once, again=method in {"GET", "HEAD"})

    def opened(self, guard: Guard, url: str, headers: Mapping[str, str]) -> BaseHTTPResponse:
        """An answer to a GET whose body is still to be read; `Web.ask` says how it is had. Raises WebError."""

        def once(_: float) -> BaseHTTPResponse:
            with self.asking(url, guard):
                response, _at = self._opened("GET", url, headers, None)
                if response.status in _AGAIN:
                    done(response)
                return response

        return self._patiently(once, again=True)

    def shown(self, url: str) -> str:
        """`url` as messages may name it."""
        return shown(url, self._paths)

    @property
    def limits(self) -> Limits:
        """The bounds of each call."""
        return self._limits

    def _patiently(self, once: Callable[[float], T], again: bool) -> T:
        """What `once` gives in the seconds that it is told, tried again while that may help."""
        limits = self._limits
        until = time.monotonic() + limits.total_seconds
        for attempt in range(limits.attempts if again else 1):
            last = not again or attempt + 1 == limits.attempts
            wait = min(limits.first_wait * 2**attempt, limits.most_wait)
            try:
                answer = once(max(until - time.monotonic(), 0.01))
            except _PassingError:
                if last or time.monotonic() + wait > until:
                    raise
            else:
                wait = max(wait, _retry_after(answer.headers.get("retry-after")))
                too_long = wait > limits.most_wait or time.monotonic() + wait > until
                if last or answer.status not in _AGAIN or too_long:
                    return answer
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _opened(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[BaseHTTPResponse, str]:
        """The answer, its body unread, and the address that gave it after redirects."""
        given = dict(headers)
        for _ in range(MAX_REDIRECTS + 1):
            url, given = _without_user(url, given)
            response = self._sent(method, url, given, body)
            target = response.headers.get("location")
            if response.status not in _MOVED or target is None:
                return response, url
            done(response)
            if method not in {"GET", "HEAD"}:
                raise WebError(
                    f"{self.shown(url)} redirects to {self.shown(urljoin(url, target))}; "
                    "what is sent is not sent on: give the address that is meant",
                    unsent=True,
                )
            url, given = self._moved(url, urljoin(url, target), given)
        raise WebError(f"{self.shown(url)} redirects more than {MAX_REDIRECTS} times")

    def _moved(self, url: str, target: str, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
        parts = urlsplit(target)
        if urlsplit(url).scheme == "https" and parts.scheme != "https":
            raise WebError(f"{self.shown(url)} redirects to {self.shown(target)}, which is not encrypted")
        place = parts.netloc.rpartition("@")[2]  # a user that a server made up is nobody of ours
        target = parts._replace(netloc=place, fragment="").geturl()
        if _origin(target) != _origin(url):
            headers = {name: value for name, value in headers.items() if name.lower() in _FOR_ANY_HOST}
        return target, headers

    def _sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> BaseHTTPResponse:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise WebError(f"{self.shown(url)} is no address of the web; write https://HOST/PATH")
        proxy = self._proxy(parts.scheme, parts.hostname, parts.port)
        if proxy is not None:
            with suppress(socket.gaierror, UnicodeError):  # who cannot look it up leaves that to the proxy
                self._dial.addresses(parts.hostname, parts.port or 443)
        timeout = urllib3.Timeout(connect=self._limits.connect_seconds, read=self._limits.read_seconds)
        return self._manager(proxy).urlopen(
            method,
            url,
            body=body,
            headers={"User-Agent": "ourhalf", "Accept-Encoding": "identity", **headers},
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
            timeout=timeout,
        )

    def _proxy(self, scheme: str, host: str, port: int | None) -> str | None:
        environment = self._environment
        named = {
            key: environment.get(f"{key}_proxy") or environment.get(f"{key.upper()}_PROXY") or ""
            for key in ("http", "https", "no")
        }
        found = named[scheme]
        place = host if port is None else f"{host}:{port}"
        # typeshed leaves out that the proxies can be given
        if not found or urllib.request.proxy_bypass_environment(place, named):  # type: ignore[attr-defined]
            return None
        return found if "://" in found else f"http://{found}"

    def _manager(self, proxy: str | None) -> urllib3.PoolManager:
        manager = self._managers.get(proxy)
        if manager is not None:
            return manager
        if proxy is None:
            manager, dial = urllib3.PoolManager(maxsize=_KEPT, ssl_context=self._tls), self._dial
        else:
            parts = urlsplit(proxy)
            place = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
            user = _basic(parts.username, parts.password) if parts.username else None
            manager = urllib3.ProxyManager(
                place,
                maxsize=_KEPT,
                proxy_headers={"Proxy-Authorization": user} if user else None,
                ssl_context=self._tls,
            )
            dial = Dial(False, frozenset(), self._resolver)
        manager.pool_classes_by_scheme = pool_classes(dial)
        self._managers[proxy] = manager
        return manager

    @contextmanager
    def asking(self, url: str, guard: Guard) -> Iterator[None]:
        """Work that asks a server, under `guard`: every failure in it becomes a WebError about `url`."""
        try:
            with guard.asking():
                yield
            if guard.expired:  # headers or a body without a length end in silence when their connection does
                self._tell(url, guard, TimeoutError())
        except WebError:
            raise
        except (faults.HTTPError, OSError, ValueError, PrivateAddressError) as error:
            self._tell(url, guard, error)

    def _tell(self, url: str, guard: Guard, error: Exception) -> NoReturn:
        who = self.shown(url)
        if guard.expired:
            raise _PassingError(f"{who} took longer than {self._limits.total_seconds:g} s") from None
        if isinstance(error, faults.ProxyError):
            raise _PassingError(f"{who} cannot be reached through the proxy: {reason(error.original_error)}") from None
        if isinstance(error, PrivateAddressError):
            told = f"{who} is at {error}, an address that is not public; allow the host if that is meant"
            raise WebError(told, unsent=True) from None
        if isinstance(error, faults.SSLError):
            said = reason(error)
            kind = NoTlsError if said in _NO_TLS else WebError
            raise kind(f"{who} is not trusted: {said}", unsent=True) from None
        if isinstance(error, faults.LocationValueError | ValueError):
            told = f"{who} cannot be asked: a part of the address or of a header cannot be written"
            raise WebError(told, unsent=True) from None
        raise _PassingError(f"{who} {reason(error)}", isinstance(error, faults.ConnectTimeoutError)) from None


def done(response: BaseHTTPResponse) -> None:
    """Give up what is left of an answer, and its connection where something is."""
    with suppress(faults.HTTPError, OSError):
        if response.length_remaining == 0:
            response.drain_conn()
        if not response.closed:
            response.close()
        response.release_conn()


def pieces(response: BaseHTTPResponse, max_bytes: int) -> Iterator[bytes]:
    """The body as it comes in. Raises WebError where it is larger than `max_bytes`, and what urllib3 raises."""
    told = response.headers.get("content-length", "")
    if told.isdigit() and int(told[:20]) > max_bytes and response.length_remaining != 0:
        raise WebError(f"the answer is larger than {max_bytes:,} bytes: {int(told[:20]):,}")
    size = 0
    while data := response.read1(_CHUNK, decode_content=False):
        size += len(data)
        if size > max_bytes:
            raise WebError(f"the answer is larger than {max_bytes:,} bytes")
        yield data


def _trust(path: str | None) -> ssl.SSLContext:
    try:
        return trust(path)
    except OSError as error:  # an SSLError too: a file without certificates
        raise WebError(f"{path}: no file of authorities: {error.strerror or 'it holds no certificate'}") from None


def _without_user(url: str, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
    """A user in the URL as a header: what is in a URL is told to everybody."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url, headers
    if parts.username and "authorization" not in {name.lower() for name in headers}:
        headers = {**headers, "Authorization": _basic(parts.username, parts.password)}
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), headers


def _basic(user: str, password: str | None) -> str:
    return "Basic " + base64.b64encode(f"{unquote(user)}:{unquote(password or '')}".encode()).decode()


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _retry_after(told: str | None) -> float:
    """Seconds that a server asks to wait; 0 where it does not, or cannot be understood."""
    if not told:
        return 0
    if told.strip().isdigit():
        return float(told.strip()[:9])
    try:
        when = parsedate_to_datetime(told)
    except ValueError:
        return 0
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max((when - datetime.now(UTC)).total_seconds(), 0)
