"""Servers that run what they are sent: who can reach them, and whether they ask who it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from ourhalf.controls.servers import Server, ServerKind, Unclear, server
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.network import Exposure, Scope
from ourhalf.model.profile import Sensitivity
from ourhalf.model.references import Citation, Cve, WebPage
from ourhalf.model.responsibility import Service
from ourhalf.model.verdict import Status, Verdict
from ourhalf.model.workload import Container

_READ = date(2026, 10, 2)
_SERVERS_READ = date(2026, 11, 27)
# Who reaches it reaches every port: no server of ours, and nobody's rule for one port, speaks of it.
_ANY_OTHER = 49_151


def closed_to_strangers(kind: ServerKind) -> Callable[[Container, Context], Verdict | None]:
    """Judges one kind of server by address, authentication and reach, in that order."""

    def evaluate(container: Container, context: Context) -> Verdict | None:
        match server(container, kind):
            case Unclear(because):
                return Verdict.unknown(because)
            case Server() as found:
                return _judged(found, context)
        return None

    return evaluate


def _judged(found: Server, context: Context) -> Verdict:
    name = found.kind.name
    if found.loopback:
        return Verdict.passed(f"{name} keeps to loopback", *found.started_by, *found.by_address)
    if found.authenticated:
        return Verdict.passed(f"{name} asks for authentication", *found.started_by, *found.by_secret)
    if context.workload is None:
        return Verdict.unknown(f"{name} may listen without authentication; from where it is reached is not known")
    if context.workload.services == (Service.SAGEMAKER,):
        return Verdict.not_applicable("SageMaker fronts the container: callers are authenticated before it")
    if found.loopback is None or found.authenticated is None:
        return Verdict.unknown(_first_doubt(found), *found.fields)
    usual = context.network.exposure(context.workload, found.port)
    if found.port_told:
        return _reached(found, f"on port {found.port}", usual, context)
    other = context.network.exposure(context.workload, _ANY_OTHER)
    narrower = max(usual, other, key=lambda exposure: exposure.scope.rank)
    verdict = _reached(found, "on a port that is not known", narrower, context)
    if verdict.status is Status.FAIL and Scope.UNKNOWN not in (usual.scope, other.scope):
        return verdict
    return Verdict.unknown(_first_doubt(found), *verdict.fields)


def _reached(found: Server, where: str, exposure: Exposure, context: Context) -> Verdict:
    """Judges a server without authentication by who opens a connection to it."""
    reason = f"{found.kind.name} listens {where} without authentication; {exposure.why}"
    fields = (*found.fields, *exposure.fields)
    match exposure.scope:
        case Scope.VPC | Scope.CLUSTER if found.kind.for_neighbours:
            return Verdict.passed(reason, *fields)
        case Scope.INTERNET | Scope.VPC | Scope.CLUSTER as scope:
            return Verdict.failed(reason, *fields, severity=_how_bad(found.kind, scope, context))
        case Scope.HOST | Scope.NONE:
            return Verdict.passed(reason, *fields)
        case _:
            return Verdict.unknown(reason, *fields)


def _how_bad(kind: ServerKind, scope: Scope, context: Context) -> Severity | None:
    """Critical where the internet runs code; milder where only the cluster's own pods get there."""
    if kind.runs_code and scope is Scope.INTERNET:
        return Severity.CRITICAL
    if scope is Scope.INTERNET or context.requirements.sensitivity.at_least(Sensitivity.CONFIDENTIAL):
        return None
    if kind.runs_code:
        return None if scope is Scope.VPC else Severity.MEDIUM
    return Severity.MEDIUM if scope is Scope.VPC else Severity.LOW


def _first_doubt(found: Server) -> str:
    if found.loopback is None:
        what = "which address it listens on"
    else:
        what = "whether it asks for authentication" if found.authenticated is None else "which port it listens on"
    return f"{found.kind.name}: {what} cannot be told from what was read"


def closed(
    kind: ServerKind, slug: str, severity: Severity, why: str, remedy: str, *citations: Citation, **settings: Any
) -> Control[Container]:
    """The control that keeps one kind of server from strangers; `settings` are fields of the container."""
    return Control(
        id=f"{slug}-not-open",
        title=f"{kind.name[0].upper()}{kind.name[1:]} is closed to strangers",
        topic=Topic.INFRASTRUCTURE,
        severity=severity,
        layer=Layer.NETWORK,
        applies_to=Container,
        evaluate=closed_to_strangers(kind),
        rationale=why,
        remedy=remedy,
        settings=settings,
        citations=citations,
    )


