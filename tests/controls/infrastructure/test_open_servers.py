"""Who can reach servers that run what they are sent, and whether they ask who it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ourhalf.controls.infrastructure import model_servers as models
from ourhalf.controls.infrastructure import open_servers as group
from ourhalf.controls.infrastructure.interfaces import GRADIO_NOT_OPEN
from ourhalf.controls.servers import HIDDEN_WORD
from ourhalf.model.context import Context
from ourhalf.model.control import Control
from ourhalf.model.network import Exposure, Scope
from ourhalf.model.profile import Requirements, Sensitivity, Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from ourhalf.model.workload import Workload
from tests.controls.serving import HIDDEN, environment, pod, public_task
from tests.support import Case, api, check, kubernetes, terraform

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def ray(params: str, auth: str = "", annotations: str = "{}", command: str = "") -> tuple[Resource, ...]:
    """The head of a Ray cluster of KubeRay."""
    return kubernetes(
        f"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {{name: r, annotations: {annotations}}}\nspec:\n{auth}"
        f"  headGroupSpec:\n    rayStartParams: {params}\n    template:\n      spec:\n        containers:\n"
        f"        - {{name: head, image: rayproject/ray{command}}}\n"
    )


OWN_COMMAND = "{ray.io/overwrite-container-cmd: 'true'}"
AUTH = "  authOptions: {mode: token}\n"
SET = "    env:\n    - {name: %s, value: '%s'}"
SAGEMAKER = (
    api(
        "sagemaker:CreateModel",
        ModelName="m",
        PrimaryContainer={"Image": "vllm/vllm-openai:v1", "Environment": {}},
    ),
)
KEY = "    env:\n    - name: VLLM_API_KEY\n      valueFrom: {secretKeyRef: {name: keys, key: vllm}}"
TOKEN = "    env:\n    - {name: RAY_AUTH_MODE, value: token}"
LISTENS = "    ports: [{containerPort: %d}]"
RAY_EVERYWHERE = '["ray", "start", "--head", "--dashboard-host=0.0.0.0"]'


def shell(script: str) -> tuple[Resource, ...]:
    """A pod that gives a script to a shell."""
    return pod("x", json.dumps(["sh", "-c", script]))


def torchserve(*arguments: str, **variables: str) -> tuple[Resource, ...]:
    """A pod with TorchServe, whose management API listens on every address."""
    variables["TS_MANAGEMENT_ADDRESS"] = "http://0.0.0.0:8081"
    return pod("x", json.dumps(["torchserve", "--start", *arguments]), more=environment(**variables))


def llama(*arguments: str, **variables: str) -> tuple[Resource, ...]:
    """A pod with llama.cpp's server."""
    return pod("x", json.dumps(["llama-server", *arguments]), more=environment(**variables) if variables else "")


def mapped(image: str, port: int, *arguments: str, **variables: str) -> tuple[Resource, ...]:
    """An instance that runs an image and publishes one port of it to its network."""
    given = ", ".join(f'{{ name = "{name}", value = "{value}" }}' for name, value in variables.items())
    return terraform(f"""
variable "more" {{}}
resource "aws_security_group" "g" {{
  ingress {{
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }}
}}
resource "aws_ecs_task_definition" "t" {{
  family                = "t"
  network_mode          = "bridge"
  container_definitions = jsonencode([{{
    name = "a", image = "{image}", command = {json.dumps(arguments)}, environment = [{given}]
    portMappings = [{{ containerPort = {port}, hostPort = {port} }}]
  }}])
}}
resource "aws_ecs_service" "s" {{
  task_definition = aws_ecs_task_definition.t.arn
  network_configuration {{
    subnets         = ["subnet-1"]
    security_groups = [aws_security_group.g.id]
  }}
}}
""")


