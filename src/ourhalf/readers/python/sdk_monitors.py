"""Model monitors of the SageMaker SDK: the jobs that look at a baseline, and those that run on a schedule."""

from __future__ import annotations

from ourhalf.model.field import Reference, Unresolved
from ourhalf.readers.python.domain import Asked, Made, Map, Slot
from ourhalf.readers.python.sdk_fields import fields_of
from ourhalf.readers.python.sdk_tables import KINDS
from ourhalf.readers.python.shapes import fill, put_at
from ourhalf.readers.python.state import State


def send_monitor(made: Made, state: State) -> None:
    """The jobs of a monitor, which sends nothing until it is asked for a baseline or a schedule."""
    for call in made.calls:
        if call.method == "suggest_baseline":
            _send_baseline(made, call, state)
        elif call.method == "create_monitoring_schedule":
            _send_schedule(made, call, state)


def _chosen(made: Made) -> Slot:
    return Slot(Unresolved(f"chosen by the SDK for {made.cls}", made.place), made.place)


def _send_baseline(made: Made, call: Asked, state: State) -> None:
    given = Map({**made.args.items, "image_uri": _chosen(made)}, made.args.rest)
    root = fields_of(Made("Processor", given, made.place))
    fill(root, call.args, {"job_name": "ProcessingJobName"})
    state.emit("sagemaker:CreateProcessingJob", root, call.place, f"baseline of {made.label}")


def _send_schedule(made: Made, call: Asked, state: State) -> None:
    operation = KINDS[made.cls].operation
    watches = operation.removeprefix("Create").removesuffix("JobDefinition")
    root = fields_of(made)
    put_at(root, f"{watches}AppSpecification.ImageUri", _chosen(made))
    endpoint = call.args.items.get("endpoint_input")
    if endpoint is not None and isinstance(endpoint.value, Made):
        endpoint = endpoint.value.args.items.get("endpoint_name")
    if endpoint is not None and endpoint.value is not None:
        put_at(root, f"{watches}JobInput.EndpointInput.EndpointName", endpoint)
    definition = state.emit(f"sagemaker:{operation}", root, call.place, made.label)
    schedule = Map({}, call.args.rest)
    fill(
        schedule,
        call.args,
        {
            "monitor_schedule_name": "MonitoringScheduleName",
            "schedule_cron_expression": "MonitoringScheduleConfig.ScheduleConfig.ScheduleExpression",
        },
    )
    if definition is not None:
        named = Slot(Reference(definition.origin.address, "JobDefinitionName"), call.place)
        put_at(schedule, "MonitoringScheduleConfig.MonitoringJobDefinitionName", named)
    state.emit("sagemaker:CreateMonitoringSchedule", schedule, call.place, made.label)
