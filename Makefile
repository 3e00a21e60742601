# make run      see it work: the daemon against the local sandbox, a month in a minute and a half
# make test     every test
# make simulate the whole program against the platform's rules, everything going wrong: SEEDS=1...1000, or the one that failed
# make crashes  ends the real daemon CRASHES times at random moments (1000; some six minutes), and prints what was lost
# make soak     the release build under load: MINUTES=60 RATE=100 (messages a second); what does not stay flat fails. JSON=FILE
# make fuzz     libFuzzer against what reads bytes from outside: SECONDS=60 each; TARGETS="sequences people webhooks answers orders text"
# make bench    measures the release build beside what libcurl and SQLite can do (BENCH=--help tells the options)
# make instructions  counts what a call of each pure function on every message's way takes, and holds it to what it took
# make install  the program, the unit and an example configuration, for systemctl enable --now dripd
# make format   bring the sources into form; `make lint` only looks

SHELL = /bin/bash
PREFIX = /usr/local
SYSCONFDIR = /etc
DESTDIR =
# 0 where there is no systemd, as in the build of a package.
SYSTEMD_VERSION = $(shell systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p' | grep . || echo 0)
# A module that imports what Package.swift does not give it fails the build.
BUILD = swift build --explicit-target-dependency-import-check error
TEST = Scripts/run-tests
SOAK_TESTS = $(TEST) --filter '\.SoakTests/'
HOSTILE_TESTS = $(TEST) --filter '\.HostileLoadTests/'
RELEASE = -c release --static-swift-stdlib --product dripd

.PHONY: run test simulate crashes soak fuzz bench instructions lint format install install-files needs needs-of-tests
.DEFAULT_GOAL = run

needs:
	@Scripts/install-needs

needs-of-tests:
	@Scripts/install-needs tests

run: needs
	$(BUILD) --product dripd
	@.build/debug/dripd demo

test: needs-of-tests
	$(BUILD) --build-tests
	$(TEST)
	DRIPD_SOAK=short $(SOAK_TESTS)
	DRIPD_HOSTILE=1 $(HOSTILE_TESTS)

SEEDS = 1...1000
simulate: needs-of-tests
	$(BUILD) --build-tests
	DRIPD_SIMULATE=$(SEEDS) $(TEST) --filter '^SimulationTests\.'

CRASHES = 1000
crashes: needs-of-tests
	$(BUILD) --build-tests
	DRIPD_CRASHES=$(CRASHES) $(TEST) --filter CrashMatrixTests

MINUTES = 60
RATE = 100
JSON =
soak: needs-of-tests
	$(BUILD) --build-tests
	$(BUILD) $(RELEASE)
	DRIPD_SOAK=$(MINUTES) DRIPD_SOAK_RATE=$(RATE) $(if $(JSON),DRIPD_SOAK_JSON=$(abspath $(JSON))) \
	    DRIPD_PROGRAM=$(CURDIR)/.build/release/dripd $(SOAK_TESTS)

SECONDS = 60
TARGETS =
fuzz: needs
	Scripts/fuzz $(SECONDS) $(TARGETS)

BENCH =
bench:
	@Scripts/install-needs bench
	$(BUILD) $(RELEASE)
	swift build -c release --package-path Benchmarks
	Benchmarks/.build/release/bench --dripd .build/release/dripd $(BENCH)

instructions:
	@Scripts/install-needs counts
	Scripts/instructions

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

install: needs
	$(BUILD) $(RELEASE)
	@$(MAKE) --no-print-directory install-files

# $(1) of this project to $(2), where it names the places of this installation. /etc/dripd alone is systemd's ConfigurationDirectory=.
PLACED = sed -e 's|/usr/local/|$(PREFIX)/|g' -e 's|/etc/dripd|$(SYSCONFDIR)/dripd|g' \
    $(if $(filter-out /etc,$(SYSCONFDIR)),-e '/^ConfigurationDirectory=/d') $(1) | install -D -m 0644 /dev/stdin $(DESTDIR)$(2)
UNITS = $(PREFIX)/lib/systemd/system

# What is built, put in its place; PROGRAM is what was built. What an administrator has changed stays: only what is missing is
# put into /etc.
PROGRAM = .build/release/dripd
install-files:
	install -D -m 0755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/dripd
	$(call PLACED,systemd/dripd.service,$(UNITS)/dripd.service)
	$(call PLACED,systemd/dripd-backup.service,$(UNITS)/dripd-backup.service)
	$(call PLACED,systemd/dripd-backup.timer,$(UNITS)/dripd-backup.timer)
	[ $(SYSTEMD_VERSION) -lt 254 ] || install -D -m 0644 systemd/restart-backoff.conf \
	    $(DESTDIR)$(UNITS)/dripd.service.d/restart-backoff.conf
	# journalctl reads catalogs nowhere else.
	$(call PLACED,systemd/dripd.catalog,/usr/lib/systemd/catalog/dripd.catalog)
	$(call PLACED,docs/alerts.yaml,$(PREFIX)/share/doc/dripd/alerts.yaml)
	install -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/dripd README.md SECURITY.md CHANGELOG.md docs/dashboard.json docs/*.md
	install -d -m 0755 $(DESTDIR)$(SYSCONFDIR)/dripd $(DESTDIR)$(SYSCONFDIR)/dripd/Sequences
	install -d -m 0700 $(DESTDIR)$(SYSCONFDIR)/dripd/secrets
	[ -e $(DESTDIR)$(SYSCONFDIR)/dripd/dripd.yaml ] || $(call PLACED,systemd/dripd.yaml,$(SYSCONFDIR)/dripd/dripd.yaml)
	ls $(DESTDIR)$(SYSCONFDIR)/dripd/Sequences/*.yaml >/dev/null 2>&1 || \
	    install -m 0644 Sequences/cham-soc.yaml $(DESTDIR)$(SYSCONFDIR)/dripd/Sequences/
	install -m 0644 Sequences/sequence.schema.json $(DESTDIR)$(SYSCONFDIR)/dripd/Sequences/
	@echo "Now put your page's id into $(SYSCONFDIR)/dripd/dripd.yaml and its secrets into $(SYSCONFDIR)/dripd/secrets,"
	@echo "then: systemctl daemon-reload && journalctl --update-catalog && systemctl enable --now dripd dripd-backup.timer"
