// prctl(2) is variadic, which Swift cannot call.
#ifndef DRIPD_CPROCESS_H
#define DRIPD_CPROCESS_H
#include <sys/prctl.h>

// No core file of this process is written, and no process of the same user reads its memory. -1 on failure.
static inline int dripd_hide_memory(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
#endif
