"""Where reports go: standard output, or files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterable, Sequence

import msgspec

from ourhalf.cli.shell.problem import Problem
from ourhalf.model.finding import Assessment
from ourhalf.reports.report import Report, Terminal, all_reports


class Wanted(msgspec.Struct, frozen=True):
    """One report and the file that it goes to; None is standard output."""

    report: Report
    file: str | None


def wanted(formats: Sequence[str], output: str | None) -> tuple[Wanted, ...]:
    """What `--format FORMAT[=FILE]` and `--output FILE` ask for; a table where they name no format.

    Raises Problem for formats that do not exist and files that cannot be written.
    """
    found = []
    for given in formats or ("table",):
        name, equals, file = given.partition("=")
        if equals and not file:
            raise Problem(f"--format {given} names no file; write --format {name}=FILE")
        found.append(Wanted(_report(name), file or None))
    bare = [number for number, one in enumerate(found) if one.file is None]
    if len(bare) > 1:
        names = " and ".join(found[number].report.name for number in bare)
        raise Problem(f"only one --format may go without a file, not {names}; write --format {names.split()[0]}=FILE")
    if output is not None:
        if not bare:
            raise Problem("--output is for the one --format without a file, and each has one")
        found[bare[0]] = Wanted(found[bare[0]].report, output)
    _check_files([one.file for one in found if one.file is not None])
    return tuple(found)


def _report(name: str) -> Report:
    report = all_reports().get(name)
    if report is None:
        from difflib import get_close_matches

        close = get_close_matches(name, all_reports(), 1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(all_reports())}"
        raise Problem(f"no format is named {name}; {hint}")
    return report


def _check_files(files: list[str]) -> None:
    seen: set[str] = set()
    for file in files:
        if os.path.isdir(file):
            raise Problem(f"{file} is a folder; name a file in it")
        folder = os.path.dirname(file) or "."
        if not os.path.isdir(folder):
            raise Problem(f"{file} cannot be written: there is no folder {folder}; make it first")
        real = os.path.realpath(file)
        if real in seen:
            raise Problem(f"two reports would be written to {file}; name two files")
        seen.add(real)


def deliver(assessment: Assessment, asked: tuple[Wanted, ...]) -> None:
    """Write every report; all are made before the first is written. Raises Problem."""
    made = [_made(assessment, one) for one in asked]
    for one, pieces in zip(asked, made, strict=True):
        put(one.file, pieces)


def _made(assessment: Assessment, one: Wanted) -> Iterable[str]:
    """The report in pieces; one that could fail in the making is made whole first."""
    report = one.report
    if report.pieces is not None:
        return report.pieces(assessment)
    if one.file is not None or report.show is None:
        return (report.render(assessment),)
    return (report.show(assessment, terminal()),)


def terminal() -> Terminal:
    """What standard output can show: its width, and colours unless NO_COLOR is set."""
    if not sys.stdout.isatty():
        return Terminal()
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Terminal(min(shutil.get_terminal_size((100, 24)).columns, 140), colour)


def put(file: str | None, pieces: Iterable[str]) -> None:
    """Write a text to `file`, whole or not at all; None is standard output. Raises Problem."""
    if file is None:
        to_standard_output(pieces)
    else:
        write_whole(file, pieces)


def to_standard_output(pieces: Iterable[str]) -> None:
    """Write a text as it is, in UTF-8 or what the terminal understands of it."""
    encoding = (sys.stdout.encoding if sys.stdout.isatty() else None) or "utf-8"
    sys.stdout.flush()
    for piece in pieces:
        sys.stdout.buffer.write(piece.encode(encoding, "replace"))
    sys.stdout.buffer.flush()


def write_whole(file: str, pieces: Iterable[str]) -> None:
    """Put a text in the place of `file` in one step, so that nobody ever sees half of it.

    What is no regular file, such as a pipe or /dev/null, is written to as it is. Raises Problem.
    """
    data = (piece.encode("utf-8", "replace") for piece in pieces)
    path = os.path.realpath(file)
    try:
        if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
            with open(path, "wb") as stream:
                stream.writelines(data)
            return
        beside = f"{path}.{secrets.token_hex(4)}.part"
        try:
            with open(beside, "xb") as stream:
                stream.writelines(data)
            if os.path.exists(path):
                shutil.copymode(path, beside)
            os.replace(beside, path)
        except BaseException:
            if os.path.exists(beside):
                os.unlink(beside)
            raise
    except OSError as error:
        raise Problem(f"{file} cannot be written: {error.strerror or error}") from None
