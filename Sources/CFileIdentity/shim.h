// When a file was made, which the Glibc module of the Swift toolchain cannot tell: it leaves statx(2) out.
#ifndef DRIPD_CFILEIDENTITY_H
#define DRIPD_CFILEIDENTITY_H
#include <linux/stat.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

// The inode of an open file and its birth time in nanoseconds since 1970, 0 where the file system keeps none.
// Returns -1 and sets errno on failure.
static inline int dripd_file_identity(int descriptor, uint64_t *inode, int64_t *birth) {
    struct statx facts = {0};
    // AT_EMPTY_PATH, whose header of the kernel defines what glibc does, too.
    const int empty_path = 0x1000;
    if (syscall(SYS_statx, descriptor, "", empty_path, STATX_INO | STATX_BTIME, &facts) != 0) return -1;
    *inode = facts.stx_ino;
    *birth = facts.stx_mask & STATX_BTIME ? facts.stx_btime.tv_sec * 1000000000 + facts.stx_btime.tv_nsec : 0;
    return 0;
}
#endif
