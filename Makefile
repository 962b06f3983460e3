# Every target sets up .venv first if it is missing or older than the requirements.
# `make` alone lists the targets.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ALONE := _build/alone
PORT ?= 8000
HTML := _build/html/index.html
# The first interpreter of a supported version; `make PYTHON=/path/to/python3.12 ...` overrides.
PYTHON ?= $(firstword $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p; done))
# The notebooks to execute: `make execute NB=chapters/.../01-why-convolutions.ipynb` for one.
NB ?= $(shell find chapters -name '*.ipynb' -not -path '*/.*' | sort)

# `make book SOLUTIONS=no`: pages and notebooks without the solutions of the exercises.
export SOLUTIONS ?= yes

# Notebooks run on the interpreter of .venv, whatever kernels the user has installed.
export JUPYTER_PREFER_ENV_PATH := 1
export PYDEVD_DISABLE_FILE_VALIDATION := 1

.DEFAULT_GOAL := help
.PHONY: bare compare older-processor ledger mutants planted help setup book test check check-chapter lint strict browser-test lighthouse archive published notebooks slides student pdf serve execute full-scale wheel alone colab lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "make %-10s %s\n", $$1, $$2}'

setup: $(READY)  ## create .venv with everything pinned (the other targets do it when needed)

$(READY): requirements.txt requirements-d2l.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 found; name one: make PYTHON=/path/to/python3.12 ..."; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode -r requirements.txt
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps -r requirements-d2l.txt
	@touch $@

# These begin with the strict build: its pages need not be made again.
check published: BUILT := yes
# CI runs the notebooks where nothing but the wheel is installed.
check: KERNEL := alone
.NOTPARALLEL:

book: $(READY)  ## build the HTML book from the stored outputs and say where it is
	$(if $(BUILT),,$(BIN)/jupyter-book build . --quiet)
	@echo "The book is here: $(CURDIR)/$(HTML)"

strict: $(READY)  ## build the book from nothing, every warning an error
	rm -rf _build/html _build/.doctrees
	$(BIN)/jupyter-book build . -W -n --keep-going --quiet

test: $(READY)  ## unit tests, doctests and every notebook through nbval, on all cores
	JUPYTER_PATH=$(CURDIR)/$(ALONE)/share/jupyter OMP_NUM_THREADS=1 $(BIN)/python -m pytest \
	  --nbval $(if $(KERNEL),--nbval-kernel-name $(KERNEL)) --nbval-sanitize-with tests/nbval_sanitize.cfg \
	  --doctest-modules -n auto --dist loadfile

check-chapter: $(READY)  ## one chapter's verdict in under a minute: form and outputs (NB=path)
	@mkdir -p _build; echo "form and outputs of $(NB), side by side"
	@export OMP_NUM_THREADS=1; $(BIN)/python -m pytest -q tests/book/test_form_of_chapters.py tests/benchmarks/test_store.py \
	  tests/book/test_ledger.py tests/book/test_figures.py tests/book/test_reading_aids.py \
	  -k "$(basename $(notdir $(NB)))" >_build/form.txt 2>&1 & form=$$!; \
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg $(NB); outputs=$$?; \
	wait $$form; form=$$?; cat _build/form.txt; exit $$((form > outputs ? form : outputs))

lint: $(READY)  ## style of the Python code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check: lint bare test strict browser-test  ## what CI runs: lint, tests on the wheel alone, strict build, browser

notebooks: book  ## export every chapter as a notebook for Colab: _build/notebooks
	rm -rf _build/notebooks
	cp -r _build/html/_notebooks _build/notebooks

pdf: book  ## print the book, solutions at the end: _build/paper/book.pdf (needs Chromium or Chrome)
	$(BIN)/python _extensions/paper/paper.py _build/html _build/paper/book.pdf
	BOOK_PDF=_build/paper/book.pdf $(BIN)/python -m pytest -q tests/exports/test_browser_pdf.py

slides: book  ## a deck of slides for each chapter: _build/slides
	$(BIN)/python _extensions/export/slides.py _build/html _build/slides

student: notebooks  ## the notebooks without their solutions: _build/student
	$(BIN)/python _extensions/export/student_set.py _build/notebooks _build/student

