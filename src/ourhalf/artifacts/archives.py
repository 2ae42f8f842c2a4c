"""What archives of any kind hold: model files, judged as such; code and paths, told; plain texts, passed over."""

from __future__ import annotations

import re

from ourhalf.artifacts.format import Content, Deeper, Found
from ourhalf.artifacts.judgement import Judgement, Reason

MAX_REASONS = 50
_LOOKED_AT = 1 << 16
_OUTSIDE = re.compile(r"^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)|\x00")
# Texts that nothing runs. What is named so and is none is told as any unknown content.
_TEXTS = (
    ".txt", ".md", ".rst", ".json", ".jsonl", ".csv", ".tsv", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".vocab",
    ".merges", ".bpe", ".license", ".gitattributes", ".gitignore", ".xml", ".html", ".log", ".proto", ".pbtxt",
)  # fmt: skip
_PLAIN_NAMES = frozenset({"license", "notice", "readme", "version", "authors", "copying", "merges", "vocab", "mlmodel"})
_PICTURES = {b"\x89PNG\r\n": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif"}
_NATIVE = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa")
_INSTALLS = frozenset({
    "requirements.txt", "conda.yaml", "conda.yml", "environment.yml", "environment.yaml", "python_env.yaml", "setup.py",
    "pyproject.toml", "pipfile", "dockerfile",
})  # fmt: skip


class Inside:
    """What was found in one archive so far."""

    def __init__(self, file: Content, deeper: Deeper) -> None:
        self._file = file
        self._deeper = deeper
        self._reasons: dict[tuple[str, str], Reason] = {}
        self.formats: dict[str, int] = {}
        self.files = 0
        self.model = False
        self.stopped = False

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the archive is not proved safe."""
        return tuple(self._reasons.values())

    def tell(self, judgement: Judgement, what: str, name: str = "") -> None:
        """Something that speaks against the archive, or a file in it."""
        self._add(Reason(judgement, what, 0, f"{self._file.name}/{name}" if name else self._file.name))

    def _add(self, reason: Reason) -> None:
        # So many of each judgement: what is worst is never left out for what came before.
        same = sum(one.judgement is reason.judgement for one in self._reasons.values())
        if same < MAX_REASONS:
            self._reasons.setdefault((reason.what, reason.part), reason)

    def path(self, name: str) -> None:
        """Looks at where unpacking would write a file, or to where a link leads."""
        if _OUTSIDE.search(name):
            self.tell(Judgement.UNSAFE, f"unpacking it writes outside of its folder, to {name[:120]}", name[:200])

    def file(self, name: str, data: memoryview) -> None:
        """A file in the archive, by what it holds."""
        self.files += 1
        found = self._deeper(Content(f"{self._file.name}/{name}", data))
        if all(one.format == "executable" for one in found):
            found = ()  # beside a model, not in the place of one
        for one in found:
            self.stopped |= one.format == "unread"
            self.model |= one.model
            self.formats[one.format] = self.formats.get(one.format, 0) + 1
            for reason in one.reasons:
                self._add(reason)
        judged = unknown(name, data) if not found else installs(name)
        if judged:
            self.tell(*judged, name)

    def found(self, name: str, facts: dict[str, str] | None = None) -> Found:
        """What the archive is, as format `name`."""
        counted = ", ".join(f"{count} {one}" for one, count in sorted(self.formats.items()))
        told = {"files": str(self.files)} | ({"models": counted} if counted else {})
        return Found(name, self.reasons, told | (facts or {}), self.model)


def installs(name: str) -> tuple[Judgement, str] | None:
    """Whether servers install what a file names when they take an archive apart."""
    if name.rsplit("/", 1)[-1].lower() in _INSTALLS:
        return Judgement.UNPROVED, "servers of models install what it names, which runs code of others"
    return None


def unknown(name: str, data: memoryview) -> tuple[Judgement, str] | None:
    """What speaks against a file that is of no format of models; nothing where it is a plain text."""
    last = name.rsplit("/", 1)[-1].lower()
    head = bytes(data[:_LOOKED_AT])
    if not head:
        return None
    if head.startswith(_NATIVE):
        return Judgement.UNPROVED, "it is native code, which runs where it is loaded"
    if last.endswith((".py", ".pyc", ".pyo", ".ipynb")):
        return Judgement.UNPROVED, "it is code of Python: servers that unpack the archive import it"
    if head.startswith(b"#!") or last.endswith((".sh", ".bash", ".ps1", ".bat", ".js", ".lua", ".jar", ".class")):
        return Judgement.UNPROVED, "it is a program"
    installed = installs(name)
    if installed:
        return installed
    named = last.endswith(_TEXTS) or last.split(".")[0] in _PLAIN_NAMES
    if named and b"\0" not in head and _is_text(head):
        return None
    if any(head.startswith(mark) and last.endswith(ending) for mark, ending in _PICTURES.items()):
        return None
    return Judgement.UNPROVED, "its content is of no format that is known here"


def _is_text(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and len(head) == _LOOKED_AT
    return True
