"""Takes secrets out of what is read, before anything else sees them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from ourhalf.model.field import Redacted

_MARK = "REDACTED-"
_MARKED = re.compile(r"(?P<prefix>[\w-]{0,8}?)REDACTED-(?P<kind>[a-z-]+?)-(?P<digest>[0-9a-f]{12})")

# Formats that identify themselves: kind, texts of which one is in every secret, for a look before the
# pattern, and a pattern whose group 1 is a prefix safe to show. What common texts hold comes first in its
# pattern, and what must stand before it after: a pattern that begins with a text is found by that text.
_FORMATS: tuple[tuple[str, tuple[bytes, ...], bytes], ...] = (
    ("aws-access-key-id", (b"AKIA", b"ASIA"), rb"\b((?:AKIA|ASIA))[A-Z2-7]{16}\b"),
    ("hugging-face-token", (b"hf_",), rb"\b(hf_)[A-Za-z0-9]{34,40}\b"),
    ("github-token", (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"), rb"\b(gh[pousr]_)[A-Za-z0-9]{36,255}\b"),
    ("github-token", (b"github_pat_",), rb"\b(github_pat_)[A-Za-z0-9_]{60,255}\b"),
    ("openai-key", (b"sk-",), rb"(sk-(?<=\bsk-)(?:proj-|ant-)?)[A-Za-z0-9_-]{32,200}\b"),
    ("ngc-key", (b"nvapi-",), rb"\b(nvapi-)[A-Za-z0-9_-]{50,80}"),
    ("url-credentials", (b"://",), rb"(://)(?<!docker://)(?<!oci://)[^\s/:@'\"${}<%]{0,64}:[^\s/:@'\"${}<%]{4,256}@"),
    ("slack-token", (b"xox",), rb"\b(xox[abprs]-)[A-Za-z0-9-]{20,255}\b"),
    (
        "private-key",
        (b"PRIVATE KEY-----",),
        rb"-----BEGIN ()[A-Z ]*PRIVATE KEY-----[^-]{16,16384}-----END [A-Z ]*PRIVATE KEY-----",
    ),
)

_SECRET_NAME = re.compile(
    r"(?i)(^|[_.-])([a-z]*(?<!no)passw(or)?d|passphrase|requirepass|masterauth|pwd|secret|token|api_?key|apikey|access_?key"
    r"|private_?key|kaggle_?key|credentials?)([_.-]|$)"
    r"|(?<!^n)(?<![_.-]n)(?<!first)(?<!second)(?<!one)(?<!two)(?<!multi)(?<!single)(?<!proxy)[_.-]pass$"
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
_HINT = re.compile(r"(?i)pass|pwd|masterauth|secret|token|key|credential")
# A setting in a command, a script or a document inside a text: `--name value`, `name=value`, `"name": value`.
_SETTING = re.compile(
    r"""(?<![\w.-])(?P<flag>--?)?(?P<name>[A-Za-z_][\w.-]*+)"""
    r"""(?P<between>["']?[ \t]*:[ \t]+|["']?:(?=["'])|["']?[ \t]*=[ \t]*|(?(flag)[ \t]+(?!-)|(?!)))"""
    r"""(?P<value>"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|(?:(?i:bearer|basic)[ \t]++)?[^\s;&|"'`<>(),]++(?!\())"""
)
# How deep settings within the values of settings are looked for.
_MOST_NESTED = 3
# What code writes for the value of a variable: a path of names, or a name that speaks of a secret itself.
_VARIABLE = re.compile(r"[A-Za-z_]\w*(\.\w+)+|(?i:[a-z_]*(?:password|passwd|pwd|secret|token|key|credentials?))")
# What stands for a secret by the command that takes it: what a look at the text finds first, and a pattern.
# Words of a list are looked at with `_BETWEEN` in the place of the blanks between them.
_BETWEEN = "\x1f"
_GIVEN = tuple(
    (re.compile(hint), re.compile(pattern))
    for hint, pattern in (
        (
            r"-u|--user",
            rf"""(?P<before>(?<![\w-])(?:-u|--user)[ ={_BETWEEN}]["']?[\w.@-]+:)(?P<value>[^\s"'$;|&]++)""",
        ),
        ("curl", r"""(?P<before>\bcurl\b[^;|\n]{0,300}?\s-[a-zA-Z]{0,6}u\s?["']?[\w.@-]+:)(?P<value>[^\s"'$;|&]++)"""),
        ("chpasswd", r"""(?P<before>[\w.-]+:)(?P<value>[^\s"':$;|&]++)(?=["']?\s*\|\s*(?:sudo\s+)?chpasswd\b)"""),
        (
            "login",
            rf"""(?P<before>\blogin\b[^;&|\n]{{0,200}}?\s-p[ ={_BETWEEN}]?["']?)(?P<value>[^\s"'$;|&]++)""",
        ),
        (
            "mysql|mariadb",
            r"""(?P<before>(?<![\w-])(?:mysql|mariadb)[\w-]*(?=\s)[^;&|\n]{0,200}?\s-p)"""
            r"""(?P<value>"[^"\n]++"|'[^'\n]++'|[^\s"'$;|&]++)""",
        ),
        (
            "sshpass",
            rf"""(?P<before>\bsshpass[ {_BETWEEN}]+-p[ ={_BETWEEN}]?)(?P<value>"[^"\n]++"|'[^'\n]++'|[^\s"'$;|&]++)""",
        ),
        (
            "stdin",
            r"""(?P<before>\becho\s+(?:-n\s+)?)(?P<value>"[^"\n]{1,200}"|'[^'\n]{1,200}'|[^\s"'$;|&]{1,200})"""
            r"""(?=\s*\|[^|\n]{0,100}(?:--password-stdin|passwd\s+--stdin))""",
        ),
        ("wandb", r"""(?P<before>\bwandb\s+login(?:\s+--[\w=:./-]{1,100})?\s+)(?P<value>[0-9A-Za-z-]{20,}+)"""),
        (
            "(?i)config",
            r"""(?P<before>\bset\s+(?i:aws_secret_access_key|aws_session_token|api_?key)\s+["']?)(?P<value>[^\s"'$;|&]++)""",
        ),
        (
            "(?i)authorization",
            r"""(?P<before>(?i:authorization["'\\]{0,2}[\s:=,]{1,4}["'\\]{0,2}(?:bearer|basic|token)[ \t]+))"""
            r"""(?P<value>[\w.~+/=-]++)""",
        ),
        # Without the name of the header only what no prose says: digits within a long word.
        ("(?i)bearer", r"""(?P<before>\b(?i:bearer)[ \t]+)(?P<value>(?=[^\s\d]*\d)[\w.~+/=-]{16,}+)"""),
        ("(?i)basic", r"""(?P<before>\b(?i:basic)[ \t]+)(?P<value>[A-Za-z0-9+/]{8,}+={0,2})"""),
    )
)
# What every text that may hold a secret holds, in small letters: one look tells that most hold none of it.
_LOOK = re.compile("|".join(hint.pattern.removeprefix("(?i)") for hint in (_HINT, *(hint for hint, _ in _GIVEN))))
# An id of a user or group, or a port and what it is published as: none of them is a secret.
_NUMBERS = re.compile(r"(?:[\d.]+:)?\d{1,10}(?::\d{1,5})?(?:/\w+)?")
# How the documentation of a header calls what follows.
_IN_PROSE = re.compile(r"(?i)auth\w*|tokens?|schemes?|headers?|credentials?|and|or|is|are|\.+")
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


