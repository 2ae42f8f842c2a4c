"""Secrets in the files of an image, those that a later layer deleted included.

Files are looked at where people put their own: not in what a package manager brought. Two rules give precision. A
token is told by a format that identifies itself, and only where what its maker built in holds (`readers/tokens.py`);
or it stands in a file whose place and form say what it is, such as the password of a `.netrc`.
"""

from __future__ import annotations

import base64
import binascii
import configparser
import re
from collections.abc import Callable, Iterator

import msgspec

from ourhalf.images.examiner import Examiner, Surroundings
from ourhalf.images.filesystem import FileSystem, Missing, Node
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place, Redacted
from ourhalf.readers import secrets
from ourhalf.readers.tokens import is_real
from ourhalf.resources.images import Exhibit

MAX_TEXT = 512 * 1024
MAX_TOLD = 50
"""How many secrets of one file are told."""


class Told(msgspec.Struct, frozen=True, array_like=True):
    """A secret without itself: kind, line, a prefix that gives nothing away, and a keyed digest."""

    kind: str
    line: int
    prefix: str
    digest: str


def in_text(path: str, data: memoryview) -> bytes | None:
    """What is kept of a file of text: the real secrets of formats that identify themselves, and settings of `.env`."""
    raw = bytes(data)
    if b"\0" in raw[:4096]:
        return None
    name = path.rpartition("/")[2]
    found = [*_tokens(raw)]
    if name == ".env" or name.startswith(".env.") or name.endswith(".env"):
        found += _settings(raw)
    return _kept(found)


def _tokens(raw: bytes) -> Iterator[Told]:
    for kind, at, prefix, secret in secrets.found_in(raw):
        if is_real(kind, secret):
            yield Told(kind, raw.count(b"\n", 0, at) + 1, prefix, secrets.digest(secret))


_ENTRY = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$")


def _settings(raw: bytes) -> Iterator[Told]:
    """Settings of a file of environment variables whose names speak of secrets."""
    for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
        found = _ENTRY.match(line)
        if found is not None:
            left = secrets.redact(found[1], found[2].strip("\"'"))
            if isinstance(left, Redacted):
                yield Told(f"value of {found[1]}", number, left.prefix, left.digest)


def _by_form(read: Callable[[str], Iterator[tuple[str, int, str]]]) -> Callable[[str, memoryview], bytes | None]:
    """Reads a file whose form says what is secret in it; `read` gives kind, line and the secret."""

    def reduce(path: str, data: memoryview) -> bytes | None:
        try:
            text = bytes(data).decode("utf-8", "replace")
            found = [Told(kind, line, "", secrets.digest(secret.encode())) for kind, line, secret in read(text)]
        except (ValueError, RecursionError, configparser.Error):
            return None
        return _kept(found)

    return reduce


def _kept(found: list[Told]) -> bytes | None:
    unique = list({(one.kind, one.digest): one for one in found}.values())
    return msgspec.json.encode(unique[:MAX_TOLD]) if unique else None


_NETRC = re.compile(r"\bmachine\s+(\S+)\s+(?:login\s+\S+\s+)?password\s+(\S+)")


def _netrc(text: str) -> Iterator[tuple[str, int, str]]:
    for found in _NETRC.finditer(text):
        yield f"password for {found[1]}", _line(text, found.start()), found[2]


def _docker(text: str) -> Iterator[tuple[str, int, str]]:
    document = msgspec.json.decode(text)
    auths = document.get("auths") if isinstance(document, dict) else None
    for host, entry in (auths or {}).items() if isinstance(auths, dict) else ():
        for key in ("auth", "identitytoken", "password"):
            value = entry.get(key) if isinstance(entry, dict) else None
            if isinstance(value, str) and (key != "auth" or _is_pair(value)):
                yield f"login of the registry {host}", _line(text, max(text.find(host), 0)), value


def _is_pair(value: str) -> bool:
    try:
        return b":" in base64.b64decode(value, validate=True)
    except binascii.Error:
        return False


def _kaggle(text: str) -> Iterator[tuple[str, int, str]]:
    document = msgspec.json.decode(text)
    key = document.get("key") if isinstance(document, dict) else None
    if isinstance(key, str) and re.fullmatch(r"[0-9a-f]{32}", key):
        yield "key of Kaggle", _line(text, max(text.find(key), 0)), key


def _whole(kind: str, form: str) -> Callable[[str], Iterator[tuple[str, int, str]]]:
    """The file is the secret, and nothing else."""

    def read(text: str) -> Iterator[tuple[str, int, str]]:
        if re.fullmatch(form, text.strip()):
            yield kind, 1, text.strip()

    return read


