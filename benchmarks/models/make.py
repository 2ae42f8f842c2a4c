"""Writes ordinary model files with the libraries that people use; run by `compare.py` where those are installed.

    python make.py FOLDER

Each file lies in a folder named after its library; files of weights and arrays, which should all be proved safe,
lie in `LIBRARY/weights`, others, which hold classes or code of somebody's own, in `LIBRARY/others`.
"""

# It runs where libraries are installed that are not here.
# mypy: ignore-errors

import argparse
import collections
import importlib
import os
import pickle
import sys
import traceback
from pathlib import Path


def folder(library: str, kind: str = "weights") -> Path:
    """Where files of a kind go."""
    made = Path(sys.argv[1]) / library / kind
    made.mkdir(parents=True, exist_ok=True)
    return made


def torch() -> None:
    """State dicts, checkpoints, single tensors; a whole module, TorchScript and an exported program."""
    import torch as t

    layers = [t.nn.Linear(64, 32), t.nn.BatchNorm1d(32), t.nn.Embedding(16, 8), t.nn.LSTM(8, 8), t.nn.LayerNorm(8)]
    module = t.nn.Sequential(*layers[:2])
    optimizers = [t.optim.SGD(module.parameters(), 0.1, 0.9), t.optim.AdamW(module.parameters())]
    out = folder("torch")
    for number, layer in enumerate([*layers, module, t.nn.TransformerEncoderLayer(16, 2)]):
        t.save(layer.state_dict(), out / f"state{number}.pt")
        t.save(layer.state_dict(), out / f"legacy{number}.pt", _use_new_zipfile_serialization=False)
    module(t.randn(4, 64)).sum().backward()
    for number, optimizer in enumerate(optimizers):
        optimizer.step()
        checkpoint = {"model": module.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}
        checkpoint |= {"args": argparse.Namespace(lr=0.1), "rng": t.get_rng_state(), "best": 0.5}
        t.save(checkpoint, out / f"checkpoint{number}.ckpt")
    for kind in (t.float16, t.bfloat16, t.float64, t.int8, t.int64, t.bool, t.complex64):
        t.save(t.ones(3, 4).to(kind), out / f"{str(kind)[6:]}.pt")
    t.save(t.nn.Parameter(t.randn(3)), out / "parameter.pt")
    t.save(t.eye(4).to_sparse(), out / "sparse.pt")
    t.save({"size": t.Size([1, 2]), "device": t.device("cpu"), "dtype": t.float16}, out / "facts.pt")
    others = folder("torch", "others")
    t.save(module, others / "module.pt")
    t.jit.script(t.nn.Linear(2, 2)).save(others / "script.pt")


def numpy() -> None:
    """Arrays of plain, structured and text types, archives, and pickles of them by each protocol."""
    import numpy as n

    out = folder("numpy")
    arrays = {kind: n.ones((3, 4), kind) for kind in ("f4", "f8", "i8", "u1", "c8", "?", "f2")}
    arrays |= {"text": n.array(["ab", "c"]), "fields": n.zeros(2, [("a", "f4"), ("b", "i8", (2,))])}
    arrays |= {"days": n.array(["2026-01-01"], "M8[D]"), "objects": n.array([{"a": 1}, None], object)}
    for name, array in arrays.items():
        n.save(out / f"{name.replace('?', 'bool')}.npy", array)
        for protocol in (2, 4, 5):
            data = pickle.dumps({"w": array}, protocol)
            (out / f"{name.replace('?', 'bool')}-{protocol}.pkl").write_bytes(data)
    n.savez(out / "archive.npz", **{f"a{number}": array for number, array in enumerate(arrays.values())})
    n.savez_compressed(out / "packed.npz", a=n.arange(1000))
    (out / "ordered.pkl").write_bytes(pickle.dumps(collections.OrderedDict(a=n.float32(1)), 2))


