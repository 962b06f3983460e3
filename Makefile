# Every target sets up .venv first if it is missing or older than the requirements.
# `make` alone lists the targets.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
READY := $(VENV)/.ready
PORT ?= 8000
NB ?= $(shell git ls-files -co --exclude-standard 'chapters/*.ipynb')
HTML := _build/html/index.html

# A notebook's kernel runs with the book's own interpreter, whatever kernels the user has.
export JUPYTER_PATH := $(CURDIR)/$(VENV)/share/jupyter
export PYDEVD_DISABLE_FILE_VALIDATION := 1

.DEFAULT_GOAL := help
.PHONY: help setup book test check lint strict serve execute wheel lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(READY)  ## create .venv and install everything pinned (done by the other targets)

$(READY): requirements.txt requirements-d2l.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(f"Python 3.11, 3.12 or 3.13 is needed, this is {v[0]}.{v[1]}: make PYTHON=python3.12 ...") if not (3, 11) <= v <= (3, 13) else None'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet -r requirements.txt
	VIRTUAL_ENV=$(VENV) $(UV) pip install --quiet --no-deps -r requirements-d2l.txt
	@touch $@

book: $(READY)  ## build the HTML book from the stored outputs
	$(BIN)/jupyter-book build . --quiet
	@echo "The book: $(CURDIR)/$(HTML)"

strict: $(READY)  ## build the book from nothing, every warning an error
	rm -rf _build/html _build/.doctrees
	$(BIN)/jupyter-book build . -W -n --keep-going --quiet

test: $(READY)  ## unit tests and every notebook through nbval, on all cores
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg -n auto --dist loadfile

lint: $(READY)  ## style of the Python code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check: lint test strict  ## what CI runs: lint, all tests, strict build

serve: book  ## build the book and open it on a local port (PORT=8000)
	@echo "http://localhost:$(PORT)  (Ctrl-C stops)"
	@$(BIN)/python -m webbrowser -t http://localhost:$(PORT) >/dev/null 2>&1 || true
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

execute: $(READY)  ## run notebooks again and store what they print (NB=path for one)
	$(BIN)/python tests/book/execute.py $(NB)

wheel: $(READY)  ## build the wheel of d2lkit into dist/
	$(BIN)/python -m build --wheel --installer uv

lock: $(READY)  ## compile requirements.txt from pyproject.toml again
	VIRTUAL_ENV=$(VENV) $(UV) pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	  --constraint constraints.in --no-annotate --no-header --quiet --upgrade --exclude-newer "14 days" --output-file requirements.txt
	sed -i '1i # Compiled from pyproject.toml and constraints.in by `make lock`. Python 3.11 to 3.13.' requirements.txt
	echo '-e .' >> requirements.txt

clean:  ## remove what was built, keep .venv
	rm -rf _build dist build *.egg-info .pytest_cache .ruff_cache .hypothesis
