"""`ourhalf vulnerabilities`: Tell whose move each vulnerability is, until when, and what to do."""

from __future__ import annotations

from typing import Any

import click

from ourhalf.cli.shell.options import AS_OF, FAIL_ON, FORMAT, IMAGES, OUTPUT, STRICT, image_options
from ourhalf.cli.shell.problem import Problem


@click.command("vulnerabilities")
@click.argument("targets", nargs=-1, required=True, metavar="IMAGE|FILE|FOLDER...")
@click.option("--store", metavar="FILE", help="The advisory store; advisories.db in the cache folder if left out.")
@AS_OF
@click.option("--vex", multiple=True, metavar="FILE", help="What others say of it: OpenVEX, CycloneDX or CSAF.")
@click.option(
    "--allowlist",
    "allowlists",
    multiple=True,
    metavar="FILE|FOLDER",
    help="What a publisher says that it leaves open, and why: checked against what is known.",
)
@click.option(
    "--newer",
    multiple=True,
    metavar="IMAGE|FILE",
    help="An image, or an inventory of one, to which one could move: what it has no more is ours to take.",
)
@click.option("--max-age", type=click.IntRange(0, 3650), default=7, show_default=True, help="Days; older is stale.")
@click.option("--profile", metavar="FILE", help="The profile: what your company asks, such as days to remediate.")
@FORMAT
@OUTPUT
@FAIL_ON
@STRICT
@IMAGES
@click.option("--no-cache", is_flag=True, help="Read every layer anew, and keep nothing for the next run.")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    targets: tuple[str, ...],
    store: str | None,
    as_of: str | None,
    vex: tuple[str, ...],
    allowlists: tuple[str, ...],
    newer: tuple[str, ...],
    max_age: int,
    profile: str | None,
    formats: tuple[str, ...],
    output: str | None,
    fail_on: str,
    strict: bool,
    no_cache: bool,
    **images: Any,
) -> int:
    """Match the packages of each IMAGE or FILE against the advisory store, and say whose move each finding is.

    IMAGE is oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, rootfs:DIR, or REGISTRY/REPOSITORY:TAG.
    FILE lists packages: an inventory that `ourhalf inventory` wrote, a bill of materials (CycloneDX,
    SPDX), or requirements.txt, uv.lock, poetry.lock, Pipfile.lock, package-lock.json, Cargo.lock, go.sum.
    Other files and folders are configuration: it says how an image runs, and so whether what it has matters.

    A publisher's clock runs from the publication of a vulnerability, ours from the day a fix can be had.
    What no fresh advisory speaks of is unknown, never clean. The exit status is 0 where nothing fails at
    or above --fail-on, 1 where something does, and 2 where nothing could be judged.
    """
    import msgspec

    from ourhalf.advisories.store import Store, StoreError
    from ourhalf.cli.assess import exit_status
    from ourhalf.cli.shell.output import deliver, wanted
    from ourhalf.cli.shell.progress import bytes_progress
    from ourhalf.cli.shell.targets import request
    from ourhalf.inventories.input import InventoryError
    from ourhalf.vulnerabilities.allowlists import AllowlistError
    from ourhalf.vulnerabilities.flow import judged
    from ourhalf.vulnerabilities.options import AdvisoryOptions
    from ourhalf.vulnerabilities.vex.document import VexError

    asked = wanted(formats, output)
    options = AdvisoryOptions(store=store, vex=vex, allowlists=allowlists, newer=newer, max_age=max_age)
    try:
        Store.open(store).close()
        run = request(targets, profile, as_of, images=image_options(images))
        assessment = judged(msgspec.structs.replace(run, advisories=options), bytes_progress(), not no_cache)
    except (InventoryError, StoreError, VexError, AllowlistError) as error:
        raise Problem(str(error)) from None
    deliver(assessment, asked)
    return exit_status(assessment, fail_on, strict)
