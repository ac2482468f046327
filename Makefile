# The portal's commands. Needs Python 3.11 or newer with venv; everything else is made under .venv/ and .run/.
PYTHON ?= python3
PORT ?= 8000
AT ?=
ARGS ?=
UV := .run/lock/bin/uv
# What a fresh clone needs before the portal runs in it: the packages, and the compiled Persian catalogues.
READY = $(PYTHON) tools/environment.py --dev && .venv/bin/python tools/messages.py compile

.DEFAULT_GOAL := help
.PHONY: help run test prove check guide pictures kill-run kill-sms reset clock code lock messages bench cluster faults drill-restore drill-upgrade drill-image quality

help: ## shows this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

run: ## runs the portal with bank and SMS simulators (PORT=8000; Ctrl-C ends all)
	@exec $(PYTHON) tools/run.py --port '$(PORT)'

test: ## runs all tests; needs nothing else running (ARGS="-k word" is handed to pytest)
	@exec $(PYTHON) tools/run_tests.py $(ARGS)

prove: ## plays 2,000 random days of money against the simulated banks, and 5,000 verbs of random people (a quarter of an hour)
	@exec $(PYTHON) tools/run_tests.py tests/billing/test_money_machine.py tests/inspections/test_workflow_machine.py -s -k "whatever_happens or no_order_of_verbs" --hypothesis-profile=long $(ARGS)

check: ## lint, format, types, migrations, messages, production's settings
	@exec $(PYTHON) tools/check.py

guide: ## walks the users' guide in browsers and renews its pictures and its PDF (static/guide/)
	@SEPTAM_GUIDE_PICTURES=1 $(PYTHON) tools/run_tests.py tests/browser/test_guide.py $(ARGS)
	@.venv/bin/python tools/make_guide_pdf.py

pictures: ## takes a picture of every page at 360, 768 and 1280 px, light and dark, and in PhantomJS, into tests/artifacts/pages/
	@exec $(PYTHON) tools/run_tests.py tests/browser/pictures.py $(ARGS)

kill-run: ## kills web and worker at each failpoint of a purchase; renews docs/kill-run.md
	@exec $(PYTHON) tools/kill_run.py $(ARGS)

kill-sms: ## kills SMS workers forty times while 20,000 messages go out; renews docs/kill-run-sms.md
	@$(READY) && .venv/bin/python -m bench.sms_kills

cluster: ## runs two web servers and two workers behind nginx, on one Postgres and one Redis (PORT=8000); ARGS=--prove: journeys and races through it, renews docs/faults.md; ARGS="--prove --pooled": with PgBouncer
	@$(READY) && if [ '$(ARGS)' ]; then .venv/bin/python -m tests.killing.cluster $(ARGS); else exec .venv/bin/python tools/cluster.py --port '$(PORT)'; fi

faults: ## buys under one fault after the other: Postgres, bank, SMS, disk, clock, races; renews docs/faults.md (ARGS="--only SMS")
	@$(READY) && .venv/bin/python -m tests.killing.faults $(ARGS)

drill-restore: ## restores a dump taken while people buy, and compares it with the bank's ledger; renews docs/operations.md
	@$(READY) && .venv/bin/python -m bench.drills.restore

drill-upgrade: ## upgrades a filled database of an earlier commit, and measures locks; renews docs/operations.md (ARGS="COMMIT PLACES")
	@$(READY) && .venv/bin/python -m bench.drills.upgrade $(ARGS)

bench: ## measures speed and cost against a bare page; writes bench/results.md (ARGS="purchase outbox"; ARGS=office: half an hour, 30 GB)
	@$(READY) && .venv/bin/python -m bench $(ARGS)

drill-image: ## carries out the image's steps in an empty folder and starts it as production; renews docs/deployment.md
	@$(READY) && .venv/bin/python -m bench.drills.image

quality: ## writes docs/quality.md: each promise, its command and its last figure
	@$(PYTHON) tools/quality.py

reset: ## empties the demonstration (not while it runs)
	@exec $(PYTHON) tools/demo.py reset

clock: ## moves the running demonstration's clock: AT=1402/12/25, AT="1402/12/25 10:30" or AT=now
	@exec $(PYTHON) tools/demo.py clock '$(AT)'

code: ## prints the second factor's code of a demo person of the staff: NAME=lab
	@exec $(PYTHON) tools/demo.py manage demo_code '$(NAME)'

messages: ## compiles the Persian catalogues and says what is missing in them
	@$(READY) && .venv/bin/python tools/messages.py check

LOCK := $(UV) pip compile -q --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links $(ARGS)
lock: ## renews the hashed locks from requirements*.in (ARGS=--upgrade for newer versions)
	@test -x $(UV) || { $(PYTHON) -m venv .run/lock && .run/lock/bin/python -m pip install -q uv; }
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-s3.in -o requirements-s3.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) requirements-guard.in -o requirements-guard.txt
	$(LOCK) --no-deps requirements-postgres.in -o requirements-postgres.txt
