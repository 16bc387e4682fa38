# Two commands do all the set-up on a fresh machine with Python 3.11+ and make: `make check` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: check test lint full lock wheel screenshots clean

# The main job: the real graph, checked. Source texts beside the repository are used when they are there.
check: $(VENV)/.installed
	@KGTOOL_SOURCES=$${KGTOOL_SOURCES:-$(wildcard ../shared/sources)} $(BIN)/kgtool check

test: $(VENV)/.installed
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Every count of the long suites (mutations, fuzz); `make test` runs a part of each and prints the seed.
full: $(VENV)/.installed
	KGTOOL_FULL=1 $(BIN)/python -m pytest -n auto --dist loadfile

# Tested versions with their hashes, for development and for running alone; the index is whatever the machine is set up with and is
# never named here.
lock: $(VENV)/.installed
	$(BIN)/pip-compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --strip-extras --allow-unsafe --extra dev --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --strip-extras --allow-unsafe --build-deps-for wheel --constraint requirements.lock --output-file requirements-run.lock pyproject.toml

$(VENV)/.installed: pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kgtool needs Python 3.11 or newer: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# A wheel with the editor and the picture of the network; needs node and npm. Nothing of the bundle is committed.
wheel: $(VENV)/.installed
	KGTOOL_BUNDLE=1 $(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# Pictures of the main pages for the documents; needs chromium.
screenshots: $(VENV)/.installed
	$(BIN)/python docs/draw_pages.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache
