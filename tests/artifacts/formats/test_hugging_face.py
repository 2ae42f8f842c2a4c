"""Files of repositories of Hugging Face: settings are data; what names code, or is code, is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ourhalf.artifacts.jsons import MAX_JSON
from ourhalf.artifacts.judgement import Judgement
from tests.artifacts.shapes import formats, found, judged, never_fails, why

SAFE, UNSAFE, UNPROVED, UNREAD = Judgement.SAFE, Judgement.UNSAFE, Judgement.UNPROVED, Judgement.UNREAD


def text(value: Any) -> bytes:
    return json.dumps(value, indent=2).encode()


@pytest.mark.parametrize(
    "value",
    [
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "rope": {"factor": float("inf")}},
        {"tokenizer_class": "LlamaTokenizer", "chat_template": "{{ messages[0].content }}"},
        {"chat_template": [{"name": "default", "template": "{{ messages }}"}, {"name": "tool_use", "template": "x"}]},
        {"peft_type": "LORA", "base_model_name_or_path": "x/y", "auto_mapping": None},
        {"peft_type": "LORA", "auto_mapping": {"base_model_class": "X", "parent_library": "transformers.models.x"}},
        {"model_type": "x", "_attn_implementation": "flash_attention_2"},
        {"model_type": "x", "auto_map": None},
        {"model_type": "x", "trust_remote_code": False},
    ],
)
def test_settings_are_safe(value: Any) -> None:
    (one,) = found(text(value))
    assert (one.format, one.judgement) == ("hugging-face-config", SAFE)


@pytest.mark.parametrize(
    ("value", "judgement", "told"),
    [
        ({"auto_map": {"AutoModel": "modeling_x.X"}}, UNPROVED, "modeling_x.X: code of the repository"),
        ({"auto_map": {"AutoModel": "other/repo--modeling_x.X"}}, UNPROVED, "of the repository other/repo"),
        ({"auto_map": {"AutoTokenizer": ["tokenization_x.X", None]}}, UNPROVED, "tokenization_x.X"),
        ({"model_type": "x", "vision_config": {"auto_map": {"AutoModel": "m.X"}}}, UNPROVED, "m.X"),
        ({"model_type": "x", "trust_remote_code": True}, UNPROVED, "trust_remote_code"),
        ({"custom_pipelines": {"task": {"impl": "p.P"}}}, UNPROVED, "custom_pipelines"),
        ({"model_type": "x", "_attn_implementation": "someone/kernel"}, UNPROVED, "native code"),
        ({"peft_type": "x", "auto_mapping": {"parent_library": "mine", "base_model_class": "X"}}, UNPROVED, "mine"),
        (
            {"peft_type": "x", "auto_mapping": {"parent_library": "os", "base_model_class": "system"}},
            UNSAFE,
            "runs com",
        ),
        ({"chat_template": "{{ x.__class__ }}"}, UNPROVED, "__class__"),
        ({"chat_template": {"default": "{{ x.__class__ }}"}}, UNPROVED, "__class__"),
        ({"chat_template": [{"name": "a", "template": "{{ x.__class__ }}"}]}, UNPROVED, "__class__"),
    ],
)
def test_what_names_code_is_told(value: Any, judgement: Judgement, told: str) -> None:
    for data in (text(value), b"\xef\xbb\xbf\n " + text(value), text(value).replace(b"auto_map", b"auto\\u005fmap")):
        assert judged(data) is judgement
        assert told in why(data)
    assert judged(b"\xef\xbb\xbf" + b" \n" * 10_000 + text(value) + b" \n" * 10_000) is judgement


def test_a_configuration_that_is_too_long_is_unread() -> None:
    data = b" " * (MAX_JSON + 1) + text({"auto_map": {"AutoModel": "m.X"}})
    assert judged(data, "a/config.json") is UNREAD
    assert formats(data, "a/other.json") == set()


def test_facts_are_told() -> None:
    assert found(text({"model_type": "llama"}))[0].facts == {"model type": "llama"}


def test_modules_of_sentence_transformers() -> None:
    def modules(kind: str) -> bytes:
        return text([{"idx": 0, "name": "0", "path": "", "type": kind}])

    assert formats(modules("sentence_transformers.models.Transformer")) == {"sentence-transformers"}
    assert judged(modules("sentence_transformers.models.Transformer")) is SAFE
    assert judged(modules("sentence_transformers.util.http_get")) is UNPROVED
    assert judged(modules("custom.Module")) is UNPROVED
    assert judged(modules("os.system")) is UNSAFE


def test_tokenizers_are_data() -> None:
    data = text({"version": "1.0", "added_tokens": [], "model": {"type": "BPE", "vocab": {}, "merges": []}})
    assert formats(data) == {"tokenizer"}
    assert judged(data) is SAFE


def test_templates_in_files_of_their_own() -> None:
    assert judged(b"{% for m in messages %}{{ m.content }}{% endfor %}", "chat_template.jinja") is SAFE
    assert judged(b"{% for m in messages %}{{ m.__class__ }}{% endfor %}", "chat_template.jinja") is UNPROVED
    assert judged(b"{{ x.__class__ }}", "m/chat_template.jinja") is UNPROVED
    assert formats(b"{% for m in messages %}{% endfor %}", "page.html") == set()


@pytest.mark.parametrize("name", ["modeling_x.py", "a/tokenization_x.py", "handler.py", "configuration_x_y.py"])
def test_code_is_told(name: str) -> None:
    data = b"import os\nfrom transformers import PreTrainedModel\nclass X(PreTrainedModel): pass\n"
    assert judged(data, name) is UNPROVED
    assert formats(data, name) == {"hugging-face-code"}
    assert formats(data, f"lib/site-packages/transformers/{name}") == set()
    assert formats(b"x = 1\n", name) == set()
    assert formats(data, "other.py") == set()


def test_other_texts_are_none_of_these() -> None:
    for data in (b"{}", b"[]", b"{", text({"name": "x"}), text([1]), b"[{]", b"{" * 200_000 + b"}"):
        assert formats(data) == set()


KEYS = [
    "auto_map", "model_type", "chat_template", "auto_mapping", "custom_pipelines", "type", "path", "idx", "_class_name",
    "unet", "parent_library", "class_name", "config", "learner",
]  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=10,
)


@given(values)
def test_any_json_is_borne(value: Any) -> None:
    never_fails(text(value))
