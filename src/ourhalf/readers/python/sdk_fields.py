"""The fields of the requests of SageMaker's SDK that the constructors of its objects decide."""

from __future__ import annotations

from ourhalf.model.field import Unresolved
from ourhalf.readers.python.domain import Made, Map, Slot
from ourhalf.readers.python.sdk_tables import KINDS
from ourhalf.readers.python.shapes import at, fill, put_at, settle

RUNTIME_ROLE = "the role of the notebook or session that runs this"
_ROLES = {"CreateModel": "ExecutionRoleArn"}
_IMAGES = {
    "CreateTrainingJob": "AlgorithmSpecification.TrainingImage",
    "CreateModel": "PrimaryContainer.Image",
    "CreateProcessingJob": "AppSpecification.ImageUri",
}
_ENVIRONMENTS = {"CreateTrainingJob": "Environment", "CreateModel": "PrimaryContainer.Environment"}
REMOTE = ("remote", "step", "RemoteExecutor")
_SESSION_ROLE = frozenset({"ModelTrainer", "ModelBuilder", "JumpStartEstimator", "JumpStartModel", *REMOTE})


def fields_of(made: Made) -> Map:
    """The fields of its request that the constructor of an object decides."""
    kind = KINDS[made.cls]
    root = Map({}, made.args.rest)
    fill(root, made.args, kind.arguments)
    if made.cls.startswith("JumpStart"):
        _by_catalogue(root, made, kind.operation)
    settle(root, kind.defaults, made.place)
    _set_role(root, made, kind.operation)
    _set_image(root, made, kind.operation)
    return root


def _by_catalogue(root: Map, made: Made, operation: str) -> None:
    """JumpStart takes from its catalogue what is not given."""
    model = made.args.get("model_id")
    reason = f"chosen by JumpStart for model {model if isinstance(model, str) else 'known only at run time'}"
    unknown = Slot(Unresolved(reason, made.place), made.place)
    paths = [_IMAGES[operation], "EnableNetworkIsolation"]
    if operation == "CreateTrainingJob":
        paths += ["ResourceConfig.InstanceType", "EnableInterContainerTrafficEncryption", "HyperParameters"]
    else:
        paths.append("PrimaryContainer.ModelDataUrl")
    for path in paths:
        if at(root, path) is None:
            put_at(root, path, unknown)
    environment = at(root, _ENVIRONMENTS[operation])
    if environment is None:
        put_at(root, _ENVIRONMENTS[operation], Slot(Map({}, Unresolved(reason, made.place)), made.place))
    elif isinstance(environment.value, Map):
        environment.value.rest = environment.value.rest or Unresolved(reason, made.place)


def _set_role(root: Map, made: Made, operation: str) -> None:
    path = _ROLES.get(operation, "RoleArn")
    if at(root, path) is None and root.rest is None and operation != "CreateTransformJob":
        reason = "no role is given: the SDK looks in its configuration"
        if made.cls in _SESSION_ROLE:
            reason = RUNTIME_ROLE
        elif operation == "CreatePipeline":
            reason = "the pipeline is given its role where it is saved, which is not in this file"
        put_at(root, path, Slot(Unresolved(reason, made.place), made.place))


def _set_image(root: Map, made: Made, operation: str) -> None:
    path = _IMAGES.get(operation)
    if path is None or at(root, path) is not None or "models" in made.args.items:
        return
    if (
        "algorithm_arn" in made.args.items
        or "algorithm_name" in made.args.items
        or "model_package_arn" in made.args.items
    ):
        return
    names = ("framework_version", "pytorch_version", "tensorflow_version", "transformers_version", "toolkit_version")
    versions = [(name, made.args.get(name)) for name in names]
    shown = "".join(f" {name.replace('_', ' ')} {v}" for name, v in versions if isinstance(v, str))
    put_at(root, path, Slot(Unresolved(f"chosen by the SDK for {made.cls}{shown}", made.place), made.place))
