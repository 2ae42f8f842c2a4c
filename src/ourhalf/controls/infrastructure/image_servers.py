"""Servers that an image starts by itself, and what files in it say of servers."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ourhalf.controls.images import READ, exhibits, failed_by, place_of
from ourhalf.controls.infrastructure.interfaces import GRADIO, STREAMLIT
from ourhalf.controls.infrastructure.model_servers import (
    LLAMA_CPP,
    OLLAMA,
    SGLANG,
    TEI,
    TENSORFLOW_SERVING,
    TGI,
    TRITON,
    VLLM,
)
from ourhalf.controls.infrastructure.open_servers import (
    DASK,
    JUPYTER,
    MLFLOW,
    MULTI_MODEL_SERVER,
    RAY,
    TENSORBOARD,
    TORCHSERVE,
)
from ourhalf.controls.server_files import is_loopback
from ourhalf.controls.servers import Server, Unclear, server
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import unknown_part
from ourhalf.model.references import Cve, Repository, WebPage
from ourhalf.model.responsibility import Service
from ourhalf.model.verdict import Verdict
from ourhalf.resources.images import ContainerImage, Exhibit

_KINDS = (
    JUPYTER, RAY, TORCHSERVE, MULTI_MODEL_SERVER, DASK, MLFLOW, TENSORBOARD, VLLM, SGLANG, TGI, TEI, LLAMA_CPP, TRITON,
    OLLAMA, TENSORFLOW_SERVING, GRADIO, STREAMLIT,
)  # fmt: skip
_SETTINGS = "server-settings"


def _fronted(image: ContainerImage, context: Context) -> bool:
    """Whether all that runs the image is on SageMaker, which stands before it and passes on port 8080 alone."""
    users = context.contents.users(image)
    return bool(users) and all(workload.services == (Service.SAGEMAKER,) for workload, _ in users)


def _eased(verdict: Verdict, image: ContainerImage, context: Context) -> Verdict:
    if not _fronted(image, context):
        return verdict
    reason = f"{verdict.reason}; all that runs it is on SageMaker, which lets callers to port 8080 only"
    return msgspec.structs.replace(verdict, reason=reason, severity=Severity.LOW)


def _starts_closed(image: ContainerImage, context: Context) -> Verdict | None:
    container = context.contents.by_itself(image)
    if container is None:
        return None
    closed: list[Server] = []
    unclear: Server | Unclear | None = None
    for kind in _KINDS:
        match server(container, kind):
            case Server() as found if found.loopback or found.authenticated:
                closed.append(found)
            case Server(loopback=False, authenticated=False) as found:
                why = f"it starts {kind.name} on every address without authentication"
                severity = Severity.CRITICAL if kind.runs_code else None
                return _eased(Verdict.failed(why, *found.fields, severity=severity), image, context)
            case Server() | Unclear() as found:
                unclear = unclear or found
    match unclear:
        case Unclear(because):
            return Verdict.unknown(because)
        case Server() as found:
            why = f"whether {found.kind.name} is closed to strangers cannot be told from the image"
            return Verdict.unknown(why, *found.fields)
    hidden = unknown_part(container.scripts)
    if hidden is not None:
        return Verdict.unknown(hidden)
    if closed:
        names = ", ".join(one.kind.name for one in closed)
        fields = [field for one in closed for field in one.fields]
        return Verdict.passed(f"it starts {names}, closed to strangers", *fields)
    return None


STARTS_CLOSED = Control(
    id="image-servers-not-open",
    title="Servers that images start ask who calls",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_starts_closed,
    rationale=(
        "An image is run in other places than it was made for: what it starts by itself should be safe wherever that "
        "is, and not only behind the network of one deployment."
    ),
    remedy=(
        "Let the entrypoint bind to 127.0.0.1, or ask for a token or key that each deployment hands over as a secret."
    ),
    citations=(Repository("aws/deep-learning-containers", READ), Cve("CVE-2023-48022", READ)),
)


def _by_settings(
    servers: tuple[str, ...], wrong: Callable[[dict[str, str]], str], name: str
) -> Callable[[ContainerImage, Context], Verdict | None]:
    """Judges the files that configure some servers: `wrong` says what is wrong with one, `?` first where it may be."""

    def evaluate(image: ContainerImage, context: Context) -> Verdict | None:
        files = [one for one in exhibits(image, _SETTINGS) if one.details.get("server") in servers]
        told = [(one, wrong(one.details)) for one in files]
        bad = tuple(_said(one, why) for one, why in told if why and not why.startswith("?"))
        if bad:
            return _eased(failed_by(bad), image, context)
        for one, why in told:
            if why:
                return Verdict.unknown(why[1:], place_of(one))
        hidden = unknown_part(image.exhibits)
        if hidden is not None:
            return Verdict.unknown(hidden)
        return Verdict.passed(f"the settings of {name} keep it closed", *map(place_of, files)) if files else None

    return evaluate


def _said(exhibit: Exhibit, why: str) -> Exhibit:
    return msgspec.structs.replace(exhibit, what=why)


def _jupyter(settings: dict[str, str]) -> str:
    token, password = settings.get("token"), settings.get("password")
    if settings.get("unauthenticated") == "true" or (token == "empty" and password in (None, "empty")):
        where = settings.get("address", "")
        return "Jupyter asks for no token" + (f", and listens on {where}" if where and not is_loopback(where) else "")
    if settings.get("xsrf-off") == "true":
        return "Jupyter takes requests that other web pages make"
    if settings.get("allow-origin") == "*":
        return "Jupyter answers web pages of every origin"
    if "unclear" in (token, password, settings.get("unauthenticated")):
        return "?whether Jupyter asks for a token, only running its configuration would tell"
    return ""


JUPYTER_SETTINGS = Control(
    id="image-jupyter-settings-closed",
    title="Configuration of Jupyter in images leaves its token on",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_by_settings(("jupyter",), _jupyter, "Jupyter"),
    rationale="A notebook server is a shell. Configuration in the image opens it wherever somebody starts it.",
    remedy="Take the empty token and password out of the configuration, and `*` out of allow_origin.",
    citations=(WebPage("jupyter-server.readthedocs.io/en/latest/operators/security.html", READ),),
)


def _model_server(settings: dict[str, str]) -> str:
    address = settings.get("address", "")
    opened = address and not is_loopback(address)
    if settings.get("token-off") == "true":
        return "token authorization is switched off" + (f", with management on {address}" if opened else "")
    if not opened:
        return ""
    urls = settings.get("allowed-urls", "")
    # The default of TorchServe, and what amounts to it: any host of a scheme.
    anywhere = settings.get("server") == "torchserve" and (not urls or "://.*" in urls)
    return f"management listens on {address}" + (", and takes models from any address" if anywhere else "")


MODEL_SERVER_SETTINGS = Control(
    id="image-model-server-management-inside",
    title="Configuration of model servers in images keeps management on loopback",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.MEDIUM,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_by_settings(("torchserve", "mms"), _model_server, "the model server"),
    rationale="Whoever reaches the management API of TorchServe or the Multi Model Server loads models that run code.",
    remedy=(
        "Set management_address to http://127.0.0.1:8081, leave token authorization on, and name in allowed_urls where "
        "models may come from."
    ),
    citations=(
        Cve("CVE-2023-43654", READ),
        WebPage("docs.pytorch.org/serve/configuration.html", READ),
        WebPage("awslabs.github.io/multi-model-server/docs/configuration.html", READ),
    ),
)


def _mlflow(settings: dict[str, str]) -> str:
    if settings.get("admin-password") == "default":
        return "the password of MLflow's administrator is the one that its documentation tells"
    return ""


MLFLOW_SETTINGS = Control(
    id="image-mlflow-password-changed",
    title="Configuration of MLflow in images sets a password of its own",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_by_settings(("mlflow",), _mlflow, "MLflow"),
    rationale="Everybody knows the password that MLflow gives its administrator unless told otherwise.",
    remedy="Name a file of your own in MLFLOW_AUTH_CONFIG_PATH, mounted as a secret and not in the image.",
    citations=(WebPage("mlflow.org/docs/latest/self-hosting/security/basic-http-auth", READ),),
)


def _streamlit(settings: dict[str, str]) -> str:
    off = [
        name for name, word in (("XSRF protection", "xsrf"), ("CORS checks", "cors")) if settings.get(word) == "false"
    ]
    return f"Streamlit runs without {' and '.join(off)}" if off else ""


STREAMLIT_SETTINGS = Control(
    id="image-streamlit-protections-on",
    title="Configuration of Streamlit in images leaves its protections on",
    topic=Topic.INFRASTRUCTURE,
    severity=Severity.LOW,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_by_settings(("streamlit",), _streamlit, "Streamlit"),
    rationale="Without these, a web page that a user of the application visits can act in the user's name.",
    remedy="Take enableXsrfProtection and enableCORS out of config.toml, or set them to true.",
    citations=(WebPage("docs.streamlit.io/develop/api-reference/configuration/config.toml", READ),),
)
