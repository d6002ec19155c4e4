# The whole of it: `make up` brings the guide's cloud up on the simulator, `make test` proves it. `make` alone lists the targets.

STACK ?= dev
PARALLEL ?= 64
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin

# The Pulumi CLI when it is there, the embedded engine when not; either continues what the other began.
CLI := $(shell command -v pulumi)
PULUMI := $(if $(CLI),$(CLI),$(VENV)/python -m engine)

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONPATH := $(CURDIR)
export PYTHONDONTWRITEBYTECODE := 1
export PULUMI_SKIP_UPDATE_CHECK := 1
export PULUMI_HOME ?= $(CURDIR)/.cache/pulumi

ifeq ($(STACK),dev)
# Rehearsal: state and the simulator's secrets stay in this checkout, and nobody is asked anything.
export PULUMI_BACKEND_URL := file://$(CURDIR)/.pulumi-state
export PULUMI_CONFIG_PASSPHRASE := simulator
AGREED := --yes --skip-preview
READY := simulator
else
ifeq ($(CLI),)
export PULUMI_BACKEND_URL ?= file://$(CURDIR)/.pulumi-state
endif
AGREED :=
READY := .venv/.program
endif

CHECKED := --stack $(STACK) --report .cache/preflight-$(STACK).json $(CHECKS)
RUN := --stack $(STACK) --parallel $(PARALLEL) $(FLAGS)

.DEFAULT_GOAL := help
.PHONY: help up preflight preview refresh destroy status simulator stop test test-long lint types format clean stack

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  STACK=dev is the simulator; STACK=lab your own rack (see README.md)."

up: stack ## bring the cloud up, or up to date (PREFLIGHT=no skips the checks)
	@$(if $(filter no,$(PREFLIGHT)),,$(VENV)/python -m preflight --brief $(CHECKED))
	$(PULUMI) up $(RUN) $(AGREED)

preflight: stack ## check the site against the live servers; changes nothing
	@$(VENV)/python -m preflight $(CHECKED)

preview: stack ## show what `make up` would change
	$(PULUMI) preview $(RUN)

refresh: stack ## compare the state with what the servers have
	$(PULUMI) refresh $(RUN) $(AGREED) $(if $(AGREED),--clear-pending-creates)

destroy: stack ## take everything down again
	$(PULUMI) destroy $(RUN) $(AGREED)

status: stack ## show the stack's outputs, and the simulator when it is used
	@$(PULUMI) stack output --stack $(STACK)
	@$(if $(filter dev,$(STACK)),$(VENV)/python -m simulator status)

simulator: .venv/.program ## start the simulated rack (or leave it running)
	@$(VENV)/python -m simulator start

stop: ## stop the simulated rack; it goes on where it was at the next start
	@if [ -x $(VENV)/python ]; then $(VENV)/python -m simulator stop; fi

test: .venv/.tests ## run the tests; TESTS=tests/unit/config runs some of them
	$(VENV)/python -m pytest -n $(or $(JOBS),2) --dist loadgroup $(or $(TESTS),-m "not long")

test-long: .venv/.tests ## run those that take minutes of their own: operations, interruptions, secrets, all bundles, 200 machines
	$(VENV)/python -m pytest -n $(or $(JOBS),2) --dist loadgroup -m long

lint: .venv/.tests ## style, and the import rules of docs/architecture.md
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/lint-imports

types: .venv/.tests ## check types
	$(VENV)/mypy config bundle components providers clients preflight simulator engine sdks/pulumi_lxd __main__.py

format: .venv/.tests ## format the code
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .

clean: stop ## remove what was installed, the simulated rack and its stack
	rm -rf .venv .simulator .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf .pulumi-state/.pulumi/*/openstack-on-metal/dev .pulumi-state/.pulumi/*/openstack-on-metal/dev.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

stack: $(READY)
	@mkdir -p .pulumi-state
	@$(PULUMI) stack select --stack $(STACK) --create >/dev/null
	@$(if $(findstring file://,$(PULUMI_BACKEND_URL)),$(VENV)/python -m engine cancel --stale --stack $(STACK))

.venv/.program: requirements.txt sdks/pulumi_lxd/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Python 3.11 is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "installing into .venv …"
	@[ -x $(VENV)/python ] || $(PYTHON) -m venv .venv
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e sdks/pulumi_lxd
	@touch $@

.venv/.tests: requirements-dev.txt .venv/.program
	@$(VENV)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
