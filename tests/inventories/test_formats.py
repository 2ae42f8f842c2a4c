"""Bills of materials are valid by their own tools, and the same each time."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from spdx_python_model import v3_0_1 as spdx3
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from ourhalf.inventories.format import all_formats
from ourhalf.inventories.input import read_file
from ourhalf.model.inventory import Inventory
from tests.inventories.samples import ANY, NUMPY, PARTIAL, TORCH, WHOLE

SAMPLES = {"whole": WHOLE, "partial": PARTIAL}
READ_BACK = ("json", "cyclonedx", "spdx")


def _spdx_faults(text: str) -> list[str]:
    with tempfile.NamedTemporaryFile("w", suffix=".spdx.json", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        return [one.validation_message for one in validate_full_spdx_document(parse_file(file.name))]


@given(inventory=ANY)
@settings(max_examples=60, deadline=None)
def test_any_inventory_is_valid_cyclonedx(inventory: Inventory) -> None:
    text = all_formats()["cyclonedx"].render(inventory)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


@pytest.mark.parametrize("inventory", SAMPLES.values(), ids=SAMPLES)
def test_documents_are_valid_by_their_own_tools(inventory: Inventory) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(all_formats()["cyclonedx"].render(inventory)) is None
    assert _spdx_faults(all_formats()["spdx"].render(inventory)) == []
    read = spdx3.SHACLObjectSet()
    spdx3.JSONLDDeserializer().read(io.BytesIO(all_formats()["spdx3"].render(inventory).encode()), read)
    packages = list(read.foreach_type(spdx3.software_Package))
    assert {one.software_packageUrl for one in packages} - {None} == {one.purl for one in inventory.packages}


@given(inventory=ANY)
@settings(max_examples=25, deadline=None)
def test_any_inventory_is_valid_spdx(inventory: Inventory) -> None:
    assert _spdx_faults(all_formats()["spdx"].render(inventory)) == []


@pytest.mark.parametrize("name", all_formats())
def test_the_same_inventory_gives_the_same_bytes_in_another_process(name: str) -> None:
    script = (
        "import sys\n"
        "from ourhalf.inventories.format import all_formats\n"
        "from tests.inventories.samples import WHOLE\n"
        f"sys.stdout.buffer.write(all_formats()[{name!r}].render(WHOLE).encode())"
    )
    made = set()
    for seed in ("0", "7"):
        around = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, env=around)
        made.add(done.stdout)
    assert made == {all_formats()[name].render(WHOLE).encode()}


@pytest.mark.parametrize("name", READ_BACK)
def test_what_is_written_is_read_back(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bom.json"
    path.write_text(all_formats()[name].render(WHOLE))
    read = read_file(str(path))
    assert read is not None
    assert [(one.name, one.version, one.purl) for one in read.packages] == [
        (one.name, one.version, one.purl) for one in WHOLE.packages
    ]
    assert read.packages[0].requires[:1] in (("numpy",), ("NumPy",))
    if name == "json":
        assert read == WHOLE


def test_layers_and_evidence_are_in_the_bill() -> None:
    bom = json.loads(all_formats()["cyclonedx"].render(WHOLE))
    properties = {one["name"]: one["value"] for one in bom["metadata"]["component"]["properties"]}
    assert properties["ourhalf:layer:1:history"] == "RUN pip"
    torch = next(one for one in bom["components"] if one["name"] == "torch")
    assert torch["evidence"]["identity"][0]["methods"][0]["technique"] == "manifest-analysis"
    assert torch["licenses"] == [{"expression": "BSD-3-Clause"}]
    needs = next(one for one in bom["dependencies"] if one["ref"] == TORCH.purl)
    assert needs["dependsOn"] == [NUMPY.purl]


def test_what_may_be_missing_is_told_in_every_format() -> None:
    for one in all_formats().values():
        assert "the database is of a version that is not known" in one.render(PARTIAL), one.name


def test_hostile_names_do_not_steer_a_terminal() -> None:
    evil = Inventory(reference="oci:\x1b[31mred", packages=(TORCH,))
    assert "\x1b" not in all_formats()["table"].render(evil)
