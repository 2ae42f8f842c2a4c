"""Configuration of servers that lies in an image: whether they ask who calls, and where they listen.

Sources: jupyter-server.readthedocs.io, on security and config files; traitlets.readthedocs.io, on configuration;
docs.pytorch.org/serve, configuration and token authorization; awslabs.github.io/multi-model-server, configuration;
mlflow.org, basic HTTP authentication; docs.streamlit.io, config.toml. Python is parsed and never run.
"""

from __future__ import annotations

import ast
import configparser
import json
import re
import tomllib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from ourhalf.images.examiner import Examiner, Surroundings
from ourhalf.images.filesystem import FileSystem, Missing
from ourhalf.images.wanted import Wanted
from ourhalf.model.evidence import Unread
from ourhalf.model.field import Place
from ourhalf.readers.secrets import redact_text
from ourhalf.resources.images import Exhibit

_MOST = 256 << 10
_LONGEST = 300
_COMPUTED = object()
"""What a setting is whose value only running the file would tell."""

SETTINGS = "server-settings"


class _Found(msgspec.Struct, frozen=True):
    """Settings by the words that controls know, or why the file could not be read."""

    settings: dict[str, str] = {}
    problem: str = ""


_JUPYTER = {
    "token": "token",
    "password": "password",
    "hashed_password": "password",
    "ip": "address",
    "port": "port",
    "allow_origin": "allow-origin",
    "allow_root": "allow-root",
    "disable_check_xsrf": "xsrf-off",
    "password_required": "password-required",
    "allow_unauthenticated_access": "unauthenticated",
}
_CLASSES = frozenset({
    "ServerApp", "NotebookApp", "LabApp", "IdentityProvider", "PasswordIdentityProvider", "ExtensionApp",
})  # fmt: skip
_SECRET = frozenset({"token", "password"})


