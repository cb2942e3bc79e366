# Thin on purpose: what gates a merge is in noxfile.py, what a command needs in infra/setup.
.PHONY: help demo demo-kafka up kafka kafka-stop test test-faults bench bench-quick mutants lock clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

demo: ## one invented case, start to end, in a drill world
	@infra/setup run
	@.venv/bin/homeward demo $(ARGS)

demo-kafka: ## the same with processes apart, on a Kafka that is there for it only
	@infra/setup kafka
	@infra/demo-kafka $(ARGS)

up: ## a drill server that stays
	@infra/setup run
	@.venv/bin/homeward up --drill $(ARGS)

kafka: ## a real broker on 127.0.0.1:19092 for a drill; HOMEWARD_KAFKA names it
	@infra/setup kafka
	@infra/kafka/broker start

kafka-stop: ## end it; what it kept stays in .kafka/
	@infra/kafka/broker stop

test: ## everything that gates a merge; pytest speaks last
	@infra/setup gate
	@gate=0; .venv/bin/nox -s lint types rings wheel || gate=$$?; \
	 [ $$gate = 0 ] || echo "make test: a session above failed; the tests follow, the end will be red" >&2; \
	 .venv/bin/python -m pytest $(ARGS) && exit $$gate

test-faults: ## minutes of kills, storms and outages
	@infra/setup gate
	@.venv/bin/python -m pytest tests/faults -m "heavy or not heavy" -o faulthandler_timeout=3600 $(ARGS)

bench: ## the load tests, judged by their budgets; written down in loadtests/RESULTS.md
	@infra/setup bench
	@.venv/bin/python -m loadtests $(ARGS)

bench-quick: ## the same in 3 minutes at most, less surely, and not written down
	@infra/setup bench
	@.venv/bin/python -m loadtests --quick --no-record $(ARGS)

mutants: ## do the tests notice a changed policy or decider? docs/mutants.md; ARGS="policies.duty"
	@infra/setup mutants
	@nice -n 19 .venv/bin/nox -s mutants -- $(ARGS)

lock: ## resolve again; UPGRADE=--upgrade takes newer versions
	@infra/setup gate
	@infra/lock $(UPGRADE)

clean: ## what builds and checks leave; .venv stays (delete it by hand)
	@rm -rf build dist .nox .mutants .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
