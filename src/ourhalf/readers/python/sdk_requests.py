"""The requests that objects of the SageMaker SDK send, from their arguments and the calls made on them."""

from __future__ import annotations

from ourhalf.model.field import Place, Reference, Unresolved
from ourhalf.model.resource import Resource
from ourhalf.readers.python.domain import Asked, Made, Map, Seq, Slot
from ourhalf.readers.python.sdk_deploy import deploy
from ourhalf.readers.python.sdk_fields import REMOTE, fields_of
from ourhalf.readers.python.sdk_monitors import send_monitor
from ourhalf.readers.python.sdk_tables import KINDS, REGISTER
from ourhalf.readers.python.shapes import at, fill, put_at, texts
from ourhalf.readers.python.state import State

_LOCAL = ("local", "local_gpu")


def send_all(state: State) -> None:
    """Note the resources of every object that sends a request, in the order in which they were made."""
    _hand_over(state)
    held = [_held_by(made) for made in state.made]
    wrapped = {id(inner) for inners in held for inner in inners}
    models: dict[int, Resource] = {}
    for made in state.made:
        state.tick()
        operation = KINDS[made.cls].operation
        alone = not made.calls or all(call.method == "create" for call in made.calls)
        part = bool(made.calls) and all(call.method == "prepare_container_def" for call in made.calls)
        if _is_local(made) or part or (id(made) in wrapped and alone):
            continue
        if operation == "CreateModel":
            _send_model(made, state, models)
        elif operation == "CreateHyperParameterTuningJob":
            _send_tuning(made, state)
        elif operation == "CreatePipeline":
            _send_pipeline(made, state)
        elif operation == "CreateTransformJob":
            _send_transform(made, state, models)
        elif operation.endswith("JobDefinition"):
            send_monitor(made, state)
        else:
            _send_job(made, operation, state)
        if operation in ("CreateTrainingJob", "CreateHyperParameterTuningJob"):
            _deploy_estimator(made, state, models)


def _hand_over(state: State) -> None:
    """Give the calls on what a function returned to the object that its body makes."""
    makers = {(made.cls, made.place): made for made in state.made}
    for returned in state.returned:
        state.tick()
        maker = makers.get((returned.cls, returned.place))
        if maker is not None:
            maker.calls.extend(returned.calls)


def _held_by(made: Made) -> list[Made]:
    """The objects whose requests are part of that of `made`."""
    found = [made.args.get(name) for name in ("estimator", "model_trainer", "model")]
    many = made.args.get("models")
    if isinstance(many, Seq):
        found.extend(slot.value for slot in many.items)
    return [value for value in found if isinstance(value, Made)]


def _is_local(made: Made) -> bool:
    """Whether the SDK runs it on the machine at hand, so that nothing is asked of SageMaker."""
    types = [made.args.get(name) for name in ("instance_type", "train_instance_type")]
    types += [call.args.get("instance_type") for call in made.calls if call.method in ("deploy", "create")]
    known = [value for value in types if value is not None]
    return bool(known) and all(isinstance(value, str) and value in _LOCAL for value in known)


def _send(operation: str, root: Map, place: Place, label: str, state: State) -> Resource | None:
    return state.emit(f"sagemaker:{operation}", root, place, label)


def _send_job(made: Made, operation: str, state: State) -> None:
    """A training or processing job: its constructor, with what `fit`, `train` or `run` adds."""
    root = fields_of(made)
    for call in made.calls:
        if operation == "CreateProcessingJob":
            _add_run(root, call)
        else:
            _add_fit(root, call)
    if operation == "CreateTrainingJob":
        _finish_training(root, made)
    _send(operation, root, made.place, made.label, state)


def _add_run(root: Map, call: Asked) -> None:
    if call.method == "run":
        table = {
            "job_name": "ProcessingJobName",
            "inputs": "ProcessingInputs",
            "arguments": "AppSpecification.ContainerArguments",
        }
        fill(root, call.args, table)
        fill(root, call.args, {"outputs": "ProcessingOutputConfig.Outputs"})


def _add_fit(root: Map, call: Asked) -> None:
    if call.method not in ("fit", "train", "tune"):
        return
    fill(root, call.args, {"job_name": "TrainingJobName", "input_data_config": "InputDataConfig"})
    inputs = call.args.items.get("inputs")
    if inputs is not None and inputs.value is not None:
        put_at(root, "InputDataConfig", Slot(_channels(inputs), inputs.place))


