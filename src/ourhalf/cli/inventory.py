"""`ourhalf inventory`: Tell what is in an image: packages, libraries, model files, layers."""

from __future__ import annotations

from typing import Any

import click

from ourhalf.cli.shell.options import IMAGE, image_options
from ourhalf.cli.shell.problem import Problem


@click.command("inventory")
@click.argument("image", metavar="IMAGE")
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    default="table",
    show_default=True,
    help="table, json, cyclonedx, spdx or spdx3.",
)
@click.option("--output", metavar="FILE", help="Where it goes, instead of standard output.")
@IMAGE
@click.option("--no-cache", is_flag=True, help="Read every layer anew, and keep nothing for the next run.")
def command(image: str, form: str, output: str | None, no_cache: bool, **images: Any) -> int:
    """Read IMAGE, without pulling or unpacking it, and list what is in it.

    IMAGE is oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, rootfs:DIR, docker-daemon:NAME,
    containers-storage:NAME or REGISTRY/REPOSITORY:TAG. It may also be a file with an inventory or a
    bill of materials (CycloneDX, SPDX), which is then written in another format.

    What could not be read is told, and the ecosystems in which packages may be missing for it. The exit
    status is 0, or 2 where nothing could be read.
    """
    from ourhalf.cli.shell.output import put
    from ourhalf.cli.shell.progress import bytes_progress
    from ourhalf.inventories.format import all_formats
    from ourhalf.inventories.input import InventoryError
    from ourhalf.inventories.load import inventories_of

    wanted = all_formats().get(form)
    if wanted is None:
        raise Problem(f"no format of inventories is named {form}; there are {', '.join(all_formats())}")
    try:
        found = inventories_of(image, image_options(images), bytes_progress(), not no_cache)
        texts = [wanted.render(one) for one in found]
    except InventoryError as error:
        raise Problem(str(error)) from None
    if len(texts) > 1 and wanted.name != "table":
        names = ", ".join(one.platform for one in found)
        raise Problem(f"{image} has several platforms: choose one of {names} with --platform")
    put(output, texts)
    return 0
