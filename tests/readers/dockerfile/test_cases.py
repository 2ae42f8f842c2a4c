"""Each file of `cases/` is a Dockerfile, a divider, and what must be read from it.

A line of the expectation is `LINE:COLUMN FIELD = VALUE`, of everything that is not absent, or
`unread LINE: REASON`. `# more` after the divider leaves fields that are not listed alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ourhalf.model.field import Absent, Entries, Known, Unresolved
from ourhalf.model.resource import Part
from ourhalf.resources.dockerfile import Dockerfile
from tests.support import read

FOLDER = Path(__file__).parent / "cases"
DIVIDER = "\n==== expected ====\n"


def plain(value: Any) -> Any:
    match value:
        case Known():
            return plain(value.value)
        case Unresolved(reason, _, parts):
            return f"<{reason}>" + ("" if not parts else " " + "".join("?" if p is None else str(p) for p in parts))
        case tuple():
            return [plain(element) for element in value]
        case Entries(items, rest):
            found = {key: plain(field) for key, field in items.items() if not isinstance(field, Absent)}
            return found if rest is None else {**found, "...": plain(rest)}
        case Part():
            fields = {name: getattr(value, name) for name in value.__struct_fields__}
            return {name: plain(field) for name, field in fields.items() if not isinstance(field, Absent)}
    return value if isinstance(value, int | str) else str(value)


def shown(text: str) -> Iterator[str]:
    evidence = read({"Dockerfile": text})
    for resource in evidence.resources:
        assert isinstance(resource, Dockerfile)
        yield f"{resource.place.line}:{resource.place.column} image = {resource.name}"
        for name in resource.__struct_fields__:
            field = getattr(resource, name)
            if isinstance(field, Known | Unresolved):
                value = plain(field)
                written = value if isinstance(value, str) else msgspec.json.encode(value).decode()
                yield f"{field.place.line}:{field.place.column} {name} = {written}".replace("\n", "\\n")
    for unread in evidence.unread:
        yield f"unread {unread.line}: {unread.reason}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    text, divider, expected = path.read_text().partition(DIVIDER)
    assert divider, f"{path.name} has no divider"
    wanted = expected.splitlines()
    found = list(shown(text + "\n"))
    if wanted and wanted[0] == "# more":
        assert [line for line in wanted[1:] if line not in found] == [], found
    else:
        assert found == wanted
