from __future__ import annotations

import pytest

from ourhalf.model.responsibility import Layer, Party, Platform
from ourhalf.responsibility.layers import by_platform


@pytest.mark.parametrize("layer", Layer)
def test_every_platform_has_one_answer(layer: Layer) -> None:
    named = [platform for platforms, _ in by_platform(layer) for platform in platforms]
    assert sorted(named) == sorted(Platform)
    assert all(who.layer is layer for _, who in by_platform(layer))


def test_the_same_answer_is_given_once() -> None:
    ((platforms, who),) = by_platform(Layer.FACILITIES)
    assert who.party is Party.PROVIDER
    assert len(platforms) == len(Platform)


def test_different_answers_are_told_apart() -> None:
    parties = {platform: who.party for platforms, who in by_platform(Layer.HOST_PATCHING) for platform in platforms}
    assert parties[Platform.ECS_FARGATE] is Party.PROVIDER
    assert parties[Platform.EC2] is not Party.PROVIDER
