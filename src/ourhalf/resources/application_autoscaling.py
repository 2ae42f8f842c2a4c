"""Application Auto Scaling: how far endpoints and services shrink and grow."""

from typing import Annotated

from ourhalf.model.field import ABSENT, Field, Link
from ourhalf.model.resource import At, Names, Resource


class ScalableTarget(Resource, frozen=True):
    """A number that is scaled, such as the instances of an endpoint's variant, with its bounds."""

    names = Names(
        api="application-autoscaling:RegisterScalableTarget",
        cloudformation="AWS::ApplicationAutoScaling::ScalableTarget",
        terraform="aws_appautoscaling_target",
        kubernetes="applicationautoscaling.services.k8s.aws/ScalableTarget",
    )

    dimension: Annotated[Field[str], At("ScalableDimension", kubernetes="spec.scalableDimension")] = ABSENT
    resource: Annotated[Field[Link], At("ResourceId", kubernetes="spec.resourceID")] = ABSENT
    minimum: Annotated[Field[int], At("MinCapacity", kubernetes="spec.minCapacity")] = ABSENT
    maximum: Annotated[Field[int], At("MaxCapacity", kubernetes="spec.maxCapacity")] = ABSENT
