"""The page of the responsibility matrix."""

from __future__ import annotations

from ourhalf.documentation.pages import Pages, page, table
from ourhalf.model.responsibility import Party, Platform
from ourhalf.responsibility.matrix import Cell, Row, matrix
from ourhalf.responsibility.pages import PARTY_WORDS, as_markdown
from ourhalf.responsibility.resolver import of_cell
from ourhalf.responsibility.rules import RULES

_INTRODUCTION = """\
Who answers for each layer, by the way in which a container runs. `ourhalf responsibilities` prints it, and
`ourhalf assess` resolves it for each workload at hand and says why. It is data with sources, in
`src/ourhalf/responsibility/matrix.yaml`; what no source states is `unknown`."""

_RULES = """\
## Rules that move the line

For these layers the answer depends on more than the way in which a container runs:"""


def answers(row: Row) -> list[tuple[str, str, str, str]]:
    """Who answers, where, why and what is to be applied, a row for each different answer."""
    grouped: dict[Cell, list[Platform]] = {}
    for platform, cell in row.cells.items():
        grouped.setdefault(cell, []).append(platform)
    found = []
    for cell, platforms in grouped.items():
        who = of_cell(row.layer, cell)
        where = "everywhere" if len(platforms) == len(Platform) else ", ".join(platforms)
        word = "not applicable" if who.party is Party.NOT_APPLICABLE else PARTY_WORDS[who.party]
        found.append((word, where, who.why, who.action or ""))
    return found


def _make() -> dict[str, str]:
    rows = matrix().rows.values()
    layers = [
        f"### {row.title}\n\n`{row.layer}`; its state shows in: {row.evidence}.\n\n"
        + table(("who", "where", "why", "what we apply"), answers(row))
        for row in rows
    ]
    rules = [f"- {rule.apply.__doc__} ({', '.join(sorted(rule.layers))})" for rule in RULES]
    text = page(
        "Responsibilities",
        _INTRODUCTION,
        as_markdown(None),
        f"{_RULES}\n\n" + "\n".join(rules),
        "## Layer by layer",
        *layers,
    )
    return {"reference/responsibilities.md": text}


RESPONSIBILITIES = Pages(_make)
