"""SageMaker's models and inference components as workloads, joined with the endpoints that serve them."""

from typing import Any

from ourhalf.graph.projection import Projection
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Field, Known, Link, Many, Unresolved, elements
from ourhalf.model.resource import Resource
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Container, Port, Workload
from ourhalf.resources.sagemaker import (
    ModelContainer,
    ProductionVariant,
    SageMakerEndpoint,
    SageMakerEndpointConfig,
    SageMakerInferenceComponent,
    SageMakerModel,
    VpcConfig,
)

_SERVED = 8080  # the port on which SageMaker asks every inference container to listen


def network(vpc: Field[VpcConfig]) -> dict[str, Any]:
    """The `subnets` and `security_groups` of a workload; SageMaker gives a container no public address."""
    match vpc:
        case Known(config):
            return {"subnets": config.subnets, "security_groups": config.security_groups}
        case Unresolved():
            return {"subnets": vpc, "security_groups": vpc}
    return {"subnets": Absent(None, vpc.place), "security_groups": Absent(None, vpc.place)}


def isolated(resource: Resource) -> dict[str, Any]:
    """What SageMaker decides for every workload: nothing of the host is shared, no address is public."""
    no = Known(False, resource.place)
    return {"host_network": no, "host_pid": no, "host_ipc": no, "public_address": no}


def _container(name: str, container: ModelContainer, model: SageMakerModel) -> Container:
    return Container(
        name=name,
        place=container.image.place,
        image=container.image,
        environment=container.environment,
        model_data=container.model_data,
        privileged=Known(False, model.place),
        ports=Known((Port(container_port=Known(_SERVED, model.place)),), model.place),
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


def serving(model: SageMakerModel, graph: Graph) -> tuple[tuple[SageMakerEndpointConfig, ProductionVariant], ...]:
    """The endpoint configurations that run `model`, each with the variant that does."""
    return tuple(
        (config, variant)
        for config in graph.referrers(model, SageMakerEndpointConfig)
        for variant in elements(config.variants)
        if graph.find(variant.model, SageMakerModel, config) is model
    )


def endpoints(config: SageMakerEndpointConfig, graph: Graph) -> tuple[SageMakerEndpoint, ...]:
    """The endpoints that run `config`."""
    return tuple(
        endpoint
        for endpoint in graph.referrers(config, SageMakerEndpoint)
        if graph.find(endpoint.config, SageMakerEndpointConfig, endpoint) is config
    )


def _replicas(variants: tuple[ProductionVariant, ...], model: SageMakerModel) -> Field[int]:
    if len(variants) == 1:
        return variants[0].instance_count
    if variants:
        return Unresolved(f"{len(variants)} endpoint variants run the model", model.place)
    return Absent(None, model.place)


def _project_model(model: SageMakerModel, graph: Graph) -> tuple[Workload, ...]:
    served = serving(model, graph)
    configs = tuple({id(config): config for config, _ in served}.values())
    return (
        Workload(
            model.name,
            model,
            (Platform.SAGEMAKER_ENDPOINT,),
            "SageMaker serves a model from an endpoint or a transform job",
            containers=model_containers(model),
            role=model.role,
            execution_role=model.role,
            network_isolation=model.network_isolation,
            replicas=_replicas(tuple(variant for _, variant in served), model),
            labels=model.tags,
            related=(*configs, *(endpoint for config in configs for endpoint in endpoints(config, graph))),
            **network(model.vpc),
            **isolated(model),
        ),
    )


def _project_component(component: SageMakerInferenceComponent, graph: Graph) -> tuple[Workload, ...]:
    """A component with a container of its own; one that names a model is judged as that model."""
    if isinstance(component.image, Absent):
        return ()
    endpoint = graph.find(component.endpoint, SageMakerEndpoint, component)
    config = (
        endpoint if isinstance(endpoint, Unresolved) else graph.find(endpoint.config, SageMakerEndpointConfig, endpoint)
    )
    known = None if isinstance(config, Unresolved) else config
    unknown = config if isinstance(config, Unresolved) else Unresolved("")
    container = Container(
        name="component",
        place=component.image.place,
        image=component.image,
        environment=component.environment,
        model_data=component.model_data,
        privileged=Known(False, component.place),
        ports=Known((Port(container_port=Known(_SERVED, component.place)),), component.place),
    )
    role: Field[Link] = known.role if known else unknown
    return (
        Workload(
            component.name,
            component,
            (Platform.SAGEMAKER_ENDPOINT,),
            "SageMaker places an inference component on the instances of an endpoint",
            containers=Known((container,), component.place),
            role=role,
            execution_role=role,
            network_isolation=known.network_isolation if known else unknown,
            replicas=component.copies,
            labels=component.tags,
            related=tuple(r for r in (endpoint, config) if not isinstance(r, Unresolved)),
            **network(known.vpc if known else unknown),
            **isolated(component),
        ),
    )


MODELS = Projection(SageMakerModel, _project_model)
COMPONENTS = Projection(SageMakerInferenceComponent, _project_component)