def _channels(inputs: Slot) -> object:
    """The channels that `fit(inputs)` makes: of one place, one for each name, or a list of them."""
    match inputs.value:
        case Map(items, rest):
            return Seq([_channel(name, slot) for name, slot in items.items()], rest)
        case Seq():
            return inputs.value
        case str() | Made() | Unresolved():
            return Seq([_channel("training", inputs)])
    return Unresolved("known only at run time", inputs.place)


def _channel(name: str, slot: Slot) -> Slot:
    root = Map({"ChannelName": Slot(name, slot.place)})
    value = slot.value
    if isinstance(value, Made):
        from ourhalf.readers.python.shapes import expand

        expanded = expand(value)
        value = expanded if isinstance(expanded, Map) else Unresolved("known only at run time", slot.place)
    if isinstance(value, Map):
        root.items.update(value.items)
        root.rest = value.rest
    else:
        put_at(root, "DataSource.S3DataSource.S3Uri", Slot(value, slot.place))
    return Slot(root, slot.place)


def _finish_training(root: Map, made: Made) -> None:
    """Settings of a training job that are not a plain copy of an argument."""
    for path in ("HyperParameters", "StaticHyperParameters"):
        held = root.items.get(path)
        if held is not None:
            root.items[path] = Slot(texts(held.value), held.place)
    hook = root.items.get("DebugHookConfig")
    if hook is not None and isinstance(hook.value, bool):
        del root.items["DebugHookConfig"]
    output = at(root, "OutputDataConfig.S3OutputPath")
    if output is None and root.rest is None:
        output = Slot(
            Unresolved("the SDK's default bucket of the account and region that run this", made.place), made.place
        )
        put_at(root, "OutputDataConfig.S3OutputPath", output)
    if made.cls in ("ModelTrainer", *REMOTE) or root.rest is not None or output is None:
        return
    # The SDK turns the debugger hook and the profiler on by itself, and lets both write beside the output.
    if hook is None:
        put_at(root, "DebugHookConfig.S3OutputPath", output)
    if at(root, "ProfilerConfig.DisableProfiler") is None:
        put_at(root, "ProfilerConfig.DisableProfiler", Slot(False, made.place))
        put_at(root, "ProfilerConfig.S3OutputPath", output)


def _send_tuning(made: Made, state: State) -> None:
    """A tuning job: its own settings, and the training job of its estimator."""
    root = fields_of(made)
    root.items.pop("RoleArn", None)
    inner = made.args.get("estimator") or made.args.get("model_trainer")
    if isinstance(inner, Made) and KINDS.get(inner.cls) is not None:
        training = fields_of(inner)
        for call in made.calls:
            _add_fit(training, call)
        job_name = training.items.pop("TrainingJobName", None)
        if job_name is not None:
            put_at(root, "HyperParameterTuningJobName", job_name)
        if "HyperParameters" in training.items:
            training.items["StaticHyperParameters"] = training.items.pop("HyperParameters")
        _finish_training(training, inner)
        root.items["TrainingJobDefinition"] = Slot(training, inner.place)
    else:
        reason = inner.reason if isinstance(inner, Unresolved) else "the estimator is known only at run time"
        root.items["TrainingJobDefinition"] = Slot(Unresolved(reason, made.place), made.place)
    _send("CreateHyperParameterTuningJob", root, made.place, made.label, state)


def _send_pipeline(made: Made, state: State) -> None:
    root = fields_of(made)
    for call in made.calls:
        if call.method in ("upsert", "create"):
            first = call.args.items.get("instance_type")  # `create` names its first argument for a model
            if call.method == "create" and first is not None:
                put_at(root, "RoleArn", first)
            fill(root, call.args, {"role_arn": "RoleArn", "tags": "Tags"})
    definition = Unresolved("the SDK writes the definition from the steps", made.place)
    root.items["PipelineDefinition"] = Slot(definition, made.place)
    _send("CreatePipeline", root, made.place, made.label, state)


def _send_transform(made: Made, state: State, models: dict[int, Resource]) -> None:
    root = fields_of(made)
    model = root.items.get("ModelName")
    if model is not None and isinstance(model.value, Made):
        known = models.get(id(model.value))
        named = Reference(known.origin.address, "ModelName") if known is not None else None
        root.items["ModelName"] = Slot(named or Unresolved("the model that the SDK makes", made.place), model.place)
    for call in made.calls:
        if call.method == "transform":
            fill(
                root,
                call.args,
                {"job_name": "TransformJobName", "data": "TransformInput.DataSource.S3DataSource.S3Uri"},
            )
    _send("CreateTransformJob", root, made.place, made.label, state)


