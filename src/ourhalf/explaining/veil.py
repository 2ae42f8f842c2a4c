"""Hides what may be secret in lines of source that people are shown, by the names that stand near.

Readers redact the values of fields. Lines are shown as they are written, so they are judged again
here, and rather once too often: the rest of a line goes with its secret.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ourhalf.model.field import Redacted
from ourhalf.readers.secrets import redact, redact_text

HIDDEN = "… (redacted)"

_REACH = 6
_BEFORE = 60
_DOCUMENT = 2000
_WORD = re.compile(r"[A-Za-z_][\w.-]*|--?[A-Za-z][\w.-]*")
_BETWEEN = re.compile(r"""[\s"'=:,\\]*""")
_VALUE = re.compile(r"""["']?(?P<value>[^"'\s,}\])#]+)["']?(?P<rest>\s*(?:[,}\])#].*)?)$""")
_OPENED = re.compile(r"^(?:[|>][-+\d]*|[\[({]+|<<[-~]?\w+|!\S+)?\s*(?:#.*)?$")
_MAPPING = re.compile(r"""^\s*(?:-\s+)?["']?[\w./-]+["']?\s*[:=](?:\s|$)""")
_VALUE_KEY = re.compile(
    r"""(?i)^(?P<key>\s*(?:-\s+)?["']?(?:\w*value|default|content)["']?\s*[:=]\s*)(?P<value>\S.*)$"""
)
_NAME_KEY = re.compile(r"""(?i)^\s*(?:-\s+)?["']?(?:name|key)["']?\s*[:=]\s*["']?[\w.-]+["']?,?\s*$""")
_LINE_OF_SECRET = re.compile(r"""^(?P<key>\s*(?:-\s+)?["']?(?P<name>[\w./-]+)["']?\s*[:=]\s*)(?P<value>\S.*)$""")
_IS_SECRET = re.compile(r"""^\s*(?:-\s+)?\{?\s*["']?kind["']?\s*[:=]\s*["']?Secret["']?\s*(?:,.*)?$""")
_SECRET_BLOCK = re.compile(
    r"""^\s*resource\s+"(?:kubernetes_secret\w*|aws_secretsmanager_secret_version|aws_ssm_parameter)\""""
)
_PLAIN_KEYS = frozenset({"apiVersion", "kind", "type", "name", "namespace", "creationTimestamp"})
_REFERS = re.compile(r"(?i)refs?$|selector$")
_TRIAL = "4Hk-trial-9Zq"


def veiled(lines: Sequence[str], first: int, last: int, secret: Collection[int] = ()) -> list[str]:
    """The lines from `first` to `last`, both from 0, without secrets.

    `secret` are lines that are known to hold one.
    """
    start = max(0, first - _BEFORE)
    near = list(lines[start : last + 1 + _REACH])
    named = [
        _ends_in_secret_name(line) or (start + n in secret and _NAME_KEY.match(line) is not None)
        for n, line in enumerate(near)
    ]
    shown: list[str] = []
    inside: int | None = None
    for number, line in enumerate(near[: last + 1 - start]):
        indent = len(line) - len(line.lstrip())
        if inside is not None and line.strip() and indent <= inside:
            inside = None
        hidden = inside is not None and not _MAPPING.match(line)
        if named[number] and not hidden:
            inside = indent
        text = _judged(near, number, named, hidden)
        if start + number in secret:
            text = line if _NAME_KEY.match(line) else _without_value(line)
        if start + number >= first:
            shown.append(redact_text(_of_secret(lines, start + number, text)))
    return shown


def _judged(near: list[str], number: int, named: list[bool], hidden: bool) -> str:
    line = near[number]
    before = next((n for n in range(number - 1, -1, -1) if near[n].strip()), None)
    if hidden or (before is not None and named[before] and not _MAPPING.match(line)):
        return _all_hidden(line)
    found = _VALUE_KEY.match(line)
    return found["key"] + HIDDEN if found and _is_named_near(near, number, named) else _by_name(line)


def _is_named_near(near: list[str], number: int, named: list[bool]) -> bool:
    """Whether the name of a secret stands near a value: in the line of its own name, else anywhere."""
    beside = number + 1 if near[number].lstrip().startswith("- ") else number - 1
    if 0 <= beside < len(near) and _NAME_KEY.match(near[beside]):
        return named[beside]
    around = range(max(0, number - _REACH), min(len(near), number + _REACH + 1))
    return any(named[n] for n in around if n != number)


def _is_secret_name(word: str) -> bool:
    return _may_be_secret(word, _TRIAL) and not _REFERS.search(word)


def _may_be_secret(name: str, value: str) -> bool:
    return isinstance(redact(name.lstrip("-").replace("-", "_"), value), Redacted)


def _ends_in_secret_name(line: str) -> bool:
    """Whether the last word of a line names a secret, whose value then stands in another line."""
    for found in _WORD.finditer(line):
        rest = line[found.end() :]
        if _is_secret_name(found[0]) and _OPENED.match(rest[_end_of_separators(rest) :].strip("}]) ")):
            return True
    return False


def _end_of_separators(text: str) -> int:
    found = _BETWEEN.match(text)
    return found.end() if found else 0


def _by_name(line: str) -> str:
    """A line without what follows the name of a secret in it."""
    for found in _WORD.finditer(line):
        if not _is_secret_name(found[0]):
            continue
        rest = line[found.end() :]
        begin = _end_of_separators(rest)
        if begin == 0 or _OPENED.match(rest[begin:]):
            continue
        value = _VALUE.match(rest[begin:])
        if value is None or _may_be_secret(found[0], value["value"]):
            return line[: found.end() + begin] + HIDDEN
    return line


def _all_hidden(line: str) -> str:
    body = line.lstrip()
    lead = line[: len(line) - len(body)] + ("- " if body.startswith("- ") else "")
    is_bare = line.startswith("---") or not body.strip("[](){}\"', ")
    return line if is_bare else lead + HIDDEN


def _without_value(line: str) -> str:
    found = _LINE_OF_SECRET.match(line)
    return found["key"] + HIDDEN if found else _all_hidden(line)


def _of_secret(lines: Sequence[str], number: int, text: str) -> str:
    """`text`, without its value where the line is part of an object that holds nothing but secrets."""
    if _SECRET_BLOCK.match(text) or not _in_secret(lines, number):
        return text
    found = _LINE_OF_SECRET.match(text)
    if found is None:
        return text if _MAPPING.match(text) or text.strip() in ("", "---", "}", "{") else _all_hidden(text)
    return text if found["name"] in _PLAIN_KEYS or found["value"] in ("{", "[", "|") else found["key"] + HIDDEN


def _in_secret(lines: Sequence[str], number: int) -> bool:
    for back in range(number, max(-1, number - _DOCUMENT), -1):
        line = lines[back]
        if _IS_SECRET.match(line) or _SECRET_BLOCK.match(line):
            return True
        if back < number and line.startswith(("---", "}", "resource ", "data ", "module ")):
            break
        if back == number and line.startswith("---"):
            return False
    for forward in range(number + 1, min(len(lines), number + _DOCUMENT)):
        if lines[forward].startswith("---"):
            return False
        if _IS_SECRET.match(lines[forward]):
            return True
    return False
