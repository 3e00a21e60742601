# make run      see it work: the daemon against the local sandbox, a month in a minute and a half
# make test     every test
# make simulate the whole program against the platform's rules, everything going wrong: SEEDS=1...1000, or the one that failed
# make install  the program, the unit and an example configuration, for systemctl enable --now dripd
# make format   bring the sources into form; `make lint` only looks

SHELL = /bin/bash
PREFIX = /usr/local
SYSCONFDIR = /etc
DESTDIR =
SEEDS = 1...1000
# A module that imports what Package.swift does not give it fails the build.
BUILD = swift build --explicit-target-dependency-import-check error
RELEASE = -c release --static-swift-stdlib --product dripd

.PHONY: run test simulate lint format install needs
.DEFAULT_GOAL = run

needs:
	@Scripts/install-needs

run: needs
	$(BUILD) --product dripd
	@.build/debug/dripd demo

test: needs
	$(BUILD) --build-tests
	swift test --disable-xctest --skip-build

simulate: needs
	$(BUILD) --build-tests
	DRIPD_SIMULATE=$(SEEDS) swift test --disable-xctest --skip-build --filter '^SimulationTests\.'

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests

# What an administrator has changed stays: only what is missing is put into /etc.
install: needs
	$(BUILD) $(RELEASE)
	install -D -m 0755 .build/release/dripd $(DESTDIR)$(PREFIX)/bin/dripd
	install -D -m 0644 systemd/dripd.service $(DESTDIR)$(PREFIX)/lib/systemd/system/dripd.service
	install -D -m 0644 README.md $(DESTDIR)$(PREFIX)/share/doc/dripd/README.md
	install -d -m 0755 $(DESTDIR)$(SYSCONFDIR)/dripd $(DESTDIR)$(SYSCONFDIR)/dripd/Sequences
	install -d -m 0700 $(DESTDIR)$(SYSCONFDIR)/dripd/secrets
	[ -e $(DESTDIR)$(SYSCONFDIR)/dripd/dripd.yaml ] || \
	    install -m 0644 systemd/dripd.yaml $(DESTDIR)$(SYSCONFDIR)/dripd/dripd.yaml
	ls $(DESTDIR)$(SYSCONFDIR)/dripd/Sequences/*.yaml >/dev/null 2>&1 || \
	    install -m 0644 Sequences/cham-soc.yaml $(DESTDIR)$(SYSCONFDIR)/dripd/Sequences/
	install -m 0644 Sequences/sequence.schema.json $(DESTDIR)$(SYSCONFDIR)/dripd/Sequences/
	@echo "Now put your page's id into $(SYSCONFDIR)/dripd/dripd.yaml and its secrets into $(SYSCONFDIR)/dripd/secrets,"
	@echo "then: systemctl daemon-reload && systemctl enable --now dripd"
