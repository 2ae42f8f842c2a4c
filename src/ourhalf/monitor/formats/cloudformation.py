"""The plan as one CloudFormation template."""

from __future__ import annotations

import json

from ourhalf.monitor.formats.format import PlanFormat, Planned, by_hand, nothing
from ourhalf.monitor.naming import Naming, Variable, pascal
from ourhalf.monitor.writing import Language, written

LANGUAGE = Language(
    "cloudformation",
    "yaml",
    json.dumps,
    lambda: Naming(pascal, lambda name: f"${{{name}}}", lambda name: f"!Ref {name}", json.dumps),
    indent="  ",
    blank="",
)


def _parameter(one: Variable) -> str:
    default = f"\n    Default: {json.dumps(one.default)}" if one.default is not None else ""
    return f"  {one.name}:\n    Type: String\n    Description: {json.dumps(one.description)}{default}\n"


def _render(planned: Planned) -> str:
    found = written(LANGUAGE, planned.plan, planned.facts)
    empty = nothing("CloudFormation", found)
    if empty is not None:
        return empty
    parameters = "Parameters:\n" + "".join(map(_parameter, found.variables)) if found.variables else ""
    resources = "Resources:\n" + "".join(found.pieces)
    return "".join((found.head, by_hand(planned, LANGUAGE), parameters, resources))


CLOUDFORMATION = PlanFormat("cloudformation", "one template to deploy with CloudFormation", _render, LANGUAGE)