RAY = ServerKind(
    "the Ray dashboard and job API",
    8265,
    r"\bray start\b.*--head|\bray start --head",
    address=("--dashboard-host",),
    port=("--dashboard-port",),
    loopback=True,
    secret_names=("RAY_AUTH_MODE=token",),
    runs_code=True,
)
JUPYTER = ServerKind(
    "Jupyter",
    8888,
    r"\bjupyter[ -](lab|notebook|server)\b|\bstart-(notebook|lab|singleuser)(\.sh|\.py)?\b|\bjupyterlab\b",
    image=r"(^|/)(jupyter/|quay\.io/jupyter/|kubeflownotebookswg/)",
    address=("--ip", "--ServerApp.ip", "--NotebookApp.ip"),
    port=("--port", "--ServerApp.port", "--NotebookApp.port"),
    loopback=True,
    script_everywhere=r"\bstart-(notebook|lab|singleuser)(\.sh|\.py)?\b",
    image_everywhere=True,
    open=r"--(NotebookApp|ServerApp|LabApp|IdentityProvider)\.(token|password)=(''|\"\")?(\s|$)",
    closed=True,
    settings_files=("--config",),
    files=("jupyter",),
    runs_code=True,
)
TORCHSERVE = ServerKind(
    "TorchServe's management API",
    8081,
    r"\btorchserve\b.*--start|\btorchserve --start",
    image=r"(^|/)pytorch/torchserve(-kfs|-nightly)?\b",
    address_names=("TS_MANAGEMENT_ADDRESS",),
    loopback=True,
    image_everywhere=True,
    open=r"--disable-token(-auth)?\b",
    open_names=("TS_DISABLE_TOKEN_AUTHORIZATION",),
    settings_files=("--ts-config",),
    settings_names=("TS_CONFIG_FILE",),
    files=("torchserve",),
    runs_code=True,
)
MULTI_MODEL_SERVER = ServerKind(
    "the Multi Model Server's management API",
    8081,
    r"\bmulti-model-server\b",
    image=r"(^|/)awsdeeplearningteam/multi-model-server\b",
    loopback=True,
    settings_files=("--mms-config",),
    settings_names=("MMS_CONFIG_FILE",),
    files=("mms", "torchserve"),
    runs_code=True,
)
DASK = ServerKind(
    "the Dask scheduler",
    8786,
    r"\bdask[ -]scheduler\b",
    address=("--host",),
    port=("--port",),
    secret=("--tls-ca-file",),
    runs_code=True,
)
MLFLOW = ServerKind(
    "MLflow",
    5000,
    r"\bmlflow (server|ui)\b",
    address=("--host", "-h"),
    address_names=("MLFLOW_HOST",),
    port=("--port", "-p"),
    loopback=True,
    secret=("--app-name",),
)
TENSORBOARD = ServerKind(
    "TensorBoard",
    6006,
    r"\btensorboard\b(?=.*--(logdir|bind_all|host))",
    address=("--host",),
    port=("--port",),
    everywhere=r"--bind_all\b",
    loopback=True,
)

RAY_NOT_OPEN = closed(
    RAY,
    "ray-dashboard",
    Severity.CRITICAL,
    "Whoever reaches the job API runs code on every node of the cluster, with the credentials of its pods.",
    "Set RAY_AUTH_MODE=token (Ray 2.52 and later), or keep the dashboard on 127.0.0.1 "
    "and let a network policy guard port 8265.",
    WebPage("docs.ray.io/en/latest/ray-security/token-auth.html", _READ),
    Cve("CVE-2023-48022", _READ),
    environment={"RAY_AUTH_MODE": "token"},
)
JUPYTER_NOT_OPEN = closed(
    JUPYTER,
    "jupyter",
    Severity.CRITICAL,
    "A notebook server without a token gives a shell to whoever reaches it.",
    "Leave token and password at their defaults, or put an authenticating proxy in front and bind to 127.0.0.1.",
    WebPage("jupyter-server.readthedocs.io/en/latest/operators/security.html", _READ),
)
TORCHSERVE_NOT_OPEN = closed(
    TORCHSERVE,
    "torchserve-management",
    Severity.CRITICAL,
    "The management API registers models from any address, and a model is code.",
    "Keep management_address on 127.0.0.1, leave token authorization on and restrict allowed_urls.",
    Cve("CVE-2023-43654", _READ),
    environment={"TS_MANAGEMENT_ADDRESS": "http://127.0.0.1:8081"},
)
MULTI_MODEL_SERVER_NOT_OPEN = closed(
    MULTI_MODEL_SERVER,
    "multi-model-server-management",
    Severity.HIGH,
    "Whoever reaches the management API loads models, and a model archive is code; there is no authentication.",
    "Keep management_address on 127.0.0.1, or let a network policy or security group guard its port.",
    WebPage("awslabs.github.io/multi-model-server/docs/configuration.html", _SERVERS_READ),
)
DASK_NOT_OPEN = closed(
    DASK,
    "dask-scheduler",
    Severity.HIGH,
    "Who reaches the scheduler runs code on its workers.",
    "Restrict its ports by network policy or security group, and switch on TLS with client certificates.",
    WebPage("distributed.dask.org/en/stable/tls.html", _READ),
)
MLFLOW_NOT_OPEN = closed(
    MLFLOW,
    "mlflow",
    Severity.HIGH,
    "Whoever reaches the tracking server reads and replaces models and artifacts.",
    "Start it with --app-name basic-auth, or keep it on 127.0.0.1 behind an authenticating proxy.",
    WebPage("mlflow.org/docs/latest/self-hosting/security/basic-http-auth/", _READ),
)
TENSORBOARD_NOT_OPEN = closed(
    TENSORBOARD,
    "tensorboard",
    Severity.MEDIUM,
    "TensorBoard has no authentication and shows what was trained on what.",
    "Leave out --bind_all and reach it through a port forward.",
    WebPage("github.com/tensorflow/tensorboard/blob/master/README.md", _READ),
)
