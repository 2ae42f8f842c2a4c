"""Programs of PyTorch in an archive: TorchScript, what torch.export writes (`.pt2`), and packages of torch.package.

The layouts are those of torch/csrc/jit/serialization, torch/_export/serde and torch/package of PyTorch. A program is
never proved safe here: it runs. What its operators do to files is told, and so is what a loader reaches by a name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles.machine import run
from ourhalf.artifacts.pickles.state import Loader
from ourhalf.artifacts.zips import Member, ZipError, content, is_zip, members

MAX_TEXT = 64 * 1024 * 1024
MAX_PART = 1 << 31
_END = 1 << 20
_MOST_REASONS = 50
_LONGEST = 4096
# Classes of the archive's own code, and lists: to PyTorch's own unpickler they are no modules of Python.
_ITS_OWN = ("it takes __torch__.", "it takes torch.jit._pickle.build_")
# Operators of PyTorch that reach a file; all others only calculate, save those that a library adds.
_FILES = re.compile(r"\b(?:torch|ops\.aten|aten)\s*(?:\.|::)\s*(save|load|from_file)\b")
_ADDED = re.compile(r"\bops\.(?!aten\b|prim\b|prims\b|quantized\b)(\w{1,60})\.")
_TARGET = re.compile(
    r"torch\.ops\.(?:aten|prims|higher_order|quantized)\.\w+(?:\.\w+)?|_operator\.\w+|math\.\w+|torch\.(?:_)?sym_\w+"
)
# A sum of names and numbers with functions that are known; no attribute, text or other call is in one.
_FUNCTION = re.compile(r"\b(?:Max|Min|Mod|Eq|Ne|Ge|Gt|Le|Lt|floor|ceiling|\w+Div|\w+Mod|\w*Pow\w*|Identity)\(")
_SUM = re.compile(r"(?:[\s+*/%,<>=&|~()-]|\b[A-Za-z]\w*\b(?!\()|\b\d+(?:\.\d+)?\b)*")
_NATIVE = (".so", ".dll", ".dylib", ".pyd", ".cubin", ".cpp", ".cu", ".o")


def _names(file: Content) -> bytes:
    """Where the names of an archive's files are: at its ends."""
    return bytes(file.data[:512]) + bytes(file.data[-_END:]) if is_zip(file.data) else b""


def _is_script(file: Content) -> bool:
    names = _names(file)
    return b"/constants.pkl" in names or b"/code/__torch__" in names


def _is_export(file: Content) -> bool:
    names = _names(file)
    return b"serialized_exported_program.json" in names or b"/archive_format" in names


def _is_package(file: Content) -> bool:
    return b".data/extern_modules" in _names(file)


class _Archive:
    """What was found in one archive so far."""

    def __init__(self, file: Content, deeper: Deeper) -> None:
        self.file = file
        self._deeper = deeper
        self._reasons: dict[Reason, None] = {}
        self._told = dict.fromkeys(Judgement, 0)

    def tell(self, judgement: Judgement, what: str, name: str = "", offset: int = 0) -> None:
        """Something that speaks against it."""
        if self._told[judgement] < _MOST_REASONS:
            self._told[judgement] += 1
            self._reasons[Reason(judgement, what, offset, f"{self.file.name}/{name}" if name else self.file.name)] = (
                None
            )

    def content(self, member: Member, most: int = MAX_PART) -> memoryview:
        """What a file of it holds; nothing, and a reason, where that cannot be read."""
        try:
            return content(self.file.data, member, most)
        except ZipError as error:
            self.tell(Judgement.UNREAD, str(error), member.name)
            return memoryview(b"")

    def pickle(self, member: Member) -> None:
        """A pickle that PyTorch's own unpickler reads."""
        data = self.content(member)
        if not data:
            return
        for reason in run(data, 0, f"{self.file.name}/{member.name}", Loader.TORCH).reasons:
            if not reason.what.startswith(_ITS_OWN):
                self._reasons[reason] = None

    def inner(self, member: Member) -> None:
        """A file that is judged as what it is by itself."""
        data = self.content(member)
        for one in self._deeper(Content(f"{self.file.name}/{member.name}", data)) if data else ():
            self._reasons.update(dict.fromkeys(one.reasons))

    def found(self, name: str, facts: dict[str, str]) -> Found:
        """What it is."""
        return Found(name, tuple(self._reasons), facts)


def _opened(file: Content, archive: _Archive) -> tuple[Member, ...]:
    try:
        return tuple(one for one in members(file.data) if not one.name.endswith("/"))
    except ZipError as error:
        archive.tell(Judgement.UNREAD, str(error))
        return ()


