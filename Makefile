# make demo ARGS="--campaign my.toml" · make test · make long · make check · make bench · make big · make chaos SEED=7 · make attack · make mutants ROOM=core · make cards CODES=100
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTED := $(VENV)/.ready-for-tests
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11
WORKERS ?= 4
# Processes are started by the hundred, and every worker reads every test: they are compiled once, whatever the surroundings say of that.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test long check format bench big chaos hours attack deploy-check farm trials mutants cards pictures lock clean

demo: $(READY)
	@echo "Starting the bot in a local Telegram"
	@$(BIN)/python -m bot demo $(ARGS)

test: $(TESTED)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not long" $(ARGS)

long: $(TESTED)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m long $(ARGS)

check: $(TESTED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(TESTED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(TESTED)
	$(BIN)/python -m tests.benchmarks $(ARGS)

big: $(TESTED)
	$(BIN)/python -m tests.benchmarks.big $(ENGINE) $(MEMBERS)

chaos: $(TESTED)
	$(BIN)/python -m tests.chaos --seed $(or $(SEED),1) $(ARGS)

hours: $(TESTED)
	$(BIN)/python -m tests.core.mornings
	$(BIN)/python -m tests.wire.virtual_hour $(or $(MESSAGES),100000)

trials: $(TESTED)
	$(BIN)/python -m tests.simulations.trials

farm: $(TESTED)
	$(BIN)/python -m tests.simulations $(or $(SEED),4) $(ARGS)

attack: $(TESTED)
	$(BIN)/python -m tests.attack $(ARGS)

deploy-check: $(TESTED)
	$(BIN)/python -m tests.deploy $(ARGS)

mutants: $(TESTED)
	$(BIN)/python -m tests.mutants $(or $(ROOM),core) $(ARGS)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Passalong needs Python 3.11 or newer; $(PYTHON) is older. Name another one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv is missing here. On Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@echo "Making a place of its own for Passalong: $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(READY): requirements.lock | $(VENV)/bin/python
	@echo "Installing what the bot needs (a minute or two the first time)"
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@touch $@

$(TESTED): requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the bot with everything its tests need (some minutes the first time)"
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ $(READY)

cards: $(TESTED)
	$(BIN)/python -m tests.cards.sheets build/cards
	$(if $(CODES),$(BIN)/python -m tests.cards.counting $(CODES))

pictures: $(TESTED)
	$(BIN)/python -m tests.journeys.owners_pictures
	$(BIN)/python -m tests.journeys.readme_picture
	$(BIN)/python -m tests.cards.sheets docs/pictures/looks.jpg

lock:
	$(LOCK) --group dev --output-file requirements-dev.lock pyproject.toml
	$(LOCK) --constraint requirements-dev.lock --output-file requirements.lock pyproject.toml
	echo hatchling | $(LOCK) --constraint requirements-dev.lock --output-file deploy/build.lock -
	echo pyrage | $(LOCK) --constraint requirements-dev.lock --output-file deploy/extras.lock -

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis mutants .coverage
