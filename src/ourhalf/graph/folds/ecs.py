"""The capacity of ECS clusters, where it is written apart from them."""

from ourhalf.graph.fold import setting
from ourhalf.resources.ecs import EcsCluster, EcsClusterCapacity

CAPACITY = setting(
    EcsClusterCapacity,
    EcsCluster,
    lambda capacity: capacity.cluster,
    capacity_providers="capacity_providers",
    default_capacity="default_capacity",
)