def _script(file: Content, deeper: Deeper) -> Found:
    """Its pickles, and in its code the operators that are more than calculation."""
    archive = _Archive(file, deeper)
    programs = 0
    for member in _opened(file, archive):
        inside = member.name.partition("/")[2]
        if inside.endswith((".pkl", ".debug_pkl")):
            archive.pickle(member)
        elif inside.startswith("code/"):
            programs += 1
            _code(archive, member)
        elif inside.startswith("extra/"):
            archive.inner(member)
    archive.tell(Judgement.UNPROVED, "it holds TorchScript, which is a program")
    return archive.found("torchscript", {"programs": str(programs)})


def _code(archive: _Archive, member: Member) -> None:
    text = bytes(archive.content(member, MAX_TEXT)).decode("utf-8", "replace")
    for found in _FILES.finditer(text):
        what = f"its code calls {found[0]}, which reads or writes a file"
        archive.tell(Judgement.UNSAFE, what, member.name, found.start())
    for library in dict.fromkeys(_ADDED.findall(text)):
        what = f"its code calls operators of {library}, which a library adds"
        archive.tell(Judgement.UNPROVED, what, member.name)


def _export(file: Content, deeper: Deeper) -> Found:
    """The operators of its graphs, the expressions that its loader evaluates, and what else it brings."""
    archive = _Archive(file, deeper)
    nodes = 0
    for member in _opened(file, archive):
        lower = member.name.lower()
        if lower.endswith(_NATIVE):
            archive.tell(Judgement.UNSAFE, "it brings native code, which is run where it is loaded", member.name)
        elif lower.endswith(".json"):
            nodes += _graph(archive, member)
        elif "/data/weights/" not in lower and not lower.endswith(("version", "byteorder", "format", "_id")):
            archive.inner(member)
    archive.tell(Judgement.UNPROVED, "it holds a program of torch.export")
    return archive.found("torch-export", {"operators": str(nodes)})


def _graph(archive: _Archive, member: Member) -> int:
    try:
        document = json.loads(bytes(archive.content(member, MAX_TEXT)) or b"null")
        nodes = 0
        for key, value in _texts(document):
            if key == "target":
                nodes += 1
                _target(archive, member, value)
            elif key == "expr_str" and not _is_sum(value):
                what = f"its loader evaluates the expression {value[:80]!r}"
                archive.tell(Judgement.UNSAFE, what, member.name)
            elif "default_factory_module" in value:
                archive.tell(Judgement.UNPROVED, "it names a module that its loader imports", member.name)
    except (ValueError, RecursionError):
        archive.tell(Judgement.UNREAD, "it is no JSON", member.name)
        return 0
    return nodes


def _is_sum(text: str) -> bool:
    return len(text) <= _LONGEST and "__" not in text and bool(_SUM.fullmatch(_FUNCTION.sub("(", text)))


def _target(archive: _Archive, member: Member, target: str) -> None:
    if _FILES.search(target.replace("torch.ops.", "ops.")):
        archive.tell(Judgement.UNSAFE, f"it calls {target[:120]}, which reads or writes a file", member.name)
    elif not _TARGET.fullmatch(target):
        reached = target.startswith(("torch.", "_operator.", "math.")) and not target.startswith("torch.ops.")
        judgement = Judgement.UNSAFE if reached else Judgement.UNPROVED
        archive.tell(judgement, f"it calls {target[:120]}, which is no operator of PyTorch", member.name)


def _texts(document: Any) -> Iterator[tuple[str, str]]:
    """Every text of a JSON document, with its key."""
    waiting = [("", document)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict):
            waiting.extend(value.items())
        elif isinstance(value, list):
            waiting.extend((key, one) for one in value)


def _package(file: Content, deeper: Deeper) -> Found:
    """Its modules, which its loader imports, and its pickles, which name them."""
    archive = _Archive(file, deeper)
    modules = 0
    for member in _opened(file, archive):
        if member.name.endswith(".py"):
            modules += 1
        elif member.name.endswith(".pkl"):
            archive.pickle(member)
        elif member.name.lower().endswith(_NATIVE):
            archive.tell(Judgement.UNSAFE, "it brings native code", member.name)
    archive.tell(Judgement.UNPROVED, f"its loader imports what its pickles name from its {modules} modules of Python")
    return archive.found("torch-package", {"modules": str(modules)})


SCRIPT = Format("torchscript", "a program of TorchScript", _is_script, _script, container="zip")
EXPORT = Format("torch-export", "a program of torch.export", _is_export, _export, container="zip")
PACKAGE = Format("torch-package", "a package of torch.package", _is_package, _package, container="zip")