def _send_model(made: Made, state: State, models: dict[int, Resource]) -> None:
    """A model, and for each `deploy` an endpoint configuration and an endpoint."""
    root = fields_of(made)
    _join_models(root, made)
    for call in made.calls:
        if call.method == "build":
            fill(root, call.args, {"model_name": "ModelName", "role_arn": "ExecutionRoleArn"})
        if call.method == "register":
            _register(root, call, made.label, state)
    resource = _send("CreateModel", root, made.place, made.label, state)
    if resource is None:
        return
    models[id(made)] = resource
    deploy(resource, made, state)


def _join_models(root: Map, made: Made) -> None:
    """A pipeline of models has all their containers, and a model of many takes what its own model says."""
    many = made.args.get("models")
    inner = made.args.get("model")
    if isinstance(inner, Made) and KINDS.get(inner.cls) is not None and KINDS[inner.cls].operation == "CreateModel":
        for key, slot in fields_of(inner).items.items():
            root.items.setdefault(key, slot)
    if many is None:
        return
    containers: list[Slot] = []
    rest: Unresolved | None = None
    if isinstance(many, Seq):
        rest = many.rest
        for slot in many.items:
            model = slot.value
            container = (
                fields_of(model).items.get("PrimaryContainer")
                if isinstance(model, Made) and model.cls in KINDS
                else None
            )
            unknown = Slot(Unresolved("a model that is known only at run time", slot.place), slot.place)
            containers.append(unknown if container is None else container)
    else:
        rest = Unresolved("models that are known only at run time", made.place)
    root.items["Containers"] = Slot(Seq(containers, rest), made.place)


def _register(root: Map, call: Asked, label: str, state: State) -> None:
    package = Map({}, call.args.rest)
    fill(package, call.args, REGISTER)
    container = root.items.get("PrimaryContainer")
    containers = root.items.get("Containers")
    if containers is None and container is not None:
        containers = Slot(Seq([container]), container.place)
    if containers is not None:
        put_at(package, "InferenceSpecification.Containers", containers)
    _send("CreateModelPackage", package, call.place, label, state)


def _deploy_estimator(made: Made, state: State, models: dict[int, Resource]) -> None:
    """An estimator that is deployed or registered makes a model of its artifact first."""
    deploys = [call for call in made.calls if call.method in ("deploy", "register", "transformer")]
    if not deploys:
        return
    inner = made.args.get("estimator")
    source = inner if isinstance(inner, Made) and inner.cls in KINDS else made
    training = fields_of(source)
    for call in deploys:
        given = {
            key: slot for key, slot in call.args.items.items() if key in ("role", "env", "image_uri", "vpc_config")
        }
        if "model_name" in call.args.items:
            given["name"] = call.args.items["model_name"]
        model = Made("FrameworkModel", Map(given, source.args.rest), call.place, made.label, [call])
        root = Map({}, source.args.rest)
        fill(root, model.args, KINDS["FrameworkModel"].arguments)
        _inherit(root, training, source, call.place)
        if call.method == "register":
            _register(root, call, made.label, state)
            continue
        resource = _send("CreateModel", root, call.place, made.label, state)
        if resource is not None and call.method == "deploy":
            deploy(resource, model, state)
        elif resource is not None:
            models[id(made)] = resource  # of the transform jobs that follow


def _inherit(root: Map, training: Map, source: Made, place: Place) -> None:
    """What the model of an estimator takes over from its training job."""
    pairs = (
        ("RoleArn", "ExecutionRoleArn"),
        ("VpcConfig", "VpcConfig"),
        ("EnableNetworkIsolation", "EnableNetworkIsolation"),
    )
    for there, here in pairs:
        slot = training.items.get(there)
        if slot is not None:
            root.items.setdefault(here, slot)
    if at(root, "PrimaryContainer.Image") is None:
        image = training_image = at(training, "AlgorithmSpecification.TrainingImage")
        if source.cls != "Estimator" or training_image is None:
            image = Slot(Unresolved(f"chosen by the SDK to serve what {source.cls} trained", place), place)
        if image is not None:
            put_at(root, "PrimaryContainer.Image", image)
    put_at(root, "PrimaryContainer.ModelDataUrl", Slot(Unresolved("the artifact of the training job", place), place))
