"""Servers of an image: by what it starts, by files in it, and by where it is run."""

from __future__ import annotations

from typing import Any

import pytest

from ourhalf.controls.infrastructure import image_servers as group
from ourhalf.controls.infrastructure import open_servers
from ourhalf.controls.models.loading import REMOTE_CODE
from ourhalf.controls.supply_chain.start import NOTHING_INSTALLED
from ourhalf.model.profile import Severity
from ourhalf.model.resource import Resource
from ourhalf.model.verdict import Status
from ourhalf.resources.images import ContainerImage, Exhibit
from tests.controls.images import REFERENCE, environment, exhibit, exhibits, image, known
from tests.support import Case, api, check, kubernetes, terraform

FAIL, PASS, UNKNOWN, NONE = Status.FAIL, Status.PASS, Status.UNKNOWN, Status.NOT_APPLICABLE


def _settings(server: str, path: str = "etc/x", **settings: str) -> Exhibit:
    details = {name.replace("_", "-"): value for name, value in settings.items()}
    return exhibit("server-settings", path, details={"server": server, **details})


def _script(*lines: str, path: str = "usr/local/bin/entry.sh", **more: str) -> Exhibit:
    return exhibit("start-script", path, details={"lines": "\n".join(lines), **more})


def _image(*found: Exhibit, hidden: bool = False, **fields: Any) -> ContainerImage:
    return image(exhibits=exhibits(*found, hidden=hidden), **fields)


def _starting(*words: str, found: tuple[Exhibit, ...] = (), **more: Any) -> ContainerImage:
    return _image(*found, entrypoint=known(words), **more)


OPEN = _settings("jupyter", "root/.jupyter/jupyter_server_config.py", token="empty", address="0.0.0.0")
PASSWORD = _settings("jupyter", token="empty", password="set", address="0.0.0.0")
LAB = ("jupyter", "lab")
ENTRY = {"entrypoint": known(("/usr/local/bin/entry.sh",))}

