"""The SageMaker Python SDK: what its classes and functions give, and the calls made on its objects."""

from __future__ import annotations

import ast

from ourhalf.model.field import Place, Unresolved
from ourhalf.readers.python.clients import operations
from ourhalf.readers.python.domain import Answer, Asked, Dotted, Instance, Made, Map, Opaque, Seq, Slot, brief, concat
from ourhalf.readers.python.sdk_fields import RUNTIME_ROLE, fields_of
from ourhalf.readers.python.sdk_parts import PARTS
from ourhalf.readers.python.sdk_tables import ELSEWHERE, KINDS, METHODS, Kind
from ourhalf.readers.python.shapes import api_fields, at
from ourhalf.readers.python.state import Arguments, State

_PARAMETERS = frozenset({"ParameterString", "ParameterInteger", "ParameterFloat", "ParameterBoolean"})
_IMAGE_FUNCTIONS = frozenset({"get_image_uri", "get_huggingface_llm_image_uri"})
_GIVE_THEMSELVES = frozenset({"build", "optimize", "set_deployment_config"})
_RESOURCES = (".resources.", "sagemaker_core.main.resources.")
# What a step of a pipeline runs, and the method of it that the step stands for.
_STEPS = {
    "estimator": ("fit", {"inputs": "inputs"}),
    "processor": ("run", {"inputs": "inputs", "outputs": "outputs", "job_arguments": "arguments"}),
    "transformer": ("transform", {"inputs": "data"}),
    "tuner": ("fit", {"inputs": "inputs"}),
    "model": ("create", {}),
}


def construct(called: Dotted, arguments: Arguments, node: ast.Call, state: State) -> object:
    """What a class or function gives; unresolved where it is none of the SDK's that matter."""
    name, last = called.name, called.last
    place = state.place(node)
    if last == "get_execution_role":
        return Unresolved(RUNTIME_ROLE, place)
    if not name.startswith(("sagemaker.", "sagemaker_core.")):
        return state.unknown(node, f"what {brief(node.func)}() returns")
    if name.endswith("image_uris.retrieve") or last in _IMAGE_FUNCTIONS:
        return Unresolved(_image_reason(arguments), place)
    if last in _PARAMETERS:
        return _parameter(arguments, place)
    if last == "Join":
        return _joined(arguments, place)
    if last == "create" and any(part in name for part in _RESOURCES):
        return _create(name.split(".")[-2], arguments, place, state)
    shape = ".shapes." in name or ".resources." in name
    kind = None if shape else ELSEWHERE.get(name) or KINDS.get(last) or PARTS.get(last)
    if kind is not None or last[:1].isupper():
        return _make(last, kind, arguments, place, state)
    return state.unknown(node, f"what {brief(node.func)}() returns")


def construct_derived(own: Instance, base: Dotted, arguments: Arguments, node: ast.Call, state: State) -> object:
    """An object of a class of this file that derives from one of the SDK, and may set more than it is given."""
    if base.last not in KINDS or not base.name.startswith("sagemaker."):
        return own
    more = Unresolved(f"class {own.name} may set it", state.place(node))
    named = Map(dict(arguments.named.items), arguments.named.rest or more, state.path)
    return _make(base.last, KINDS[base.last], Arguments([], named, arguments.rest), state.place(node), state)


def _make(cls: str, kind: Kind | None, arguments: Arguments, place: Place, state: State) -> Made:
    made = Made(
        cls, _by_name(arguments, kind.positional if kind else (), state), place, f"{cls} in {state.scope.title}"
    )
    if kind is not None and kind.operation and not state.quiet:
        state.made.append(made)
    if cls.endswith("Step") or cls in ("RegisterModel", "EstimatorTransformer"):
        _run_step(cls, made, state)
    return made


def decorate(called: Dotted, place: Place, state: State) -> Made | None:
    """`@remote` and `@step` without arguments, which run the function below them as a job."""
    if called.last not in ("remote", "step") or not called.name.startswith("sagemaker."):
        return None
    return _make(called.last, KINDS[called.last], Arguments([], Map({}, None, state.path)), place, state)


def _by_name(arguments: Arguments, positional: tuple[str, ...], state: State) -> Map:
    named = Map(dict(arguments.named.items), arguments.named.rest or arguments.rest, state.path)
    for name, slot in zip(positional, arguments.positional, strict=False):
        named.items.setdefault(name, slot)
    return named


def _run_step(cls: str, step: Made, state: State) -> None:
    """A step of a pipeline calls a method of what it holds."""
    for argument, (method_name, renamed) in _STEPS.items():
        held = step.args.get(argument)
        if not isinstance(held, Made) or state.quiet:
            continue
        if cls == "RegisterModel":
            held.calls.append(Asked("register", step.args, step.place))
            continue
        given = {to: step.args.items[name] for name, to in renamed.items() if name in step.args.items}
        held.calls.append(Asked(method_name, Map(given, step.args.rest), step.place))


def method(holder: Made, name: str, arguments: Arguments, node: ast.Call, state: State) -> object:
    """What a method gives; calls that make or change a request are kept with the object."""
    place = state.place(node)
    if name == "submit" and holder.cls == "TrainingQueue":
        return _submit(arguments, place, state)
    if name == "set_hyperparameters":
        _set_hyperparameters(holder, arguments, place, state)
        return None
    if name in METHODS:
        return _ask(holder, name, _by_name(arguments, METHODS[name], state), place, state)
    if name == "with_checkpoint_config" or name.startswith("with_"):
        return _configured(holder, name.removeprefix("with_"), arguments, state)
    kind = KINDS.get(holder.cls)
    if name == "prepare_container_def" and kind is not None and kind.operation == "CreateModel":
        return _container_of(holder, place, state)
    if name == "create_model":
        return _model_of(holder, _by_name(arguments, ("role",), state), place, state)
    return None


