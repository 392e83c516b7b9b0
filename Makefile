# Each target that runs the project makes its own .venv from setup.cfg.

PYTHON ?= python3.11
VENV := .venv
RUN := $(VENV)/bin
# Tests in processes beside each other, each of which may have a Macaulay2 of its own.
BESIDE := -n logical --maxprocesses 4 --dist worksteal
SPECS := linear:3,2,3 mlp:2,2,3:x^2 mlp:2,2,2:x^3

.PHONY: demo test test-slow test-wheel lint check-macaulay2 docs benchmark \
	benchmark-implicitization clean

# What a user has; tests and the manual need more.
$(VENV)/usable: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/installed: $(VENV)/usable
	$(RUN)/python -m pip install --quiet --editable '.[test,docs]'
	touch $@

demo: $(VENV)/usable
	@for spec in $(SPECS); do $(RUN)/neuroalg report "$$spec" || exit $$?; echo; done

# Whether a commit passes depends on the commit alone, so its random comparisons are repeated;
# those of test-slow, and of pytest by itself, are new in every run.
test: export NEUROALG_SEED ?= 1
test: lint
	$(RUN)/python -m pytest $(BESIDE)

test-slow: $(VENV)/installed
	$(RUN)/python -m pytest -m slow

test-wheel:
	PYTHON=$(PYTHON) .ci/wheel

lint: $(VENV)/installed
	$(RUN)/ruff check neuroalg_sage tests benchmarks examples docs
	$(RUN)/mypy

# Its tests, all examples and the help of the package: one of the slow tests, alone.
check-macaulay2: $(VENV)/installed
	$(RUN)/python -m neuroalg_sage.engines.check

# Into build/docs/html.
docs: $(VENV)/installed
	$(RUN)/python -m sphinx -W --keep-going -q -j auto -b html docs build/docs/html

# Those take hours, or ask one question of one peer.
LONG = %/implicitization.py %/coverage.py %/peers.py

benchmark: $(VENV)/installed
	@for script in $(filter-out $(LONG),$(wildcard benchmarks/*.py)); do \
		$(RUN)/python $$script || exit $$?; done

# Hours: each of the others may take 300 seconds for each model.  It goes on where it was ended.
benchmark-implicitization: $(VENV)/installed
	$(RUN)/python -m pip install --quiet --editable '.[benchmarks]'
	mkdir -p build
	$(RUN)/python benchmarks/implicitization.py --json build/implicitization.jsonl

clean:
	rm -rf $(VENV) build dist *.egg-info docs/generated docs/api/generated
