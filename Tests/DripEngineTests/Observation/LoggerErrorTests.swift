import DripStore
import Foundation
import Logging
import TestSupport
import Testing

@testable import DripEngine

/// Errors in the log, as an operator reads them.
@Suite struct LoggerErrorTests {
    private struct UnixDomainSocketPathWrongType: Error {}

    @Test func `an error is logged in words, with what it causes`() {
        let log = Recorder()
        let logger = Logger(recordingInto: log)
        logger.error(because: UnixDomainSocketPathWrongType())
        logger.error(
            "cannot apply the edit yet",
            because: UnixDomainSocketPathWrongType(),
            metadata: ["next": "5.0 seconds"]
        )
        logger.error(because: POSIXError(.EMFILE))
        logger.error(because: StoreError.inUse(directory: "/var/lib/dripd", process: "7"))
        #expect(
            log.all == [
                "error unix domain socket path wrong type",
                "error cannot apply the edit yet: unix domain socket path wrong type next=5.0 seconds",
                "error too many open files",
                "error another dripd (process 7) is using /var/lib/dripd; stop it first, or give this one a state directory of its "
                    + "own",
            ]
        )
    }
}
