// Preloaded into the daemon: while the file that NO_DESCRIPTORS names is there, no connection is made or taken,
// and one that libcurl has kept open is found to be dead, so that it needs a new one. NO_DESCRIPTORS_OF=machine: the
// whole machine has none left, so that no file can be opened either.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

static int ofMachine(void) {
    const char *of = getenv("NO_DESCRIPTORS_OF");
    return of && strcmp(of, "machine") == 0;
}

static int refuses(void) {
    if (access(getenv("NO_DESCRIPTORS"), F_OK) != 0) return 0;
    errno = ofMachine() ? ENFILE : EMFILE;
    return 1;
}

static int refusesFiles(void) {
    return ofMachine() && refuses();
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

int socket(int domain, int type, int protocol) {
    return refuses() ? -1 : REAL(socket)(domain, type, protocol);
}

int accept(int descriptor, struct sockaddr *address, socklen_t *length) {
    return refuses() ? -1 : REAL(accept)(descriptor, address, length);
}

int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) {
    return refuses() ? -1 : REAL(accept4)(descriptor, address, length, flags);
}

// libcurl asks so before it uses a connection once more; nobody else in the daemon looks at one descriptor without waiting.
int poll(struct pollfd *descriptors, nfds_t count, int timeout) {
    if (count == 1 && timeout == 0 && refuses()) {
        descriptors->revents = POLLNVAL;
        return 1;
    }
    return REAL(poll)(descriptors, count, timeout);
}

static int mode(int flags, va_list rest) {
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    int bits = mode(flags, rest);
    va_end(rest);
    return refusesFiles() ? -1 : REAL(open)(path, flags, bits);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    int bits = mode(flags, rest);
    va_end(rest);
    return refusesFiles() ? -1 : REAL(open64)(path, flags, bits);
}

int openat(int directory, const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    int bits = mode(flags, rest);
    va_end(rest);
    return refusesFiles() ? -1 : REAL(openat)(directory, path, flags, bits);
}

FILE *fopen(const char *path, const char *mode) {
    return refusesFiles() ? NULL : REAL(fopen)(path, mode);
}

int pipe(int ends[2]) {
    return refusesFiles() ? -1 : REAL(pipe)(ends);
}

int pipe2(int ends[2], int flags) {
    return refusesFiles() ? -1 : REAL(pipe2)(ends, flags);
}

int eventfd(unsigned int value, int flags) {
    return refusesFiles() ? -1 : REAL(eventfd)(value, flags);
}

int epoll_create1(int flags) {
    return refusesFiles() ? -1 : REAL(epoll_create1)(flags);
}
