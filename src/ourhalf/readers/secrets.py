"""Takes secrets out of what is read, before anything else sees them."""

from __future__ import annotations

import hashlib
import re
from functools import cache

from ourhalf.model.field import Redacted

_MARK = "REDACTED-"
_MARKED = re.compile(r"(?P<prefix>[\w-]{0,8}?)REDACTED-(?P<kind>[a-z-]+?)-(?P<digest>[0-9a-f]{12})")

# Formats that identify themselves: kind, texts of which one is in every secret, for a look before the
# pattern, and a pattern whose group 1 is a prefix safe to show.
_FORMATS: tuple[tuple[str, tuple[bytes, ...], bytes], ...] = (
    ("aws-access-key-id", (b"AKIA", b"ASIA"), rb"\b((?:AKIA|ASIA))[A-Z2-7]{16}\b"),
    ("hugging-face-token", (b"hf_",), rb"\b(hf_)[A-Za-z0-9]{34,40}\b"),
    ("github-token", (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"), rb"\b(gh[pousr]_)[A-Za-z0-9]{36,255}\b"),
    ("github-token", (b"github_pat_",), rb"\b(github_pat_)[A-Za-z0-9_]{60,255}\b"),
    ("openai-key", (b"sk-",), rb"\b(sk-(?:proj-|ant-)?)[A-Za-z0-9_-]{32,200}\b"),
    ("ngc-key", (b"nvapi-",), rb"\b(nvapi-)[A-Za-z0-9_-]{50,80}"),
    ("url-credentials", (b"://",), rb"\b(https?://)[^\s/:@'\"${}<%]{1,64}:[^\s/:@'\"${}<%]{4,256}@"),
    ("slack-token", (b"xox",), rb"\b(xox[abprs]-)[A-Za-z0-9-]{20,255}\b"),
    (
        "private-key",
        (b"PRIVATE KEY-----",),
        rb"-----BEGIN ()[A-Z ]*PRIVATE KEY-----[^-]{16,16384}-----END [A-Z ]*PRIVATE KEY-----",
    ),
)

_SECRET_NAME = re.compile(
    r"(?i)(^|[_.-])(password|passwd|pwd|secret|token|api_?key|apikey|access_?key|private_?key|kaggle_?key|credentials?)([_.-]|$)"
)
_INSIDE_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# A name that speaks of where a secret is, or how many tokens there are, rather than holding one.
_NOT_SECRET_NAME = re.compile(
    r"(?i)(file|path|arn|name|url|uri|endpoint|id|ttl|expiry|max|num|limit|length|count|size)$"
)
_PLACEHOLDER = re.compile(
    r"(?i)^$|^<.*>$|^\$|\$\{|\{\{|^(x+|\*+|changeme|change[-_]me|none|null|todo|example|placeholder|dummy|true|false|yes|no|on|off|enabled?|disabled?|\d{1,4})$"
    r"|your[-_ ]|^arn:aws|^/|^https?://"
)


@cache
def _patterns() -> tuple[tuple[str, tuple[bytes, ...], re.Pattern[bytes]], ...]:
    return tuple((kind, hints, re.compile(pattern)) for kind, hints, pattern in _FORMATS)


def scrub(data: bytes) -> bytes:
    """`data` with each secret of a self-identifying format replaced by a mark of its kind and digest.

    The mark has the same number of lines as the secret.
    """
    for kind, hints, pattern in _patterns():
        if any(hint in data for hint in hints) and pattern.search(data):
            data = pattern.sub(lambda found, kind=kind: _mark(kind, found), data)  # type: ignore[misc]
    return data


def _mark(kind: str, found: re.Match[bytes]) -> bytes:
    secret = found[0]
    mark = f"{found[1].decode()}{_MARK}{kind}-{_digest(secret)}".encode()
    return mark + b"\n" * secret.count(b"\n")


def is_marked(text: str) -> bool:
    """Whether a mark that `scrub` left stands in a text."""
    return _MARKED.search(text) is not None


def redact(name: str, value: str) -> str | Redacted:
    """`value` of the setting `name`, or what is left of it where it is a secret."""
    marked = _MARKED.search(value)
    if marked:
        return Redacted(marked["kind"], marked["prefix"], marked["digest"])
    name = _INSIDE_CAMEL_CASE.sub("_", name)
    if _SECRET_NAME.search(name) and not _NOT_SECRET_NAME.search(name) and not _PLACEHOLDER.search(value):
        return Redacted("secret-by-name", "", _digest(value.encode()))
    return value


def redacted(kind: str, value: str) -> Redacted:
    """What is left of `value`, which is a secret by where it stands."""
    marked = _MARKED.search(value)
    return (
        Redacted(marked["kind"], marked["prefix"], marked["digest"])
        if marked
        else Redacted(kind, "", _digest(value.encode()))
    )


def _digest(secret: bytes) -> str:
    return hashlib.blake2b(secret, key=_key(), digest_size=6).hexdigest()


@cache
def _key() -> bytes:
    """The key of digests: made once for each cache folder, so that they say nothing elsewhere."""
    from ourhalf.cache import secret_key

    return secret_key()
