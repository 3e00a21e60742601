// Preloaded into the daemon: while the file that NO_DESCRIPTORS names is there, no connection is made or taken,
// and one that libcurl has kept open is found to be dead, so that it needs a new one.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int refuses(void) {
    if (access(getenv("NO_DESCRIPTORS"), F_OK) != 0) return 0;
    errno = EMFILE;
    return 1;
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
