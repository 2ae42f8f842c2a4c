"""Checks the classes of scikit-learn that a pickle may make against scikit-learn as it is installed.

    python -m benchmarks.models.estimators PYTHON

PYTHON is one that has scikit-learn. Of each class of `artifacts/pickles/estimators.py`, and of those that it derives
from, every method that loading or storing a state could run is told, where it is not Python's own or that of
`BaseEstimator`, which only updates `__dict__`.
"""

from __future__ import annotations

import json
import subprocess
import sys

from ourhalf.artifacts.pickles.estimators import ESTIMATORS

_CHECK = """
import importlib, json, sys, sklearn
names = ("__new__ __reduce__ __reduce_ex__ __getattr__ __getattribute__ __setattr__ __delattr__ __del__ __eq__ "
         "__hash__ __setstate__ __init_subclass__ __set_name__ __slots__").split()
found, missing = {}, []
for module, name in json.load(sys.stdin):
    try:
        kind = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        missing.append(f"{module}.{name}")
        continue
    own = {f"{base.__module__}.{base.__qualname__}.{one}" for base in kind.__mro__[:-1] for one in names
           if one in vars(base) and vars(base)[one] not in ((), None)}
    own -= {"sklearn.base.BaseEstimator.__setstate__"}
    own = {one for one in own if not one.endswith("__init_subclass__")}
    if own:
        found[f"{module}.{name}"] = sorted(own)
print(json.dumps({"version": sklearn.__version__, "own": found, "missing": missing}))
"""


def main() -> int:
    """Print what was found; 1 where a class has a method that loading could run."""
    wanted = json.dumps(sorted((one.module, one.name) for one in ESTIMATORS))
    done = subprocess.run([sys.argv[1], "-c", _CHECK], input=wanted, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    print(f"scikit-learn {told['version']}: {len(ESTIMATORS)} classes, {len(told['missing'])} not in it")
    for name in told["missing"]:
        print(f"not there: {name}")
    for name, methods in told["own"].items():
        print(f"{name} has {', '.join(methods)}")
    return bool(told["own"])


if __name__ == "__main__":
    sys.exit(main())
