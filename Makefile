# Everything sets itself up in .venv; nothing needs root or a container.
PY := .venv/bin/python
READY := .venv/.ready
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check translations bench chaos sbom pictures clean

help: ## this list
	@printf 'buendnis\n\n'
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@printf '\nPYTHON=… chooses the interpreter (3.11 or newer); ARGS=… is passed on.\n'

setup: $(READY) ## the environment in .venv, from pyproject.toml and constraints.txt
	@true

$(READY): pyproject.toml constraints.txt scripts/setup-venv
	@echo 'Setting up (once, about two minutes; the log is .venv/setup.log) …'
	@PYTHON='$(PYTHON)' scripts/setup-venv
	@touch $(READY)

demo: $(READY) ## the whole network on this machine, with a story played through it
	@$(PY) -m bots demo $(ARGS)

# Compiled once, not by each of the hundreds of processes that the tests start.
test: export PYTHONDONTWRITEBYTECODE =
test: $(READY) ## all tests, a real Synapse and people's own clients included
	@$(PY) -m pytest -q -n auto --dist worksteal $(ARGS)

check: $(READY) ## style, types, the direction of imports, translations
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c 'from importlinter.cli import lint_imports_command as run; run(["--no-logo"])'
	@$(PY) -m config.translations check

translations: $(READY) ## the catalogues anew, after a text has changed
	@$(PY) -m config.translations update

bench: $(READY) ## benchmarks, one JSON object a line
	@$(PY) -m tests.bench $(ARGS)

chaos: $(READY) ## kills and outages, one JSON object a line
	@$(PY) -m tests.chaos $(ARGS)

sbom: $(READY) ## what the offices consist of when they run, as CycloneDX JSON on the output
	@$(PY) -m scripts.sbom

pictures: $(READY) ## the pictures of the README, taken anew; needs Chromium
	@PYTHONPATH=. $(PY) scripts/pictures.py

clean: ## remove the environment and every cache
	@rm -rf .venv .demo .bench .clients .mailservers .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
