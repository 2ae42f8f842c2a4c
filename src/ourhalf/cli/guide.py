"""`ourhalf guide`: Write a documentation site for your deployment: whose it is, what it has, what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ourhalf.cli.shell.options import AS_OF
from ourhalf.cli.shell.problem import Problem

if TYPE_CHECKING:
    from ourhalf.model.finding import Assessment


@click.command("guide")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option(
    "--output", required=True, metavar="DIR", help="Where the site goes: a folder that is new, empty, or a guide."
)
@click.option("--glossary", metavar="FILE", help="Your names, in YAML, before those that ship: `team: Platform`.")
@click.option("--page", "pages", multiple=True, metavar="FILE", help="A page of your own in Markdown, or a folder.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "markdown"]),
    default="html",
    show_default=True,
    help="A site that opens from its folder, or pages for a site that you have.",
)
@click.option("--profile", metavar="FILE", help="The profile. If left out: ourhalf.yaml here, else in TARGET.")
@AS_OF
@click.option("--no-cache", is_flag=True, help="Read everything anew, and keep nothing for the next run.")
def command(  # noqa: PLR0913, PLR0917 - one for each option
    targets: tuple[str, ...],
    output: str,
    glossary: str | None,
    pages: tuple[str, ...],
    form: str,
    profile: str | None,
    as_of: str | None,
    no_cache: bool,
) -> None:
    """Write the guide to the deployment that TARGETs configure.

    It has a chapter on each part of security, a page for each service in use, and pages for the
    workloads. Each says who answers, what your workloads have now, and what to write in the
    languages of your files. What is said of them are findings, and leads to them.

    A TARGET is what `ourhalf assess` takes, or one assessment that it wrote with --format json,
    which is how its other options reach the guide.

    Pages of your own, given by --page, may name what the glossary has: {{aws}}, {{eks}} and
    what you add. Nothing else is changed in them, and nothing is evaluated. A name that no glossary
    has and a link that leads nowhere are errors, and then nothing is written.

    HTML needs the extra `guide`. To sit in a MkDocs site, there is the plugin `ourhalf`.
    """
    from ourhalf.guide.errors import GuideError
    from ourhalf.guide.folder import check_place, write
    from ourhalf.guide.glossary import glossary as glossary_of
    from ourhalf.guide.source import own_pages

    _require(form)
    try:
        check_place(output)
        values = glossary_of(glossary)
        own = own_pages(pages, values)
        assessment = _assessed(targets, profile, as_of, no_cache)
        from ourhalf.guide.site import renderer, site
        from ourhalf.run import without_collector

        with without_collector():
            count = write(renderer(form)(site(assessment, values, own)), output)
    except GuideError as error:
        raise Problem(str(error)) from None
    first = f"{output.rstrip('/')}/index.{'html' if form == 'html' else 'md'}"
    workloads = len(assessment.workloads)
    click.echo(f"{first}: {count:,} pages on {workloads:,} workload{'' if workloads == 1 else 's'}")


def _require(form: str) -> None:
    if form != "html":
        return
    from ourhalf.guide.prose import require

    try:
        require()
    except ImportError:
        raise Problem(
            "HTML is made of Markdown by markdown-it-py, which is not installed: "
            "pip install 'ourhalf[guide]', or ask for --format markdown"
        ) from None


def _assessed(targets: tuple[str, ...], profile: str | None, as_of: str | None, no_cache: bool) -> Assessment:
    from ourhalf.cli.shell.targets import finished, fresh

    return finished(targets, profile, as_of) or fresh(targets, profile, as_of, no_cache=no_cache)
