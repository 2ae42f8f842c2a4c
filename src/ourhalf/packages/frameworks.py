"""What deep-learning frameworks say of their build, and which Python packages serve requests: facts of packages.

A framework's public version is the same for each CUDA that it is built for: the wheel on PyPI of torch 2.13.0 is one
for CUDA, as only `torch/version.py` tells. Files are read by their text; nothing is run. Ports are those that the
documentation of each server gives as its default.
"""

from __future__ import annotations

import re

import msgspec

from ourhalf.images.filesystem import FileSystem
from ourhalf.images.wanted import Wanted
from ourhalf.packages.records import facts, is_word, text

_BUILDS = {
    "torch": "torch/version.py",
    "torchvision": "torchvision/version.py",
    "tensorflow": "tensorflow/python/platform/build_info.py",
    "tensorflow-cpu": "tensorflow/python/platform/build_info.py",
    "tf-nightly": "tensorflow/python/platform/build_info.py",
    "onnxruntime": "onnxruntime/capi/build_and_package_info.py",
    "onnxruntime-gpu": "onnxruntime/capi/build_and_package_info.py",
    "paddlepaddle": "paddle/version/__init__.py",
    "paddlepaddle-gpu": "paddle/version/__init__.py",
}
_SERVERS = {
    "bentoml": "BentoML, port 3000",
    "distributed": "Dask, ports 8786 and 8787",
    "gradio": "Gradio, port 7860",
    "jupyter-server": "Jupyter, port 8888",
    "kserve": "KServe, port 8080",
    "litellm": "LiteLLM's proxy, port 4000",
    "litserve": "LitServe, port 8000",
    "lmdeploy": "LMDeploy, port 23333",
    "mlflow": "MLflow, port 5000",
    "multi-model-server": "Multi Model Server, ports 8080 and 8081",
    "notebook": "Jupyter Notebook, port 8888",
    "ray": "Ray, ports 6379, 8265 and 10001",
    "sagemaker-inference": "SageMaker's inference toolkit, port 8080",
    "sglang": "SGLang, port 30000",
    "streamlit": "Streamlit, port 8501",
    "tensorboard": "TensorBoard, port 6006",
    "torchserve": "TorchServe, ports 8080, 8081 and 8082",
    "vllm": "vLLM, port 8000",
}
_VALUE = r"""\s*(?:['"](?P<text>[\w.+-]{1,40})['"]|(?P<none>None\b))"""


def _given(name: str) -> re.Pattern[str]:
    """A name that is assigned a value, or stands before it in a dictionary or its pairs."""
    assigned = rf"^{name}[ \t]*(?::[^=\n]{{0,40}})?="
    paired = rf"""[({{]\s*['"]{name}['"]\s*[,:]|,\s*['"]{name}['"]\s*:"""
    return re.compile(f"(?:{assigned}|{paired}){_VALUE}", re.MULTILINE)


_CUDA = _given("cuda(?:_version)?")
_CUDNN = _given("cudnn(?:_version)?")
_ROCM = _given("(?:hip|rocm|rocm_version)")
_VERSION = _given("__version__")
_NAMED = re.compile(r"(?:^|-)cu(?:da)?(\d{2})x?(?:-|$)")
_SCRIPTS = re.compile(r"^\[console_scripts\][ \t]*(?P<lines>(?:\n(?!\[)[^\n]*)*)", re.MULTILINE)
_MOST_SCRIPTS = 40


def _said(_: str, data: memoryview) -> bytes | None:
    """What the file of a framework says of its build, as facts in MessagePack."""
    written = text(data)
    cuda, cudnn, rocm, version = (one.search(written) for one in (_CUDA, _CUDNN, _ROCM, _VERSION))
    none = cuda is not None and bool(cuda["none"]) and not (rocm and rocm["text"])
    found = facts(
        cuda=cuda["text"] if cuda and cuda["text"] and cuda["text"][0].isdigit() else None,
        cudnn=cudnn["text"] if cudnn and cudnn["text"] and cudnn["text"][0].isdigit() else None,
        rocm=rocm["text"] if rocm else None,
        built_as=version["text"] if version else None,
        variant="cpu" if none else None,
    )
    return msgspec.msgpack.encode(found) if found else None


def _commands(_: str, data: memoryview) -> bytes | None:
    """The names of the commands that a package brings, on one line."""
    found = _SCRIPTS.search(text(data))
    lines = found["lines"].splitlines() if found else []
    names = [name for line in lines if "=" in line and is_word(name := line.partition("=")[0].strip())]
    return " ".join(names[:_MOST_SCRIPTS]).encode() or None


BUILDS = Wanted(
    key="python/builds",
    pattern=r"(?:.*/)?(?:torch/version\.py|torchvision/version\.py|tensorflow/python/platform/build_info\.py"
    r"|onnxruntime/capi/build_and_package_info\.py|paddle/version/__init__\.py)",
    most=1 << 18,
    reduce=_said,
)
COMMANDS = Wanted(
    key="python/commands", pattern=r"(?:.*/)?[^/]+\.dist-info/entry_points\.txt", most=1 << 20, reduce=_commands
)


def said_by_framework(name: str, version: str, folder: str, files: FileSystem) -> dict[str, str]:
    """Facts of the package whose metadata lie in `folder`, by its normalised name and its version."""
    return _build(name, version, folder.rpartition("/")[0], files) | _served(name, folder, files)


def _build(name: str, version: str, site: str, files: FileSystem) -> dict[str, str]:
    path = _BUILDS.get(name)
    if path is None:
        by_name = _NAMED.search(name)
        return facts(cuda=by_name[1]) if by_name else {}
    kept = files.of(f"{site}/{path}" if site else path, BUILDS.key)
    found = msgspec.msgpack.decode(kept, type=dict[str, str]) if isinstance(kept, bytes) else {}
    # What it was built as is told where its metadata say less.
    if found.get("built-as") == version:
        del found["built-as"]
    return found


def _served(name: str, folder: str, files: FileSystem) -> dict[str, str]:
    what = _SERVERS.get(name)
    if what is None:
        return {}
    kept = files.of(f"{folder}/entry_points.txt", COMMANDS.key)
    return facts(serves=what, commands=text(kept) if isinstance(kept, bytes) else None)
