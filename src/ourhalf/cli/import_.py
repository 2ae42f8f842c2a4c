"""`ourhalf import`: Take in the results of other tools, so that one report shows all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from ourhalf.cli.shell.options import FAIL_ON, FORMAT, OUTPUT, STRICT
from ourhalf.cli.shell.problem import Problem

if TYPE_CHECKING:
    from ourhalf.evidence.imported.reading import Results
    from ourhalf.model.finding import Assessment


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--into",
    metavar="ASSESSMENT.json",
    help="The assessment that they are joined with, as `assess --format json` writes it.",
)
@FORMAT
@OUTPUT
@click.option(
    "--as-of",
    metavar="DATE",
    help="The day (YYYY-MM-DD) that the age of results is counted from. If left out: that of --into, else today.",
)
@FAIL_ON
@STRICT
def command(  # noqa: PLR0913, PLR0917 - one for each option
    files: tuple[str, ...],
    into: str | None,
    formats: tuple[str, ...],
    output: str | None,
    as_of: str | None,
    fail_on: str,
    strict: bool,
) -> int:
    """Read the results of other tools in FILEs, and show them as findings with their party.

    A FILE is JSON, and its format is told by its content: findings of Security Hub (ASFF or OCSF),
    of Prowler (OCSF), of AWS Config, reports of Trivy and of Grype. A test that a control here is
    too becomes that control's finding; what two tools find on one resource becomes one.

    With --into, they join the findings of that assessment. What is judged here from what was read
    decides, and what others say is told beside it, also where they disagree. Only where it is
    unknown here, a failure that a scanner of what runs found in the last 30 days makes it fail. A
    pass of others never makes it pass; on its own it counts for 30 days.

    The exit status is 0 where nothing fails at or above --fail-on, 1 where something does, and 2
    where no FILE could be used.
    """
    from ourhalf.cli.assess import exit_status
    from ourhalf.cli.shell.output import deliver, wanted
    from ourhalf.cli.shell.targets import check, day_of
    from ourhalf.evidence.imported.joining import join

    asked = wanted(formats, output)
    check(files)
    base = _into(into) if into is not None else None
    today = base.as_of if base is not None and as_of is None else day_of(as_of)
    assessment = join(_results(files), base, today)
    deliver(assessment, asked)
    return exit_status(assessment, fail_on, strict)


def _into(path: str) -> Assessment:
    from ourhalf.cli.shell.targets import check, read_assessment

    check((path,))
    found = read_assessment(path)
    if found is None:
        raise Problem(f"--into {path} is no assessment; write one with `ourhalf assess --format json=FILE`")
    return found


def _results(files: tuple[str, ...]) -> list[Results]:
    """What the files hold; one that cannot be used is told as unread, unless none can be."""
    from ourhalf.cli.shell.targets import read_assessment
    from ourhalf.evidence.imported.reading import Results, UnusableError, read_results
    from ourhalf.model.evidence import Unread

    found: list[Results] = []
    problems: list[str] = []
    for path in dict.fromkeys(files):
        if os.path.isdir(path):
            raise Problem(f"{path} is a folder; name the files with results in it")
        name = _shown(path, files)
        try:
            found.append(read_results(path, name))
        except UnusableError as error:
            if read_assessment(path) is not None:
                raise Problem(f"{path} is an assessment by ourhalf; give it as --into {path}") from None
            problems.append(f"{path} {error}")
            found.append(Results(path, (), (Unread(name, 1, "import", str(error)),), 1))
    if len(problems) == len(found):
        raise Problem(problems[0] if len(problems) == 1 else f"none of the files can be used: {'; '.join(problems)}")
    return found


def _shown(path: str, files: tuple[str, ...]) -> str:
    """A file as places name it: relative to itself as a target, unless two have the same name."""
    name = os.path.basename(path)
    return name if [os.path.basename(one) for one in dict.fromkeys(files)].count(name) == 1 else path
