"""What `deploy` of the SageMaker SDK asks for: an endpoint and its configuration, or a batch job."""

from __future__ import annotations

from ourhalf.model.field import Reference, Unresolved
from ourhalf.model.resource import Resource
from ourhalf.readers.python.domain import Asked, Made, Map, Seq, Slot
from ourhalf.readers.python.sdk_tables import CONFIGURE, DEPLOY, KINDS
from ourhalf.readers.python.shapes import at, fill, put_at
from ourhalf.readers.python.state import State

# What a model builder is given as `inference_config`, and the argument of other models that it stands for.
_INFERENCE = {
    "ServerlessInferenceConfig": "serverless_inference_config",
    "AsyncInferenceConfig": "async_inference_config",
}


def deploy(model: Resource, made: Made, state: State) -> None:
    """The requests of every `deploy` of a model, in order."""
    chosen: Slot | None = None
    for call in made.calls:
        if call.method in ("optimize", "set_deployment_config"):
            chosen = call.args.items.get("instance_type", chosen)
        if call.method == "deploy":
            _deploy(model, made, call, chosen, state)


def _deploy(model: Resource, made: Made, call: Asked, chosen: Slot | None, state: State) -> None:
    given, named = _given(call.args), Slot(Reference(model.origin.address, "ModelName"), call.place)
    inference = given.get("inference_config")
    if isinstance(inference, Made) and inference.cls == "BatchTransformInferenceConfig":
        job = Map({"ModelName": named}, inference.args.rest)
        fill(job, inference.args, KINDS["Transformer"].arguments)
        fill(job, inference.args, {"test_data_s3_path": "TransformInput.DataSource.S3DataSource.S3Uri"})
        state.emit("sagemaker:CreateTransformJob", job, call.place, made.label)
        return
    variant = Map({"VariantName": Slot("AllTraffic", call.place), "ModelName": named}, given.rest)
    fill(variant, made.args, {"instance_type": "InstanceType"})
    fill(variant, Map({} if chosen is None else {"instance_type": chosen}), DEPLOY)
    fill(variant, given, DEPLOY)
    if made.cls.startswith(("JumpStart", "ModelBuilder")) and "ServerlessConfig" not in variant.items:
        _choose_instances(variant, given, call)
    root = Map({}, given.rest)
    fill(root, given, CONFIGURE)
    root.items["ProductionVariants"] = Slot(Seq([Slot(variant, call.place)]), call.place)
    updates = given.get("update_endpoint") is True
    if updates:
        root.items.pop("EndpointConfigName", None)  # that name is taken: the SDK makes a new one
    config = state.emit("sagemaker:CreateEndpointConfig", root, call.place, made.label)
    if updates:
        return  # the endpoint is there, and only gets the new configuration
    endpoint = Map({}, given.rest)
    fill(endpoint, given, {"endpoint_name": "EndpointName", "tags": "Tags"})
    if config is not None:
        reference = Reference(config.origin.address, "EndpointConfigName")
        endpoint.items["EndpointConfigName"] = Slot(reference, call.place)
    state.emit("sagemaker:CreateEndpoint", endpoint, call.place, made.label)


def _given(args: Map) -> Map:
    """The arguments, with the `inference_config` of a model builder under the name that it has elsewhere."""
    inference = args.get("inference_config")
    name = _INFERENCE.get(inference.cls) if isinstance(inference, Made) else None
    if name is None:
        return args
    items = {name if key == "inference_config" else key: slot for key, slot in args.items.items()}
    return Map(items, args.rest, args.path)


def _choose_instances(variant: Map, given: Map, call: Asked) -> None:
    """What JumpStart and the model builder take where a deployment says nothing: one instance of their choice."""
    if at(variant, "InstanceType") is None:
        put_at(variant, "InstanceType", Slot(Unresolved("chosen by the SDK for the model", call.place), call.place))
    plain = variant.rest is None and not {"inference_config", "mode"} & given.items.keys()
    if plain and at(variant, "InitialInstanceCount") is None:
        put_at(variant, "InitialInstanceCount", Slot(1, call.place))
