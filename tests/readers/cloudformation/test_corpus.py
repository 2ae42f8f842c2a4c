"""Real templates: all are read, and the same template in YAML and JSON gives the same."""

from __future__ import annotations

import csv
import time
from typing import Any

import pytest

from ourhalf.files import TargetFiles
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Absent, Entries, Known, Unresolved
from ourhalf.model.resource import Origin, Part, Resource
from ourhalf.readers.cloudformation.template import TEMPLATES
from ourhalf.readers.reader import merged
from ourhalf.readers.yaml import documents
from tests.corpora import DEV, needs_corpora

FOLDER = "aws-cloudformation__aws-cloudformation-templates"

pytestmark = needs_corpora


def evidence(path: str) -> Evidence:
    """What is read of one template of the corpus."""
    files = TargetFiles(str(DEV))
    found = list(documents(files.read(path), path, json=path.endswith(".json")))
    assert [TEMPLATES.wants(document) for document in found] == [True], path
    return merged([TEMPLATES.read(document, files) for document in found])


def bare(value: Any) -> Any:
    """A resource, or what is in one, without places and scopes."""
    match value:
        case Origin():
            return value.address
        case Resource() | Part():
            fields = {name: bare(getattr(value, name)) for name in value.__struct_fields__ if name != "place"}
            return type(value).__name__, fields
        case Known():
            return "known", bare(value.value)
        case Absent():
            return "absent", value.default
        case Unresolved():
            return "unresolved", value.reason, value.parts
        case Entries():
            return {name: bare(field) for name, field in value.items.items()}, bare(value.rest)
        case tuple():
            return tuple(bare(element) for element in value)
    return value


def twins() -> list[str]:
    """The templates that the corpus has in both languages, without their endings."""
    found = {path.with_suffix("") for path in (DEV / FOLDER).rglob("*.json")}
    return sorted(str(p.relative_to(DEV)) for p in found if p.with_suffix(".yaml").exists())


def test_there_are_twins() -> None:
    assert len(twins()) == 12


@pytest.mark.parametrize("stem", twins() if DEV.is_dir() else [])
def test_yaml_and_json_read_equal(stem: str) -> None:
    one, other = evidence(f"{stem}.yaml"), evidence(f"{stem}.json")
    ours = {resource.name: bare(resource) for resource in one.resources}
    theirs = {resource.name: bare(resource) for resource in other.resources}
    assert ours == theirs
    assert [u.reason for u in one.unread] == [u.reason for u in other.unread]


def test_every_template_is_read_in_time() -> None:
    with (DEV / "MANIFEST.csv").open() as file:
        paths = [row["path"] for row in csv.DictReader(file) if row["kind"] == "cloudformation"]
    assert len(paths) > 150
    evidence(paths[0])
    start = time.process_time()
    found = [evidence(path) for path in paths]
    assert time.process_time() - start < 4, "ten times of what it takes"
    assert sum(len(e.resources) for e in found) > 1000
    for e in found:
        assert all("failed" not in u.reason for u in e.unread)
        assert all(resource.origin.address.endswith(resource.name) for resource in e.resources)
