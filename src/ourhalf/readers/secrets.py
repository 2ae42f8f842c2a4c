"""Takes secrets out of what is read, before anything else sees them."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import Any

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
    ("url-credentials", (b"://",), rb"(?<!docker)(?<!oci)(://)[^\s/:@'\"${}<%]{0,64}:[^\s/:@'\"${}<%]{4,256}@"),
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
# Words that a model's vocabulary knows, such as the one that ends a text.
_VOCABULARY = re.compile(
    r"(?i)(^|[_.-])(pad|eos|bos|eot|unk|sep|cls|mask|stop|start|end|image|audio|video|special|separator|new)[_-]?token$"
)
_PLACEHOLDER = re.compile(
    r"(?i)^$|^<.*>$|^\$|\$\{|\{\{|^(x+|\*+|changeme|change[-_]me|none|null|todo|example|placeholder|dummy|true|false|yes|no|on|off|enabled?|disabled?|\d{1,4})$"
    r"|your[-_ ]|^arn:aws|^/|^https?://"
)

# What a look at a text finds before the patterns below are tried on it.
_HINT = re.compile(r"(?i)passw|pwd|secret|token|key|credential")
# A setting in a command, a script or a document inside a text: `--name value`, `name=value`, `"name": value`.
_SETTING = re.compile(
    r"""(?<![\w.-])(?P<flag>--?)?(?P<name>[A-Za-z_][\w.-]*+)"""
    r"""(?P<between>["']?[ \t]*:[ \t]+|["']?:(?=["'])|["']?[ \t]*=[ \t]*|(?(flag)[ \t]+(?!-)|(?!)))"""
    r"""(?P<value>"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|[^\s;&|"'`<>(),]++(?!\())"""
)
# What code writes for the value of a variable: a path of names, or a name that speaks of a secret itself.
_VARIABLE = re.compile(r"[A-Za-z_]\w*(\.\w+)+|(?i:[a-z_]*(?:password|passwd|pwd|secret|token|key|credentials?))")
# What stands for a secret by the command that takes it.
_GIVEN = re.compile(
    r"""(?P<before>(?<![\w-])(?:-u|--user)[ =]["']?[\w.@-]+:)(?P<value>[^\s"'$;|&]++)"""
    r"""|(?P<before2>[\w.-]+:)(?P<value2>[^\s"':$;|&]++)(?=["']?\s*\|\s*(?:sudo\s+)?chpasswd\b)"""
    r"""|(?P<before3>\blogin\b[^;&|\n]{0,200}?\s-p[ =]?["']?)(?P<value3>[^\s"'$;|&]++)"""
)
_GIVEN_HINT = re.compile(r"-u|--user|chpasswd|login")
_NAME_OF_FLAG = re.compile(r"--?([A-Za-z][\w.-]*)")


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
    if _is_secret(name, value):
        return Redacted("secret-by-name", "", _digest(value.encode()))
    return value


def _is_secret(name: str, value: str) -> bool:
    name = _INSIDE_CAMEL_CASE.sub("_", name).replace("-", "_")
    return (
        _SECRET_NAME.search(name) is not None
        and not _NOT_SECRET_NAME.search(name)
        and not _VOCABULARY.search(name)
        and not _PLACEHOLDER.search(value)
    )


def redact_text(text: str) -> str:
    """A text, such as a command or a script, with a mark in the place of each secret that it sets."""
    if _HINT.search(text):
        text = _SETTING.sub(_setting, text)
    if _GIVEN_HINT.search(text):
        text = _GIVEN.sub(_given, text)
    return text


def _setting(found: re.Match[str]) -> str:
    name, value = found["name"], found["value"]
    quote = value[0] if value[0] in "\"'" else ""
    inner = value[1:-1] if quote else value
    if is_marked(inner) or (not quote and _VARIABLE.fullmatch(inner)) or not _is_secret(name, inner):
        return found[0]
    return found[0].removesuffix(value) + f"{quote}{_text_mark(inner)}{quote}"


def _given(found: re.Match[str]) -> str:
    before, value = next((found[b], found[v]) for b, v in _PAIRS if found[v] is not None)
    return found[0] if is_marked(value) or _PLACEHOLDER.search(value) else before + _text_mark(value)


_PAIRS = (("before", "value"), ("before2", "value2"), ("before3", "value3"))


def _text_mark(secret: str) -> str:
    return f"{_MARK}secret-by-name-{_digest(secret.encode())}"


def redact_words(words: list[str]) -> list[str]:
    """The words of a command with a mark in the place of each secret, also of one that follows its flag."""
    made = [redact_text(word) for word in words]
    for number, word in enumerate(words[:-1]):
        flag = _NAME_OF_FLAG.fullmatch(word)
        value = words[number + 1]
        if flag and not value.startswith("-") and not is_marked(value) and _is_secret(flag[1], value):
            made[number + 1] = _text_mark(value)
    return made


def redact_plain(value: Any) -> Any:
    """A tree of dicts, lists and scalars with a mark in the place of each secret."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, list):
        words = all(isinstance(child, str) for child in value)
        return redact_words(value) if words else [redact_plain(child) for child in value]
    if not isinstance(value, dict):
        return value
    name = value.get("name")
    return {
        key: redact_name(name if key == "value" and isinstance(name, str) else key, child)
        if isinstance(child, str)
        else redact_plain(child)
        for key, child in value.items()
    }


def redact_name(name: str, value: str) -> str:
    """`value` of the label or tag `name`, with a mark in the place of a secret."""
    return _text_mark(value) if not is_marked(value) and _is_secret(name, value) else redact_text(value)


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
