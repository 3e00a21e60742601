import Glibc
import Logging
import Systemd
import TestSupport
import Testing

@Suite struct ServiceNotifierTests {
    let messages = Recorder()
    let log = Recorder()

    func notifier(result: CInt = 1) -> ServiceNotifier {
        ServiceNotifier(
            logger: Logger(recordingInto: log),
            monotonicMicroseconds: { 12_345_678 },
            send: { [messages] message in
                messages.record(message)
                return result
            }
        )
    }

    @Test func `each step of the service's life is one message`() {
        let notifier = notifier()
        notifier.ready(status: "3 people, next due 09:00")
        notifier.status("4 people")
        notifier.reloading()
        notifier.watchdog()
        notifier.extendTimeout(by: .milliseconds(1500))
        notifier.stopping(status: "finishing 2 messages")
        #expect(
            messages.all == [
                "READY=1\nSTATUS=3 people, next due 09:00",
                "STATUS=4 people",
                "RELOADING=1\nMONOTONIC_USEC=12345678",
                "WATCHDOG=1",
                "EXTEND_TIMEOUT_USEC=1500000",
                "STOPPING=1\nSTATUS=finishing 2 messages",
            ]
        )
        #expect(log.all == [])
    }

    @Test func `a line break in a status does not begin another assignment`() {
        notifier().status("bad file\nMAINPID=1\r\nREADY=1")
        #expect(messages.all == ["STATUS=bad file MAINPID=1 READY=1"])
    }

    @Test func `a long status is cut between characters`() {
        notifier().status(String(repeating: "ầ", count: 1000))
        #expect(messages.all == ["STATUS=" + String(repeating: "ầ", count: 340) + "…"])
    }

    @Test func `a message that systemd does not take is a warning`() {
        notifier(result: -ECONNREFUSED).ready(status: "3 people")
        #expect(
            log.all == [
                "warning systemd did not accept a notification message=READY=1 reason=Connection refused"
            ]
        )
    }

    /// In a process of its own, because the library reads the environment.
    @Test func `the system's notifier writes to the socket that the environment names`() async {
        await #expect(processExitsWith: .success) {
            // An abstract address: no file is left behind. Only the first byte, zero, tells it from a path.
            let name = "dripd-test-\(getpid())"
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.dropFirst().copyBytes(from: name.utf8) }
            let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
            let socket = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) }
            }
            #expect(bound == 0)
            setenv("NOTIFY_SOCKET", "@\(name)", 1)
            ServiceNotifier.system(logger: Logger(label: "test")).ready(status: "3 people")
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(socket, &buffer, buffer.count, 0)
            #expect(String(decoding: buffer.prefix(count), as: UTF8.self) == "READY=1\nSTATUS=3 people")
        }
    }

    @Test func `without systemd nothing is sent and nothing is logged`() async {
        await #expect(processExitsWith: .success) {
            unsetenv("NOTIFY_SOCKET")
            let log = Recorder()
            ServiceNotifier.system(logger: Logger(recordingInto: log)).ready(status: "3 people")
            #expect(log.all == [])
        }
    }
}
