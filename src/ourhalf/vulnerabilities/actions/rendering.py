"""A plan as a table for people, and as JSON for programs."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable
from datetime import date

import msgspec

from ourhalf.model.profile import Severity
from ourhalf.reports.summary import PARTY_LABELS, harmless
from ourhalf.vulnerabilities.actions.plan import Action, Left, Plan

_WIDTH = 110
_SHOWN = 6
_LEFT_SHOWN = 40


def as_json(plan: Plan) -> str:
    """All of it, with sorted keys."""
    return msgspec.json.format(msgspec.json.encode(plan, order="sorted"), indent=2).decode() + "\n"


def as_table(plan: Plan) -> str:
    """What to do first, how much that clears, what it risks; then what nothing clears."""
    open_ = plan.findings - plan.settled
    lines = [_headline(plan, open_)]
    done = 0
    for number, action in enumerate(plan.actions, 1):
        done += action.weight
        lines += ["", *_action(number, action, done, plan.weight)]
    if plan.left:
        lines += ["", f"{_many(len(plan.left), 'finding')} that none of this clears:"]
        groups = _groups(plan.left)
        lines += [line for one in groups[:_LEFT_SHOWN] for line in _left(one)]
        if len(groups) > _LEFT_SHOWN:
            lines.append(f"  and {len(groups) - _LEFT_SHOWN} more reasons: the plan as JSON has all")
    for note in (*plan.notes, *filter(None, (plan.bound,))):
        lines += ["", f"Note: {note}"]
    return harmless("\n".join(lines)) + "\n"


def _headline(plan: Plan, open_: int) -> str:
    if not open_:
        return f"Nothing to do: {_many(plan.findings, 'finding')}, all of them settled"
    if not plan.actions:
        return f"No action is known that clears any of {_many(open_, 'finding')}"
    settled = f", {plan.settled} more are settled" if plan.settled else ""
    cleared = open_ - len(plan.left)
    least = "the least there is" if plan.exact else "few, and perhaps not the fewest"
    actions = f"{_many(len(plan.actions), 'action')} clear{'' if len(plan.actions) != 1 else 's'}"
    return f"{actions} {cleared} of {_many(open_, 'finding')} ({least}){settled}"


def _action(number: int, action: Action, done: int, whole: int) -> list[str]:
    severities = ", ".join(f"{count} {level}" for level, count in action.severities.items())
    share = f"{100 * done // whole}% of the weight so far" if whole else ""
    also = f", and {action.also} that were cleared already" if action.also else ""
    lines = [f"{number}. {action.title}   [{action.subject}]"]
    lines += _wrapped("clears", f"{_many(len(action.clears), 'finding')} ({severities}){also}; {share}")
    shown = ", ".join(action.clears[:_SHOWN])
    more = f" and {len(action.clears) - _SHOWN} more" if len(action.clears) > _SHOWN else ""
    lines += _wrapped("", shown + more)
    for risk in action.risks or ("none that versions tell",):
        lines += _wrapped("risks", risk)
    lines += _wrapped("who", PARTY_LABELS.get(action.by, str(action.by)))
    if action.how:
        lines += _wrapped("how", action.how)
    if action.places:
        lines += _wrapped("where", ", ".join(f"{place.path}:{place.line}" for place in action.places[:_SHOWN]))
    return lines


def _groups(left: Iterable[Left]) -> list[list[Left]]:
    """What is left for the same reason together, the worst first."""
    found: dict[tuple[str, str], list[Left]] = {}
    for one in left:
        found.setdefault((one.subject, one.why), []).append(one)
    groups = [sorted(many, key=_badness) for many in found.values()]
    return sorted(groups, key=lambda many: _badness(many[0]))


def _badness(one: Left) -> tuple[int, date, str]:
    return (one.severity.rank if one.severity is not None else len(Severity)), one.until, one.finding


def _left(many: list[Left]) -> list[str]:
    first = many[0]
    counts = Counter(str(one.severity or "unknown") for one in many)
    severities = ", ".join(f"{count} {level}" for level, count in counts.items())
    shown = ", ".join(one.finding for one in many[:_SHOWN])
    more = f" and {len(many) - _SHOWN} more" if len(many) > _SHOWN else ""
    whose = PARTY_LABELS.get(first.party, str(first.party))
    lines = [f"  {severities}   [{harmless(first.subject)}]", *_wrapped("", shown + more)]
    lines += _wrapped("why", first.why)
    return [*lines, *_wrapped("whose", f"{whose}; where it is accepted, look again by {first.until.isoformat()}")]


def _wrapped(label: str, text: str) -> list[str]:
    lead = f"     {label:<7}"
    return textwrap.wrap(harmless(text), _WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead)) or [lead]


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
