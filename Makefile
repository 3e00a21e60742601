# make run      run a demo: the daemon against the local sandbox, a month in a minute and a half
# make test     run all tests
# make simulate run the program in a simulation with many faults: SEEDS=1...1000, or SEEDS=17...17 to repeat a failed seed
# make crashes  kill the real daemon CRASHES times at random moments (1000, about six minutes) and print what was lost
# make soak     run the release build under load: MINUTES=60 RATE=100 (messages per second) JSON=FILE. Fails if usage grows
# make fuzz     run libFuzzer on readers of outside data: SECONDS=60 each, TARGETS="sequences people webhooks answers orders text mail"
# make bench    compare the release build with the limits of libcurl and SQLite (options: BENCH=--help)
# make instructions  count the CPU instructions of each pure function that runs for every message, and compare them
# make install  install the program, the units and an example configuration; then run systemctl enable --now dripd
# make deb      make a Debian package in .build/deb; DISTRIBUTION=bookworm, trixie or noble. Default: this machine's
# make check-package  make the package and check it: bytes, size, lintian, and an installation under a real systemd
# make release  make the packages, the source and their checksums in .build/release-VERSION, of a commit with the version's tag
# make format   format the sources; `make lint` only checks them

SHELL = /bin/bash
PREFIX = /usr/local
SYSCONFDIR = /etc
DESTDIR =
# 0 if systemd is missing, such as in a package build.
SYSTEMD_VERSION = $(shell systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p' | grep . || echo 0)
# An import that Package.swift does not declare fails the build.
BUILD = swift build --explicit-target-dependency-import-check error
TEST = Scripts/run-tests
SOAK_TESTS = $(TEST) --filter '\.SoakTests/'
HOSTILE_TESTS = $(TEST) --filter '\.HostileLoadTests/'
RELEASE = Scripts/build-release dripd

.PHONY: run test simulate crashes soak fuzz bench instructions lint format install install-files install-manuals built deb check-package release needs needs-of-tests
.DEFAULT_GOAL = run

needs:
	@Scripts/install-needs
	@Scripts/version write

needs-of-tests:
	@Scripts/install-needs tests
	@Scripts/version write

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
	$(RELEASE)
	DRIPD_SOAK=$(MINUTES) DRIPD_SOAK_RATE=$(RATE) $(if $(JSON),DRIPD_SOAK_JSON=$(abspath $(JSON))) \
	    DRIPD_PROGRAM=$(CURDIR)/.build/release/dripd $(SOAK_TESTS)

SECONDS = 60
TARGETS =
fuzz: needs
	Scripts/fuzz $(SECONDS) $(TARGETS)

BENCH =
bench:
	@Scripts/install-needs bench
	$(RELEASE)
	swift build -c release --package-path Benchmarks
	Benchmarks/.build/release/bench --dripd .build/release/dripd $(BENCH)

instructions:
	@Scripts/install-needs counts
	Scripts/instructions

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

# All that is built to be installed: the program, its man pages and its completions.
BUILT = .build/built
built: needs
	@Scripts/install-needs built
	$(RELEASE)
	Scripts/built $(BUILT)

install: built
	@$(MAKE) --no-print-directory install-manuals install-files

DISTRIBUTION =
deb: built
	@Scripts/install-needs deb
	Scripts/deb $(DISTRIBUTION)

check-package: deb
	Scripts/check-package $(DISTRIBUTION)

release: built
	@Scripts/install-needs deb
	Scripts/release

# Copies $(1) of this project to $(2), with the paths of this installation. ConfigurationDirectory= works only for /etc/dripd.
PLACED = sed -e 's|/usr/local/|$(PREFIX)/|g' -e 's|/etc/dripd|$(SYSCONFDIR)/dripd|g' \
    $(if $(filter-out /etc,$(SYSCONFDIR)),-e '/^ConfigurationDirectory=/d') $(1) | install -D -m 0644 /dev/stdin $(DESTDIR)$(2)
UNITS = $(PREFIX)/lib/systemd/system

install-manuals:
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man1 $(BUILT)/man/*.1
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man5 $(BUILT)/man/*.5
	install -D -m 0644 $(BUILT)/completions/dripd.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/dripd
	install -D -m 0644 $(BUILT)/completions/dripd.zsh \
	    $(DESTDIR)$(PREFIX)/share/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)/_dripd
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/dripd/licenses $(BUILT)/licenses/*
	install -D -m 0644 $(BUILT)/completions/dripd.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/dripd.fish

# Installs without building; PROGRAM is the built program. In /etc, only missing files are added, so that an administrator's changes
# stay; but the schema of the sequence files is always replaced.
PROGRAM = $(BUILT)/dripd
install-files:
	install -D -m 0755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/dripd
	$(call PLACED,systemd/dripd.service,$(UNITS)/dripd.service)
	$(call PLACED,systemd/dripd-backup.service,$(UNITS)/dripd-backup.service)
	$(call PLACED,systemd/dripd-backup.timer,$(UNITS)/dripd-backup.timer)
	[ $(SYSTEMD_VERSION) -lt 254 ] || install -D -m 0644 systemd/restart-backoff.conf \
	    $(DESTDIR)$(UNITS)/dripd.service.d/restart-backoff.conf
	# journalctl reads catalogs only from here.
	$(call PLACED,systemd/dripd.catalog,/usr/lib/systemd/catalog/dripd.catalog)
	$(call PLACED,docs/alerts.yaml,$(PREFIX)/share/doc/dripd/alerts.yaml)
	# Laid out as in the repository, so that the links between the documents work.
	install -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/dripd *.md
	for file in $$(find docs -type f); do \
	    install -D -m 0644 $$file $(DESTDIR)$(PREFIX)/share/doc/dripd/$$file || exit 1; done
	install -d -m 0755 $(DESTDIR)$(SYSCONFDIR)/dripd $(DESTDIR)$(SYSCONFDIR)/dripd/Sequences
	install -d -m 0700 $(DESTDIR)$(SYSCONFDIR)/dripd/secrets
	[ -e $(DESTDIR)$(SYSCONFDIR)/dripd/dripd.yaml ] || $(call PLACED,systemd/dripd.yaml,$(SYSCONFDIR)/dripd/dripd.yaml)
	ls $(DESTDIR)$(SYSCONFDIR)/dripd/Sequences/*.yaml >/dev/null 2>&1 || \
	    install -m 0644 Sequences/cham-soc.yaml $(DESTDIR)$(SYSCONFDIR)/dripd/Sequences/
	install -m 0644 Sequences/sequence.schema.json $(DESTDIR)$(SYSCONFDIR)/dripd/Sequences/
	@echo "Now: systemctl daemon-reload && journalctl --update-catalog && dripd setup"
