import Glibc

/// Descriptors 0 to 2. A program that is started without one of them would open its next file in that place, and write its
/// messages into it.
enum StandardDescriptors {
    /// Opens those that are closed. What is written to standard output then fails, as it should.
    static func open() {
        for (descriptor, mode) in [(STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)]
        where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // The lowest that is free, which is this one: those below it are open by now.
            _ = Glibc.open("/dev/null", mode)
        }
    }
}