PORT_OF_TRITON = pod("x", '["tritonserver", "--http-address=127.0.0.1", "--model-repository=/m", "--http-port=$PORT"]')
TOKEN_OF_A_VARIABLE = terraform("""
variable "token" {}
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  container_definitions = jsonencode([{
    name = "a", image = "x", command = ["jupyter", "lab", "--ip=0.0.0.0", "--ServerApp.token=${var.token}"]
  }])
}
""")
PORT_OF_A_VARIABLE = terraform("""
variable "port" {}
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  container_definitions = jsonencode([{
    name = "a", image = "x", command = ["jupyter", "lab", "--ip=0.0.0.0", "--port=${var.port}"]
  }])
}
""")


CASES: list[Case] = [
    Case(group.RAY_NOT_OPEN, FAIL, pod("ray", '["ray", "start", "--head", "--dashboard-host=0.0.0.0", "--block"]')),
    Case(group.RAY_NOT_OPEN, FAIL, pod("ray", '["sh", "-c", "ray start --head --dashboard-host 0.0.0.0 --block"]')),
    Case(group.RAY_NOT_OPEN, PASS, pod("ray", '["ray", "start", "--head", "--block"]')),
    Case(group.RAY_NOT_OPEN, PASS, pod("ray", '["ray", "start", "--head", "--dashboard-host=0.0.0.0"]', more=TOKEN)),
    Case(group.RAY_NOT_OPEN, NONE, pod("ray", '["ray", "start", "--address=head:6379"]')),
    Case(group.JUPYTER_NOT_OPEN, FAIL, pod("x", arguments="[\"jupyter lab --ip=0.0.0.0 --ServerApp.token=''\"]")),
    Case(group.JUPYTER_NOT_OPEN, PASS, pod("x", arguments='["jupyter", "lab", "--ip=0.0.0.0"]')),
    Case(group.JUPYTER_NOT_OPEN, PASS, pod("x", arguments="[\"jupyter lab --ServerApp.token=''\"]")),
    Case(
        group.TORCHSERVE_NOT_OPEN,
        FAIL,
        pod(
            "x",
            '["torchserve", "--start", "--disable-token-auth"]',
            more="    env:\n    - {name: TS_MANAGEMENT_ADDRESS, value: 'http://0.0.0.0:8081'}",
        ),
    ),
    Case(models.VLLM_NOT_OPEN, FAIL, pod("vllm/vllm-openai:v0.14.0", arguments='["--model", "m"]')),
    Case(models.VLLM_NOT_OPEN, FAIL, pod("x", '["vllm", "serve", "m"]')),
    Case(models.VLLM_NOT_OPEN, PASS, pod("x", '["vllm", "serve", "m", "--api-key", "k"]')),
    Case(models.VLLM_NOT_OPEN, PASS, pod("x", '["vllm", "serve", "m"]', more=KEY)),
    Case(models.VLLM_NOT_OPEN, PASS, pod("x", '["vllm", "serve", "m", "--host", "127.0.0.1"]')),
    Case(models.SGLANG_NOT_OPEN, FAIL, pod("x", '["python", "-m", "sglang.launch_server", "--host", "0.0.0.0"]')),
    Case(models.SGLANG_NOT_OPEN, PASS, pod("x", '["python", "-m", "sglang.launch_server"]')),
    Case(models.TGI_NOT_OPEN, FAIL, pod("ghcr.io/huggingface/text-generation-inference:3")),
    Case(models.TGI_NOT_OPEN, PASS, pod("x", '["text-generation-launcher", "--api-key", "k"]')),
    Case(models.LLAMA_CPP_NOT_OPEN, FAIL, pod("x", '["llama-server", "--host", "0.0.0.0"]')),
    Case(models.TRITON_NOT_OPEN, FAIL, pod("x", '["tritonserver", "--model-repository=/m"]')),
    Case(models.TRITON_NOT_OPEN, PASS, pod("x", '["tritonserver", "--http-address", "127.0.0.1"]')),
    Case(group.MLFLOW_NOT_OPEN, FAIL, pod("x", '["mlflow", "server", "--host", "0.0.0.0"]')),
    Case(group.MLFLOW_NOT_OPEN, PASS, pod("x", '["mlflow", "server", "--host", "0.0.0.0", "--app-name=basic-auth"]')),
    Case(group.TENSORBOARD_NOT_OPEN, FAIL, pod("x", '["tensorboard", "--logdir=/l", "--host=0.0.0.0"]')),
    Case(group.TENSORBOARD_NOT_OPEN, PASS, pod("x", '["tensorboard", "--logdir=/l"]')),
    Case(models.OLLAMA_NOT_OPEN, FAIL, pod("ollama/ollama:0.6")),
    Case(
        models.OLLAMA_NOT_OPEN,
        PASS,
        pod("x", '["ollama", "serve"]', more="    env:\n    - {name: OLLAMA_HOST, value: '127.0.0.1:11434'}"),
    ),
    Case(group.DASK_NOT_OPEN, FAIL, pod("x", '["dask-scheduler"]')),
    Case(group.DASK_NOT_OPEN, PASS, pod("x", '["dask-scheduler", "--host", "127.0.0.1"]')),
    Case(models.TENSORFLOW_SERVING_NOT_OPEN, FAIL, pod("tensorflow/serving:2")),
    # Ray clusters of KubeRay, whose operator writes the command
    Case(group.RAY_NOT_OPEN, FAIL, ray("{}")),
    Case(group.RAY_NOT_OPEN, FAIL, ray("{dashboard-host: '0.0.0.0'}")),
    Case(group.RAY_NOT_OPEN, PASS, ray("{dashboard-host: '127.0.0.1'}")),
    Case(group.RAY_NOT_OPEN, PASS, ray("{dashboard-host: '0.0.0.0'}", AUTH)),
    Case(group.RAY_NOT_OPEN, NONE, ray("{}", annotations=OWN_COMMAND, command=", command: [sleep, inf]")),
    Case(group.RAY_NOT_OPEN, UNKNOWN, public_task("ray", "start", "--head", "--dashboard-host=0.0.0.0")),
    Case(group.JUPYTER_NOT_OPEN, UNKNOWN, public_task("jupyter", "lab", "--config=/etc/jupyter.py")),
    Case(group.JUPYTER_NOT_OPEN, FAIL, pod("x", arguments="[\"start-notebook.sh --NotebookApp.token=''\"]")),
    Case(group.TORCHSERVE_NOT_OPEN, UNKNOWN, pod("x", '["torchserve", "--start"]')),
    Case(
        group.TORCHSERVE_NOT_OPEN,
        UNKNOWN,
        pod(
            "x",
            '["torchserve", "--start", "--ts-config", "/m/config.properties"]',
            more=SET % ("TS_MANAGEMENT_ADDRESS", "http://0.0.0.0:8081"),
        ),
    ),
    Case(
        group.TORCHSERVE_NOT_OPEN,
        PASS,
        pod("x", '["torchserve", "--start"]', more=SET % ("TS_MANAGEMENT_ADDRESS", "http://127.0.0.1:8081")),
    ),
    Case(group.MLFLOW_NOT_OPEN, UNKNOWN, public_task("mlflow", "server")),
    Case(group.TENSORBOARD_NOT_OPEN, FAIL, pod("x", '["tensorboard", "--logdir=/l", "--bind_all"]')),
    Case(group.TENSORBOARD_NOT_OPEN, UNKNOWN, public_task("tensorboard", "--logdir=/l", "--bind_all")),
    Case(group.DASK_NOT_OPEN, UNKNOWN, public_task("dask-scheduler")),
    Case(models.VLLM_NOT_OPEN, UNKNOWN, public_task("vllm", "serve", "m")),
    Case(models.VLLM_NOT_OPEN, UNKNOWN, pod("x", '["vllm", "serve", "--config", "/c.yaml"]')),
    Case(models.VLLM_NOT_OPEN, NONE, SAGEMAKER),
    Case(models.SGLANG_NOT_OPEN, UNKNOWN, public_task("sglang", "serve", "--config", "c.yaml")),
    Case(models.TGI_NOT_OPEN, UNKNOWN, public_task(image="ghcr.io/huggingface/text-generation-inference:3")),
    Case(models.TEI_NOT_OPEN, FAIL, pod("ghcr.io/huggingface/text-embeddings-inference:1.8")),
    Case(models.TEI_NOT_OPEN, PASS, pod("x", '["text-embeddings-router", "--api-key", "k"]')),
    Case(models.TEI_NOT_OPEN, UNKNOWN, public_task("text-embeddings-router")),
    Case(models.LLAMA_CPP_NOT_OPEN, UNKNOWN, pod("x", '["llama-server"]')),
    Case(models.LLAMA_CPP_NOT_OPEN, PASS, pod("x", '["llama-server", "--host", "127.0.0.1"]')),
    Case(models.LLAMA_CPP_NOT_OPEN, FAIL, pod("ghcr.io/ggml-org/llama.cpp:server-cuda")),
    Case(models.TRITON_NOT_OPEN, UNKNOWN, public_task("tritonserver", "--model-repository=/m")),
    Case(models.OLLAMA_NOT_OPEN, UNKNOWN, pod("x", '["ollama", "serve"]')),
    Case(models.TENSORFLOW_SERVING_NOT_OPEN, UNKNOWN, public_task(image="tensorflow/serving:2")),
    Case(
        models.TENSORFLOW_SERVING_NOT_OPEN,
        PASS,
        (
            api(
                "ecs:RegisterTaskDefinition",
                family="t",
                networkMode="none",
                containerDefinitions=[{"name": "a", "image": "tensorflow/serving:2"}],
            ),
        ),
    ),
    # What starts a server: its command, or its image where nothing else is started from it
    Case(models.VLLM_NOT_OPEN, NONE, pod("x")),
    Case(models.VLLM_NOT_OPEN, NONE, pod("vllm/vllm-openai:v1", '["sleep", "infinity"]')),
    Case(models.VLLM_NOT_OPEN, UNKNOWN, pod("vllm/vllm-openai:v1", '["sh", "-c"]', f'["{HIDDEN}"]')),
    Case(models.VLLM_NOT_OPEN, UNKNOWN, pod("vllm/vllm-openai:v1", f'["{HIDDEN}"]')),
    Case(models.VLLM_NOT_OPEN, NONE, pod("x", f'["{HIDDEN}"]')),
    Case(models.OLLAMA_NOT_OPEN, NONE, pod("x", f'["{HIDDEN}"]')),
    Case(models.OLLAMA_NOT_OPEN, UNKNOWN, pod("x", f'["{HIDDEN}"]', more=LISTENS % 11434)),
    Case(models.OLLAMA_NOT_OPEN, NONE, pod("x", f'["{HIDDEN}"]', more=LISTENS % 9999)),
    # any web server may listen on 8000, vLLM's port
    Case(models.VLLM_NOT_OPEN, NONE, pod("x", f'["{HIDDEN}"]', more=LISTENS % 8000)),
    # Scripts given to a shell: lines that go on, and comments
    Case(group.DASK_NOT_OPEN, PASS, pod("x", '["sh", "-c", "dask-scheduler\\\\\\n--host=127.0.0.1"]')),
    Case(models.VLLM_NOT_OPEN, PASS, shell("vllm serve m --served-model-name a#1 --api-key k")),
    Case(models.VLLM_NOT_OPEN, FAIL, shell("vllm serve m # --api-key k")),
    Case(models.VLLM_NOT_OPEN, FAIL, shell("# don't: vllm serve m --api-key k\nvllm serve m")),
    Case(models.VLLM_NOT_OPEN, PASS, shell("echo '# start' && vllm serve m --api-key k")),
    Case(models.VLLM_NOT_OPEN, NONE, shell("sleep 9 # vllm serve m")),
    # What cannot be read: arguments, files of settings, variables
    Case(group.JUPYTER_NOT_OPEN, UNKNOWN, pod("x", f'["jupyter", "lab", "--ip=0.0.0.0", "{HIDDEN}"]')),
    Case(group.JUPYTER_NOT_OPEN, UNKNOWN, pod("x", '["jupyter", "lab", "--ip=0.0.0.0"]', f'["{HIDDEN}"]')),
    Case(group.RAY_NOT_OPEN, UNKNOWN, pod("x", f'["ray", "start", "--head", "{HIDDEN}"]')),
    Case(models.SGLANG_NOT_OPEN, PASS, pod("x", '["sglang", "serve", "--config", "c", "--host", "127.0.0.1"]')),
    # TensorFlow Serving has no authentication, whatever its arguments say
    Case(models.TENSORFLOW_SERVING_NOT_OPEN, FAIL, pod("tensorflow/serving:2", arguments=f'["{HIDDEN}"]')),
    Case(models.OLLAMA_NOT_OPEN, UNKNOWN, pod("ollama/ollama:0.6", more=environment(OLLAMA_HOST=HIDDEN))),
    # Hidden words may hold a flag, which wins over a variable and over what is usual
    Case(models.LLAMA_CPP_NOT_OPEN, PASS, pod("x", '["llama-server"]', more=environment(LLAMA_ARG_HOST="127.0.0.1"))),
    Case(models.LLAMA_CPP_NOT_OPEN, UNKNOWN, llama(HIDDEN, LLAMA_ARG_HOST="127.0.0.1")),
    Case(models.LLAMA_CPP_NOT_OPEN, UNKNOWN, llama(HIDDEN, LLAMA_ARG_HOST="0.0.0.0")),
    Case(models.LLAMA_CPP_NOT_OPEN, FAIL, llama(LLAMA_ARG_HOST="0.0.0.0")),
    Case(models.LLAMA_CPP_NOT_OPEN, PASS, llama(HIDDEN, "--host", "127.0.0.1")),
    Case(models.LLAMA_CPP_NOT_OPEN, UNKNOWN, llama("--host", "127.0.0.1", HIDDEN)),
    Case(models.LLAMA_CPP_NOT_OPEN, UNKNOWN, llama("--host", HIDDEN, "--port", "8080")),
    Case(models.LLAMA_CPP_NOT_OPEN, UNKNOWN, llama("--host=$HOST")),
    Case(models.LLAMA_CPP_NOT_OPEN, PASS, llama("--host=0.0.0.0", "--host=localhost")),
    Case(models.TRITON_NOT_OPEN, UNKNOWN, pod("x", f'["tritonserver", "{HIDDEN}"]')),
    Case(models.TRITON_NOT_OPEN, FAIL, pod("x", f'["tritonserver", "--http-address=0.0.0.0", "{HIDDEN}"]')),
    Case(models.TRITON_NOT_OPEN, PASS, PORT_OF_TRITON),
    Case(group.TENSORBOARD_NOT_OPEN, FAIL, pod("x", f'["tensorboard", "--logdir=/l", "--bind_all", "{HIDDEN}"]')),
    Case(group.TENSORBOARD_NOT_OPEN, UNKNOWN, pod("x", f'["tensorboard", "--logdir=/l", "{HIDDEN}"]')),
    Case(
        group.JUPYTER_NOT_OPEN, PASS, pod("x", arguments="[\"start-notebook.sh --ip=127.0.0.1 --ServerApp.token=''\"]")
    ),
    Case(
        models.TGI_NOT_OPEN, UNKNOWN, pod("ghcr.io/huggingface/text-generation-inference:3", arguments=f'["{HIDDEN}"]')
    ),
    # a secret is one however the command goes on, and a hidden one may be empty
    Case(models.VLLM_NOT_OPEN, PASS, pod("x", f'["vllm", "serve", "m", "--api-key", "k", "{HIDDEN}"]')),
    Case(models.VLLM_NOT_OPEN, UNKNOWN, pod("x", f'["vllm", "serve", "m", "--api-key", "{HIDDEN}", "--port", "80"]')),
    Case(models.VLLM_NOT_OPEN, PASS, pod("x", f'["vllm", "serve", "m", "{HIDDEN}"]', more=KEY)),
    Case(group.JUPYTER_NOT_OPEN, UNKNOWN, TOKEN_OF_A_VARIABLE),
    Case(group.JUPYTER_NOT_OPEN, PASS, PORT_OF_A_VARIABLE),
    # a server that is found on loopback or closed is so whatever its port and its other settings
    Case(models.LLAMA_CPP_NOT_OPEN, PASS, llama("--host", "127.0.0.1", LLAMA_ARG_PORT=HIDDEN, LLAMA_API_KEY=HIDDEN)),
    Case(models.LLAMA_CPP_NOT_OPEN, PASS, llama(LLAMA_ARG_HOST=HIDDEN, LLAMA_API_KEY="hunter2hunter2")),
    # the port of an address counts, and a file of settings may name another
    Case(models.OLLAMA_NOT_OPEN, FAIL, mapped("ollama/ollama:1", 9999, OLLAMA_HOST="0.0.0.0:9999")),
    Case(models.OLLAMA_NOT_OPEN, PASS, mapped("ollama/ollama:1", 11434, OLLAMA_HOST="http://0.0.0.0:9999/")),
    Case(models.OLLAMA_NOT_OPEN, FAIL, mapped("ollama/ollama:1", 11434, OLLAMA_HOST="0.0.0.0")),
    # a port that cannot be told: open where every port is, else unknown
    Case(models.TENSORFLOW_SERVING_NOT_OPEN, UNKNOWN, mapped("tensorflow/serving:2", 8501, "${var.more}")),
    Case(models.TENSORFLOW_SERVING_NOT_OPEN, UNKNOWN, mapped("tensorflow/serving:2", 8502, "${var.more}")),
    Case(models.TENSORFLOW_SERVING_NOT_OPEN, FAIL, mapped("tensorflow/serving:2", 8501)),
    Case(models.TENSORFLOW_SERVING_NOT_OPEN, FAIL, mapped("tensorflow/serving:2", 8502, "--rest_api_port=8502")),
    Case(models.TENSORFLOW_SERVING_NOT_OPEN, PASS, mapped("tensorflow/serving:2", 8501, "--rest_api_port=8502")),
    # the sign that stands for hidden words decides nothing where a file writes it
    Case(models.SGLANG_NOT_OPEN, UNKNOWN, pod("x", f'["sglang", "serve", "--host={HIDDEN_WORD}"]')),
    # Authentication by variables
    Case(models.VLLM_NOT_OPEN, PASS, pod("x", '["vllm serve m"]', more=environment(VLLM_API_KEY="hunter2hunter2"))),
    Case(models.VLLM_NOT_OPEN, FAIL, pod("x", '["vllm serve m"]', more=environment(VLLM_API_KEY=""))),
    Case(models.VLLM_NOT_OPEN, UNKNOWN, pod("x", '["vllm serve m"]', more=environment(VLLM_API_KEY=HIDDEN))),
    Case(group.RAY_NOT_OPEN, FAIL, pod("x", RAY_EVERYWHERE, more=environment(RAY_AUTH_MODE="disabled"))),
    Case(group.RAY_NOT_OPEN, UNKNOWN, pod("x", RAY_EVERYWHERE, more=environment(RAY_AUTH_MODE=HIDDEN))),
    # TorchServe: what its variable switches off stays off, whatever the file of settings says
    Case(group.TORCHSERVE_NOT_OPEN, FAIL, torchserve("--ts-config=c", TS_DISABLE_TOKEN_AUTHORIZATION="true")),
    Case(group.TORCHSERVE_NOT_OPEN, UNKNOWN, torchserve("--ts-config=c", TS_DISABLE_TOKEN_AUTHORIZATION="false")),
    Case(group.TORCHSERVE_NOT_OPEN, UNKNOWN, torchserve(TS_DISABLE_TOKEN_AUTHORIZATION=HIDDEN)),
    # What is there for all who are inside is open to them
    Case(GRADIO_NOT_OPEN, PASS, pod("x", more=environment(GRADIO_SERVER_NAME="0.0.0.0"))),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("resources", "shown"),
    [(pod("vllm/vllm-openai:v1"), "image"), (pod("vllm/vllm-openai:v1", '["vllm serve m"]'), "command")],
)
def test_a_finding_shows_what_starts_the_server(resources: tuple[Resource, ...], shown: str) -> None:
    _, verdict = Case(models.VLLM_NOT_OPEN, FAIL, resources).judged()
    assert verdict.places[0].field == shown