def found_in(data: bytes) -> Iterator[tuple[str, int, str, bytes]]:
    """Each secret of a self-identifying format: its kind, where it begins, a prefix safe to show, and itself."""
    for kind, hints, pattern in _patterns():
        if any(hint in data for hint in hints):
            for found in pattern.finditer(data):
                yield kind, found.start(), found[1].decode(), found[0]


def digest(secret: bytes) -> str:
    """What tells a secret from others without giving it away: keyed, so that it says nothing elsewhere."""
    return _digest(secret)


def _mark(kind: str, found: re.Match[bytes]) -> bytes:
    secret = found[0]
    mark = f"{found[1].decode()}{_MARK}{kind}-{_digest(secret)}".encode()
    return mark + b"\n" * secret.count(b"\n")


def is_marked(text: str) -> bool:
    """Whether a mark that `scrub` left stands in a text."""
    return _MARK in text and _MARKED.search(text) is not None


def redact(name: str, value: str) -> str | Redacted:
    """`value` of the setting `name`, or what is left of it where it is a secret."""
    marked = _MARKED.search(value) if _MARK in value else None
    if marked:
        return Redacted(marked["kind"], marked["prefix"], marked["digest"])
    if _is_secret(name, value):
        return Redacted("secret-by-name", "", _digest(value.encode()))
    return value


