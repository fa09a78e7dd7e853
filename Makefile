# Everything a newcomer needs; works with Python 3.11+ and make alone.
# The virtual environment is made from hashed requirement files; nothing is installed outside this folder.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
.DEFAULT_GOAL := help
.PHONY: help demo serve spark test coverage check fix bench batteries eval lock translations reference tables clean

help: ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-13s %s\n", $$1, $$2}'

$(VENV)/core.stamp: requirements/core.txt pyproject.toml
	@scripts/make-venv "$(PYTHON)" $(VENV) core
$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml
	@scripts/make-venv "$(PYTHON)" $(VENV) dev
$(VENV)/spark.stamp: requirements/spark.txt pyproject.toml
	@scripts/make-venv "$(PYTHON)" $(VENV) spark

demo: $(VENV)/core.stamp ## set up, load the sample city, run the loop, serve the site (ARGS=--no-serve ends by itself)
	@$(BIN)/civicloop demo $(ARGS)

serve: $(VENV)/core.stamp ## serve the site with the settings of the environment
	@$(BIN)/civicloop serve $(ARGS)

spark: $(VENV)/spark.stamp ## add PySpark (450 MB), for a cluster and for the tests of it

test: $(VENV)/dev.stamp ## run every test, on SQLite and on PostgreSQL
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.run $(ARGS)

coverage: $(VENV)/dev.stamp ## run every test on SQLite and print the lines that none of them reached
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.run --covered

check: $(VENV)/dev.stamp ## lint, types, imports, templates, dependencies, migrations, translations
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/check

fix: $(VENV)/dev.stamp ## format the code and mend what a tool can mend
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet . ; $(BIN)/djlint --reformat --quiet src/civicloop/web/templates || true

bench: $(VENV)/dev.stamp ## print the benchmarks, each beside its baseline
	@$(BIN)/python -m benchmarks $(ARGS)

batteries: $(VENV)/dev.stamp ## kill, restart, repeat, break; print what was lost (hours; ARGS=--quick: a few rounds)
	@$(BIN)/python -m batteries $(ARGS)

eval: $(VENV)/core.stamp ## measure the text engine on the sample city's truth
	@$(BIN)/civicloop evaluate --sample-city $(ARGS)

lock: ## renew the hashed requirement files (needs uv)
	@scripts/lock

translations: $(VENV)/dev.stamp ## collect and compile the translations (needs GNU gettext)
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/translations

reference: $(VENV)/core.stamp ## write the reference pages that say what a table in the code says
	@$(BIN)/python scripts/reference_pages.py

tables: $(VENV)/core.stamp ## write down the tables that the migrations make of a new SQLite database
	@$(BIN)/python scripts/first_tables.py

clean: ## remove the virtual environment and the demo's data
	rm -rf $(VENV) var
