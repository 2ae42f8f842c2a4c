"""What controls on SageMaker share: jobs that hold several definitions, keys of ours, and how strict to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from ourhalf.model.context import Context
from ourhalf.model.field import NOWHERE, Absent, Field, Known, doubt, elements
from ourhalf.model.profile import Sensitivity, Severity
from ourhalf.model.verdict import Status, Verdict
from ourhalf.resources.sagemaker import VpcConfig
from ourhalf.resources.sagemaker_jobs import SageMakerJob, SageMakerTuningJob, TrainingDefinition
from ourhalf.resources.sagemaker_monitoring import SageMakerMonitoringSchedule

READ = date(2026, 10, 2)
"""The day on which the pages that these controls cite were read."""

Settings = SageMakerJob | TrainingDefinition

_ORDER = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)


def each_definition(judge: Callable[[Settings, Context], Verdict]) -> Callable[[SageMakerJob, Context], Verdict]:
    """`judge` for a job, for every training definition of a tuning job, for the job inside a schedule."""

    def evaluate(job: SageMakerJob, context: Context) -> Verdict:
        if isinstance(job, SageMakerMonitoringSchedule) and not isinstance(job.definition, Absent):
            return Verdict.not_applicable("the schedule runs a job that is defined elsewhere", job.definition)
        if not isinstance(job, SageMakerTuningJob) or isinstance(job.definitions, Absent):
            return judge(job, context)
        verdicts = [judge(definition, context) for definition in elements(job.definitions)]
        hidden = doubt(job.definitions)
        if hidden is not None:
            verdicts.append(Verdict.unknown(hidden))
        return worst(verdicts)

    return evaluate


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several verdicts; a pass rests on the fields of all that passed."""
    ranked = sorted(verdicts, key=lambda verdict: _ORDER.index(verdict.status))
    if not ranked:
        return Verdict.not_applicable("there is nothing to judge")
    first = ranked[0]
    if first.status is not Status.PASS:
        return first
    fields = tuple(field for verdict in ranked if verdict.status is Status.PASS for field in verdict.fields)
    return Verdict.passed(first.reason, *fields)


def missing(field: Field[Any]) -> bool:
    """Whether this kind of resource has no such setting at all."""
    return isinstance(field, Absent) and field.place == NOWHERE


def eased(context: Context) -> Severity | None:
    """The severity of a failure that data below confidential makes a small one; None leaves it as it is."""
    return None if context.requirements.sensitivity.at_least(Sensitivity.CONFIDENTIAL) else Severity.LOW


def attached(vpc: Field[VpcConfig], context: Context) -> Verdict:
    """Whether containers are attached to subnets of ours. The API takes no VPC without subnets."""
    match vpc:
        case Known(VpcConfig(subnets=Known(()))):
            return Verdict.failed("the list of subnets is empty", vpc, severity=eased(context))
        case Known():
            return Verdict.passed("containers are attached to subnets and security groups of ours", vpc)
        case Absent():
            reason = "containers run in a network that SageMaker manages and that reaches the internet"
            return Verdict.failed(reason, vpc, severity=eased(context))
        case _:
            return Verdict.unknown(vpc)


def customer_key(key: Field[Any], what: str) -> Verdict:
    """Whether `what` is encrypted with a key of ours; for `where_keys_are_ours` to ask where it matters."""
    match key:
        case Known(str() as name) if not name or "alias/aws/" in name:
            return Verdict.failed(f"{what}: the key is AWS's", key)
        case Known():
            return Verdict.passed(f"{what}: encrypted with a key of ours", key)
        case Absent():
            return Verdict.failed(f"{what}: no key of ours is named", key)
        case _:
            return Verdict.unknown(key)
