// Swift cannot call prctl(2), which is variadic.
#ifndef DRIPD_CPROCESS_H
#define DRIPD_CPROCESS_H
#include <sys/prctl.h>

// Disables core dumps, and keeps other processes of the same user from reading this one's memory. Returns -1 on failure.
static inline int dripd_hide_memory(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
#endif
