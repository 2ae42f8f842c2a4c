"""What controls of Dockerfiles share: a look through the RUN instructions, and the parts of an image's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

from ourhalf.model.control import Control
from ourhalf.model.field import Absent, Entries, Field, Known, Many, Text, Unresolved
from ourhalf.model.verdict import Verdict
from ourhalf.resources.dockerfile import BuildCommand, Dockerfile
from ourhalf.resources.images import ContainerImage

READ = date(2026, 10, 2)
BEST_PRACTICES = "docs.docker.com/build/building/best-practices/"

Found = Callable[[str], str | None]
"""Looks at the text of a command: what is wrong with it in a few words, or None."""


def matching(pattern: re.Pattern[str], what: str) -> Found:
    """`what` for a command in which `pattern` is found."""
    return lambda command: what if pattern.search(command) else None


class Built(Protocol):
    """What a build ran and set: a Dockerfile, or an image by its history."""

    @property
    def commands(self) -> Many[BuildCommand]:
        """What it ran."""
        ...

    @property
    def environment(self) -> Field[Entries[Text]]:
        """The variables that it set."""
        ...


def for_images(control: Control[Dockerfile], name: str, title: str) -> Control[ContainerImage]:
    """The same control on images, whose history says what their builds ran; `control` asks what is `Built`.

    Other tools test the Dockerfile alone: their ids stay its.
    """
    evaluate: Any = control.evaluate
    return Control(
        id=name,
        title=title,
        topic=control.topic,
        severity=control.severity,
        layer=control.layer,
        applies_to=ContainerImage,
        evaluate=evaluate,
        rationale=control.rationale,
        remedy=control.remedy,
        citations=control.citations,
        rows=control.rows,
    )


def judge_commands(file: Built, wrong: Found, right: str, in_image_only: bool = False) -> Verdict:
    """Failed by the first RUN instructions that are wrong; passed, with `right`, when none is.

    With `in_image_only`, stages of which the image only gets copies do not count.
    """
    if isinstance(file.commands, Unresolved):
        return Verdict.unknown(file.commands)
    if isinstance(file.commands, Absent):
        return Verdict.passed("no RUN instruction is written", file.commands)
    failed: list[Field[str]] = []
    reason = ""
    doubt: Unresolved | None = None
    for run in file.commands.value:
        if isinstance(run, Unresolved):
            doubt = run
        elif in_image_only and run.reaches == Known(False, run.reaches.place):
            continue
        elif isinstance(run.command, Known):
            found = wrong(run.command.value)
            if found is not None:
                reason = reason or found
                failed.append(run.command)
        elif isinstance(run.command, Unresolved):
            doubt = run.command
    if failed:
        return Verdict.failed(reason, *failed)
    return Verdict.unknown(doubt) if doubt is not None else Verdict.passed(right, file.commands)


_WORDS = re.compile(r"\s*(?:(?:if|then|else|elif|while|until|do|!|\{)\s+|\(\s*)*")


def simple_commands(command: str) -> list[str]:
    """A shell text as its simple commands, as far as separators tell; quotes are not looked at."""
    return [_WORDS.sub("", part, count=1).strip() for part in re.split(r"\|\||&&|[;|\n]", command)]


def tag_and_digest(image: str) -> tuple[str | None, str | None]:
    """The tag and the digest of an image reference."""
    name, _, digest = image.partition("@")
    _, colon, tag = name.rpartition("/")[2].partition(":")
    return (tag if colon else None), digest or None


def repository(image: str) -> str:
    """An image reference without tag and digest, in lower case, `docker.io` left out."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return (head + slash + last.partition(":")[0]).lower().removeprefix("docker.io/").removeprefix("library/")
