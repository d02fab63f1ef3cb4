# Everything that is done with this repository, one command each. `make` alone prints the list.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# The processes that pytest starts: one more than two cores, because tests wait for kernels, browsers and servers.
JOBS ?= 3

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- set up -----------------------------------------------------------------------------------------------------

# The first interpreter that is new enough; `make PYTHON=… setup` chooses another one.
$(BIN)/python:
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then \
	  for candidate in python3.11 python3.12 python3; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	      python="$$candidate"; break; \
	    fi; \
	  done; \
	fi; \
	if [ -z "$$python" ]; then \
	  echo "make: no Python 3.11 or newer found. Install it (Debian, Ubuntu: apt-get install python3 python3-venv)," >&2; \
	  echo "      or name it: make PYTHON=/path/of/python3.11 setup" >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	  echo "make: $$python is not Python 3.11 or newer; name another one with PYTHON=" >&2; exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "make: $$python cannot make virtual environments: its ensurepip module is missing." >&2; \
	  echo "      Debian, Ubuntu: apt-get install python3-venv, then give the same command again." >&2; exit 1; \
	fi; \
	"$$python" -m venv --clear $(VENV)

# What installs; uv takes a fraction of the time: make setup INSTALLER='uv pip install --python .venv/bin/python'
INSTALLER ?= $(BIN)/python -m pip install --disable-pip-version-check

# Exactly the locked packages, checked by hash; then the package itself, so that edits count at once.
# --no-deps: the lock is complete, pip need not work that out again. Of all that it tells, a line now and then is shown.
$(STAMP): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the locked packages in $(VENV) (a minute or two, the first time only) ..."
	@$(INSTALLER) --require-hashes --no-deps -r requirements.lock 2> >(grep -Ev '^(WARNING:| [+] )' >&2) \
	  | awk '/^(Collecting|Processing) / && ++n % 30 == 0 { print "  fetched", n } /^Installing/ { print "  unpacking", n } { fflush() }'
	@$(INSTALLER) --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: setup
setup: $(STAMP) ## Make .venv with exactly the locked packages

# --- use --------------------------------------------------------------------------------------------------------

.PHONY: rapport
rapport: $(STAMP) ## Make two reports: Houthulst (published figures) and Gent (fictitious example)
	@$(BIN)/lekp report Houthulst --editie gepubliceerd
	@$(BIN)/lekp report Gent --editie voorbeeld

.PHONY: batch
batch: $(STAMP) ## Make the reports of all municipalities from the fictitious example
	@$(BIN)/lekp batch --parameters parameters/alle-gemeenten.yaml --editie voorbeeld

.PHONY: site
site: $(STAMP) ## Make the website around those reports (after make batch)
	@$(BIN)/lekp site --editie voorbeeld

# JupyterLab looks for news, updates and extensions on the internet; here it does not. LAB adds options of your own.
LAB_OPTIONS := --LabApp.default_url=/lab/tree/notebooks/start.ipynb \
  --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate \
  --LabApp.extension_manager=readonly
LAB ?=

.PHONY: vlaanderen
vlaanderen: $(STAMP) ## Make the report on Flanders from the fictitious example
	@$(BIN)/lekp flanders --editie voorbeeld

.PHONY: lab
lab: $(STAMP) ## Open the notebooks in JupyterLab, on a page that says what each is for
	@$(BIN)/jupyter lab $(LAB_OPTIONS) $(LAB)

.PHONY: pictures
pictures: $(STAMP) ## Draw the pictures of the README again (needs Chromium)
	@$(BIN)/python docs/pictures.py

.PHONY: docs
docs: $(STAMP) ## Write the reference pages again from code and declared files, and build the pages as a site in build/docs
	@$(BIN)/python docs/reference.py
	@$(BIN)/zensical build --clean --strict

# --- check ------------------------------------------------------------------------------------------------------

.PHONY: test
test: $(STAMP) ## Run the tests
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

.PHONY: check
check: lint types imports pact ## Check style, types, direction of imports, and the declared pact

# The four parts of `check`; `make -k check` runs on after one that fails.
.PHONY: lint types imports pact
lint: $(STAMP)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(STAMP)
	@$(BIN)/mypy

imports: $(STAMP)
	@$(BIN)/lint-imports --no-logo

pact: $(STAMP)
	@$(BIN)/lekp check

.PHONY: format
format: $(STAMP) ## Put code in the agreed form
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

# --- measure ----------------------------------------------------------------------------------------------------

# MEASURE takes the options of benchmarks/batch.py; benchmarks/batch.md has the line for a whole measurement.
.PHONY: benchmark
benchmark: $(STAMP) ## Measure lekp batch against papermill and nbconvert by hand (a few minutes)
	@$(BIN)/python benchmarks/batch.py $(MEASURE)

# --- keep -------------------------------------------------------------------------------------------------------

# uv is the only tool here that is not locked: it makes the lock. No index address is written into the file.
.PHONY: lock
lock: ## Renew requirements.lock from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo "make: uv is not installed; see docs.astral.sh/uv, or: pip install uv" >&2; exit 1; }
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras --constraint constraints.txt \
	  --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --output-file requirements.lock pyproject.toml

.PHONY: clean
clean: ## Throw away reports, caches and built packages (.venv stays)
	@find outputs -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find lekp_lib tests benchmarks notebooks -name __pycache__ -type d -prune -exec rm -rf {} +
