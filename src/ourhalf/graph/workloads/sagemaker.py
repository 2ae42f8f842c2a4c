"""SageMaker's jobs, models and notebooks as workloads."""

from ourhalf.graph.projection import Projection
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Known, Many, Unresolved
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Container, Workload
from ourhalf.resources.sagemaker import ModelContainer, SageMakerModel, VpcConfig


def _container(name: str, container: ModelContainer, model: SageMakerModel) -> Container:
    return Container(
        name=name,
        place=container.image.place,
        image=container.image,
        environment=container.environment,
        model_data=container.model_data,
        privileged=Known(False, model.place),
    )


def model_containers(model: SageMakerModel) -> Many[Container]:
    """The containers of a model, however it lists them."""
    listed = model.containers
    match model.primary_container, listed:
        case Known(container), _:
            return Known((_container("primary", container, model),), model.place)
        case Unresolved() as primary, Absent():
            return primary
        case _, Known(many):
            return Known(
                tuple(
                    c if isinstance(c, Unresolved) else _container(f"container-{i}", c, model)
                    for i, c in enumerate(many)
                ),
                model.place,
            )
        case _, Unresolved():
            return listed
    return Absent(None, model.place)


def _project_model(model: SageMakerModel, _: Graph) -> tuple[Workload, ...]:
    vpc = model.vpc
    found = vpc.value if isinstance(vpc, Known) else VpcConfig()
    missing = vpc if isinstance(vpc, Unresolved) else None
    return (
        Workload(
            model.name,
            model,
            (Platform.SAGEMAKER_ENDPOINT,),
            "SageMaker serves a model from an endpoint or a transform job",
            containers=model_containers(model),
            role=model.role,
            execution_role=model.role,
            subnets=missing or found.subnets,
            security_groups=missing or found.security_groups,
            network_isolation=model.network_isolation,
        ),
    )


MODELS = Projection(SageMakerModel, _project_model)