def jupyter_python(data: bytes) -> dict[str, str]:
    """Settings of a configuration in Python: assignments to `c.Class.name`. Raises SyntaxError and its like."""
    found: dict[str, str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(data)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            match target:
                case ast.Attribute(value=ast.Attribute(attr=name)) if name in _CLASSES and target.attr in _JUPYTER:
                    _add(found, _JUPYTER[target.attr], _literal(node.value))
    return found


def _literal(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=str() | bool() | int() | None as value):
            return value
        case ast.Call(func=ast.Name(id="u" | "str"), args=[ast.Constant(value=str() as value)]):
            return value
    return _COMPUTED


def jupyter_json(data: bytes) -> dict[str, str]:
    """Settings of a configuration in JSON. Raises ValueError."""
    tree = json.loads(data)
    found: dict[str, str] = {}
    for name, settings in tree.items() if isinstance(tree, dict) else ():
        for key, value in settings.items() if name in _CLASSES and isinstance(settings, dict) else ():
            if key in _JUPYTER:
                _add(found, _JUPYTER[key], value)
    return found


def _add(found: dict[str, str], word: str, value: Any) -> None:
    """Take note of a setting, without its value where that is a secret; told twice in two ways it is not clear."""
    if value is _COMPUTED or isinstance(value, list | dict | float):
        text = "unclear"
    elif word in _SECRET:
        text = "set" if value else "empty"
    elif isinstance(value, bool):
        text = str(value).lower()
    else:
        text = redact_text(str(value or ""))[:_LONGEST]
    found[word] = text if found.get(word, text) == text else "unclear"


_SERVING = {
    "management_address": "address",
    "inference_address": "inference-address",
    "allowed_urls": "allowed-urls",
    "disable_token_authorization": "token-off",
    "enable_envvars_config": "from-environment",
    "cors_allowed_origin": "allow-origin",
}
_PROPERTY = re.compile(r"^[ \t]*([\w.]+)[ \t]*[=:][ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)


def serving(data: bytes) -> dict[str, str]:
    """Settings of TorchServe and of the Multi Model Server; the last of each counts, as in all Java properties."""
    return {
        _SERVING[name]: redact_text(value)[:_LONGEST]
        for name, value in _PROPERTY.findall(data.decode("utf-8", "replace"))
        if name in _SERVING
    }


def mlflow(data: bytes) -> dict[str, str]:
    """Settings of MLflow's basic authentication. Raises configparser.Error."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(data.decode("utf-8", "replace"))
    if not parser.has_section("mlflow"):
        return {}
    found = {}
    password = parser.get("mlflow", "admin_password", fallback=None)
    if password is not None:
        found["admin-password"] = "default" if password.strip() in {"password", "password1234"} else "set"
    permission = parser.get("mlflow", "default_permission", fallback=None)
    if permission is not None:
        found["default-permission"] = permission.strip()[:_LONGEST]
    return found


def streamlit(data: bytes) -> dict[str, str]:
    """Settings of Streamlit. Raises ValueError."""
    server = tomllib.loads(data.decode("utf-8", "replace")).get("server")
    found: dict[str, str] = {}
    names = {"address": "address", "port": "port", "enableXsrfProtection": "xsrf", "enableCORS": "cors"}
    for name, word in names.items():
        if isinstance(server, dict) and name in server:
            _add(found, word, server[name])
    return found


def _by(parse: Callable[[bytes], dict[str, str]]) -> Callable[[str, memoryview], bytes | None]:
    def reduce(path: str, data: memoryview) -> bytes | None:
        try:
            settings = parse(bytes(data))
        except (SyntaxError, ValueError, RecursionError, MemoryError, configparser.Error) as error:
            problem = f"it is no configuration that can be read: {type(error).__name__}"
            return msgspec.json.encode(_Found(problem=problem))
        return msgspec.json.encode(_Found(settings)) if settings else None

    return reduce


_NAMED = r"jupyter_(?:server|notebook|lab|labhub|config)(?:_config)?"
_FILES: tuple[tuple[str, str, Callable[[bytes], dict[str, str]]], ...] = (
    ("jupyter", rf"(?:.*/)?{_NAMED}\.py", jupyter_python),
    ("jupyter", rf"(?:.*/)?(?:{_NAMED}\.json|jupyter_(?:server|notebook)_config\.d/[^/]+\.json)", jupyter_json),
    ("torchserve", r"(?:.*/)?config\.properties(?:\.tmp)?|etc/(?:sagemaker-)?(?:ts|mms)\.properties", serving),
    ("mlflow", r"(?:.*/)?basic_auth\.ini", mlflow),
    ("streamlit", r"(?:.*/)?\.streamlit/config\.toml", streamlit),
)
_WANTED = {
    Wanted(f"servers/{name}-{number}", pattern, most=_MOST, reduce=_by(parse)): name
    for number, (name, pattern, parse) in enumerate(_FILES)
}
_SAMPLES = re.compile(r"(?:^|/)(?:site-packages|dist-packages|tests?|examples?|docs?)/")


def _examine(files: FileSystem, _: Surroundings) -> Iterator[Exhibit | Unread]:
    for wanted, name in _WANTED.items():
        for node, kept in files.kept(wanted.key):
            # Libraries bring samples and files for their own tests; no server looks for its settings there.
            if _SAMPLES.search(node.path):
                continue
            found = _Found(problem=kept.reason) if isinstance(kept, Missing) else msgspec.json.decode(kept, type=_Found)
            if found.problem:
                yield Unread(node.path, 1, "servers", found.problem)
                continue
            server = "mms" if name == "torchserve" and "mms" in node.path else name
            told = ", ".join(f"{word} {value or '(empty)'}" for word, value in found.settings.items())
            yield Exhibit(
                kind=SETTINGS,
                what=f"settings of {_TITLES[server]}: {told}",
                place=Place(node.path),
                layer=node.layer,
                details={"server": server, **found.settings},
            )


_TITLES = {
    "jupyter": "Jupyter",
    "torchserve": "TorchServe",
    "mms": "the Multi Model Server",
    "mlflow": "MLflow's accounts",
    "streamlit": "Streamlit",
}
SERVERS = Examiner("servers", tuple(_WANTED), _examine)