def _ask(holder: Made, name: str, named: Map, place: Place, state: State) -> object:
    if not state.quiet:
        holder.calls.append(Asked(name, named, place))
    if name in _GIVE_THEMSELVES:
        return holder
    if name == "transformer":
        return _transformer(holder, named, place, state)
    if name in ("deploy", "fit", "train", "tune"):
        return Opaque(f"result of {name}():")
    return Opaque("value that the pipeline or job gives:")


def _submit(arguments: Arguments, place: Place, state: State) -> Opaque:
    """A queue of AWS Batch that is given a job runs it as its own `fit` or `train` would."""
    named = _by_name(arguments, ("training_job", "inputs", "job_name"), state)
    held = named.get("training_job")
    if isinstance(held, Made) and held.cls in KINDS and not state.quiet:
        inputs = "input_data_config" if held.cls == "ModelTrainer" else "inputs"
        renamed = {"inputs": inputs, "job_name": "job_name"}
        given = {to: named.items[key] for key, to in renamed.items() if key in named.items}
        held.calls.append(Asked("train", Map(given, named.rest), place))
    return Opaque("value that the queue gives:")


def _set_hyperparameters(holder: Made, arguments: Arguments, place: Place, state: State) -> None:
    held = holder.args.get("hyperparameters")
    if held is None:
        held = Map({}, None, holder.args.path)
        holder.args.items["hyperparameters"] = Slot(held, place)
    if isinstance(held, Map):
        for key, slot in arguments.named.items.items():
            state.put(held, key, slot)
        held.rest = held.rest or arguments.named.rest


def _configured(holder: Made, what: str, arguments: Arguments, state: State) -> Made:
    """`ModelTrainer.with_checkpoint_config(x)` and its like set one part and return the object."""
    if arguments.positional:
        state.put(holder.args, what, arguments.positional[0])
    return holder


def _model_of(holder: Made, named: Map, place: Place, state: State) -> Made:
    """The model that `create_model` makes of an estimator."""
    given = {key: slot for key, slot in named.items.items() if key != "self"}
    for key in ("role", "image_uri", "enable_network_isolation"):
        if key in holder.args.items:
            given.setdefault(key, holder.args.items[key])
    given.setdefault("model_data", Slot(Unresolved("the artifact of the training job", place), place))
    made = Made("FrameworkModel", Map(given, named.rest or holder.args.rest, state.path), place, holder.label)
    if not state.quiet:
        state.made.append(made)
    return made


def _container_of(holder: Made, place: Place, state: State) -> object:
    """What `prepare_container_def` gives of a model, for a request that is sent without the SDK."""
    if not state.quiet:
        holder.calls.append(Asked("prepare_container_def", Map({}), place))
    held = at(fields_of(holder), "PrimaryContainer")
    return Unresolved("the container that the SDK makes of the model", place) if held is None else held.value


def _transformer(holder: Made, named: Map, place: Place, state: State) -> Made:
    """The transformer of a model or estimator; its model is named by the SDK."""
    given = Map({"model_name": Slot(holder, place), **named.items}, named.rest, named.path)
    made = Made("Transformer", given, place, holder.label)
    if not state.quiet:
        state.made.append(made)
    return made


def _create(cls: str, arguments: Arguments, place: Place, state: State) -> object:
    """`TrainingJob.create(...)` of the SDK's resource classes: the request with fields in snake case."""
    operation = f"sagemaker:Create{cls}"
    if not any(operation in many for many in operations().values()):
        return Opaque(f"answer of Create{cls}:")
    made = state.emit(operation, api_fields(arguments.named), place)
    return Opaque("answer") if made is None else Answer(made.origin.address)


def _parameter(arguments: Arguments, place: Place) -> Unresolved:
    name = arguments.named.get("name") or arguments.first()
    default = arguments.named.get("default_value")
    shown = f", by default {default}" if isinstance(default, str | int | float) else ""
    return Unresolved(f"pipeline parameter {name if isinstance(name, str) else ''}{shown}", place)


def _joined(arguments: Arguments, place: Place) -> object:
    between, values = arguments.named.get("on") or "", arguments.named.get("values")
    if not isinstance(values, Seq) or values.rest is not None:
        return Unresolved("joined by the pipeline when it runs", place)
    pieces: list[object] = []
    for slot in values.items:
        pieces += [between, slot.value] if pieces else [slot.value]
    return concat(pieces, place)


def _image_reason(arguments: Arguments) -> str:
    names = ("framework", "region", "version")
    given = dict(zip(names, (slot.value for slot in arguments.positional), strict=False))
    for key in ("framework", "version", "repo_version", "model_id", "base_framework_version", "image_scope"):
        given.setdefault(key, arguments.named.get(key))
    framework = given["framework"] if isinstance(given.get("framework"), str) else None
    version = given.get("version") or given.get("repo_version")
    model = given.get("model_id")
    if framework is None and isinstance(model, str):
        return f"chosen by the SDK for model {model}"
    shown = f" version {version}" if isinstance(version, str) else ""
    return f"chosen by the SDK for framework {framework or 'known only at run time'}{shown}"
