"""Settings under which loading a model runs the code that somebody put into it."""

from __future__ import annotations

from collections.abc import Callable

from ourhalf.controls.commands import command_doubt, started_with
from ourhalf.controls.models.repositories import pinned
from ourhalf.controls.sagemaker import READ
from ourhalf.controls.servers import command_words
from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Entries, Field, Known, Text, Unresolved
from ourhalf.model.references import Cve, WebPage
from ourhalf.model.verdict import Status, Verdict
from ourhalf.model.workload import Container
from ourhalf.resources.images import ContainerImage

_TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})
_FALSE = frozenset({"0", "false", "no", "off", "n", "f"})
_REMOTE_CODE = frozenset(
    {
        "TRUST_REMOTE_CODE",
        "HF_TRUST_REMOTE_CODE",
        "OPTION_TRUST_REMOTE_CODE",
        "SM_VLLM_TRUST_REMOTE_CODE",
        "SM_SGLANG_TRUST_REMOTE_CODE",
        "SM_HP_TRUST_REMOTE_CODE",
        "VLLM_TRUST_REMOTE_CODE",
    }
)
_REMOTE_CODE_FLAGS = frozenset({"--trust-remote-code", "--trust_remote_code"})
_UNSAFE_WEIGHTS = frozenset({"TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"})


def is_true(value: Text) -> bool:
    """Whether a text switches something on."""
    return isinstance(value, str) and value.strip().strip("'\"").lower() in _TRUE


def is_false(value: Text) -> bool:
    """Whether a text switches something off."""
    return isinstance(value, str) and value.strip().strip("'\"").lower() in _FALSE


def _set_by(environment: Field[Entries[Text]], names: frozenset[str]) -> Field[Text] | Unresolved | None:
    """The variable among `names` that is on, one that cannot be told, or None where all are off."""
    match environment:
        case Absent():
            return None
        case Unresolved():
            return environment
    hidden: Unresolved | None = environment.value.rest
    for name, field in environment.value.items.items():
        if name.upper() not in names:
            continue
        match field:
            case Known(value) if is_true(value):
                return field
            case Unresolved():
                hidden = hidden or field
    return hidden


def _flagged(words: tuple[str, ...], flags: frozenset[str]) -> bool:
    """Whether one of `flags` stands among the words, alone or with a value that switches it on."""
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name not in flags:
            continue
        following = words[number + 1] if number + 1 < len(words) else ""
        if equals:
            return is_true(value)
        return not is_false(following)
    return False


def _off(
    names: frozenset[str], flags: frozenset[str], failure: str, success: str
) -> Callable[[Container, Context], Verdict]:
    def evaluate(container: Container, _: Context) -> Verdict:
        if flags and _flagged(command_words(container), flags):
            return Verdict.failed(failure, *reversed(started_with(container)))
        match _set_by(container.environment, names):
            case Unresolved() as hidden:
                return Verdict.unknown(hidden)
            case Known() as field:
                return Verdict.failed(failure, field)
        hidden_words = command_doubt(container)
        if flags and hidden_words is not None:
            return Verdict.unknown(hidden_words)
        if flags:
            return Verdict.passed(success, container.environment, container.arguments, container.entrypoint)
        return Verdict.passed(success, container.environment)

    return evaluate


_judge_remote_code = _off(
    _REMOTE_CODE,
    _REMOTE_CODE_FLAGS,
    "Python files beside the weights are run when the model is loaded",
    "the configuration does not ask for code that comes with a model",
)


def _remote_code(container: Container, context: Context) -> Verdict:
    """A commit that somebody may have read makes the failure a smaller one."""
    verdict = _judge_remote_code(container, context)
    if verdict.status is Status.FAIL and pinned(command_words(container), container) is True:
        reason = f"{verdict.reason}, though at a commit that cannot change"
        return Verdict.failed(reason, *verdict.fields, severity=Severity.MEDIUM)
    return verdict


REMOTE_CODE = Control(
    id="model-no-remote-code",
    title="Model servers run no code that comes with a model",
    topic=Topic.MODELS,
    severity=Severity.HIGH,
    layer=Layer.MODELS_AND_DATA,
    applies_to=Container,
    evaluate=_remote_code,
    rationale="Whoever may change the model's repository runs code with the role, data and network of the server.",
    remedy="Leave trust_remote_code off; take the model's code into the image after reading it, at a fixed commit.",
    citations=(
        WebPage("huggingface.co/docs/transformers/main/en/models#custom-models", READ),
        Cve("CVE-2025-66448", READ),
    ),
)


def _by_itself(
    judge: Callable[[Container, Context], Verdict],
) -> Callable[[ContainerImage, Context], Verdict | None]:
    """Judges an image by the container that it is when nobody tells it anything."""

    def evaluate(image: ContainerImage, context: Context) -> Verdict | None:
        container = context.contents.by_itself(image)
        return judge(container, context) if container is not None else None

    return evaluate


IMAGE_REMOTE_CODE = Control(
    id="image-no-remote-code",
    title="Images ask for no code that comes with a model",
    topic=Topic.MODELS,
    severity=Severity.HIGH,
    layer=Layer.IMAGE_CONFIGURATION,
    applies_to=ContainerImage,
    evaluate=_by_itself(_remote_code),
    rationale=(
        "A variable of the image, or the script that starts it, asks for whatever code lies beside a model, in every "
        "deployment that does not know of it."
    ),
    remedy="Take trust_remote_code out of the image; take the model's code into it after reading it.",
    citations=(
        WebPage("huggingface.co/docs/transformers/main/en/models#custom-models", READ),
        Cve("CVE-2025-66448", READ),
    ),
)

WEIGHTS_ONLY = Control(
    id="model-torch-weights-only",
    title="PyTorch loads weights only",
    topic=Topic.MODELS,
    severity=Severity.MEDIUM,
    layer=Layer.MODELS_AND_DATA,
    applies_to=Container,
    evaluate=_off(
        _UNSAFE_WEIGHTS,
        frozenset(),
        "every torch.load unpickles whatever the file holds, code included",
        "torch.load is not forced to unpickle everything",
    ),
    rationale="A checkpoint is a pickle: unpickling it without limits runs what its author put there.",
    remedy="Take TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD out; allow the classes that a checkpoint needs, or use safetensors.",
    citations=(
        WebPage("docs.pytorch.org/docs/stable/generated/torch.load.html", READ),
        WebPage("docs.pytorch.org/docs/stable/notes/serialization.html", READ),
    ),
)
