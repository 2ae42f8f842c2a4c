"""Options that mean the same in every command that has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ourhalf.cli.shell.problem import Problem

if TYPE_CHECKING:
    from ourhalf.images.options import ImageOptions
    from ourhalf.vulnerabilities.options import AdvisoryOptions

F = TypeVar("F", bound=Callable[..., Any])

FORMAT = click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help="table (if left out), json, sarif, html, markdown, junit, gitlab, cyclonedx, cyclonedx-vdr or openvex; "
    "may repeat.",
)
TABLE_OR_JSON = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to write it.",
)
OUTPUT = click.option(
    "--output", metavar="FILE", help="Where the format that names no file goes, instead of standard output."
)
FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice(["critical", "high", "medium", "low", "none"]),
    default="high",
    show_default=True,
    help="Exit with 1 where something of this severity or above fails.",
)
STRICT = click.option("--strict", is_flag=True, help="Exit with 1 also where something could not be read.")
AS_OF = click.option("--as-of", metavar="DATE", help="Take this day (YYYY-MM-DD) as today.")

_READING = (
    click.option("--platform", metavar="OS/ARCH", help="Of an image of several platforms, this one; or all."),
    click.option(
        "--base",
        "bases",
        multiple=True,
        metavar="IMAGE|FILE",
        help="An image, or an inventory of one, on which others are built: its publisher answers for its layers.",
    ),
    click.option(
        "--registry-mirror",
        "mirrors",
        multiple=True,
        metavar="FROM=TO",
        help="Read images whose reference begins with FROM from TO instead.",
    ),
    click.option("--ca-file", metavar="FILE", help="Trust these certificates (PEM) of registries too."),
    click.option("--plain-http", multiple=True, metavar="HOST", help="Speak to this registry without TLS."),
)
_JOINING = (
    click.option(
        "--image-source",
        "sources",
        multiple=True,
        metavar="REFERENCE=IMAGE",
        help="Where the image lies that configuration names REFERENCE, such as oci:DIR.",
    ),
    click.option("--registry", is_flag=True, help="Read the images that workloads name from their registries."),
)


def IMAGE(command: F) -> F:  # noqa: N802 - a decorator like those above
    """How an image that is a target is read."""
    for option in reversed(_READING):
        command = option(command)
    return command


def IMAGES(command: F) -> F:  # noqa: N802 - a decorator like those above
    """How images are read, those that workloads name included."""
    command = IMAGE(command)
    for option in reversed(_JOINING):
        command = option(command)
    return command


_ASKING = (
    click.option("--store", metavar="FILE", help="The advisory store; advisories.db in the cache folder if left out."),
    click.option("--vex", multiple=True, metavar="FILE", help="What others say of it: OpenVEX, CycloneDX or CSAF."),
    click.option(
        "--allowlist",
        "allowlists",
        multiple=True,
        metavar="FILE|FOLDER",
        help="What a publisher says that it leaves open, and why: checked against what is known.",
    ),
    click.option(
        "--newer",
        multiple=True,
        metavar="IMAGE|FILE",
        help="An image, or an inventory of one, to which one could move: what it has no more is ours to take.",
    ),
    click.option(
        "--max-age",
        type=click.IntRange(0, 3650),
        default=7,
        show_default=True,
        help="Days after which a source of advisories proves nothing by its silence.",
    ),
)


def ADVISORIES(command: F) -> F:  # noqa: N802 - a decorator like those above
    """What is asked about the packages of images, and what others say of them."""
    for option in reversed(_ASKING):
        command = option(command)
    return command


def advisory_options(given: Mapping[str, Any]) -> AdvisoryOptions:
    """What the options of `ADVISORIES` say."""
    from ourhalf.vulnerabilities.options import AdvisoryOptions

    return AdvisoryOptions(
        store=given["store"],
        vex=given["vex"],
        allowlists=given["allowlists"],
        newer=given["newer"],
        max_age=given["max_age"],
    )


def image_options(given: Mapping[str, Any]) -> ImageOptions:
    """What the options of `IMAGE` and `IMAGES` say. Raises Problem."""
    from ourhalf.images.options import ImageOptions
    from ourhalf.images.source import Access

    access = Access(
        mirrors=_pairs("--registry-mirror", given["mirrors"]),
        plain_http=given["plain_http"],
        ca_file=given["ca_file"],
    )
    return ImageOptions(
        sources=_pairs("--image-source", given.get("sources", ())),
        registry=given.get("registry", False),
        platform=given["platform"],
        bases=given["bases"],
        access=access,
    )


def _pairs(option: str, given: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """What `NAME=VALUE` says, several times."""
    pairs = [text.partition("=") for text in given]
    for name, equals, value in pairs:
        if not (name and equals and value):
            raise Problem(f"{option} {name}{equals}{value}: write it as {option} NAME=PLACE")
    return tuple((name, value) for name, _, value in pairs)
