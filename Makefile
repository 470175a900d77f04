# make demo    compiles the pipelines in specs/ into demo/, then trains, gates, registers, locks and serves one of them here
# make test    runs the tests; ARGS="-k name" chooses among them
# make conformance   lets the real programs that are installed judge the output; .ci/run installs all of them
# make fuzz    tries inputs that nobody would write; ARGS="validate --seconds 600" chooses, see tests/fuzz/README.md
# make lint    style, types and the rules on who may import whom
# make bench   measures Fairlead and its peers, and writes benchmarks/RESULTS.md; ARGS="--specs 1000 --runs 3"
# make sbom    builds dist/: source distribution, wheel and bill of materials, the same bytes each time
# make audit   asks whether anything that requirements/ pins has a known vulnerability
# make lock    derives requirements/*.txt from pyproject.toml and requirements/*.in; UPGRADE=1 takes newer versions
# make clean   removes everything that the above made
#
# Needs make and a Python from 3.11 on, with its venv module. PYTHON=/path/to/python chooses another one.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
LOCK_VENV := .tools/lock
RELEASE_VENV := .tools/release
USER_VENV := .tools/user
EXTRAS := --extra run --extra serve --extra lock
PIP_INSTALL := -m pip --disable-pip-version-check install --quiet
# Wheels alone: a source distribution would be built by a backend that no hash names.
# And not compiled ahead, which takes minutes for what is imported by few: each module is, when it is first imported.
HASHED_INSTALL := $(PIP_INSTALL) --require-hashes --only-binary :all: --no-compile

# The first that really works: a version manager's shim may exist without an interpreter behind it, and a
# distribution's Python without ensurepip cannot make an environment.
ifndef PYTHON
PYTHON := $(shell for candidate in python3.11 python3.12 python3.13 python3; do \
	if $$candidate -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo $$candidate; break; fi; done)
endif

.PHONY: audit bench clean conformance demo fuzz dist help install install-dev install-run lint lock release-tools sbom test
help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

# Each stamp stands for a finished step, so a second run has nothing to do.
install: $(VENV)/.installed
install-run: $(VENV)/.installed-run
install-dev: $(VENV)/.installed-dev

