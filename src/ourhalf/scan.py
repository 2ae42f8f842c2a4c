"""Model files alone: every file of the targets, looked into by its content."""

from __future__ import annotations

from collections.abc import Iterator

from ourhalf.artifacts.files import model_file, named_so
from ourhalf.assess import assess
from ourhalf.files import TargetFiles
from ourhalf.model.evidence import Evidence, Unread
from ourhalf.model.finding import Assessment
from ourhalf.readers.reader import UnreadableError, merged
from ourhalf.run import Request


def scanned(request: Request) -> Assessment:
    """The assessment of every model file in the targets of a request."""
    evidence = merged([Evidence(), *(part for target in request.targets for part in _target(target))])
    return assess(evidence, request.targets, request.as_of, request.profile, request.profile_path)


def _target(target: str) -> Iterator[Evidence]:
    files = TargetFiles(target)
    paths = files.paths()
    yield Evidence(unread=tuple(files.unread))
    for path in paths:
        try:
            with files.mapped(path) as data:
                found = model_file(path, data, wanted=named_so(path) or len(paths) == 1)
        except UnreadableError as error:
            yield Evidence(unread=(Unread(path, 1, "models", error.reason),))
            continue
        yield Evidence((found,) if found is not None else (), files=1)
