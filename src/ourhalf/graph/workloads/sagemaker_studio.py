"""SageMaker's notebooks, Studio domains and HyperPod clusters as workloads."""

from ourhalf.graph.projection import Projection
from ourhalf.graph.workloads.sagemaker import isolated, network
from ourhalf.model.context import Graph
from ourhalf.model.field import Absent, Field, Known, Link, Many, Unresolved, elements
from ourhalf.model.responsibility import Platform
from ourhalf.model.workload import Workload
from ourhalf.resources.sagemaker_hyperpod import SageMakerCluster
from ourhalf.resources.sagemaker_studio import (
    SageMakerDomain,
    SageMakerNotebookInstance,
    SageMakerNotebookLifecycle,
)


def _project_notebook(notebook: SageMakerNotebookInstance, graph: Graph) -> tuple[Workload, ...]:
    lifecycle = graph.find(notebook.lifecycle, SageMakerNotebookLifecycle, notebook)
    subnets: Many[Link] = Absent(None, notebook.place)
    match notebook.subnet:
        case Known(subnet, place):
            subnets = Known((subnet,), place)
        case Unresolved() as unresolved:
            subnets = unresolved
    return (
        Workload(
            notebook.name,
            notebook,
            (Platform.SAGEMAKER_NOTEBOOK,),
            "a notebook instance",
            role=notebook.role,
            execution_role=notebook.role,
            subnets=subnets,
            security_groups=notebook.security_groups,
            labels=notebook.tags,
            related=() if isinstance(lifecycle, Unresolved) else (lifecycle,),
            **isolated(notebook),
        ),
    )


def _project_domain(domain: SageMakerDomain, _: Graph) -> tuple[Workload, ...]:
    settings = domain.user_settings
    role: Field[Link] = Absent(None, domain.place)
    groups: Many[Link] = domain.security_groups
    match settings:
        case Known(found):
            role = found.role
            groups = found.security_groups if isinstance(groups, Absent) else groups
        case Unresolved():
            role = settings
    return (
        Workload(
            domain.name,
            domain,
            (Platform.SAGEMAKER_NOTEBOOK,),
            "people's notebooks run in a Studio domain",
            role=role,
            execution_role=role,
            subnets=domain.subnets,
            security_groups=groups,
            labels=domain.tags,
            **isolated(domain),
        ),
    )


def _role(cluster: SageMakerCluster) -> Field[Link]:
    """The role of the instances, where all groups have the same."""
    if isinstance(cluster.groups, Unresolved):
        return cluster.groups
    roles = tuple(group.role for group in elements(cluster.groups))
    known = {field.value for field in roles if isinstance(field, Known)}
    if len(known) == 1 and all(isinstance(field, Known) for field in roles):
        return roles[0]
    if not roles:
        return Absent(None, cluster.place)
    return Unresolved(f"{len(roles)} instance groups have roles of their own", cluster.place)


def _project_cluster(cluster: SageMakerCluster, _: Graph) -> tuple[Workload, ...]:
    role = _role(cluster)
    return (
        Workload(
            cluster.name,
            cluster,
            (Platform.SAGEMAKER_HYPERPOD,),
            "instances of a HyperPod cluster",
            role=role,
            execution_role=role,
            labels=cluster.tags,
            **network(cluster.vpc),
        ),
    )


NOTEBOOKS = Projection(SageMakerNotebookInstance, _project_notebook)
DOMAINS = Projection(SageMakerDomain, _project_domain)
CLUSTERS = Projection(SageMakerCluster, _project_cluster)