def safetensors() -> None:
    """Tensors with and without metadata."""
    import numpy as n
    from safetensors.numpy import save_file

    out = folder("safetensors")
    save_file({"w": n.ones((4, 4), "f4"), "b": n.zeros(2, "f2")}, out / "plain.safetensors")
    save_file({f"layer.{k}": n.ones(8, "f4") for k in range(200)}, out / "many.safetensors", {"format": "pt"})


def joblib() -> None:
    """Arrays and dicts of them, plain and packed."""
    import joblib as j
    import numpy as n

    out = folder("joblib")
    for name, packed in (("plain", 0), ("zlib", ("zlib", 3)), ("gzip", ("gzip", 3)), ("xz", ("xz", 3))):
        j.dump({"a": n.arange(100), "b": [n.ones(3)], "c": "text"}, out / f"{name}.joblib", compress=packed)


def sklearn() -> None:
    """Estimators: objects of classes, by pickle and joblib."""
    import joblib as j
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    out = folder("scikit-learn", "others")
    for one in (LogisticRegression(), RandomForestClassifier(3)):
        one.fit([[0.0], [1.0]], [0, 1])
        name = type(one).__name__
        (out / f"{name}.pkl").write_bytes(pickle.dumps(one))
        j.dump(one, out / f"{name}.joblib")


def onnx() -> None:
    """A graph of standard operators."""
    import numpy as n
    import onnx as o
    from onnx import TensorProto, helper, numpy_helper

    weights = numpy_helper.from_array(n.ones((2, 2), "f4"), "w")
    nodes = [helper.make_node("MatMul", ["x", "w"], ["h"]), helper.make_node("Relu", ["h"], ["y"])]
    kind = TensorProto.FLOAT
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", kind, [1, 2])],
        [helper.make_tensor_value_info("y", kind, [1, 2])], [weights],
    )  # fmt: skip
    o.save(helper.make_model(graph), folder("onnx") / "model.onnx")


def keras() -> None:
    """A model of builtin layers, in the format of version 3 and in HDF5; and one with a Lambda."""
    import keras as k

    model = k.Sequential([k.layers.Input((4,)), k.layers.Dense(3, "relu"), k.layers.Dense(1)])
    model.save(folder("keras") / "model.keras")
    model.save_weights(folder("keras") / "model.weights.h5")
    model.save(folder("keras") / "model.h5")
    own = k.Sequential([k.layers.Input((4,)), k.layers.Lambda(lambda x: x * 2)])
    own.save(folder("keras", "others") / "lambda.keras")


def xgboost() -> None:
    """Boosted trees as JSON and as binary JSON."""
    import numpy as n
    import xgboost as x

    trees = x.train({"max_depth": 2}, x.DMatrix(n.random.rand(20, 3), n.random.rand(20)), 3)
    for ending in ("json", "ubj"):
        trees.save_model(folder("xgboost") / f"trees.{ending}")


def lightgbm() -> None:
    """Boosted trees as text."""
    import lightgbm as m
    import numpy as n

    data = m.Dataset(n.random.rand(50, 3), n.random.rand(50))
    m.train({"verbose": -1, "min_data_in_leaf": 2}, data, 3).save_model(folder("lightgbm") / "trees.txt")


def gguf() -> None:
    """Two tensors and some facts."""
    import gguf as g
    import numpy as n

    writer = g.GGUFWriter(folder("gguf") / "model.gguf", "llama")
    writer.add_block_count(1)
    writer.add_tensor("token_embd.weight", n.ones((4, 4), "f4"))
    writer.add_tensor("output.weight", n.ones((4, 4), "f2"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = "torch"
    for make in (torch, numpy, safetensors, joblib, sklearn, onnx, keras, xgboost, lightgbm, gguf):
        try:
            importlib.import_module(make.__name__)
            make()
        except ModuleNotFoundError as error:
            print(f"{make.__name__}: not installed ({error.name})", file=sys.stderr)
        except Exception:  # noqa: BLE001 - the others are made all the same
            print(f"{make.__name__}: failed", file=sys.stderr)
            traceback.print_exc()