browser-test: book  ## every page in a real browser: mathematics, links, search, axe, weight
	bash tests/site/chromium.sh
	BOOK_SITE=_build/html OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/site tests/demos -n auto --dist loadgroup

lighthouse: book  ## Lighthouse's scores, stored in benchmarks/results (needs node and a network)
	bash tests/site/chromium.sh
	$(BIN)/python benchmarks/lighthouse.py

archive: book  ## the whole book as one zip that opens without a server
	$(BIN)/python _extensions/export/archive.py _build/html _build/convolutional-networks.zip

published: strict archive pdf student slides  ## what the web gets: pages, PDF, archive, student set, slides
	cp _build/paper/book.pdf _build/convolutional-networks.zip _build/html/
	rm -rf _build/html/slides _build/html/_notebooks/student
	cp -r _build/slides _build/html/slides
	cp -r _build/student _build/html/_notebooks/student

serve: book  ## build the book and open it on a local port (PORT=8000)
	@echo "http://localhost:$(PORT)  (Ctrl-C stops)"
	@$(BIN)/python -m webbrowser -t http://localhost:$(PORT) >/dev/null 2>&1 || true
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

execute: $(READY)  ## run the notebooks again and store what they print (NB=path for one)
	$(BIN)/python tests/book/execute.py $(NB)

ledger: $(READY)  ## write down the assertions, references and figures of the chapters again (NB=path for one)
	$(BIN)/python tests/book/write_ledger.py $(if $(filter command line environment,$(origin NB)),$(NB))

full-scale: $(READY)  ## train the real networks on a GPU and store the results (ARGS="--help")
	$(BIN)/python benchmarks/full_scale.py $(ARGS)

wheel: $(READY)  ## build the wheel of d2lkit into dist/
	rm -rf dist
	$(BIN)/python -m build --wheel --installer uv

bare: wheel  ## an environment with nothing but the wheel, and its kernel
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(ALONE)
	grep -v '^-e' requirements.txt > $(ALONE)/pins.txt
	VIRTUAL_ENV=$(ALONE) $(BIN)/uv pip install --quiet -c $(ALONE)/pins.txt "$$(echo dist/*.whl)[practice]" nbclient ipykernel numba
	$(ALONE)/bin/python -m ipykernel install --prefix $(ALONE) --name alone >/dev/null
	cd $(ALONE) && env -u PYTHONPATH bin/python -c 'import d2lkit; assert "site-packages" in d2lkit.__file__, d2lkit.__file__'

alone: bare notebooks  ## every exported notebook with nothing but the wheel, from an empty folder
	env -u PYTHONPATH OMP_NUM_THREADS=1 $(ALONE)/bin/python tests/book/alone.py

compare: bare notebooks  ## run every exported notebook once more, and hold it against what is stored
	env -u PYTHONPATH OMP_NUM_THREADS=1 $(ALONE)/bin/python tests/book/alone.py --compare

older-processor: $(READY)  ## every notebook as a processor without AVX-512 computes it
	ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q \
	  --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg chapters -n auto --dist loadfile

planted: $(READY)  ## plant single faults and see who notices (takes hours; ARGS="--list", "--seed 1")
	$(BIN)/python tests/planted/run.py $(ARGS)

mutants: $(READY)  ## take the causes of a chapter's results away: which assertions do not mind (NB=path)
	OMP_NUM_THREADS=1 $(BIN)/python tests/mutants/mutate.py $(NB)

colab: wheel notebooks  ## the same inside Colab's own runtime image (needs Docker)
	docker run --rm -v "$(CURDIR)":/book:ro us-docker.pkg.dev/colab-images/public/runtime:latest \
	  bash -c 'python3 -m pip install --quiet /book/dist/*.whl nbclient && python3 /book/tests/book/alone.py'

lock: $(READY)  ## compile requirements.txt from pyproject.toml again
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	  --constraint constraints.in --exclude-newer "14 days" --no-annotate --no-header --quiet \
	  --upgrade --output-file $(VENV)/lock.txt
	(echo '# Compiled from pyproject.toml and constraints.in by `make lock`, for Python 3.11 to 3.13.'; \
	  cat $(VENV)/lock.txt; echo '-e .') > requirements.txt

clean:  ## remove what was built, keep .venv
	rm -rf _build dist build *.egg-info .pytest_cache .ruff_cache .hypothesis
