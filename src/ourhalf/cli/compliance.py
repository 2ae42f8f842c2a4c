"""`ourhalf compliance`: Hold frameworks against an assessment: what is met, whose it is, what shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ourhalf.cli.shell.options import AS_OF, TABLE_OR_JSON
from ourhalf.cli.shell.problem import Problem
from ourhalf.cli.shell.programs import group

if TYPE_CHECKING:
    from collections.abc import Callable

    from ourhalf.compliance.formats.format import Held
    from ourhalf.compliance.framework import Framework
    from ourhalf.compliance.programs import Programs
    from ourhalf.model.finding import Assessment

_OWN = click.option(
    "--framework-file", "own", metavar="FILE", help="A framework of your own in YAML, written as those that ship."
)


@click.group("compliance")
def command() -> None:
    """Hold frameworks against an assessment: what is met, whose it is, and what shows it.

    One unknown is never met, what the provider answers for counts only with a dated source, and what no
    configuration can show is said with what to attach.
    """


command.add_command(group)


@command.command("list")
@_OWN
@TABLE_OR_JSON
def list_(own: str | None, form: str) -> None:
    """List the frameworks: their size, and on how many requirements a control bears."""
    from ourhalf.cli.shell.output import to_standard_output
    from ourhalf.compliance.listing import LISTS

    to_standard_output((LISTS[form](_frameworks(own)),))


@command.command("show")
@click.argument("framework", metavar="FRAMEWORK")
@click.option("--baseline", metavar="NAME", help="Only the requirements of this baseline.")
@click.option(
    "--catalog",
    metavar="FILE",
    help="An official OSCAL catalog or profile of yours: its titles stand beside our words, a profile narrows.",
)
@_OWN
@TABLE_OR_JSON
def show(framework: str, baseline: str | None, catalog: str | None, own: str | None, form: str) -> None:
    """Show the requirements of a FRAMEWORK: what each is about, and which controls bear on it how.

    Frameworks are told by their ids and in our words; official titles are shown only from your own copy of an
    OSCAL catalog.
    """
    from ourhalf.cli.shell.output import to_standard_output
    from ourhalf.compliance.catalogs import CatalogError, read
    from ourhalf.compliance.listing import PAGES

    every = _frameworks(own)
    chosen = _chosen(framework, every, baseline)
    try:
        official = read(catalog) if catalog is not None else None
    except CatalogError as error:
        raise Problem(str(error)) from None
    if official is not None and not any(r.id in official.ids for r in chosen.requirements):
        raise Problem(f"{catalog}: none of its ids is one of {chosen.id}; is it the catalog of another framework?")
    to_standard_output((PAGES[form](chosen, every, baseline, official),))


@command.command("report")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option(
    "--framework",
    metavar="ID",
    help="The framework; `ourhalf compliance list` shows all. If left out: the one of --framework-file.",
)
@click.option("--baseline", metavar="NAME", help="Only the requirements of this baseline of the framework.")
@click.option(
    "--format",
    "form",
    default="table",
    show_default=True,
    metavar="FORMAT",
    help="table, html, csv, json, or a document of OSCAL: oscal-ssp, oscal-component, oscal-ap, oscal-ar, oscal-poam.",
)
@click.option("--output", metavar="FILE", help="Where it goes, instead of standard output.")
@click.option(
    "--component",
    "components",
    metavar="FILE",
    multiple=True,
    help="With oscal-ssp: a component definition of OSCAL whose components the plan takes in. Repeats.",
)
@_OWN
@click.option("--programs", metavar="FILE", help="Your list of the provider's audits and the services in their scope.")
@click.option("--profile", metavar="FILE", help="The profile. If left out: ourhalf.yaml here, else in TARGET.")
@AS_OF
@click.option("--render", is_flag=True, help="Run your own helm and kustomize on what is read only in part.")
@click.option("--no-cache", is_flag=True, help="Read everything anew, and keep nothing for the next run.")
def report(  # noqa: PLR0913, PLR0917 - one for each option
    targets: tuple[str, ...],
    framework: str | None,
    baseline: str | None,
    form: str,
    output: str | None,
    components: tuple[str, ...],
    own: str | None,
    programs: str | None,
    profile: str | None,
    as_of: str | None,
    render: bool,
    no_cache: bool,
) -> None:
    """Say of each requirement of a framework whether it is met, whose it is, and what shows it.

    TARGET is configuration, assessed as `ourhalf assess` does, or one assessment that was written with --format
    json: then nothing is read again.

    A requirement is met only where controls decide it whole and every verdict holds. Where the provider answers, it
    is inherited only if a dated source says that a program covers the service; see `ourhalf compliance programs`.

    The exit status is 0 where the report was made, and 2 where it could not be.
    """
    from ourhalf.cli.shell.output import put
    from ourhalf.cli.shell.targets import finished, fresh
    from ourhalf.compliance.formats.format import Held
    from ourhalf.compliance.judge import report as judged

    renderer = _format(form, components)
    if framework is None and own is None:
        raise Problem("no framework is named; write --framework ID, as `ourhalf compliance list` shows them")
    every = _frameworks(own)
    chosen = _chosen(framework or list(every)[-1], every, baseline)
    known = _programs(programs)
    assessment: Assessment = finished(targets, profile, as_of) or fresh(targets, profile, as_of, render, no_cache)
    text = renderer(Held(judged(assessment, chosen, every, known, baseline), chosen, assessment))
    put(output, (text,))


def _frameworks(own: str | None) -> dict[str, Framework]:
    from ourhalf.compliance.loader import FrameworkError, all_frameworks

    try:
        return all_frameworks(own)
    except FrameworkError as error:
        raise Problem(str(error)) from None


def _chosen(name: str, every: dict[str, Framework], baseline: str | None) -> Framework:
    """The framework of that id, which has the baseline."""
    found = every.get(name)
    if found is None:
        raise Problem(f"no framework has the id {name}; {_near(name, list(every))}")
    if baseline is not None and baseline not in found.baselines:
        known = _near(baseline, list(found.baselines)) if found.baselines else "it has none"
        raise Problem(f"{name} has no baseline {baseline}; {known}")
    return found


def _near(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name.lower(), {one.lower(): one for one in known}, 1)
    exact = next((one for one in known if close and one.lower() == close[0]), None)
    return f"did you mean {exact}?" if exact else f"there are {', '.join(known)}"


def _programs(path: str | None) -> Programs:
    from ourhalf.compliance.programs import ProgramsError, load_programs

    try:
        return load_programs(path)
    except ProgramsError as error:
        raise Problem(str(error)) from None


def _format(name: str, components: tuple[str, ...]) -> Callable[[Held], str]:
    """What renders a report in the format of that name, with the component definitions that are given."""
    from ourhalf.compliance.formats.format import all_formats
    from ourhalf.compliance.oscal.document import OscalError
    from ourhalf.compliance.oscal.inputs import with_components
    from ourhalf.compliance.oscal.read import read_component_definition

    found = all_formats().get(name)
    if found is None:
        raise Problem(f"no format is named {name}; {_near(name, list(all_formats()))}")
    if components and name != "oscal-ssp":
        raise Problem(f"--component is for --format oscal-ssp; {name} says nothing of components of others")
    try:
        definitions = [read_component_definition(path) for path in components]
    except OscalError as error:
        raise Problem(str(error)) from None

    def render(held: Held) -> str:
        try:
            return found.render(with_components(held, definitions) if definitions else held)
        except OscalError as error:
            raise Problem(str(error)) from None

    return render
