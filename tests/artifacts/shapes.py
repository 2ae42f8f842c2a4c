"""What tests of formats share: judging bytes, and breaking them in all ways that a format must bear."""

from __future__ import annotations

from ourhalf.artifacts.format import Content, Found
from ourhalf.artifacts.judgement import Judgement
from ourhalf.artifacts.judging import judge, together


def found(data: bytes, name: str = "m") -> tuple[Found, ...]:
    """What bytes are by every format."""
    return judge(Content(name, memoryview(data)))


def formats(data: bytes, name: str = "m") -> set[str]:
    """The names of the formats that bytes are."""
    return {one.format for one in found(data, name)}


def judged(data: bytes, name: str = "m") -> Judgement:
    """What bytes are by all formats; unproved where they are none, as a file that is named as a model is."""
    outcome = found(data, name)
    return together(outcome)[0] if outcome else Judgement.UNPROVED


def why(data: bytes, name: str = "m") -> str:
    """All reasons in one text."""
    return "; ".join(reason.what for reason in together(found(data, name))[1])


def never_fails(data: bytes, name: str = "m") -> Judgement:
    """The judgement of bytes that may be anything: no format may raise."""
    outcome = found(data, name)
    for one in outcome:
        assert not any("failed: " in reason.what for reason in one.reasons), one
    return together(outcome)[0] if outcome else Judgement.UNPROVED


def cut_nowhere_safe(data: bytes, step: int = 1) -> None:
    """Every beginning of a file that is not all of it is never safe."""
    for end in range(0, len(data), step):
        assert never_fails(data[:end]) is not Judgement.SAFE, end
