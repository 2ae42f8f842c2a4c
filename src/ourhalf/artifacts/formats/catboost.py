"""CatBoost: trees as a FlatBuffer after four letters and a length, `.cbm`.

The form: catboost/libs/model/model.cpp and flatbuffers/model.fbs of github.com/catboost/catboost. Parts that follow the
trees (counters, dictionaries for texts and embeddings) have forms of their own, which are not read here.
"""

from __future__ import annotations

from ourhalf.artifacts.cursor import BoundsError
from ourhalf.artifacts.flatbuffers import root
from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason

_VERSIONS = frozenset({"FlabuffersModel_v1"})
_INFO, _PARTS = 2, 3


def recognises(content: Content) -> bool:
    """Whether it begins with the four letters."""
    return bytes(content.data[:4]) == b"CBM1"


def judge(content: Content, _: Deeper) -> Found:
    """Whether the trees lie within it and nothing that is not read follows them."""
    data = content.data
    size = int.from_bytes(data[4:8], "little")
    if len(data) < 8 or size > len(data) - 8:
        return _refused(content, Judgement.UNREAD, "its trees are longer than the file")
    try:
        core = root(data[8 : 8 + size])
        version, parts = core.text(0), core.texts(_PARTS)
        keys = [info.text(0) for info in core.tables(_INFO)]
    except BoundsError as error:
        return _refused(content, Judgement.UNREAD, str(error))
    if version not in _VERSIONS:
        return _refused(content, Judgement.UNREAD, "its version is not known")
    if parts:
        return _refused(content, Judgement.UNPROVED, f"its parts {', '.join(parts)[:120]} are not read here")
    if len(data) > 8 + size:
        return _refused(content, Judgement.UNPROVED, "bytes follow its trees")
    return Found("catboost", (), {"settings": str(len(keys))})


def _refused(content: Content, judgement: Judgement, what: str) -> Found:
    return Found("catboost", (Reason(judgement, what, 0, content.name),))


CATBOOST = Format("catboost", "a model of CatBoost", recognises, judge)
