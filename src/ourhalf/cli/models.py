"""`ourhalf models`: Look into model files: what loading them can do, and why."""

from __future__ import annotations

from typing import Any

import click

from ourhalf.cli.shell.options import AS_OF, FAIL_ON, FORMAT, IMAGE, OUTPUT, STRICT, image_options

_TOLD = 20


@click.group("models")
def command() -> None:
    """Look into model files: what loading them can do, proved from their content.

    A file is safe where loading it can only build data, and that is proved; unsafe where it does what no data
    needs; unproved where it asks for something that is not known to be harmless; unread where it cannot be followed.
    """


@command.command("scan")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option("--profile", metavar="FILE", help="The profile: what your company asks, such as formats without code.")
@FORMAT
@OUTPUT
@FAIL_ON
@STRICT
@AS_OF
@IMAGE
def scan(  # noqa: PLR0913, PLR0917 - one for each option
    targets: tuple[str, ...],
    profile: str | None,
    formats: tuple[str, ...],
    output: str | None,
    fail_on: str,
    strict: bool,
    as_of: str | None,
    **images: Any,
) -> int:
    """Judge every model file in TARGETs by its content, whatever its name.

    A TARGET is a file or folder; an image, such as oci:DIR or REGISTRY/REPOSITORY:TAG; s3://BUCKET/PREFIX, of which
    files that are named as models are read; or hf:DIR[@REVISION], a repository as the client of the Hugging Face hub
    keeps it. Images and buckets are judged while they stream by: nothing of them is written here.

    Nothing is loaded, imported or unpickled. The exit status is 0 where nothing fails at or above --fail-on, 1 where
    something does, and 2 where nothing could be judged.
    """
    from ourhalf.cli.assess import exit_status
    from ourhalf.cli.shell.output import deliver, wanted
    from ourhalf.cli.shell.problem import Problem
    from ourhalf.cli.shell.targets import check, request
    from ourhalf.scanning.place import PlaceError, place_of
    from ourhalf.scanning.scan import scanned

    asked = wanted(formats, output)
    digests = any(one.report.digests for one in asked)
    check(tuple(target for target in targets if place_of(target) is None))
    try:
        assessment = scanned(request(targets, profile, as_of, digests=digests, images=image_options(images)))
    except PlaceError as error:
        raise Problem(str(error)) from None
    deliver(assessment, asked)
    return exit_status(assessment, fail_on, strict)


@command.command("convert")
@click.argument("file", metavar="FILE")
@click.option("--to", type=click.Choice(["safetensors"]), default="safetensors", show_default=True, help="The format.")
@click.option("--output", metavar="FILE", help="What to write; the name of FILE with another ending if left out.")
@click.option("--replace", is_flag=True, help="Write over a file that exists.")
def convert(file: str, to: str, output: str | None, replace: bool) -> int:
    """Write the tensors of FILE to a file that can hold nothing else.

    Only from a file that is proved safe: of torch.save, NumPy or joblib, or a pickle of arrays. Nothing is loaded,
    imported or unpickled. Names of nested dicts and lists are joined by dots; what is no tensor is left out and told.
    Each tensor is compared with its source before the file is put in its place.
    """
    import os

    from ourhalf.artifacts.convert import ConversionError, convert
    from ourhalf.cli.shell.problem import Problem

    target = output or f"{os.path.splitext(file)[0]}.{to}"
    try:
        done = convert(file, target, replace)
    except ConversionError as error:
        raise Problem(f"{file} is not converted: {error}") from None
    count = f"{done.tensors:,} tensor{'' if done.tensors == 1 else 's'}"
    click.echo(f"{_line(target)}: {count}, {done.size:,} bytes, each equal to its source")
    for one in done.left_out[:_TOLD]:
        click.echo(f"left out: {_line(one)}")
    if len(done.left_out) > _TOLD:
        click.echo(f"left out: {len(done.left_out) - _TOLD:,} more")
    return 0


@command.command("explain")
@click.argument("file", metavar="FILE")
@click.option(
    "--lines", type=click.IntRange(1, 1_000_000), default=200, show_default=True, help="Tell at most so many."
)
def explain(file: str, lines: int) -> int:
    """Tell what loading FILE would do, instruction by instruction, in words.

    For the pickles in it, whatever archive or compressor they are in. Nothing is loaded, imported or unpickled. What
    is not proved harmless carries its judgement and reason in brackets. The exit status is 0 whatever it would do.
    """
    from ourhalf.artifacts.explain import explain
    from ourhalf.artifacts.judging import ArtifactError
    from ourhalf.cli.shell.problem import Problem

    try:
        told = explain(file, file, lines)
    except ArtifactError as error:
        raise Problem(f"{file}: {error}") from None
    part = None
    for one in told.lines:
        if (one.part, one.loader) != part:
            part = (one.part, one.loader)
            click.echo(_line(f"{one.part or file}, as {one.loader} runs it:"))
        click.echo(_line(f"{one.offset:>10,}  {one.opcode:<16} {one.words}"))
    if told.more:
        click.echo(f"and more: --lines tells more than {lines:,}")
    if not told.lines:
        click.echo(_line(f"{file} holds no pickle"))
    if told.judgement is not None:
        click.echo(f"all in all {told.judgement.value}")
    return 0


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
