"""Matching of actions and ARNs with `*` and `?`, in time linear in practice whatever the pattern."""

from __future__ import annotations

import re

from ourhalf.model.field import Reference, Unresolved
from ourhalf.model.identity import Pattern

_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_WHOLE = re.compile(r"\*[/:*]*\*?|[a-z][a-z-]*[/:]\*[/:*]*")


def matches(pattern: str, text: str) -> bool:
    """Whether `text` meets `pattern`, in which `*` stands for any text and `?` for one character.

    At most len(pattern) x len(text) steps: a hostile pattern cannot make it slow.
    """
    if "*" not in pattern and "?" not in pattern:
        return pattern == text
    p = t = 0
    star, mark = -1, 0
    while t < len(text):
        if p < len(pattern) and pattern[p] == "*":
            star, mark = p, t
            p += 1
        elif p < len(pattern) and pattern[p] in ("?", text[t]):
            p += 1
            t += 1
        elif star >= 0:
            mark += 1
            p, t = star + 1, mark
        else:
            return False
    return all(c == "*" for c in pattern[p:])


def matches_any(pattern: str, lines: str) -> bool:
    r"""Whether one of `lines`, each between two `\n`, meets `pattern`, in one search whatever the pattern."""
    first, *rest = re.split(r"\*+", pattern)
    if rest == [""] and "?" not in first:
        return f"\n{first}" in lines
    first, *rest = (re.escape(piece).replace(r"\?", r"[^\n]") for piece in (first, *rest))
    if not rest:
        return re.search(f"\n{first}\n", lines) is not None
    # The first place where a piece between two stars fits is as good as any later one: none is tried twice.
    between = "".join(f"(?>[^\n]*?{piece})" for piece in rest[:-1])
    return re.search(f"\n{first}{between}[^\n]*{rest[-1]}\n", lines) is not None


def covers(pattern: Pattern, resource: str) -> bool | None:
    """Whether a resource pattern covers `resource`; None where that is not known.

    `*` as `resource` asks whether the pattern covers every resource of its kind.
    """
    match pattern:
        case str():
            return _text_covers(pattern, resource)
        case Reference():
            return False if resource == "*" else None
        case Unresolved(parts=parts):
            return _parts_cover(parts, resource)


def _text_covers(pattern: str, resource: str) -> bool | None:
    if resource == "*":
        return _is_whole(pattern)
    if "${" not in pattern:
        return matches(pattern, resource)
    return None if matches(_VARIABLE.sub("*", pattern), resource) else False


def _parts_cover(parts: tuple[str | Reference | None, ...], resource: str) -> bool | None:
    if not parts:
        return None
    if resource != "*":
        loose = "".join(p if isinstance(p, str) else "*" for p in parts)
        return None if matches(loose, resource) else False
    # \1 stands for what a reference will be, \0 for what nothing is known of.
    pieces = "".join(p if isinstance(p, str) else ("\0" if p is None else "\1") for p in parts)
    if pieces.startswith("\1"):
        return False
    arn = _ARN.fullmatch(pieces)
    if arn is None or "\0" in arn[1]:
        return None
    # A reference in the last part of an ARN names one resource.
    return False if "\1" in arn[1] else _is_whole(pieces)


def _is_whole(pattern: str) -> bool:
    """Whether an ARN pattern leaves its resource part open: `*`, `arn:aws:s3:::*`, `...:role/*`."""
    if pattern.strip("*") == "":
        return pattern != ""
    pieces = pattern.split(":", 5)
    if len(pieces) < 6:
        return pattern.endswith("*") and "arn:aws:".startswith(pattern.rstrip("*"))
    service, rest = pieces[2], pieces[5]
    if service == "s3":
        return re.fullmatch(r"\*[/*]*", rest) is not None
    return _WHOLE.fullmatch(rest) is not None
