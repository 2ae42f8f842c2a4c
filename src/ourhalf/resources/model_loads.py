"""Where code loads a model, and what it lets the model do."""

from __future__ import annotations

from ourhalf.model.field import ABSENT, Field
from ourhalf.model.resource import Resource


class ModelLoad(Resource, frozen=True):
    """A call that loads a model.

    `loader` is the full name of what is called, `setting` that of the argument that decides whether code that comes
    with the model is run, empty where nothing decides it. `runs_code` says whether it is: absent without a default
    where that differs between versions of the library. `path` is what it loads, `revision` the commit of a hub.
    """

    loader: Field[str] = ABSENT
    setting: str = ""
    runs_code: Field[bool] = ABSENT
    path: Field[str] = ABSENT
    revision: Field[str] = ABSENT
