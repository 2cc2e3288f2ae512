# Headhaul. `make help` lists what can be done; nothing but Python 3.11+, Node 20+ and make is needed.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := .tools/bin/uv
TESTS ?=
LOCK := pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Some images switch the cache of compiled modules off. Every start of a process then costs twice as much, and the tests
# start hundreds.
unexport PYTHONDONTWRITEBYTECODE
ifeq ($(shell id -u),0)
export PIP_ROOT_USER_ACTION := ignore
endif

.PHONY: help setup setup-dev run demo check test test-faults lock bench clean

help: ## List what can be done
	@echo "Headhaul: make <target>"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.setup ## Install what running needs into .venv, so that .venv/bin/headhaul works

setup-dev: $(VENV)/.setup-dev ## Install what checking and testing need, too

run: $(VENV)/.setup ## Start Headhaul: database, worker and console, on PORT (8000)
	@exec $(BIN)/headhaul serve

demo: export HEADHAUL_HOME := $(CURDIR)/var/demo
demo: export HEADHAUL_DEMO := 1
demo: $(VENV)/.setup ## Start in a home of its own (var/demo) with the example market, freshly loaded
	@rm -rf var/demo/postgres
	@exec $(BIN)/headhaul serve

check: $(VENV)/.setup-dev ## Lint, types, import contracts, migrations, docs made from code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo 'Run: $(BIN)/ruff format .'; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@DJANGO_SETTINGS_MODULE=tests.settings PYTHONPATH=. $(BIN)/headhaul makemigrations --check --dry-run
	@DJANGO_SETTINGS_MODULE=tests.settings PYTHONPATH=. $(BIN)/headhaul reference --check

test: $(VENV)/.setup-dev ## Everything check does, and all tests (TESTS=path for some, without the checks)
	@$(BIN)/python $(if $(TESTS),-m pytest $(TESTS),scripts/run_tests.py)

test-faults: $(VENV)/.setup-dev ## Only the tests of faults, at full size: kills, crashes, frozen workers, jumping clocks
	@HEADHAUL_FAULTS=full $(BIN)/python -m pytest tests/faults -s

lock: $(UV) ## Pin the newest fitting versions, with hashes, into the lock files
	@$(UV) $(LOCK) --upgrade requirements.in -o requirements.lock
	@$(UV) $(LOCK) --upgrade requirements-dev.in -o requirements-dev.lock
	@$(UV) $(LOCK) --upgrade requirements-tools.in -o requirements-tools.lock
	@npm install --package-lock-only --omit=optional --ignore-scripts --loglevel=error

bench: $(VENV)/.setup-dev ## Measure, and print ratios beside the baselines
	@$(BIN)/python -m bench

clean: ## Remove what was installed and built; data in ./var stays
	@rm -rf $(VENV) .tools node_modules build dist src/headhaul/console/ui/static/vendor \
	  .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(UV): requirements-tools.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Headhaul needs Python 3.11 or later; '$(PYTHON)' is `$(PYTHON) -V 2>&1`. Try: make PYTHON=python3.11"; exit 1; }
	@echo "· installing uv into .tools"
	@$(PYTHON) -m pip install --quiet --upgrade --target .tools --require-hashes -r requirements-tools.lock
	@touch $@

$(VENV)/.setup: requirements.lock pyproject.toml package-lock.json scripts/vendor.py | $(UV)
	@test -x $(BIN)/python || $(UV) venv --quiet --python "$$(command -v $(PYTHON))" $(VENV)
	@echo "· installing Headhaul into $(VENV)"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --build-constraints requirements-tools.lock -e .
	@$(BIN)/python scripts/vendor.py
	@touch $@

$(VENV)/.setup-dev: requirements-dev.lock $(VENV)/.setup
	@echo "· installing the tools for checks and tests"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock -r requirements-dev.lock
	@touch $@
