"""Code that loads models: whether it lets them run code of their own."""

from __future__ import annotations

import posixpath
import re
from datetime import date

from ourhalf.model.context import Context
from ourhalf.model.control import Control, Layer, Severity, Topic
from ourhalf.model.field import Absent, Known, Unresolved, effective
from ourhalf.model.references import Cve, WebPage
from ourhalf.model.verdict import Verdict
from ourhalf.resources.model_files import ModelFile
from ourhalf.resources.model_loads import ModelLoad

_READ = date(2026, 11, 27)
_REMOTE = "trust_remote_code"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_IGNORES_SAFE_MODE = (".h5", ".hdf5")


def _data_only(load: ModelLoad, context: Context) -> Verdict | None:
    if load.setting == _REMOTE:
        return None
    path = effective(load.path)
    match load.runs_code:
        case Known(True) as field if not load.setting:
            return _by_file(load, context)
        case Known(True) as field:
            return Verdict.failed(f"{effective(load.loader)} runs the code that is in what it loads", field)
        case Absent(None) as field:
            return Verdict.unknown("before PyTorch 2.6 it unpickles everything, and from then on only weights", field)
        case Known(False) | Absent(False) as field if load.setting == "safe_mode":
            if isinstance(load.path, Unresolved):
                return Verdict.unknown(load.path)
            if path is not None and path.lower().endswith(_IGNORES_SAFE_MODE):
                return Verdict.unknown("Keras before 3.11.3 runs functions in HDF5 whatever is said", load.path)
            return Verdict.passed("functions in the model are refused", field)
        case Known(False) | Absent(False) as field:
            return Verdict.passed("only data are loaded", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
    return Verdict.unknown("whether it runs code is not known", load.runs_code)


def _by_file(load: ModelLoad, context: Context) -> Verdict:
    """A function that runs whatever a pickle says is as good as the file that it is given."""
    name = posixpath.basename(effective(load.path) or "")
    files = [file for file in context.graph.all(ModelFile) if file.name == name] if name else []
    loaded = [file for file in files if any(one.resource is load for one in context.models.loaders(file))]
    what = f"{effective(load.loader)} runs whatever a pickle says"
    for file in loaded:
        match file.judgement:
            case Known("safe") as field:
                return Verdict.passed(f"{what}, and {file.name} is proved to hold only data", field)
            case Known("unsafe") as field:
                return Verdict.failed(f"{what}, and {file.name} does what no data needs", field)
    return Verdict.unknown(f"{what}: what it loads is not known to hold only data", load.loader)


DATA_ONLY = Control(
    id="code-loads-data-only",
    title="Code loads models as data only",
    topic=Topic.MODELS,
    severity=Severity.MEDIUM,
    layer=Layer.MODELS_AND_DATA,
    applies_to=ModelLoad,
    evaluate=_data_only,
    rationale="A pickle is a program: whoever may change the file runs code with the role of what loads it.",
    remedy=(
        "Say weights_only=True, leave allow_pickle and safe_mode as they are, or load safetensors; take pickles only "
        "from where nobody else writes."
    ),
    citations=(
        WebPage("docs.pytorch.org/docs/stable/generated/torch.load.html", _READ),
        WebPage("docs.python.org/3/library/pickle.html", _READ),
        WebPage("numpy.org/doc/stable/reference/generated/numpy.load.html", _READ),
        Cve("CVE-2025-9905", _READ),
    ),
)


def _remote_code(load: ModelLoad, _: Context) -> Verdict | None:
    if load.setting != _REMOTE:
        return None
    match load.runs_code:
        case Known(True) as field:
            commit = _COMMIT.fullmatch(effective(load.revision) or "") is not None
            reason = "Python files beside the weights are run when the model is loaded"
            said = f"{reason}, though at a commit that cannot change" if commit else reason
            return Verdict.failed(said, field, severity=Severity.MEDIUM if commit else None)
        case Known(False) | Absent(False) as field:
            return Verdict.passed("code that comes with the model is refused", field)
        case Unresolved() as field:
            return Verdict.unknown(field)
    return Verdict.unknown("whether it runs code is not known", load.runs_code)


REMOTE_CODE = Control(
    id="code-no-remote-code",
    title="Code runs no code that comes with a model",
    topic=Topic.MODELS,
    severity=Severity.HIGH,
    layer=Layer.MODELS_AND_DATA,
    applies_to=ModelLoad,
    evaluate=_remote_code,
    rationale="Whoever may change the model's repository runs code with the role and data of what loads it.",
    remedy="Leave trust_remote_code off; take the model's code into your own after reading it, at a fixed commit.",
    citations=(WebPage("huggingface.co/docs/transformers/main/en/models#custom-models", _READ),),
)
