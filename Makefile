# Everything runs in .venv, which is made when it is missing: only Python >= 3.11 with venv, and make, are needed.
PYTHON ?= $(firstword $(foreach v,python3 python3.13 python3.12 python3.11,$(shell $(v) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) and print("$(v)")' 2>/dev/null)))
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo ui test test-slow test-faults test-all coverage smoke messages oracles engines bench gallery docs notebook check format clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

demo: .venv/run ## Tune and compare three optimizers on four functions: about a minute
	$(BIN)/rmsprop-lab experiment=compare
	@echo 'In this shell, rmsprop-lab and rmsprop-lab-ui are in $(BIN): . $(BIN)/activate'

ui: .venv/run ## Open the studies in the browser: charts in MLflow, reports
	$(BIN)/rmsprop-lab-ui

test: .venv/dev ## Run the tests, without the slow ones
	$(BIN)/python -m pytest -q -n 2 -m 'not slow and not faults'

test-slow: .venv/dev ## Run the slow tests alone
	$(BIN)/python -m pytest -q -n 2 -m slow

FAULTS ?= --guarantees

test-faults: .venv/dev ## Kill, damage, lock: docs/guarantees.md; an hour, with FAULTS='--share 0.05' three minutes
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m faults tests/faults $(FAULTS)

test-all: .venv/dev ## Run all tests but the faults: slow ones and oracles too
	$(PIP) -e '.[fast]' --group oracles
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m 'not faults' --durations=40

coverage: .venv/dev ## The same, and show which lines and branches they do not reach: takes half as long again
	$(PIP) -e '.[fast]' --group oracles
	$(BIN)/python -m pytest -q -n 2 -m 'not faults' --cov --cov-report=term:skip-covered

smoke: .venv/dev ## Try the wheel on other Pythons, and with the lowest versions of what it needs
	.ci/smoke

gallery: .venv/run ## Write again what docs/ and conf/schema.json have from the code: pictures, gallery, config keys
	PYTHONPATH=docs $(BIN)/python -m making

docs: .venv/dev ## Build the documentation as a site: site/index.html
	$(PIP) --group docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo 'site/index.html; to search in it: $(BIN)/python -m http.server --directory site'

notebook: .venv/dev ## Run docs/notebook.ipynb again and keep what it shows
	$(PIP) --group docs
	rm -rf docs/outputs
	PYTHONWARNINGS=ignore $(BIN)/python -m nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False docs/notebook.ipynb
	rm -rf docs/outputs

messages: .venv/run ## Collect every message a user can see: outputs/messages.md
	$(BIN)/python tests/messages.py

check: .venv/dev ## Format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

oracles: .venv/dev ## Install torch and numba and run the tests against them
	$(PIP) -e '.[fast]' --group oracles
	$(BIN)/python -m pytest -q -n 2 -m 'not slow' tests/optimizers/test_oracles.py tests/objectives/test_oracles.py tests/descent

engines: .venv-ray/dev ## Run the tests of launchers with Ray, in an environment of its own
	.venv-ray/bin/python -m pytest -q tests/cli/test_launchers.py

bench: .venv/dev ## Measure docs/benchmarks.md again: two minutes, with BENCH_LONG=1 half an hour
	$(PIP) -e '.[fast]' --group bench
	PYTHONPATH=tests $(BIN)/python -m benchmarks

format: .venv/dev ## Put the code in form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## Remove .venv and caches; results in outputs/ stay
	rm -rf .venv .venv-ray .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

.venv-ray/dev: pyproject.toml constraints.txt constraints-ray.txt
	$(PYTHON) -m venv .venv-ray
	grep -vE '^(cloudpickle|joblib)==' constraints.txt | cat - constraints-ray.txt >.venv-ray/constraints.txt
	.venv-ray/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	.venv-ray/bin/python -m pip install --quiet --disable-pip-version-check -c .venv-ray/constraints.txt -e '.[ray]' --group dev
	@touch $@

# Stamps: .venv/run has what using needs, .venv/dev what developing needs as well.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo 'Python 3.11, 3.12 or 3.13 is needed; say where: make PYTHON=/path/to/python3.13' >&2; exit 2; }
	@echo 'Making .venv and installing into it: a minute or two, once.'
	$(PYTHON) -m venv .venv

.venv/run: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) -e .
	@touch $@

.venv/dev: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) --upgrade pip # the first with groups of dependencies is 25.1
	$(PIP) -e . --group dev
	@touch $@ .venv/run
