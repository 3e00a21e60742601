/// The version, as https://semver.org counts. `make release` expects the tag v$(DRIPD_VERSION).
#define DRIPD_VERSION "0.1.0"

/// The commit that was built, such as "93a4f2c"; "" if it is unknown. A "+" follows if there were other changes.
const char *dripd_commit(void);

/// The commit's date, such as "2026-11-30"; "" if it is unknown.
const char *dripd_date(void);
