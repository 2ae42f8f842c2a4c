# Two commands a stranger needs: `make demo` and `make test`. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --quiet --upgrade

.PHONY: demo test fuzz fuzz-pickles lint setup golden lock kill-watch

demo: $(VENV)/.core
	$(BIN)/python examples/demo.py

test: $(VENV)/.dev $(VENV)/.debian lint
	$(BIN)/python -m pytest -n auto -rs

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# Many random changes to files of each format: for the night. Keep what it finds below tests/hostile/found.
fuzz: $(VENV)/.dev
	OURHALF_FUZZ_EXAMPLES=3000 $(BIN)/python -m pytest -n auto tests/hostile/test_fuzz.py

# Ten million random pickles against both unpicklers of CPython: for the night.
fuzz-pickles: $(VENV)/.dev
	$(BIN)/python -m tests.artifacts.pickles.differential --executions 10000000

# Kills the watch a thousand times at its worst moments, and counts what a receiver got: for the night.
kill-watch: $(VENV)/.dev
	$(BIN)/python -m tests.watch.killing --kills 1000

setup: $(VENV)/.dev

# Writes golden files, generated pages and the copy of AWS's actions again; `make test` fails where they differ.
golden: $(VENV)/.dev
	OURHALF_GOLDEN=write $(BIN)/python -m pytest -n auto tests/golden tests/docs tests/compliance tests/iam/test_reference.py

# Pins every dependency again, with the hashes of its files.
lock: $(VENV)/.dev
	$(BIN)/uv pip compile $(LOCK) -o requirements/core.txt
	$(BIN)/uv pip compile $(LOCK) --extra dev -o requirements/dev.txt

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: requirements/core.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/core.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.debian: requirements/debian.txt requirements/debian.sh | $(VENV)/bin/python
	sh requirements/debian.sh
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.core
