"""What a format of model files is, and what judging a file by it gives."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from ourhalf.artifacts import formats
from ourhalf.artifacts.judgement import Judgement, Reason, worst
from ourhalf.discovery import values


class Content(msgspec.Struct, frozen=True):
    """The bytes of a file, or of one in an archive, and the name that it has there.

    `data` may be a mapped file of any size: look only at what is needed, and never copy it whole.
    """

    name: str
    data: memoryview


class Found(msgspec.Struct, frozen=True):
    """What a file is by one format. `facts` are short texts about it, such as its number of tensors.

    `model` is false where it may be anything, such as an archive without a model in it: that is told only of a
    file that is named as a model.
    """

    format: str
    reasons: tuple[Reason, ...] = ()
    facts: dict[str, str] = {}
    model: bool = True

    @property
    def judgement(self) -> Judgement:
        """What it is for all its reasons."""
        return worst(self.reasons)


Deeper = Callable[[Content], tuple[Found, ...]]
"""Judges a file inside another by every format that it is; its reasons carry its name as their part."""


class Format(msgspec.Struct, frozen=True):
    """A module-level value in a file of `formats`.

    `recognises` looks at the content alone and is quick. `judge` gives what the file is, never raises for
    anything that content can hold, and takes time and memory in proportion to what it must look at.
    `container` is what it takes apart, such as `zip`; one with `rest` judges what no other of its container is.
    """

    name: str
    title: str
    recognises: Callable[[Content], bool]
    judge: Callable[[Content, Deeper], Found]
    container: str = ""
    rest: bool = False


@cache
def all_formats() -> tuple[Format, ...]:
    """Every format, by name."""
    return tuple(sorted(values(formats, Format), key=lambda one: one.name))
