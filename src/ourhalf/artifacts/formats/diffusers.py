"""Pipelines of Diffusers: `model_index.json`, which names a class for each component, and components' configurations.

The form: huggingface.co/docs/diffusers, "Load pipelines" and "Community pipelines". A component is `[library,
class]`; a library that is none of the known ones is a module of the repository or of a pipeline from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.jsons import value
from ourhalf.artifacts.judgement import Judgement, Reason
from ourhalf.artifacts.pickles.dangers import dangerous

_SHOWN = 80
_LIBRARIES = frozenset({
    "diffusers", "transformers", "onnxruntime.training", "stable_diffusion", "latent_diffusion", "flux", "optimum",
    "deprecated", "audioldm2", "kandinsky2_2", "wuerstchen", "paint_by_example", "shap_e", "stable_cascade",
})  # fmt: skip


def _index(content: Content) -> dict[str, Any] | None:
    found = value(content)
    if isinstance(found, dict) and "_class_name" in found and ("_diffusers_version" in found or _components(found)):
        return found
    return None


def _components(index: dict[str, Any]) -> dict[str, list[Any]]:
    pairs = {key: one for key, one in index.items() if not key.startswith("_") and isinstance(one, list)}
    return {
        key: one
        for key, one in pairs.items()
        if len(one) == 2 and all(isinstance(x, str | None) for x in one) and any(one)
    }


def _recognises(content: Content) -> bool:
    return _index(content) is not None


def _judge(content: Content, _: Deeper) -> Found:
    index = _index(content) or {}
    reasons = tuple(Reason(judgement, what, 0, content.name) for judgement, what in _all(index))
    return Found("diffusers", reasons, {"class": str(index.get("_class_name"))[:_SHOWN]})


def _all(index: dict[str, Any]) -> Iterator[tuple[Judgement, str]]:
    name = index["_class_name"]
    if not isinstance(name, str):
        yield Judgement.UNPROVED, f"its pipeline is {str(name)[:_SHOWN]}: code of the repository, which is imported"
    for key, (library, kind) in _components(index).items():
        dotted = f"{str(library)[:_SHOWN]}.{str(kind)[:_SHOWN]}"
        danger = dangerous(library or "", kind or "")
        if danger:
            yield Judgement.UNSAFE, f"its {key[:_SHOWN]} is {dotted}, {danger}"
        elif library is not None and library not in _LIBRARIES:
            yield Judgement.UNPROVED, f"its {key[:_SHOWN]} is {dotted}: a module that is none of Diffusers is imported"


DIFFUSERS = Format("diffusers", "a pipeline of Diffusers", _recognises, _judge)
