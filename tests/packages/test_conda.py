"""conda's packages.

No channel of conda's is reached where this is tested: the records here are written from the published fields.
"""

from __future__ import annotations

import json

import pytest

from ourhalf.model.packages import Ecosystem
from ourhalf.packages.conda import CONDA, channel_of
from ourhalf.packages.python import PYTHON
from tests.packages.support import of, packages

RECORD = {
    "name": "pytorch",
    "version": "2.5.1",
    "build": "cuda126_py311_h1",
    "build_number": 1,
    "channel": "https://conda.anaconda.org/conda-forge/linux-64",
    "subdir": "linux-64",
    "license": "BSD-3-Clause",
    "depends": ["python >=3.11,<3.12.0a0", "numpy", "__cuda"],
    "files": [
        "lib/python3.11/site-packages/torch-2.5.1.dist-info/METADATA",
        "lib/libtorch.so",
        "../../etc/passwd",
        "../../../x",
    ],
    "url": "https://user:hunter2@conda.anaconda.org/t/hunter2/conda-forge/linux-64/pytorch-2.5.1.conda",
    "requested_spec": "pytorch=2.5",
    "unknown": {"deep": [1, 2]},
}


def record(**changes: object) -> dict[str, str]:
    return {"opt/conda/conda-meta/pytorch-2.5.1-cuda126_py311_h1.json": json.dumps(RECORD | changes)}


def test_a_record() -> None:
    found, unread = of(CONDA, record() | {"opt/conda/conda-meta/history": "==> x <=="})
    (package,) = packages(found).values()
    assert not unread
    assert package.ecosystem is Ecosystem.CONDA
    assert package.purl == ("pkg:conda/pytorch@2.5.1?build=cuda126_py311_h1&channel=conda-forge&subdir=linux-64")
    assert package.requires == ("python", "numpy", "__cuda")
    assert package.licenses == ("BSD-3-Clause",)
    assert package.facts == {
        "build": "cuda126_py311_h1",
        "channel": "conda-forge",
        "requested": "pytorch=2.5",
        "url": "https://conda.anaconda.org/t/***/conda-forge/linux-64/pytorch-2.5.1.conda",
    }


def test_it_has_the_files_of_the_python_package_that_it_brought() -> None:
    metadata = {
        "opt/conda/lib/python3.11/site-packages/torch-2.5.1.dist-info/METADATA": "Name: torch\nVersion: 2.5.1\n"
    }
    (brought,) = of(PYTHON, metadata)[0]
    ((_, *files),) = (one.files for one in of(CONDA, record())[0])
    assert brought.package.path in files
    assert files == [brought.package.path, "opt/conda/lib/libtorch.so", "etc/passwd"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("conda-forge", "conda-forge"),
        ("https://conda.anaconda.org/conda-forge/noarch", "conda-forge"),
        ("https://repo.anaconda.com/pkgs/main/linux-64", "pkgs/main"),
        ("https://conda.anaconda.org/t/secret-token/team/linux-64", "team"),
        ("https://me:secret-token@conda.example.org/t/secret-token/x", "https://conda.example.org/t/***/x"),
        ("", ""),
    ],
)
def test_channels_without_their_secrets(written: str, expected: str) -> None:
    assert channel_of(written) == expected


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"name": 1}', '{"name": "x"}', '{"name": "a b", "version": "1"}', "[" * 9999]
)
def test_what_is_no_record_is_told(content: str) -> None:
    found, unread = of(CONDA, {"opt/conda/conda-meta/x.json": content} | record())
    assert list(packages(found)) == ["pytorch"]
    assert [one.path for one in unread] == ["opt/conda/conda-meta/x.json"]