def _ini(kind: str, *names: str) -> Callable[[str], Iterator[tuple[str, int, str]]]:
    """Settings of a file in sections."""

    def read(text: str) -> Iterator[tuple[str, int, str]]:
        parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
        parser.read_string(text if text.lstrip().startswith("[") else f"[default]\n{text}")
        for section in parser.sections():
            for name in names:
                value = parser[section].get(name)
                if value and isinstance(secrets.redact("secret", value), Redacted):
                    yield f"{kind} ({section})", _line(text, max(text.find(value), 0)), value

    return read


_NPM = re.compile(r"(?m)^\s*(//[^\s:]+/:)?_(?:authToken|auth|password)\s*=\s*[\"']?([^\s\"'$]{8,})")


def _npm(text: str) -> Iterator[tuple[str, int, str]]:
    for found in _NPM.finditer(text):
        yield f"token of npm for {(found[1] or '//registry').strip('/:')}", _line(text, found.start()), found[2]


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


_FORMS: dict[str, tuple[str, Callable[[str], Iterator[tuple[str, int, str]]]]] = {
    "netrc": (r"(?:.*/)?[._]netrc", _netrc),
    "docker": (r"(?:.*/)?(?:\.docker/config\.json|\.dockercfg|containers/auth\.json)", _docker),
    "kaggle": (r"(?:.*/)?kaggle\.json", _kaggle),
    "hugging-face": (r"(?:.*/)?\.?huggingface/token", _whole("token of Hugging Face", r"\S{20,200}")),
    "hugging-face-stored": (r"(?:.*/)?huggingface/stored_tokens", _ini("token of Hugging Face", "hf_token")),
    "aws": (
        r"(?:.*/)?\.aws/(?:credentials|config)",
        _ini("secret access key of AWS", "aws_secret_access_key", "aws_session_token"),
    ),
    "ngc": (r"(?:.*/)?\.ngc/config", _ini("key of NGC", "apikey")),
    "pypi": (r"(?:.*/)?\.pypirc", _ini("password of a package index", "password")),
    "comet": (r"(?:.*/)?\.comet\.config", _ini("key of Comet", "api_key")),
    "mlflow": (r"(?:.*/)?\.mlflow/credentials", _ini("password of MLflow", "mlflow_tracking_password")),
    "npm": (r"(?:.*/)?\.npmrc", _npm),
}
# What a package manager brought is its publisher's: only what lies elsewhere is looked at. Keys of SSH are told apart.
_OWN = (
    r"(?!usr/(?:lib|lib64|share|include|src)/|lib/|lib64/|var/lib/(?:dpkg|rpm|apt)/|var/cache/|proc/|sys/|etc/ssh/"
    r"|(?:.*/)?\.ssh/"
    r"|(?:.*/)?(?:site-packages|dist-packages|node_modules|conda-meta|pkgs|\.git/objects)/)"
)
_TEXTS = (
    r"(?:.*/)?[^/]*\.(?:env|json|ya?ml|toml|cfg|ini|conf|config|properties|sh|bash|zsh|py|ipynb|txt|xml|tf|tfvars"
    r"|pem|key|crt|ppk|md|rst|log|history|sql|js|ts|rb|go|java|php)"
)
# Names without an ending and those with a dot before them, where people put files of their own.
_NAMES = r"(?:root|home|opt|app|srv|code|data|mnt|workspace)/(?:.*/)?(?:[^/.]+|\.[^/]*)"
_WANTED = (
    Wanted("secrets/text", _OWN + _TEXTS, most=MAX_TEXT, reduce=in_text),
    Wanted("secrets/plain", _OWN + _NAMES, most=MAX_TEXT, reduce=in_text),
    *(
        Wanted(f"secrets/{name}", pattern, most=MAX_TEXT, reduce=_by_form(read))
        for name, (pattern, read) in _FORMS.items()
    ),
)


def _examine(files: FileSystem, _: Surroundings) -> Iterator[Exhibit | Unread]:
    seen: set[tuple[str, str, str, int | None]] = set()
    for want in _WANTED:
        visible = ((node, kept, None) for node, kept in files.kept(want.key))
        for node, kept, removed in (*visible, *files.hidden(want.key)):
            for one in _told(node, kept, removed):
                key = (node.path, one.details["secret"], one.details["digest"], removed)
                if key not in seen:
                    seen.add(key)
                    yield one


def _told(node: Node, kept: bytes | Missing, removed: int | None) -> Iterator[Exhibit]:
    if isinstance(kept, Missing):
        return  # a large file is no file of settings: data and logs are not looked through
    for one in msgspec.json.decode(kept, type=list[Told]):
        shown = f" {one.prefix}…" if one.prefix else ""
        what = f"a secret in clear: {one.kind.replace('-', ' ')}{shown}"
        if removed is not None:
            what += f", deleted by layer {removed} and still in layer {node.layer}"
        yield Exhibit(
            kind="secret",
            what=what,
            place=Place(node.path, one.line),
            layer=node.layer,
            removed=removed,
            details={"secret": one.kind, "digest": one.digest},
        )


SECRETS = Examiner("secrets", _WANTED, _examine)
