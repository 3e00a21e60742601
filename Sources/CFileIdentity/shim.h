// A file's inode and birth time. The Glibc module of the Swift toolchain leaves statx(2) out.
#ifndef DRIPD_CFILEIDENTITY_H
#define DRIPD_CFILEIDENTITY_H
#include <linux/stat.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

// Reads the inode of an open file and its birth time in nanoseconds since 1970, or 0 if the file system stores none.
// Returns -1 and sets errno on failure.
static inline int dripd_file_identity(int descriptor, uint64_t *inode, int64_t *birth) {
    struct statx facts = {0};
    // AT_EMPTY_PATH. The kernel header that defines it redefines what glibc defines.
    const int empty_path = 0x1000;
    if (syscall(SYS_statx, descriptor, "", empty_path, STATX_INO | STATX_BTIME, &facts) != 0) return -1;
    *inode = facts.stx_ino;
    *birth = facts.stx_mask & STATX_BTIME ? facts.stx_btime.tv_sec * 1000000000 + facts.stx_btime.tv_nsec : 0;
    return 0;
}
#endif
