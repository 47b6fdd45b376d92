# One film: `make render`. Each target makes its own set-up, once, in .venv and build/.
EXPERIMENT ?= experiments/momentum.toml

BIN := .venv/bin
READY := .venv/ready
READY_FOR_TESTS := .venv/ready-for-tests

.DELETE_ON_ERROR:
.PHONY: help render draft deliver embed lecture studio test lint tex fuzz torture bench profile docs \
	gallery oracles doctor lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "EXPERIMENT=path/to/file.toml chooses another film than $(EXPERIMENT)."

render: $(READY)  ## the film at 1080p60, with GIF and poster, into build/
	@$(BIN)/momentum render $(EXPERIMENT) --quality 1080p60

draft: $(READY)  ## the same, small and quick
	@$(BIN)/momentum render $(EXPERIMENT) --quality draft

deliver: $(READY)  ## everything around the film: page, lecture, captions, slides, handout, films for the web, teaser
	@$(BIN)/momentum deliver $(EXPERIMENT) --all

embed: $(READY)  ## a page with the film, and a snippet to paste
	@$(BIN)/momentum deliver $(EXPERIMENT) --embed

lecture: $(READY)  ## one HTML file that plays anywhere and stops at each beat
	@$(BIN)/momentum deliver $(EXPERIMENT) --lecture

studio: $(READY)  ## a page on this machine to change the experiment on, while its film plays
	@$(BIN)/momentum studio $(EXPERIMENT)

test: $(READY_FOR_TESTS)  ## all tests
	@$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(READY_FOR_TESTS)  ## style, formatting, types, and who may import whom
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

tex: $(READY)  ## typeset the shipped films' formulas anew (installs LaTeX)
	@.ci/setup requirements.txt tex
	@$(BIN)/python -m scenes.kit.formulas.shipped

fuzz: $(READY_FOR_TESTS)  ## 30,000 random files, as many random rules, 300 random films, and what became of them
	@$(BIN)/python -m tests.momentum_math.toml.fuzzing 30000 1
	@$(BIN)/python -m tests.momentum_math.optimizers.fuzzing 30000 1
	@$(BIN)/python -m tests.scenes.generated 300 1

torture: $(READY_FOR_TESTS)  ## a hundred renders killed at random moments, and what that cost
	@$(BIN)/python -m tests.momentum_film.torture $(or $(COUNT),100) $(SEED)

bench: $(READY)  ## how fast and how clean, against stock manim (three quarters of an hour)
	@$(BIN)/python -m benchmarks

profile: $(READY)  ## where the time of each chapter goes
	@$(BIN)/python -m benchmarks --profile --quality 1080p60

docs: $(READY)  ## the parts of the documents that are derived from the code
	@PYTHONPATH=. $(BIN)/python docs/generate.py

gallery: $(READY)  ## the same, and the pictures
	@PYTHONPATH=. $(BIN)/python docs/generate.py pictures

oracles:  ## freeze other libraries' trajectories for the tests (installs torch and optax)
	python3 -m venv build/oracles && build/oracles/bin/pip install --quiet numpy torch optax
	build/oracles/bin/python -m tests.freeze_oracles
	build/oracles/bin/python -m tests.freeze_schedules

doctor: $(READY)  ## what this machine has and what it lacks
	@$(BIN)/momentum doctor

lock: $(READY)  ## choose new versions for the requirements files
	@mkdir -p build && $(BIN)/python -m pip --quiet install uv
	@$(BIN)/uv pip compile $(LOCK) --group build pyproject.toml --output-file requirements.txt
	@$(BIN)/uv pip compile $(LOCK) --group test --constraint requirements.txt \
	    --output-file build/requirements-test.txt
	@{ echo "-r ../requirements.txt"; cat build/requirements-test.txt; } > tests/requirements.txt

clean:  ## remove .venv and everything that was made
	rm -rf .venv build media *.egg-info

LOCK := --upgrade --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

$(READY): requirements.txt pyproject.toml .ci/setup
	@.ci/setup requirements.txt
	@touch $@

$(READY_FOR_TESTS): tests/requirements.txt $(READY)
	@.ci/setup tests/requirements.txt tex browser
	@touch $@
