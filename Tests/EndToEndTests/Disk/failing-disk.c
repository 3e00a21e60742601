// Preloaded into the daemon: while the file that FAILING_DISK names is there, the database's files take nothing, as those of
// a file system that the kernel has made read-only after an error of the disk. What was written before stays readable.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int refuses(int descriptor) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    const char *name = strrchr(path, '/');
    if (!name || strncmp(name, "/dripd.", 7) != 0 || access(getenv("FAILING_DISK"), F_OK) != 0) return 0;
    errno = EROFS;
    return 1;
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int descriptor, const void *bytes, size_t count) {
    return refuses(descriptor) ? -1 : REAL(write)(descriptor, bytes, count);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    return refuses(descriptor) ? -1 : REAL(pwrite)(descriptor, bytes, count, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    return refuses(descriptor) ? -1 : REAL(pwrite64)(descriptor, bytes, count, offset);
}

int fsync(int descriptor) {
    return refuses(descriptor) ? -1 : REAL(fsync)(descriptor);
}

int fdatasync(int descriptor) {
    return refuses(descriptor) ? -1 : REAL(fdatasync)(descriptor);
}
