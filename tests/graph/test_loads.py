"""Which workloads load a model file: by names that fit one file alone, and never on a doubt."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from ourhalf.graph.index import EvidenceGraph
from ourhalf.graph.loads import NamedLoads
from ourhalf.model.evidence import Evidence
from ourhalf.model.field import Known, Place
from ourhalf.model.resource import Origin, Resource
from ourhalf.resources.model_files import ModelFile
from tests.support import api, kubernetes, read


def file(path: str) -> ModelFile:
    return ModelFile(name=path.rpartition("/")[2], origin=Origin(Place(path), scope=path, address=path))


def told(paths: tuple[str, ...], *resources: Resource) -> dict[str, list[str]]:
    files = tuple(map(file, paths))
    loads = NamedLoads(EvidenceGraph(Evidence((*files, *resources))))
    return {one.place.path: [loaded.how for loaded in loads.loaders(one)] for one in files if loads.loaders(one)}


def served(address: object) -> Resource:
    container = {"Image": "i", "ModelDataUrl": address}
    return api("sagemaker:CreateModel", ModelName="m", PrimaryContainer=container)


def pod(*words: str, **environment: str) -> tuple[Resource, ...]:
    env = ", ".join(f'{{name: {name}, value: "{value}"}}' for name, value in environment.items())
    container = f"{{name: c, image: i, args: {list(words)}, env: [{env}]}}"
    return kubernetes(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - {container}\n")


def code(path: str, text: str) -> tuple[Resource, ...]:
    return read({path: text}).resources


TORCH = 'import torch\ntorch.load("%s", weights_only=False)\n'
CALL = "torch.load in the file of %s names this file"


@pytest.mark.parametrize(
    ("script", "loads", "words", "how"),
    [
        ("app/train.py", "llama.pt", ("python", "app/train.py"), "p"),
        ("app/train.py", "llama.pt", ("python", "/opt/ml/code/train.py"), "p"),
        ("app/train.py", "/models/llama.pt", ("python", "train.py"), "p"),
        ("app/train.py", "llama.pt", ("python", "other/train.py"), "torch.load in the file"),
        ("app/train.py", "llama.pt", ("python", "other.py"), "torch.load in the file"),
        ("app/train.py", "other.pt", ("python", "app/train.py"), ""),
        ("app/train.py", "model.pt", ("python", "app/train.py"), ""),
    ],
)
def test_code_names_what_it_loads_and_commands_name_code(
    script: str, loads: str, words: tuple[str, ...], how: str
) -> None:
    files = (file("app/llama.pt"), file("m/model.pt"))
    resources = (*files, *code(script, TORCH % loads), *pod(*words))
    graph = NamedLoads(EvidenceGraph(Evidence(resources)))
    found = [one for held in files for one in graph.loaders(held)]
    assert [(one.resource.name, one.how) for one in found] == ([(how, CALL % "train.py")] if how else [])
    assert all((one.workload is not None) == (how == "p") for one in found)


def test_a_name_that_two_scripts_have_says_nothing_of_either() -> None:
    llama = file("llama.pt")
    both = (*code("a/train.py", TORCH % "llama.pt"), *code("b/train.py", TORCH % "llama.pt"))
    graph = NamedLoads(EvidenceGraph(Evidence((llama, *both, *pod("/opt/train.py")))))
    assert [one.workload for one in graph.loaders(llama)] == [None, None]


def test_while_code_hides_what_it_loads_nothing_is_said_of_what_is_not_loaded() -> None:
    hidden = code("a.py", "import torch\ndef f(path):\n    torch.load(path)\n")
    known = code("a.py", TORCH % "other.pt")
    assert NamedLoads(EvidenceGraph(Evidence((file("x.pt"), *known, *pod("x"))))).told
    assert not NamedLoads(EvidenceGraph(Evidence((file("x.pt"), *hidden, *pod("x"))))).told


DATA = "its model data are this file"
ARGUMENT = "its command names this file"


@pytest.mark.parametrize(
    ("paths", "address", "expected"),
    [
        (("llama.pt",), "s3://b/llama.pt", {"llama.pt": [DATA]}),
        (("a/llama.pt",), "s3://b/llama.pt", {"a/llama.pt": [DATA]}),
        (("llama.pt",), "s3://b/other.pt", {}),
        (("llama.pt",), "s3://b/llama.pt/", {}),
        (("a/llama.pt", "b/llama.pt"), "s3://x/llama.pt", {}),
        (("a/llama.pt", "b/llama.pt"), "s3://x/b/llama.pt", {"b/llama.pt": [DATA]}),
        (("model.tar.gz",), "s3://b/model.tar.gz", {}),
        (("llama/model.tar.gz",), "s3://b/llama/model.tar.gz", {"llama/model.tar.gz": [DATA]}),
        (("llama/model.tar.gz",), "s3://b/other/model.tar.gz", {}),
        (("model.tar.gz",), "file://model.tar.gz", {"model.tar.gz": [DATA]}),
        (("model.tar.gz",), "./model.tar.gz", {"model.tar.gz": [DATA]}),
        (("a/model.tar.gz",), "model.tar.gz", {}),
        (("model.tar.gz",), "/model.tar.gz", {}),
        (("model.tar.gz", "model.tar.gz"), "model.tar.gz", {}),
        (("pytorch_model-00001-of-00002.bin",), "s3://b/pytorch_model-00001-of-00002.bin", {}),
    ],
)
def test_model_data(paths: tuple[str, ...], address: str, expected: dict[str, list[str]]) -> None:
    assert told(paths, served(address)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--weights", "/srv/llama.pt"), {"m/llama.pt": [ARGUMENT]}),
        (("--weights=/srv/llama.pt",), {"m/llama.pt": [ARGUMENT]}),
        (("sh", "-c", "serve '/srv/llama.pt'; wait"), {"m/llama.pt": [ARGUMENT]}),
        (("--weights", "/srv/LLAMA.pt"), {}),
        (("--weights", "/srv/llama.pt.bak"), {}),
        (("--model", "/srv/m"), {"m/llama.pt": [ARGUMENT]}),
        (("--model", "org/m"), {}),
        (("--model", "/models"), {}),
    ],
)
def test_commands(words: tuple[str, ...], expected: dict[str, list[str]]) -> None:
    assert told(("m/llama.pt",), *pod(*words)) == expected


def test_a_folder_that_two_have_is_a_doubt() -> None:
    assert told(("a/m/x.pt", "b/m/y.pt"), *pod("--model", "/srv/m")) == {}
    assert told(("a/models/x.pt",), *pod("--model", "/srv/models")) == {}


def test_environment() -> None:
    assert told(("llama.pt",), *pod(MODEL_PATH="/srv/llama.pt")) == {
        "llama.pt": ["its variable MODEL_PATH names this file"]
    }


def test_a_container_is_told_once() -> None:
    assert told(("llama.pt",), *pod("/srv/llama.pt", "llama.pt", MODEL="llama.pt")) == {"llama.pt": [ARGUMENT]}


def test_folders_that_compose_mounts() -> None:
    text = "services:\n  s:\n    image: i\n    volumes: ['./models:/m', 'named:/n', './model:/o']\n"
    mounted = read({"deploy/compose.yaml": text}).resources
    paths = ("deploy/models/a.pt", "models/b.pt", "deploy/modelsx/c.pt", "named/d.pt")
    assert told(paths, *mounted) == {"deploy/models/a.pt": ["the folder ./models is mounted into it"]}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("COPY a.pt /opt/", ["d/a.pt"]),
        ("COPY weights /opt/weights", ["d/weights/b.pt"]),
        ("COPY weights/ /opt/weights", ["d/weights/b.pt"]),
        ("COPY weight /opt/weights", []),
        ("COPY . /opt", []),
        ("COPY --from=other a.pt /opt/", []),
    ],
)
def test_copies_into_an_image(line: str, expected: list[str]) -> None:
    made = read({"d/Dockerfile": f"FROM python:3.12 AS other\nFROM python:3.12\n{line}\n"}).resources
    assert list(told(("d/a.pt", "d/weights/b.pt", "a.pt"), *made)) == expected


def test_whether_anything_runs_is_told() -> None:
    one = file("a.pt")
    assert not NamedLoads(EvidenceGraph(Evidence((one,)))).told
    assert NamedLoads(EvidenceGraph(Evidence((one, served("s3://b/x"))))).told
    for hidden in (served({"Ref": "x"}), *pod("--model", "${M}"), *pod(MODEL="${M}")):
        assert not NamedLoads(EvidenceGraph(Evidence((one, served("s3://b/x"), hidden)))).told
    assert NamedLoads(EvidenceGraph(Evidence((served("s3://b/x"),)))).loaders(replace(one, formats=Known(()))) == ()
