"""How far endpoints shrink when nobody calls them."""

from __future__ import annotations

from datetime import date

from ourhalf.controls.judgements import from_sensitivity
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Known, Unresolved
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import AwsDoc
from ourhalf.model.verdict import Verdict
from ourhalf.resources.application_autoscaling import ScalableTarget

_READ = date(2026, 10, 2)


def _stays(target: ScalableTarget, _: Context) -> Verdict | None:
    match target.dimension:
        case Unresolved():
            return Verdict.unknown(target.dimension)
        case Known(value) if value.startswith("sagemaker:"):
            pass
        case _:
            return None
    match target.minimum:
        case Known(least) as field if least >= 2:
            return Verdict.passed(f"at least {least} of them keep running", field)
        case Known(least) as field:
            return Verdict.failed(f"it may shrink to {least}", field)
        case field:
            return Verdict.unknown(field)


TWO_STAY = Control(
    id="sagemaker-endpoint-scales-above-one",
    title="Endpoints that scale keep two instances or copies",
    topic=Topic.RESILIENCE,
    severity=Severity.LOW,
    layer=Layer.SCALING,
    applies_to=ScalableTarget,
    evaluate=from_sensitivity(Sensitivity.CONFIDENTIAL, _stays),
    rationale="SageMaker spreads two instances over zones; a single one goes down with its zone.",
    remedy="Set the minimum capacity to 2 or more.",
    settings={"dimension": "sagemaker:variant:DesiredInstanceCount", "minimum": 2},
    citations=(AwsDoc("sagemaker/latest/dg/endpoint-auto-scaling.html", _READ),),
    rows=("sagemaker-103",),
)
