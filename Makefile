# What a developer types. Users without make: see README.md for the same steps with plain Python.
.PHONY: close test test-all check bench templates addin docs sample setup

PYTHON := $(shell command -v python3.11 || command -v python3 || command -v python)
VENV := .venv/bin
AS_OF := 2026-10-31

setup:
	@$(PYTHON) tools/setup.py

close: setup
	@$(VENV)/python tools/close_sample.py

test: setup
	@$(PYTHON) tools/setup.py --office
	@$(VENV)/python -m pytest -n 2 --dist loadfile -m "not slow"

test-all: setup
	@$(PYTHON) tools/setup.py --office
	@$(VENV)/python -m pytest -n 2 --dist loadfile

check: setup
	@$(VENV)/ruff check src tests tools benchmarks
	@$(VENV)/ruff format --check src tests tools benchmarks
	@$(VENV)/mypy
	@$(VENV)/lint-imports

bench: setup
	@$(PYTHON) tools/setup.py --peers
	@$(VENV)/python benchmarks/run.py

templates: setup
	@$(VENV)/python tools/templates/build.py

addin: setup
	@$(VENV)/duebook addin build

docs: setup
	@$(VENV)/python tools/functions_pages.py
	@$(VENV)/python tools/slots_page.py
	@$(VENV)/python tools/policy_page.py
	@$(VENV)/python tools/buttons_page.py
	@$(VENV)/python tools/ribbon_picture.py
