"""What loads a model file, or brings it to what may."""

from __future__ import annotations

from typing import Any

import msgspec

from ourhalf.model.field import Field
from ourhalf.model.resource import Resource
from ourhalf.model.workload import Container, Workload


class Loaded(msgspec.Struct, frozen=True):
    """One place that names a model file: `how` in words, by `field`.

    `workload` and `container` are what runs with it. They are None where an image is only built with it: then
    `resource` is what builds that.
    """

    resource: Resource
    how: str
    field: Field[Any]
    workload: Workload | None = None
    container: Container | None = None
