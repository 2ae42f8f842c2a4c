"""What cannot be looked into: programs, engines of TensorRT, old files of ggml, and containers that are not followed.

Each is told by its first bytes, so that a name says nothing: a program in the place of a model is run by whoever takes
it for one (llamafile is meant to be: github.com/mozilla-ai/llamafile), an engine holds code for one GPU (NVIDIA's
documentation of TensorRT says to load none from strangers), and a container may hold anything.
"""

from __future__ import annotations

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason

_APE = (b"MZqFpD='", b"jartsr='", b"APEDBG='")
_MACH = {b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xfe\xed\xfa\xce", b"\xca\xfe\xba\xbe"}
_ENGINES = {b"ftrt", b"ptrt"}
_GGML = {b"lmgg": "ggml", b"fmgg": "ggmf", b"tjgg": "ggjt", b"algg": "ggla", b"nsgg": "ggsn"}
_CONTAINERS = {
    b"7z\xbc\xaf\x27\x1c": "a 7z archive", b"Rar!\x1a\x07": "a RAR archive", b"MSCF\0\0\0\0": "a cabinet",
    b"\x04\x22\x4d\x18": "packed by LZ4", b"!<arch>\n": "an ar archive",
    b"hsqs": "a file system", b"070701": "a cpio archive", b"070707": "a cpio archive", b"LZIP": "packed by lzip",
    b"\x1f\x9d": "packed by compress", b"SQLite format 3\0": "a database", b"%PDF-": "a document",
    b"xar!": "a xar archive",
    b"PAR1": "a table of Parquet", b"ARROW1": "a table of Arrow", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a document",
}  # fmt: skip


def _is_program(content: Content) -> bool:
    data = content.data
    head = bytes(data[:8])
    if head.startswith((b"\x7fELF", *_APE)) or head[:4] in _MACH or head[:3] == b"#!/":
        return True
    if head[:2] != b"MZ" or len(data) < 64:
        return False
    at = int.from_bytes(data[60:64], "little")
    return bytes(data[at : at + 4]) == b"PE\0\0"


def _program(content: Content, _: Deeper) -> Found:
    """A program; one of many systems at once is what llamafile makes of a model."""
    if bytes(content.data[:8]).startswith(_APE):
        what = "it is a program for many systems at once, such as a llamafile: whoever starts it runs its code"
        return Found("llamafile", (Reason(Judgement.UNSAFE, what, 0, content.name),))
    what = "it is a program or library, not data: whoever starts or loads it runs its code"
    return Found("executable", (Reason(Judgement.UNSAFE, what, 0, content.name),), model=False)


def _is_engine(content: Content) -> bool:
    return bytes(content.data[:4]) in _ENGINES


def _engine(content: Content, _: Deeper) -> Found:
    what = (
        "an engine of TensorRT holds code for a GPU, and may name plugins that are loaded: nothing of it can be proved"
    )
    return Found("tensorrt", (Reason(Judgement.UNPROVED, what, 0, content.name),))


def _is_ggml(content: Content) -> bool:
    return bytes(content.data[:4]) in _GGML and len(content.data) > 8


def _ggml(content: Content, _: Deeper) -> Found:
    form = _GGML[bytes(content.data[:4])]
    what = f"the old form {form} of ggml says not where its parts lie: only the program that reads it checks its bounds"
    return Found("ggml", (Reason(Judgement.UNPROVED, what, 0, content.name),), {"form": form})


def _container(content: Content) -> str:
    head = bytes(content.data[:16])
    return next((what for mark, what in _CONTAINERS.items() if head.startswith(mark)), "")


def _is_container(content: Content) -> bool:
    return bool(_container(content))


def _contained(content: Content, _: Deeper) -> Found:
    what = f"it is {_container(content)}, which is not followed: what is in it is not known"
    return Found("container", (Reason(Judgement.UNREAD, what, 0, content.name),), model=False)


PROGRAM = Format("executable", "a program", _is_program, _program)
ENGINE = Format("tensorrt", "an engine of TensorRT", _is_engine, _engine)
GGML = Format("ggml", "an old file of ggml", _is_ggml, _ggml)
CONTAINER = Format(
    "container", "a container that is not followed", _is_container, _contained, container="stream", rest=True
)
