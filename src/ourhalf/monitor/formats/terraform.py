"""The plan as one Terraform file."""

from __future__ import annotations

import json

from ourhalf.monitor.formats.format import PlanFormat, Planned, by_hand, nothing
from ourhalf.monitor.naming import Naming, Variable, snake
from ourhalf.monitor.writing import Language, written


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


LANGUAGE = Language(
    "terraform",
    "tf",
    _quoted,
    lambda: Naming(snake, lambda name: f"${{var.{name}}}", lambda name: f"var.{name}", _quoted),
)


def _variable(one: Variable) -> str:
    default = f"\n  default     = {_quoted(one.default)}" if one.default is not None else ""
    return (
        f'variable "{one.name}" {{\n  description = {_quoted(one.description)}\n  type        = string{default}\n}}\n'
    )


def _render(planned: Planned) -> str:
    found = written(LANGUAGE, planned.plan, planned.facts)
    empty = nothing("Terraform", found)
    if empty is not None:
        return empty
    variables = [_variable(one) for one in found.variables]
    return "\n".join(piece for piece in (found.head, by_hand(planned, LANGUAGE), *variables, *found.pieces) if piece)


TERRAFORM = PlanFormat("terraform", "one file to apply with Terraform", _render, LANGUAGE)