$(VENV)/.created:
	@test -n "$(PYTHON)" || { echo "Fairlead needs Python 3.11 or newer with its venv module (Debian: python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.created requirements/runtime.txt requirements/build.txt
	$(BIN)/python $(HASHED_INSTALL) -r requirements/runtime.txt -r requirements/build.txt
	@touch $@

# Entry points are written at installation, so a change of pyproject.toml installs again.
$(VENV)/.installed: $(VENV)/.runtime pyproject.toml
	$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# What runs pipelines on this machine, which is heavy: compiling needs none of it.
$(VENV)/.installed-run: $(VENV)/.installed requirements/run.txt
	$(BIN)/python $(HASHED_INSTALL) -r requirements/run.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements/dev.txt
	$(BIN)/python $(HASHED_INSTALL) -r requirements/dev.txt
	@touch $@

demo: install-run
	@rm -rf demo
	$(BIN)/fairlead compile --out demo
	@echo
	@echo "Where to look:"
	@echo "  specs/tumor-classifier.yaml                   one page that says everything"
	@echo "  demo/rendered/production/tumor-classifier/    what production gets from it"
	@echo "  demo/rendered/staging/tumor-classifier/       and where it is trained"
	@echo "  demo/.github/workflows/                       the workflows of this repository"
	@echo "  $(BIN)/fairlead graph specs/tumor-classifier.yaml     the life of the model"
	@echo
	$(BIN)/fairlead check
	@$(BIN)/python models/demo.py
	@echo
	@echo "Run it again, and nothing runs again:  FEATURE_STORE_TOKEN=any $(BIN)/fairlead run specs/tumor-classifier.yaml"
	@echo "Change a specification, then run: $(BIN)/fairlead compile && git diff rendered/"

test: install-dev
	$(BIN)/python -m pytest --numprocesses auto $(ARGS)

conformance: install-dev
	$(BIN)/python -m pytest tests/conformance tests/browser --numprocesses auto $(ARGS)

# Those that coverage leads to are `python -m tests.fuzz.guided`.
fuzz: $(VENV)/.installed-fuzz
	$(BIN)/python -m tests.fuzz $(ARGS)

$(VENV)/.installed-fuzz: $(VENV)/.installed-dev requirements/fuzz.txt
	$(BIN)/python $(HASHED_INSTALL) -r requirements/fuzz.txt
	@touch $@

bench: install-dev
	$(BIN)/python benchmarks/run.py $(ARGS)

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Later sets are constrained by earlier ones, so one environment can hold them all, but for checkov, which pins what it needs
# itself and has an environment of its own. Every Python gets the same versions (`fewest`), because the output may not
# depend on which one compiles. Nothing is written about where packages come from: a hash identifies a file wherever it was
# fetched.
lock: $(LOCK_VENV)/.installed
	@compile() { UV_CUSTOM_COMPILE_COMMAND="make lock" $(LOCK_VENV)/bin/uv pip compile --quiet --universal \
		--python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url --no-emit-find-links \
		$(if $(UPGRADE),--upgrade) "$$@"; }; \
	compile requirements/lock.in --output-file requirements/lock.txt; \
	compile pyproject.toml --output-file requirements/runtime.txt; \
	compile pyproject.toml $(EXTRAS) requirements/run.in --constraints requirements/runtime.txt \
		--output-file requirements/run.txt; \
	compile requirements/build.in --constraints requirements/runtime.txt --constraints requirements/run.txt \
		--output-file requirements/build.txt; \
	compile pyproject.toml $(EXTRAS) requirements/build.in requirements/run.in requirements/dev.in \
		--constraints requirements/runtime.txt --constraints requirements/build.txt --constraints requirements/run.txt \
		--output-file requirements/dev.txt; \
	compile requirements/release.in --constraints requirements/runtime.txt --constraints requirements/run.txt \
		--constraints requirements/build.txt \
		--output-file requirements/release.txt; \
	compile requirements/fuzz.in --constraints requirements/dev.txt --output-file requirements/fuzz.txt; \
	compile requirements/checkov.in --output-file requirements/checkov.txt
	@wc -l requirements/*.txt

$(LOCK_VENV)/.installed: requirements/lock.txt
	@test -n "$(PYTHON)" || { echo "Fairlead needs Python 3.11 or newer with its venv module (Debian: python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(LOCK_VENV)
	$(LOCK_VENV)/bin/python $(HASHED_INSTALL) -r requirements/lock.txt
	@touch $@

release-tools: $(RELEASE_VENV)/.installed

$(RELEASE_VENV)/.installed: requirements/release.txt requirements/build.txt
	@test -n "$(PYTHON)" || { echo "Fairlead needs Python 3.11 or newer with its venv module (Debian: python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(RELEASE_VENV)
	$(RELEASE_VENV)/bin/python $(HASHED_INSTALL) -r requirements/release.txt -r requirements/build.txt
	@touch $@

# The wheel comes out of the source distribution, so whoever builds from that gets this wheel. The only time in either is
# that of the commit.
dist: release-tools
	@rm -rf dist .tools/unpacked && mkdir -p .tools/unpacked
	@export SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --pretty=%ct)}; \
	$(RELEASE_VENV)/bin/python -m hatchling build -t sdist -d dist; \
	tar -xzf dist/fairlead-*.tar.gz -C .tools/unpacked --strip-components 1; \
	python=$$PWD/$(RELEASE_VENV)/bin/python dist=$$PWD/dist; \
	(cd .tools/unpacked && "$$python" -m hatchling build -t wheel -d "$$dist")
	$(RELEASE_VENV)/bin/python .ci/release/check.py dist

# What a user would have: the wheel and what it needs, and nothing else.
sbom: dist
	@rm -rf $(USER_VENV)
	$(PYTHON) -m venv $(USER_VENV)
	$(USER_VENV)/bin/python $(HASHED_INSTALL) -r requirements/runtime.txt
	$(USER_VENV)/bin/python $(PIP_INSTALL) --no-deps dist/fairlead-*.whl
	@export SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --pretty=%ct)}; wheel=$$(echo dist/fairlead-*.whl); \
	$(RELEASE_VENV)/bin/python .ci/release/sbom.py --wheel "$$wheel" --environment $(USER_VENV) \
		--out "$${wheel%-py3-none-any.whl}.cdx.json"

audit: release-tools
	$(RELEASE_VENV)/bin/python .ci/release/audit.py

clean:
	rm -rf $(VENV) .tools dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find compiler targets tests -name __pycache__ -type d -prune -exec rm -rf {} +