@pytest.mark.parametrize(
    ("control", "resources", "doubt"),
    [
        (models.LLAMA_CPP_NOT_OPEN, llama(HIDDEN), "which address it listens on"),
        (models.VLLM_NOT_OPEN, pod("x", f'["vllm", "serve", "--host=0.0.0.0", "{HIDDEN}"]'), "whether it asks"),
        (models.TENSORFLOW_SERVING_NOT_OPEN, mapped("tensorflow/serving:2", 8501, "${var.more}"), "which port"),
    ],
)
def test_what_cannot_be_told_is_said(control: Control[Any], resources: tuple[Resource, ...], doubt: str) -> None:
    _, verdict = Case(control, UNKNOWN, resources).judged()
    assert doubt in verdict.reason


def test_a_container_that_nothing_starts_may_be_reached() -> None:
    case, _ = Case(models.TRITON_NOT_OPEN, FAIL, pod("x", '["tritonserver"]')).judged()
    found = models.TRITON_NOT_OPEN.evaluate(case.subject, Context())
    assert found is not None
    assert found.status is UNKNOWN


@pytest.mark.parametrize(
    ("runs_code", "scope", "sensitivity", "severity"),
    [
        (True, Scope.INTERNET, Sensitivity.PUBLIC, Severity.CRITICAL),
        (True, Scope.VPC, Sensitivity.INTERNAL, None),
        (True, Scope.CLUSTER, Sensitivity.INTERNAL, Severity.MEDIUM),
        (True, Scope.CLUSTER, Sensitivity.CONFIDENTIAL, None),
        (False, Scope.INTERNET, Sensitivity.INTERNAL, None),
        (False, Scope.VPC, Sensitivity.INTERNAL, Severity.MEDIUM),
        (False, Scope.CLUSTER, Sensitivity.INTERNAL, Severity.LOW),
        (False, Scope.CLUSTER, Sensitivity.CONFIDENTIAL, None),
    ],
)
def test_an_open_server_weighs_by_who_reaches_it(
    runs_code: bool, scope: Scope, sensitivity: Sensitivity, severity: Severity | None
) -> None:
    """None is the severity of the control itself."""
    command, control = (
        ("[\"jupyter lab --ip=0.0.0.0 --ServerApp.token=''\"]", group.JUPYTER_NOT_OPEN)
        if runs_code
        else ('["vllm serve m"]', models.VLLM_NOT_OPEN)
    )
    network = _Reached(scope)
    requirements = Requirements(sensitivity=sensitivity)
    case, _ = Case(control, FAIL, pod("x", arguments=command)).judged()
    found = control.evaluate(case.subject, Context(workload=case.workload, network=network, requirements=requirements))
    assert found is not None
    assert (found.status, found.severity) == (FAIL, severity)


class _Reached:
    """A network in which everything is reached from one place."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def exposure(self, workload: Workload, port: int, protocol: str = "tcp") -> Exposure:
        return Exposure(self._scope, "by a test")

    def admitted(self, group: Resource, port: int, protocol: str = "tcp") -> Exposure:
        return Exposure(self._scope, "by a test")


def test_titles_begin_with_the_name_of_the_server() -> None:
    assert group.RAY_NOT_OPEN.title == "The Ray dashboard and job API is closed to strangers"
