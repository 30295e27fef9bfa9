# Each target does its own set-up in .venv: `make run` on a fresh machine is enough, and starts at once the second time.
# Needs Python >= 3.11 and gcc; Debian's and Ubuntu's missing packages are installed where this may be done (root or sudo).

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test bench models clean browser

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
ROOT = $$([ "$$(id -u)" = 0 ] || echo sudo -n) env DEBIAN_FRONTEND=noninteractive
APT_INSTALL = $(ROOT) apt-get update -qq; $(ROOT) apt-get install -y -qq --no-install-recommends

export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: .venv/.app ## serve the app (http://127.0.0.1:7860)
	@$(PY) app.py

test: .venv/.dev browser ## ruff, mypy and all tests but the slow ones
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@$(PY) -m pytest -q

bench: .venv/.dev .venv/bench .venv/datasette browser ## measure the speed ratios of tests/bench/ (an hour)
	@set -e; for file in tests/bench/bench_*.py; do echo "== $$file"; PYTHONPATH=.:.venv/bench $(PY) $$file; done

models: .venv/.app ## make all that is shipped anew: Reasoner, behavior, DM, probe (hours on two cores)
	@models/build.sh

clean: ## remove .venv and caches; data and models stay
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Any other spelling of the torch line may pull in a CUDA build of several GB.
.venv/.app: requirements.txt
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed: install it, or name it with make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")' 2>/dev/null || \
		{ $(APT_INSTALL) python3-venv python3-dev gcc; } || \
		echo "Python's venv module or headers seem to be missing; if the next lines fail, install python3-venv and python3-dev." >&2
	$(PYTHON) -m venv .venv
	.venv/bin/pip install torch==2.13.0
	.venv/bin/pip install -r requirements.txt
	@touch $@

.venv/.dev: .venv/.app requirements-dev.txt
	.venv/bin/pip install -r requirements-dev.txt
	@touch $@

.venv/bench: .venv/.dev
	.venv/bin/pip install --no-deps --target $@ trl==1.10.0

# Apart, since it brings other versions of packages that the app has too.
.venv/datasette: .venv/.dev
	.venv/bin/pip install --target $@ datasette==0.65.5

browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || \
		{ $(APT_INSTALL) chromium fonts-liberation; } || \
		echo "Chromium could not be installed: install it by hand to run the browser tests." >&2
