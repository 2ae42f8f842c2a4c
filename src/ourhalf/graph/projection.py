"""How a definition of something that runs becomes a `Workload`."""

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from ourhalf.model.context import Graph
from ourhalf.model.resource import Resource
from ourhalf.model.workload import Workload

R = TypeVar("R", bound=Resource)


class Projection(msgspec.Struct, Generic[R], frozen=True):
    """A module-level value in a file of `graph/workloads/`: what `kind` looks like when it runs.

    `project` asks the graph for what lies outside the definition, such as the service that starts a
    task. It gives no workload where the definition does not run by itself.
    """

    kind: type[R]
    project: Callable[[R, Graph], tuple[Workload, ...]]
