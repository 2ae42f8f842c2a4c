"""One file that is several: each format that it is judges it, and what is added to a good one is never passed over."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ourhalf.artifacts.format import all_formats
from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.formats import (
    test_catboost,
    test_coreml,
    test_flax,
    test_gguf,
    test_hdf5,
    test_keras,
    test_lightgbm,
    test_onnx,
    test_openvino,
    test_paddle,
    test_saved_model,
    test_tar,
    test_tflite,
    test_xgboost,
    test_zip,
)
from tests.artifacts.protobufs import body
from tests.artifacts.shapes import found, judged, never_fails

SYSTEM = b"cposix\nsystem\n(S'id'\ntR."
GOOD = {
    "catboost": test_catboost.model(),
    "coreml": test_coreml.model(body(500, test_coreml.DENSE)),
    "gguf": test_gguf.GOOD,
    "hdf5": test_hdf5.WEIGHTS,
    "hugging-face-config": json.dumps({"model_type": "llama"}).encode(),
    "keras": test_keras.GOOD,
    "lightgbm": test_lightgbm.GOOD,
    "msgpack": test_flax.GOOD,
    "onnx": test_onnx.GOOD,
    "openvino": test_openvino.net(test_openvino.PARAMETER),
    "packed": gzip.compress(test_gguf.GOOD),
    "paddle": test_paddle.program("relu"),
    "paddle-parameters": test_paddle.PARAMETERS,
    "saved-model": test_saved_model.GOOD,
    "tar": test_tar.GOOD,
    "tflite": test_tflite.GOOD,
    "xgboost": test_xgboost.ubjson(test_xgboost.model()),
    "zip": test_zip.GOOD,
}


@pytest.mark.parametrize("name", GOOD)
def test_each_is_safe_and_of_one_format(name: str) -> None:
    assert {one.format for one in found(GOOD[name])} == {name}
    assert judged(GOOD[name]) is Judgement.SAFE


@pytest.mark.parametrize("name", GOOD)
def test_an_archive_with_a_program_behind_it_is_never_safe(name: str) -> None:
    bad = test_zip.archive({"m.pkl": SYSTEM})
    assert never_fails(GOOD[name] + bad) is not Judgement.SAFE
    assert "zip" in {one.format for one in found(GOOD[name] + bad)} or judged(GOOD[name] + bad) is Judgement.UNREAD


@pytest.mark.parametrize("name", GOOD)
def test_it_is_as_bad_inside_an_archive(name: str) -> None:
    assert judged(test_zip.archive({name: GOOD[name]})) is Judgement.SAFE
    assert judged(test_tar.archive(test_tar.entry(name, GOOD[name]), test_tar.entry("m", SYSTEM))) is Judgement.UNSAFE


@pytest.mark.parametrize("name", GOOD)
def test_a_name_changes_nothing(name: str) -> None:
    for given_name in ("m", "m.safetensors", "m.pkl.gz", "config.json", "a/b.onnx"):
        assert judged(GOOD[name], given_name) is Judgement.SAFE


def test_names_of_formats_are_unique() -> None:
    names = [one.name for one in all_formats()]
    assert len(set(names)) == len(names)


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from([*GOOD.values(), SYSTEM, b"\0" * 512, b"text"]), min_size=1, max_size=3), st.data())
def test_any_pieces_of_them_are_borne(pieces: list[bytes], draw: st.DataObject) -> None:
    cut = [piece[: draw.draw(st.integers(0, len(piece)))] if draw.draw(st.booleans()) else piece for piece in pieces]
    never_fails(b"".join(cut))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_are_borne(data: bytes) -> None:
    never_fails(data)