STARTS: list[tuple[Status, ContainerImage]] = [
    (FAIL, _starting(*LAB, found=(OPEN,))),
    (PASS, _starting(*LAB, found=(PASSWORD,))),
    (PASS, _starting(*LAB)),
    (UNKNOWN, _starting(*LAB, found=(_settings("jupyter", token="unclear", address="*"),))),
    (UNKNOWN, _starting(*LAB, hidden=True)),
    (FAIL, _starting(*LAB, "--ip=0.0.0.0", "--ServerApp.token=''")),
    (FAIL, _starting(*LAB, "--ip=0.0.0.0", found=(_settings("jupyter", token="empty"),))),
    (PASS, _starting(*LAB, "--ip=127.0.0.1", found=(OPEN,))),
    (FAIL, _image(_script("ray start --head --dashboard-host=0.0.0.0"), **ENTRY)),
    (PASS, _image(_script("ray start --head --dashboard-host=0.0.0.0"),
                  environment=environment(RAY_AUTH_MODE="token"), **ENTRY)),
    (NONE, _image(_script("ray start --head --dashboard-host=0.0.0.0", path="opt/other.sh"), **ENTRY)),
    (UNKNOWN, _image(_script(cut="true"), **ENTRY)),
    (UNKNOWN, _image(hidden=True, **ENTRY)),
    (FAIL, _starting("torchserve", "--start", "--foreground", found=(
        _settings("torchserve", address="http://0.0.0.0:8081"),))),
    (PASS, _starting("torchserve", "--start", found=(_settings("torchserve", address="http://127.0.0.1:8081"),))),
    (UNKNOWN, _starting("torchserve", "--start", "--ts-config", "/mnt/c.properties")),
    (UNKNOWN, _starting("torchserve", "--start", environment=environment(TS_CONFIG_FILE="/mnt/c.properties"))),
    (UNKNOWN, _starting(*LAB, found=(OPEN, _settings("jupyter", "home/other/x", password="set")))),
    (FAIL, _starting("torchserve", "--start", "--ts-config", "/etc/x", found=(
        _settings("torchserve", "etc/x", address="http://0.0.0.0:8081"),))),
    (FAIL, _starting("vllm", "serve", "m")),
    (NONE, _starting("python", "train.py")),
    (NONE, _image()),
]  # fmt: skip
MANAGEMENT = _settings("torchserve", address="http://0.0.0.0:8081")
MMS = _settings("mms", address="http://0.0.0.0:$$SAGEMAKER_BIND_TO_PORT$$")
CASES = [
    *(Case(group.STARTS_CLOSED, status, (one,)) for status, one in STARTS),
    Case(group.JUPYTER_SETTINGS, FAIL, (_image(OPEN),)),
    Case(group.JUPYTER_SETTINGS, FAIL, (_image(OPEN, hidden=True),)),
    Case(group.JUPYTER_SETTINGS, PASS, (_image(PASSWORD),)),
    Case(group.JUPYTER_SETTINGS, UNKNOWN, (_image(PASSWORD, hidden=True),)),
    Case(group.JUPYTER_SETTINGS, UNKNOWN, (_image(_settings("jupyter", token="unclear")),)),
    Case(group.JUPYTER_SETTINGS, FAIL, (_image(_settings("jupyter", allow_origin="*")),)),
    Case(group.JUPYTER_SETTINGS, FAIL, (_image(_settings("jupyter", xsrf_off="true")),)),
    Case(group.JUPYTER_SETTINGS, NONE, (_image(MMS),)),
    Case(group.MODEL_SERVER_SETTINGS, FAIL, (_image(MANAGEMENT),)),
    Case(group.MODEL_SERVER_SETTINGS, FAIL, (_image(MMS),)),
    Case(group.MODEL_SERVER_SETTINGS, FAIL, (_image(_settings("torchserve", token_off="true")),)),
    Case(group.MODEL_SERVER_SETTINGS, PASS, (_image(_settings("torchserve", address="http://127.0.0.1:8081")),)),
    Case(group.MODEL_SERVER_SETTINGS, UNKNOWN, (_image(_settings("torchserve", address="unix:/x"), hidden=True),)),
    Case(group.MODEL_SERVER_SETTINGS, NONE, (_image(),)),
    Case(group.MLFLOW_SETTINGS, FAIL, (_image(_settings("mlflow", admin_password="default")),)),
    Case(group.MLFLOW_SETTINGS, PASS, (_image(_settings("mlflow", admin_password="set")),)),
    Case(group.MLFLOW_SETTINGS, UNKNOWN, (_image(hidden=True),)),
    Case(group.STREAMLIT_SETTINGS, FAIL, (_image(_settings("streamlit", xsrf="false")),)),
    Case(group.STREAMLIT_SETTINGS, PASS, (_image(_settings("streamlit", xsrf="true")),)),
    Case(group.STREAMLIT_SETTINGS, UNKNOWN, (_image(hidden=True),)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cases(case: Case) -> None:
    check(case)


POD = kubernetes(
    f"""\
apiVersion: v1
kind: Pod
metadata: {{name: p, labels: {{app: p}}}}
spec:
  containers: [{{name: c, image: '{REFERENCE}'}}]
"""
)
BALANCER = """\
apiVersion: v1
kind: Service
metadata:
  name: s
  annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}
spec: {type: LoadBalancer, selector: {app: p}, ports: [{port: 8888, targetPort: 8888}]}
"""
BALANCED = POD + kubernetes(BALANCER)
MODEL = (
    api(
        "sagemaker:CreateModel",
        ModelName="m",
        ExecutionRoleArn="arn:aws:iam::111122223333:role/r",
        PrimaryContainer={"Image": REFERENCE},
    ),
)
TASK = terraform(
    f"""\
resource "aws_ecs_task_definition" "t" {{
  family = "t"
  requires_compatibilities = ["FARGATE"]
  network_mode = "awsvpc"
  container_definitions = jsonencode([{{ name = "c", image = "{REFERENCE}" }}])
}}
"""
)
NOTEBOOK = _starting(*LAB, found=(OPEN,))


@pytest.mark.parametrize(
    ("resources", "status", "severity", "said"),
    [
        (BALANCED, FAIL, Severity.CRITICAL, "without authentication"),
        (MODEL, NONE, None, "SageMaker fronts the container"),
    ],
    ids=["eks", "sagemaker"],
)
def test_the_container_is_judged_by_files_in_its_image(
    resources: tuple[Resource, ...], status: Status, severity: Severity | None, said: str
) -> None:
    _, verdict = Case(open_servers.JUPYTER_NOT_OPEN, status, (NOTEBOOK, *resources)).judged()
    assert (verdict.status, verdict.severity) == (status, severity)
    assert said in verdict.reason


SERVICE_8081 = tuple(kubernetes(BALANCER.replace("8888", "8081")))
MMS_START = ("multi-model-server", "--start")
MMS_LOOPBACK = _settings("mms", address="http://127.0.0.1:8081")
CONTAINERS = [
    Case(open_servers.MULTI_MODEL_SERVER_NOT_OPEN, FAIL, (
        _starting(*MMS_START, found=(_settings("mms", address="http://0.0.0.0:8081"),)), *POD, *SERVICE_8081)),
    Case(open_servers.MULTI_MODEL_SERVER_NOT_OPEN, PASS, (_starting(*MMS_START, found=(MMS_LOOPBACK,)), *POD)),
    Case(open_servers.MULTI_MODEL_SERVER_NOT_OPEN, UNKNOWN, (_starting(*MMS_START, hidden=True), *POD)),
    Case(open_servers.MULTI_MODEL_SERVER_NOT_OPEN, NONE, (_starting(*MMS_START, found=(MMS,)), *MODEL)),
]  # fmt: skip


CASES += CONTAINERS


@pytest.mark.parametrize("case", CONTAINERS, ids=str)
def test_containers_of_the_multi_model_server(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("resources", [POD, TASK, MODEL], ids=["eks", "ecs", "sagemaker"])
def test_a_password_in_the_image_is_enough(resources: tuple[Resource, ...]) -> None:
    check(Case(open_servers.JUPYTER_NOT_OPEN, PASS, (_starting(*LAB, found=(PASSWORD,)), *resources)))


@pytest.mark.parametrize(
    ("resources", "severity"), [(MODEL, Severity.LOW), (TASK, None), ((), None)], ids=["sagemaker", "ecs", "alone"]
)
def test_the_image_is_milder_where_sagemaker_fronts_it(
    resources: tuple[Resource, ...], severity: Severity | None
) -> None:
    _, verdict = Case(group.MODEL_SERVER_SETTINGS, FAIL, (_image(MMS), *resources)).judged()
    assert (verdict.status, verdict.severity) == (FAIL, severity)


@pytest.mark.parametrize("resources", [POD, TASK, MODEL], ids=["eks", "ecs", "sagemaker"])
def test_what_a_script_of_the_image_installs_is_told(resources: tuple[Resource, ...]) -> None:
    found = _image(_script("pip install -r /opt/ml/model/code/requirements.txt"), **ENTRY)
    _, verdict = Case(NOTHING_INSTALLED, FAIL, (found, *resources)).judged()
    assert verdict.status is FAIL
    assert any(place.path.endswith("!/usr/local/bin/entry.sh") for place in verdict.places)
    check(Case(NOTHING_INSTALLED, UNKNOWN, (_image(hidden=True, **ENTRY), *resources)))


def test_lines_of_a_script_stay_apart() -> None:
    found = _image(_script("pip install --require-hashes -r x", "exec jupyter lab --ip 127.0.0.1"), **ENTRY)
    check(Case(NOTHING_INSTALLED, PASS, (found, *POD)))
    _, verdict = Case(
        NOTHING_INSTALLED, FAIL, (_image(_script("pip install a", "exec jupyter lab"), **ENTRY), *POD)
    ).judged()
    assert verdict.reason.endswith("pip install a")


@pytest.mark.parametrize("control", [REMOTE_CODE, NOTHING_INSTALLED, open_servers.RAY_NOT_OPEN], ids=lambda one: one.id)
def test_a_script_that_is_cut_leaves_nothing_passed(control: Any) -> None:
    _, verdict = Case(control, UNKNOWN, (_image(_script(cut="true"), ports=known(()), **ENTRY), *POD)).judged()
    assert verdict.status is not PASS


def test_a_script_that_trusts_code_of_models_fails() -> None:
    check(Case(REMOTE_CODE, FAIL, (_image(_script("vllm serve m --trust-remote-code"), **ENTRY), *POD)))
