"""`ourhalf diff`: Compare two images, inventories or assessments: what changed and who brought it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from ourhalf.cli.shell.options import AS_OF, IMAGE, TABLE_OR_JSON, image_options
from ourhalf.cli.shell.problem import Problem

if TYPE_CHECKING:
    from datetime import date

    from ourhalf.comparison.things import Thing
    from ourhalf.images.options import ImageOptions


@click.command("diff")
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@TABLE_OR_JSON
@click.option("--output", metavar="FILE", help="Where it goes, instead of standard output.")
@AS_OF
@IMAGE
def command(before: str, after: str, form: str, output: str | None, as_of: str | None, **images: Any) -> int:
    """Tell what differs from BEFORE to AFTER.

    Each is an image (oci:DIR, docker-archive:FILE, REGISTRY/REPOSITORY:TAG and more), an inventory or a bill of
    materials of one, or an assessment in JSON. Of images and inventories packages, settings, model files and sizes
    by layer are compared, with the layer that brought what is new; of images and assessments what the controls say.

    The exit status is 0, or 2 where one of them cannot be read.
    """
    from ourhalf.cli.shell.output import put
    from ourhalf.cli.shell.targets import day_of
    from ourhalf.comparison.things import as_json, as_text, compared

    options, day = image_options(images), day_of(as_of)
    one, other = _thing(before, options, day), _thing(after, options, day)
    found = compared(one, other)
    if found is None:
        raise Problem(f"{before} and {after} cannot be compared: one is an inventory, the other an assessment")
    put(output, (as_json(found) if form == "json" else as_text(found),))
    return 0


def _thing(target: str, options: ImageOptions, day: date) -> Thing:
    """What a target is. Raises Problem."""
    from ourhalf.cli.shell.progress import bytes_progress
    from ourhalf.cli.shell.targets import check, read_assessment
    from ourhalf.comparison.things import Thing, of_image
    from ourhalf.images.source import ImageError
    from ourhalf.inventories.input import InventoryError
    from ourhalf.inventories.load import inventories_of

    check((target,))
    if os.path.isfile(target) and (assessment := read_assessment(target)) is not None:
        return Thing(target, None, assessment)
    try:
        if not os.path.exists(target):
            return of_image(target, options, day, bytes_progress())
        return Thing(target, inventories_of(target, options)[0], None)
    except (ImageError, InventoryError) as error:
        raise Problem(str(error)) from None
