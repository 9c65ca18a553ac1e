# Odometer. `make help` says what each target does.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# small matrices: two threads that wait for each other are slower than one
export OPENBLAS_NUM_THREADS := 1

PY := .venv/bin/python
WORKERS ?= 2
PYTEST ?= $(PY) -m pytest
# the second half runs even when the first fails: one look then shows all
BOTH_TESTS = failed=0; $(PYTEST) -n $(WORKERS) || failed=1; $(PYTEST) -m worlds || failed=1; exit $$failed
COMPILE := .venv/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make requirements'

.PHONY: help setup tools demo run stop status lint test test-postgres test-e2e bench audit gas contracts \
	requirements messages map products openapi clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Everything but starting: environment, nodes, keys, database, static files
	@sh stack/bootstrap.sh
	@$(PY) -m stack setup

tools: # what tests and lint need
	@sh stack/bootstrap.sh --dev
	@$(PY) -m stack tools

demo: ## Set up, start all, and walk the main job end to end; DATA=PATH takes recorded data
	@sh stack/bootstrap.sh
	@$(PY) -m stack up
	@PYTHONPATH=sdk $(PY) -m demo $(if $(DATA),--data "$(DATA)") $(DEMO_FLAGS)

run: ## Set up and start all; it stays up. FOREGROUND=1 follows the logs
	@sh stack/bootstrap.sh
	@$(PY) -m stack up
	@$(if $(FOREGROUND),$(PY) -m stack logs)

stop: ## Stop all; the state stays in var/
	@if [ -x $(PY) ]; then $(PY) -m stack down; fi

status: ## Say what runs
	@$(PY) -m stack status
	@$(PY) -m stack nodes

lint: tools ## Format, rules, types, floors, migrations and the API description
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy .
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py spectacular --validate | diff -u docs/openapi.yaml - >/dev/null \
		|| { echo 'docs/openapi.yaml lags behind: make openapi'; exit 1; }

test: tools ## Set up, then the tests: the fast ones, then those against real nodes
	@$(BOTH_TESTS)

test-postgres: tools ## The same tests on PostgreSQL, on a server started for them
	@sh stack/with_postgres.sh sh -c '$(BOTH_TESTS)'

test-e2e: tools ## The three journeys in a real browser against the whole stack
	$(PYTEST) -m e2e

bench: tools ## Measure what the README claims; PARTS=chain measures one part
	PYTHONPATH=sdk $(PY) -m bench $(PARTS)

audit: tools ## Try to measure more privacy loss than is charged, and write docs/audit.md
	$(PY) -m bench.auditing

gas: tools ## Measure gas on a real node and write contracts/gas-snapshot.json
	PYTHONPATH=sdk $(PY) -m bench.gas

contracts: tools ## Compile the contracts into chain/artifacts/
	$(PY) manage.py build_contracts

requirements: ## Pin what requirements*.in ask for, with hashes
	$(COMPILE) requirements-dev.in -o requirements-dev.txt
	$(COMPILE) -c requirements-dev.txt requirements.in -o requirements.txt

messages: tools ## Collect texts for the translators and compile the catalogues
	$(PY) -m stack.messages

map: ## Write docs/MAP.md from the first line of every module
	$(PY) -m stack.house_map

products: tools ## Write docs/products, the data cards of the standard products
	$(PY) manage.py product_cards

openapi: tools ## Write docs/openapi.yaml from the code
	$(PY) manage.py spectacular --validate --file docs/openapi.yaml

clean: stop ## Stop, and delete all state; what was installed or built stays
	@find var -mindepth 1 -maxdepth 1 ! -name bin -exec rm -rf {} + 2>/dev/null || true
