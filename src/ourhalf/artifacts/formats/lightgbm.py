"""LightGBM: trees as a text of keys and numbers.

The form: src/boosting/gbdt_model_text.cpp of github.com/microsoft/LightGBM. Nothing in it is run: what is proved is
that it is such a text, and that all before its end are keys that a tree has.
"""

from __future__ import annotations

import re

from ourhalf.artifacts.format import Content, Deeper, Format, Found
from ourhalf.artifacts.judgement import Judgement, Reason

_LINES = re.compile(rb"(?m)^([^=\n]{0,64})")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_END = re.compile(rb"(?m)^end of trees\r?$")
_WORDS = """
tree version num_class num_tree_per_iteration label_index max_feature_idx objective feature_names feature_infos
tree_sizes monotone_constraints average_output Tree num_leaves num_cat split_feature split_gain threshold
decision_type left_child right_child leaf_value leaf_weight leaf_count internal_value internal_weight internal_count
cat_boundaries cat_threshold is_linear leaf_const num_features leaf_features leaf_coeff shrinkage
"""
_KEYS = frozenset(_WORDS.split())


def recognises(content: Content) -> bool:
    """Whether its first line says that trees follow, and the second of which version."""
    head = bytes(content.data[:64])
    return re.match(rb"tree\r?\n(version|num_class)=", head) is not None


def judge(content: Content, _: Deeper) -> Found:
    """Whether every line before the end of the trees is one that trees have."""
    data = content.data
    if _CONTROL.search(data):
        return _refused(content, "it is no text")
    end = _END.search(data)
    if end is None:
        return _refused(content, "it has no end of trees")
    trees = 0
    for line in _LINES.finditer(data, 0, end.start()):
        key = line.group(1).strip().decode("utf-8", "replace")
        trees += key == "Tree"
        if key and key not in _KEYS:
            what = f"a line of it, {key[:40]}, is none that LightGBM writes"
            return Found("lightgbm", (Reason(Judgement.UNPROVED, what, line.start(), content.name),))
    return Found("lightgbm", (), {"trees": str(trees)})


def _refused(content: Content, what: str) -> Found:
    return Found("lightgbm", (Reason(Judgement.UNREAD, what, 0, content.name),))


LIGHTGBM = Format("lightgbm", "a model of LightGBM", recognises, judge)
