"""What frameworks say of their build, and which packages serve."""

from __future__ import annotations

import pytest

from ourhalf.packages.python import PYTHON
from tests.packages.support import of, packages

SITE = "usr/lib/python3/site-packages"
TORCH = """from typing import Optional

__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'rocm', 'xpu']
__version__ = '2.13.0+{local}'
debug = False
cuda: Optional[str] = {cuda}
git_version = 'cf30153c4c131c8164ee7798e5022d810682e2cb'
hip: Optional[str] = {hip}
rocm: Optional[str] = {hip}
xpu: Optional[str] = None
"""
TENSORFLOW = """# coding=utf-8
build_info = collections.OrderedDict([('cpu_compiler', '/usr/lib/llvm-18/bin/clang'), ('cuda_compute_capabilities',
['sm_60', 'compute_90']), ('cuda_version', '12.5.1'), ('cudnn_version', '9'), ('is_cuda_build', True)])
"""


def facts_of(name: str, version: str, files: dict[str, str]) -> dict[str, str]:
    folder = f"{SITE}/{name.replace('-', '_')}-{version}.dist-info"
    named = {f"{SITE}/{path}" if "/" in path else f"{folder}/{path}": said for path, said in files.items()}
    found, unread = of(PYTHON, {f"{folder}/METADATA": f"Name: {name}\nVersion: {version}\n"} | named)
    assert not unread
    return packages(found)[name].facts


@pytest.mark.parametrize(
    ("name", "version", "path", "said", "expected"),
    [
        (
            "torch",
            "2.13.0",
            "torch/version.py",
            TORCH.format(local="cu130", cuda="'13.0'", hip="None"),
            {"cuda": "13.0", "built-as": "2.13.0+cu130"},
        ),
        (
            "torch",
            "2.13.0+cpu",
            "torch/version.py",
            TORCH.format(local="cpu", cuda="None", hip="None"),
            {"variant": "cpu", "public-version": "2.13.0"},
        ),
        (
            "torch",
            "2.13.0",
            "torch/version.py",
            TORCH.format(local="rocm7.0", cuda="None", hip="'7.0.51831-a3e329ad8'"),
            {"rocm": "7.0.51831-a3e329ad8", "built-as": "2.13.0+rocm7.0"},
        ),
        (
            "tensorflow",
            "2.20.0",
            "tensorflow/python/platform/build_info.py",
            TENSORFLOW,
            {"cuda": "12.5.1", "cudnn": "9"},
        ),
        (
            "onnxruntime-gpu",
            "1.32.0",
            "onnxruntime/capi/build_and_package_info.py",
            "package_name = 'onnxruntime-gpu'\n__version__ = '1.32.0'\ncuda_version = '12.8'\n",
            {"cuda": "12.8"},
        ),
        (
            "paddlepaddle-gpu",
            "3.0.0",
            "paddle/version/__init__.py",
            "full_version = '3.0.0'\ncuda_version = '12.6'\ncudnn_version = '9.5.1'\n",
            {"cuda": "12.6", "cudnn": "9.5.1"},
        ),
        ("torch", "2.13.0", "torch/version.py", "\0\xff cuda = open('x')", {}),
        ("jax-cuda12-plugin", "0.8.0", "x/y.py", "", {"cuda": "12"}),
        ("nvidia-cudnn-cu12", "9.10.2.21", "x/y.py", "", {"cuda": "12"}),
        ("cupy-cuda13x", "14.0.0", "x/y.py", "", {"cuda": "13"}),
        ("numpy", "2.4.6", "torch/version.py", TORCH.format(local="cu130", cuda="'13.0'", hip="None"), {}),
    ],
)
def test_builds(name: str, version: str, path: str, said: str, expected: dict[str, str]) -> None:
    assert facts_of(name, version, {path: said}) == expected


def test_servers_and_their_commands() -> None:
    points = (
        "[console_scripts]\nray = ray.scripts.scripts:main\nserve = ray.serve.scripts:cli [serve]\nodd name\n"
        "tune = ray.tune.cli.scripts:cli\n\n[other]\nnone = x:y\n"
    )
    assert facts_of("ray", "2.60.0", {"entry_points.txt": points}) == {
        "serves": "Ray, ports 6379, 8265 and 10001",
        "commands": "ray serve tune",
    }
    assert facts_of("vllm", "0.27.0", {}) == {"serves": "vLLM, port 8000"}
    assert facts_of("numpy", "2.4.6", {"entry_points.txt": points}) == {}
