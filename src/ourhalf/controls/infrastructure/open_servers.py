"""Servers that run what they are sent: who can reach them, and whether they ask who it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from ourhalf.controls.servers import Server, ServerKind, Unclear, server
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.network import Scope
from ourhalf.model.references import Citation, Cve, WebPage
from ourhalf.model.responsibility import Service
from ourhalf.model.verdict import Verdict
from ourhalf.model.workload import Container

_READ = date(2026, 10, 2)


def closed_to_strangers(kind: ServerKind) -> Callable[[Container, Context], Verdict | None]:
    """Judges one kind of server by address, authentication and reach, in that order."""

    def evaluate(container: Container, context: Context) -> Verdict | None:
        match server(container, kind):
            case None:
                return None
            case Unclear(because):
                return Verdict.unknown(because)
            case Server() as found:
                return _judged(found, context)

    return evaluate


def _judged(found: Server, context: Context) -> Verdict:
    name = found.kind.name
    if found.loopback:
        return Verdict.passed(f"{name} keeps to loopback", *found.fields)
    if found.authenticated:
        return Verdict.passed(f"{name} asks for authentication", *found.fields)
    if found.loopback is None or found.authenticated is None:
        return Verdict.unknown(_first_doubt(found), *found.fields)
    if context.workload is None:
        return Verdict.unknown(f"{name} listens without authentication; from where it is reached is not known")
    if context.workload.services == (Service.SAGEMAKER,):
        return Verdict.not_applicable("SageMaker fronts the container: callers are authenticated before it")
    exposure = context.network.exposure(context.workload, found.port)
    reason = f"{name} listens on port {found.port} without authentication; {exposure.why}"
    fields = (*found.fields, *exposure.fields)
    match exposure.scope:
        case Scope.INTERNET:
            return Verdict.failed(reason, *fields, severity=Severity.CRITICAL)
        case Scope.VPC | Scope.CLUSTER:
            return Verdict.failed(reason, *fields)
        case Scope.HOST | Scope.NONE:
            return Verdict.passed(reason, *fields)
        case _:
            return Verdict.unknown(reason, *fields)


def _first_doubt(found: Server) -> str:
    what = "which address it listens on" if found.loopback is None else "whether it asks for authentication"
    return f"{found.kind.name}: {what} cannot be told from what was read"


RAY = ServerKind(
    "the Ray dashboard and job API",
    8265,
    r"\bray start\b.*--head|\bray start --head",
    address=("--dashboard-host",),
    port=("--dashboard-port",),
    loopback=True,
    secret_names=("RAY_AUTH_MODE=token",),
)
JUPYTER = ServerKind(
    "Jupyter",
    8888,
    r"\bjupyter[ -](lab|notebook|server)\b|\bstart-(notebook|lab|singleuser)(\.sh|\.py)?\b|\bjupyterlab\b",
    image=r"(^|/)(jupyter/|quay\.io/jupyter/|kubeflownotebookswg/)",
    address=("--ip", "--ServerApp.ip", "--NotebookApp.ip"),
    port=("--port", "--ServerApp.port", "--NotebookApp.port"),
    loopback=True,
    open=r"--(NotebookApp|ServerApp|LabApp|IdentityProvider)\.(token|password)=(''|\"\")?(\s|$)",
    closed=True,
)
TORCHSERVE = ServerKind(
    "TorchServe's management API",
    8081,
    r"\btorchserve\b.*--start|\btorchserve --start",
    address_names=("TS_MANAGEMENT_ADDRESS",),
    loopback=True,
    open=r"--disable-token(-auth)?\b",
    open_names=("TS_DISABLE_TOKEN_AUTHORIZATION",),
    closed=False,
)
VLLM = ServerKind(
    "vLLM",
    8000,
    r"\bvllm serve\b|vllm\.entrypoints\.(openai\.)?api_server",
    image=r"(^|/)vllm/vllm-openai|vllm-openai:",
    address=("--host",),
    port=("--port",),
    secret=("--api-key",),
    secret_names=("VLLM_API_KEY",),
)
SGLANG = ServerKind(
    "SGLang",
    30000,
    r"sglang\.launch_server|\bsglang serve\b",
    address=("--host",),
    port=("--port",),
    loopback=True,
    secret=("--api-key",),
)
TGI = ServerKind(
    "Text Generation Inference",
    3000,
    r"\btext-generation-launcher\b",
    image=r"(^|/)text-generation-inference\b|tgi-inference",
    address=("--hostname",),
    address_names=("HOSTNAME_OVERRIDE",),
    port=("--port", "-p"),
    secret=("--api-key",),
    secret_names=("API_KEY",),
)
LLAMA_CPP = ServerKind(
    "llama.cpp's server",
    8080,
    r"\bllama-server\b|llama_cpp\.server",
    address=("--host",),
    address_names=("LLAMA_ARG_HOST",),
    port=("--port",),
    loopback=True,
    secret=("--api-key", "--api-key-file"),
    secret_names=("LLAMA_API_KEY",),
)
TRITON = ServerKind(
    "Triton",
    8000,
    r"\btritonserver\b",
    address=("--http-address",),
    port=("--http-port",),
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
    loopback=True,
)
OLLAMA = ServerKind(
    "Ollama",
    11434,
    r"\bollama serve\b",
    image=r"(^|/)ollama/ollama\b",
    address_names=("OLLAMA_HOST",),
)
DASK = ServerKind(
    "the Dask scheduler",
    8786,
    r"\bdask[ -]scheduler\b",
    address=("--host",),
    port=("--port",),
)
TENSORFLOW_SERVING = ServerKind(
    "TensorFlow Serving",
    8501,
    r"\btensorflow_model_server\b",
    image=r"(^|/)tensorflow/serving\b",
    port=("--rest_api_port",),
)


def _titled(name: str) -> str:
    """A name that begins a title: `the Ray dashboard` gets a capital, `vLLM` keeps its own spelling."""
    return "T" + name[1:] if name.startswith("the ") else name


def _control(
    kind: ServerKind, slug: str, severity: Severity, why: str, remedy: str, *citations: Citation
) -> Control[Container]:
    return Control(
        id=f"{slug}-not-open",
        title=f"{_titled(kind.name)} is closed to strangers",
        topic=Topic.INFRASTRUCTURE,
        severity=severity,
        layer=Layer.NETWORK,
        applies_to=Container,
        evaluate=closed_to_strangers(kind),
        rationale=why,
        remedy=remedy,
        citations=citations,
    )


RAY_NOT_OPEN = _control(
    RAY,
    "ray-dashboard",
    Severity.CRITICAL,
    "Whoever reaches the job API runs code on every node of the cluster, with the credentials of its pods.",
    "Set RAY_AUTH_MODE=token (Ray 2.52 and later), or keep the dashboard on 127.0.0.1 "
    "and let a network policy guard port 8265.",
    WebPage("docs.ray.io/en/latest/ray-security/token-auth.html", _READ),
    Cve("CVE-2023-48022", _READ),
)
JUPYTER_NOT_OPEN = _control(
    JUPYTER,
    "jupyter",
    Severity.CRITICAL,
    "A notebook server without a token gives a shell to whoever reaches it.",
    "Leave token and password at their defaults, or put an authenticating proxy in front and bind to 127.0.0.1.",
    WebPage("jupyter-server.readthedocs.io/en/latest/operators/security.html", _READ),
)
TORCHSERVE_NOT_OPEN = _control(
    TORCHSERVE,
    "torchserve-management",
    Severity.CRITICAL,
    "The management API registers models from any address, and a model is code.",
    "Keep management_address on 127.0.0.1, leave token authorization on and restrict allowed_urls.",
    Cve("CVE-2023-43654", _READ),
)
VLLM_NOT_OPEN = _control(
    VLLM,
    "vllm-server",
    Severity.HIGH,
    "Without a key anyone who reaches the server uses its GPUs and reads what others may ask of it; "
    "routes outside /v1 stay open even with one.",
    "Give the server a key (VLLM_API_KEY from a secret) and let only an authenticating proxy reach its port.",
    WebPage("docs.vllm.ai/en/latest/usage/security.html", _READ),
)
SGLANG_NOT_OPEN = _control(
    SGLANG,
    "sglang-server",
    Severity.HIGH,
    "Without a key anyone who reaches the server uses its GPUs.",
    "Start it with --api-key from a secret, or keep it on 127.0.0.1 behind an authenticating proxy.",
    WebPage("docs.sglang.ai/advanced_features/server_arguments.html", _READ),
)
TGI_NOT_OPEN = _control(
    TGI,
    "text-generation-inference",
    Severity.HIGH,
    "Without a key anyone who reaches the server uses its GPUs.",
    "Set API_KEY from a secret, and let only an authenticating proxy reach its port.",
    WebPage("huggingface.co/docs/text-generation-inference/reference/launcher", _READ),
)
LLAMA_CPP_NOT_OPEN = _control(
    LLAMA_CPP,
    "llama-server",
    Severity.HIGH,
    "Without a key anyone who reaches the server uses it.",
    "Set LLAMA_API_KEY from a secret, or keep it on 127.0.0.1.",
    WebPage("github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md", _READ),
)
TRITON_NOT_OPEN = _control(
    TRITON,
    "triton",
    Severity.CRITICAL,
    "Triton has no authentication: who reaches it loads models, reads shared memory and calls every model.",
    "Restrict its ports by network policy or security group, put an authenticating proxy in front, "
    "and keep --model-control-mode=none.",
    Cve("CVE-2025-23319", _READ),
)
MLFLOW_NOT_OPEN = _control(
    MLFLOW,
    "mlflow",
    Severity.HIGH,
    "Whoever reaches the tracking server reads and replaces models and artifacts.",
    "Start it with --app-name basic-auth, or keep it on 127.0.0.1 behind an authenticating proxy.",
    WebPage("mlflow.org/docs/latest/self-hosting/security/basic-http-auth/", _READ),
)
TENSORBOARD_NOT_OPEN = _control(
    TENSORBOARD,
    "tensorboard",
    Severity.MEDIUM,
    "TensorBoard has no authentication and shows what was trained on what.",
    "Leave out --bind_all and reach it through a port forward.",
    WebPage("github.com/tensorflow/tensorboard/blob/master/README.md", _READ),
)
OLLAMA_NOT_OPEN = _control(
    OLLAMA,
    "ollama",
    Severity.HIGH,
    "Ollama has no authentication: who reaches it runs, pulls and deletes models.",
    "Set OLLAMA_HOST to 127.0.0.1, or let only an authenticating proxy reach its port.",
    WebPage("github.com/ollama/ollama/blob/main/docs/faq.md", _READ),
)
DASK_NOT_OPEN = _control(
    DASK,
    "dask-scheduler",
    Severity.HIGH,
    "Who reaches the scheduler runs code on its workers.",
    "Restrict its ports by network policy or security group, and switch on TLS with client certificates.",
    WebPage("distributed.dask.org/en/stable/tls.html", _READ),
)
TENSORFLOW_SERVING_NOT_OPEN = _control(
    TENSORFLOW_SERVING,
    "tensorflow-serving",
    Severity.MEDIUM,
    "TensorFlow Serving has no authentication.",
    "Let only an authenticating proxy reach its ports.",
    WebPage("github.com/tensorflow/serving/blob/master/tensorflow_serving/g3doc/api_rest.md", _READ),
)
