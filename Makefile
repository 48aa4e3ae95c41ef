# The two commands are `make run` and `make test`; `make help` lists the others.
# PYTHON names another interpreter than python3, ARGS adds arguments: make test ARGS=tests/audit

PYTHON ?= python3
ARGS ?=
N ?= 10000
py := .venv/bin/python
install := @"$(PYTHON)" config/install.py
heavy := browser or crawl or mutation or slow

# What production must set, for the checks that need no server.
production := env -u CASETRAIL_LOCAL ALLOWED_HOSTS=desk.example.com \
	SECRET_KEY="$$($(py) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	DATABASE_URL=postgresql://casetrail_app@localhost/casetrail

.PHONY: help run setup test test-full check serve lock sbom bench dataset

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile | expand -t 18

run: setup ## start the local trial: database, demo, web server, worker
	@$(py) -m config.run

setup: ## make .venv and the local secrets; then .venv/bin/python manage.py COMMAND works
	$(install) run

test: ## database, page and command tests
	$(install) dev
	@$(py) -m pytest -n 2 --dist loadgroup -m "not ($(heavy))" $(ARGS)

test-full: ## browser tests, crawls, mutations and whatever takes long
	$(install) dev
	@$(py) -m pytest -n 2 --dist loadgroup -m "$(heavy)" $(ARGS)

check: ## style, types, import directions, migrations, settings for production, templates
	$(install) dev
	$(py) -m ruff check
	$(py) -m ruff format --check
	$(production) $(py) -m mypy
	$(py) -m pytest -q tests/test_architecture.py
	$(py) manage.py makemigrations --check --dry-run
	$(production) $(py) manage.py check --deploy --fail-level WARNING
	find templates -name '*.html' -print0 | xargs -0r .venv/bin/djade --check --target-version 5.2

serve: setup ## serve in production, from the environment
	@$(py) -m config.serve

lock: ## renew the hash-pinned locks from pyproject.toml
	$(install) dev
	$(py) -m config.lock $(ARGS)

sbom: setup ## write what an installation is made of: casetrail.cdx.json, CycloneDX
	@$(py) -m config.sbom

bench: ## measure this project against its peers
	$(install) bench
	@$(py) -m bench $(ARGS)

dataset: setup ## write a large realistic set of requests: make dataset N=100000
	@$(py) manage.py make_dataset $(N) $(ARGS)
