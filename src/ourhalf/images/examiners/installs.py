"""Settings of package managers that switch off the check of what they install, and accounts with passwords.

Sources: manual pages apt.conf(5), sources.list(5), apt-secure(8), dnf.conf(5), shadow(5); pip.pypa.io/en/stable/topics/
configuration; docs.npmjs.com/cli/using-npm/config; docs.conda.io, on .condarc.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from ourhalf.images.examiner import Examiner, Surroundings
from ourhalf.images.filesystem import FileSystem, Missing
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place
from ourhalf.resources.images import Exhibit

_MOST = 1 << 20


class _Line(msgspec.Struct, frozen=True, array_like=True):
    """What a line of a file says: a word for its kind, a sentence, and its number."""

    kind: str
    what: str
    line: int


_YES, _NO = r"[\s=:\"']*(?:true|yes|1|on)\b", r"[\s=:\"']*(?:false|no|0|off)\b"
_TRUSTED = "apt trusts this repository unsigned"
UNCHECKED, SECOND = "unchecked-install", "second-index"
_RULES: dict[str, tuple[str, tuple[tuple[str, re.Pattern[str], str], ...]]] = {
    "apt": (
        r"etc/apt/(?:apt\.conf(?:\.d/[^/]+)?|sources\.list(?:\.d/[^/]+)?)",
        (
            (UNCHECKED, re.compile(rf"(?i)\bAllowUnauthenticated\b{_YES}"), "apt installs packages that nobody signed"),
            (UNCHECKED, re.compile(rf"(?i)\bAllowInsecureRepositories\b{_YES}"), "apt takes unsigned repositories"),
            (UNCHECKED, re.compile(r"(?i)^\s*deb(?:-src)?\s+\[[^\]]*\btrusted=yes\b"), _TRUSTED),
            (UNCHECKED, re.compile(r"(?i)^\s*Trusted:\s*yes"), _TRUSTED),
            (UNCHECKED, re.compile(rf"(?i)\bVerify-Peer\b{_NO}"), "apt does not check certificates"),
        ),
    ),
    "dnf": (
        r"etc/(?:yum|dnf/dnf)\.conf|etc/yum\.repos\.d/[^/]+\.repo",
        (
            (UNCHECKED, re.compile(rf"(?i)^\s*gpgcheck\s*{_NO}"), "signatures of packages are not checked"),
            (UNCHECKED, re.compile(rf"(?i)^\s*sslverify\s*{_NO}"), "certificates are not checked"),
        ),
    ),
    "pip": (
        r"etc/(?:xdg/pip/)?pip\.conf|(?:.*/)?(?:\.config/pip|\.pip)/pip\.conf|(?:opt|usr/local)/[^/]*/pip\.conf",
        (
            (
                UNCHECKED,
                re.compile(r"(?i)^\s*trusted-host\s*=\s*\S"),
                "pip does not check the certificate of this host",
            ),
            (SECOND, re.compile(r"(?i)^\s*extra-index-url\s*=\s*\S"), "pip takes a name from either of two indexes"),
        ),
    ),
    "conda": (
        r"(?:.*/)?\.?condarc",
        ((UNCHECKED, re.compile(rf"(?i)^\s*ssl_verify\s*:{_NO}"), "conda does not check certificates"),),
    ),
    "npm": (
        r"(?:.*/)?\.npmrc|usr/(?:local/)?etc/npmrc",
        ((UNCHECKED, re.compile(rf"(?i)^\s*strict-ssl\s*={_NO}"), "npm does not check certificates"),),
    ),
    "git": (
        r"etc/gitconfig|(?:.*/)?\.gitconfig",
        ((UNCHECKED, re.compile(rf"(?i)^\s*sslVerify\s*={_NO}"), "git does not check certificates"),),
    ),
}
_COMMENT = re.compile(r"^\s*(?:#|//|;)")


def _by_rules(rules: tuple[tuple[str, re.Pattern[str], str], ...]) -> Callable[[str, memoryview], bytes | None]:
    def reduce(path: str, data: memoryview) -> bytes | None:
        found = [
            _Line(kind, what, number)
            for number, line in enumerate(bytes(data).decode("utf-8", "replace").splitlines(), 1)
            if not _COMMENT.match(line)
            for kind, pattern, what in rules
            if pattern.search(line)
        ]
        return msgspec.json.encode(found) if found else None

    return reduce


def accounts(path: str, data: memoryview) -> bytes | None:
    """Accounts of /etc/shadow into which somebody may log in by a password: with one, or without any."""
    found = []
    for number, line in enumerate(bytes(data).decode("utf-8", "replace").splitlines(), 1):
        name, colon, rest = line.partition(":")
        password = rest.partition(":")[0]
        if not colon or not name:
            continue
        if not password:
            found.append(_Line("password-empty", f"{name} logs in without a password", number))
        elif password.startswith("$") and len(password) > 12:
            found.append(_Line("password-set", f"{name} has a password, the same in every container", number))
    return msgspec.json.encode(found) if found else None


_WANTED = (
    *(
        Wanted(f"installs/{name}", pattern, most=_MOST, reduce=_by_rules(rules))
        for name, (pattern, rules) in _RULES.items()
    ),
    Wanted("installs/accounts", r"etc/shadow", most=_MOST, reduce=accounts),
)


def _examine(files: FileSystem, _: Surroundings) -> Iterator[Exhibit | Unread]:
    for want in _WANTED:
        for node, kept in files.kept(want.key):
            if isinstance(kept, Missing):
                yield Unread(node.path, 1, "installs", kept.reason)
                continue
            for one in msgspec.json.decode(kept, type=list[_Line]):
                yield Exhibit(kind=one.kind, what=one.what, place=Place(node.path, one.line), layer=node.layer)


INSTALLS = Examiner("installs", _WANTED, _examine)
