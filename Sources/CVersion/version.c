#include "version.h"

// Scripts/version writes it. It is not in git.
#if __has_include("build.h")
#include "build.h"
#else
#define DRIPD_COMMIT ""
#define DRIPD_DATE ""
#endif

const char *dripd_commit(void) { return DRIPD_COMMIT; }

const char *dripd_date(void) { return DRIPD_DATE; }