def _is_secret(name: str, value: str) -> bool:
    return _names_secret(name) and not _PLACEHOLDER.search(value)


@lru_cache(4096)
def _names_secret(name: str) -> bool:
    name = _INSIDE_CAMEL_CASE.sub("_", name).replace("-", "_")
    return _SECRET_NAME.search(name) is not None and not _NOT_SECRET_NAME.search(name) and not _VOCABULARY.search(name)


def redact_text(text: str) -> str:
    """A text, such as a command or a script, with a mark in the place of each secret that it sets."""
    if not _LOOK.search(text.casefold()):
        return text
    if _HINT.search(text):
        text = _without_settings(text)
    for hint, pattern in _GIVEN:
        if hint.search(text):
            text = pattern.sub(_given, text)
    return text


def _without_settings(text: str) -> str:
    """The text with a mark in the place of each value whose name speaks of a secret.

    A value may hold settings itself, as in `-e TOKEN=x` and `--header "X-Token: x"`.
    """
    made: list[str] = []
    done = at = outer = depth = 0
    while found := _SETTING.search(text, at):
        depth = depth + 1 if found.start() < outer else 0
        outer = max(outer, found.end())
        value = _marked_setting(found)
        if value is not None:
            made.extend((text[done : found.start("value")], value))
            done = at = found.end()
        else:
            at = found.start("value") if depth < _MOST_NESTED else outer
    return "".join((*made, text[done:]))


def _marked_setting(found: re.Match[str]) -> str | None:
    """What to write for the value of a setting; None where it is no secret."""
    name, value = found["name"], found["value"]
    quote = value[0] if value[0] in "\"'" else ""
    inner = value[1:-1] if quote else value
    if is_marked(found[0]) or not _is_secret(name, inner):
        return None
    if not quote and (inner[0] in "{[" or _VARIABLE.fullmatch(inner)):  # a mapping, or a name in code
        return None
    return f"{quote}{_text_mark(inner)}{quote}"


def _given(found: re.Match[str]) -> str:
    quote = found["value"][0] if found["value"][0] in "\"'" else ""
    value = found["value"].strip(quote) if quote else found["value"]
    if is_marked(value) or _PLACEHOLDER.search(value) or _NUMBERS.fullmatch(value) or _IN_PROSE.fullmatch(value):
        return found[0]
    if found["before"].lower().strip() == "basic" and not _holds_credentials(value):
        return found[0]
    return f"{found['before']}{quote}{_text_mark(value)}{quote}"


def _holds_credentials(value: str) -> bool:
    """Whether a text is `user:password` in base64."""
    try:
        return b":" in base64.b64decode(value, validate=True)
    except binascii.Error:
        return False


def _text_mark(secret: str) -> str:
    return f"{_MARK}secret-by-name-{_digest(secret.encode())}"


def redact_words(words: list[str]) -> list[str]:
    """The words of a command with a mark in the place of each secret, also of one that follows its flag."""
    made = _in_context([redact_text(word) for word in words])
    for number, word in enumerate(words[:-1]):
        flag = _NAME_OF_FLAG.fullmatch(word)
        value = words[number + 1]
        if flag and not value.startswith("-") and not is_marked(value) and _is_secret(flag[1], value):
            made[number + 1] = _text_mark(value)
    return made


def _in_context(words: list[str]) -> list[str]:
    """The words without what is a secret by the words before it."""
    text = _BETWEEN.join(words)
    if not _LOOK.search(text.casefold()):
        return words
    for hint, pattern in _GIVEN:
        if hint.search(text):
            text = pattern.sub(_given, text)
    made = text.split(_BETWEEN)
    return made if len(made) == len(words) else words


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
