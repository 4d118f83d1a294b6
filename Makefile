# `make run` starts Kith, `make test` runs the tests; the first run creates .venv and fetches the dependencies.

PYTHON ?= $(firstword $(shell command -v python3 python 2>/dev/null) python3)
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
# Each worker of the tests has a Neo4j server of its own, which waits for its planner for most of the time.
WORKERS ?= 2

.PHONY: run test check screenshots bench schema format lock browser pango neo4j page setup setup-dev
.DEFAULT_GOAL := run

run: setup
	@$(MAKE) --no-print-directory -j2 neo4j page
	@$(BIN)/python -m api

test: setup-dev $(if $(CI),browser pango)
	@$(MAKE) --no-print-directory -j2 neo4j page OPTIONAL=
	@$(BIN)/python -m api.build --run test
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

check: setup-dev
	@$(BIN)/ruff format --check --quiet . || { echo "`make format` would change these files:"; $(BIN)/ruff format --check .; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m api.build --run check
	@$(BIN)/python -m pytest tests/rules

# `make bench BENCH=--full` asks the questions about a million records.
bench: setup-dev
	@$(BIN)/python -m bench $(BENCH)

schema: setup-dev
	@$(BIN)/python -m schema > .schema.graphql.new && mv .schema.graphql.new schema.graphql

format: setup-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# Installs Debian's Chromium for the browser tests (as root); in CI `make test` does this.
browser:
	@$(PYTHON) .ci/setup.py browser

# Installs Pango, with which reports are written as PDF (as root, on Debian and Ubuntu); in CI `make test` does this.
pango:
	@$(PYTHON) .ci/setup.py pango

# Updates the lock files from requirements*.in and keeps compatible versions; UPGRADE=--upgrade selects the newest.
lock: setup-dev
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 $(UPGRADE) --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" -o requirements.txt requirements.in
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 $(UPGRADE) --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" -o requirements-dev.txt -c requirements.txt requirements-dev.in

# Takes a picture of every view of the explorer, for docs/explorer; it needs Chromium.
screenshots: setup-dev
	@$(MAKE) --no-print-directory -j2 neo4j page OPTIONAL=
	@KITH_SCREENSHOTS=docs/explorer $(BIN)/python -m pytest --quiet tests/browser/test_screenshots.py

# The jars of Neo4j, and the pages; without the npm registry `make run` serves the API only.
neo4j:
	@$(BIN)/python -m graph fetch

page: OPTIONAL ?= --optional
page:
	@$(BIN)/python -m api.build $(OPTIONAL)

setup:
	@$(PYTHON) .ci/setup.py run

setup-dev:
	@$(PYTHON) .ci/setup.py dev
