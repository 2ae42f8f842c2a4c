"""The plan as JSON: everything, with the generated file of each language."""

from __future__ import annotations

import msgspec

from ourhalf.monitor.formats.format import PlanFormat, Planned, completed, languages


def _render(planned: Planned) -> str:
    configuration = {one.name: one.render(planned) for one in languages()}
    plan = msgspec.structs.replace(completed(planned), configuration=configuration)
    return msgspec.json.format(msgspec.json.encode(plan), indent=2).decode() + "\n"


JSON = PlanFormat("json", "everything, for programs", _render)
