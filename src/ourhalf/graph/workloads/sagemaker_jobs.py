"""SageMaker's jobs as workloads."""

from collections.abc import Iterator
from typing import Any

from ourhalf.graph.projection import Projection
from ourhalf.graph.workloads.sagemaker import isolated, model_containers, network
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Entries, Field, Known, Many, Text, Unresolved, doubt, elements
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Container, Workload
from ourhalf.resources.sagemaker import SageMakerModel
from ourhalf.resources.sagemaker_jobs import (
    SageMakerAutoMLJob,
    SageMakerCompilationJob,
    SageMakerJob,
    SageMakerOptimizationJob,
    SageMakerProcessingJob,
    SageMakerTrainingJob,
    SageMakerTransformJob,
    SageMakerTuningJob,
    TrainingDefinition,
)
from ourhalf.resources.sagemaker_monitoring import (
    SageMakerDataQualityDefinition,
    SageMakerModelBiasDefinition,
    SageMakerModelExplainabilityDefinition,
    SageMakerModelQualityDefinition,
    SageMakerMonitoringSchedule,
)

_WHY = "SageMaker runs a job on instances of its own"


def settings(environment: Field[Entries[Text]], parameters: Field[Entries[Text]]) -> Field[Entries[Text]]:
    """What a training container sees: its environment, and hyperparameters as SM_HP_NAME.

    So the SageMaker training toolkit, which AWS's images contain, hands hyperparameters to scripts.
    """
    if isinstance(parameters, Absent):
        return environment
    items: dict[str, Field[Text]] = {}
    rest: Unresolved | None = None
    for field, prefix in ((parameters, "SM_HP_"), (environment, "")):
        match field:
            case Known(entries):
                names = ((f"{prefix}{name.upper()}" if prefix else name) for name in entries.items)
                items.update(zip(names, entries.items.values(), strict=True))
                rest = rest or entries.rest
            case Unresolved():
                rest = rest or field
    return Known(Entries(items, rest), parameters.place)


def _container(name: str, job: SageMakerJob | TrainingDefinition, parameters: Field[Entries[Text]]) -> Container:
    return Container(
        name=name,
        place=job.image.place,
        image=job.image,
        entrypoint=getattr(job, "entrypoint", Absent(None, job.image.place)),
        arguments=getattr(job, "arguments", Absent(None, job.image.place)),
        environment=settings(job.environment, parameters),
        privileged=Known(False, job.image.place),
    )


def _workload(
    job: SageMakerJob, containers: Many[Container], fields: SageMakerJob | TrainingDefinition, name: str = ""
) -> Workload:
    return Workload(
        name or job.name,
        job,
        (Platform.SAGEMAKER_JOB,),
        _WHY,
        containers=containers,
        role=fields.role,
        execution_role=fields.role,
        network_isolation=fields.network_isolation,
        replicas=fields.instance_count,
        labels=job.tags,
        **network(fields.vpc),
        **isolated(job),
    )


def _project(job: SageMakerJob, _: Graph) -> tuple[Workload, ...]:
    """A job with one container; one whose algorithm is AWS's own has none that is ours."""
    parameters: Field[Entries[Text]] = getattr(job, "hyper_parameters", Absent(None, job.place))
    containers: Many[Container] = Absent(None, job.place)
    if not (isinstance(job.image, Absent) and isinstance(job.environment, Absent) and isinstance(parameters, Absent)):
        containers = Known((_container("job", job, parameters),), job.place)
    return (_workload(job, containers, job),)


def _project_tuning(job: SageMakerTuningJob, graph: Graph) -> tuple[Workload, ...]:
    """One workload a training job that it varies."""
    match job.definitions:
        case Absent():
            return _project(job, graph)
        case Unresolved() as unresolved:
            return (_workload(job, unresolved, job),)
    return tuple(_definitions(job, job.definitions))


def _definitions(job: SageMakerTuningJob, definitions: Many[TrainingDefinition]) -> Iterator[Workload]:
    for number, definition in enumerate(elements(definitions)):
        match definition.definition_name:
            case Known(str() as name):
                pass
            case _:
                name = f"definition-{number}"
        containers = Known((_container("job", definition, definition.hyper_parameters),), job.place)
        yield _workload(job, containers, definition, f"{job.name}/{name}")
    more = doubt(definitions)
    if more is not None:
        yield _workload(job, more, job)


def _project_schedule(schedule: SageMakerMonitoringSchedule, graph: Graph) -> tuple[Workload, ...]:
    """The job that a schedule holds; one that it only names is a workload of its own."""
    return _project(schedule, graph) if isinstance(schedule.definition, Absent) else ()


def _project_transform(job: SageMakerTransformJob, graph: Graph) -> tuple[Workload, ...]:
    """A transform job: the model's image, role and network, with the job's own environment."""
    model = graph.find(job.model, SageMakerModel, job)
    found: dict[str, Any]
    if isinstance(model, Unresolved):
        image: Field[str] = model
        found = {"role": model, "execution_role": model, "network_isolation": model, **network(model)}
    else:
        first = elements(model_containers(model))
        image = first[0].image if first else Unresolved("the model's container is not known", job.place)
        found = {"role": model.role, "execution_role": model.role, "network_isolation": model.network_isolation}
        found |= {**network(model.vpc), "related": (model,)}
    containers: Many[Container] = Absent(None, job.place)
    if not isinstance(job.environment, Absent):
        container = Container(
            name="transform",
            place=job.environment.place,
            image=image,
            environment=job.environment,
            privileged=Known(False, job.place),
        )
        containers = Known((container,), job.place)
    return (
        Workload(
            job.name,
            job,
            (Platform.SAGEMAKER_JOB,),
            _WHY,
            containers=containers,
            replicas=job.instance_count,
            labels=job.tags,
            **found,
            **isolated(job),
        ),
    )


TRAINING = Projection(SageMakerTrainingJob, _project)
TUNING = Projection(SageMakerTuningJob, _project_tuning)
PROCESSING = Projection(SageMakerProcessingJob, _project)
TRANSFORM = Projection(SageMakerTransformJob, _project_transform)
AUTO_ML = Projection(SageMakerAutoMLJob, _project)
COMPILATION = Projection(SageMakerCompilationJob, _project)
OPTIMIZATION = Projection(SageMakerOptimizationJob, _project)
DATA_QUALITY = Projection(SageMakerDataQualityDefinition, _project)
MODEL_QUALITY = Projection(SageMakerModelQualityDefinition, _project)
MODEL_BIAS = Projection(SageMakerModelBiasDefinition, _project)
MODEL_EXPLAINABILITY = Projection(SageMakerModelExplainabilityDefinition, _project)
SCHEDULE = Projection(SageMakerMonitoringSchedule, _project_schedule)
