import Testing

@testable import SequenceFiles

struct ListenAddressTests {
    @Test(arguments: [
        // What is written, what is bound with IPv6 and without, and where the daemon's own watchdog asks.
        ("*:8787", "::", "0.0.0.0", ["127.0.0.1", "[::1]"]),
        ("0.0.0.0:8787", "0.0.0.0", "0.0.0.0", ["127.0.0.1"]),
        ("[::]:8787", "::", "::", ["127.0.0.1", "[::1]"]),
        ("127.0.0.1:8787", "127.0.0.1", "127.0.0.1", ["127.0.0.1"]),
        ("[::1]:8787", "::1", "::1", ["[::1]"]),
        ("[fe80::1%eth0]:8787", "fe80::1%eth0", "fe80::1%eth0", ["[fe80::1%eth0]"]),
        ("localhost:8787", "localhost", "localhost", ["localhost"]),
        ("shop-1.example.com:8787", "shop-1.example.com", "shop-1.example.com", ["shop-1.example.com"]),
    ])
    func `what is bound, and where it is reached`(
        text: String,
        withIPv6: String,
        without: String,
        local: [String]
    ) throws {
        let address = try ListenAddress.parse(text)
        #expect(address.port == 8787)
        #expect(address.description == text)
        #expect((address.bindHost(hasIPv6: true), address.bindHost(hasIPv6: false)) == (withIPv6, without))
        #expect(address.localHosts == local)
    }

    @Test(arguments: [
        "**:8787", "*.example.com:8787", "[*]:8787", "http://*:8787", "127.0.0.*:8787", "a b:8787", "máy:8787",
        "?:8787",
        "*", ":8787", "::8787", "*:", "*:65536", "*:-1",
    ])
    func `what is no address is refused where it is written`(text: String) {
        #expect(throws: ParseError.self) { try ListenAddress.parse(text) }
    }

    @Test(arguments: [
        "127.0.0.1", "127.8.9.10", "localhost", "LOCALHOST", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "127.1",
    ])
    func `this machine alone reaches it`(host: String) {
        #expect(!ListenAddress(host: host, port: 1).isBeyondLoopback)
    }

    @Test(arguments: [
        "*", "0.0.0.0", "0", "::", "192.168.1.2", "10.0.0.1", "203.0.113.7", "fd00::1", "::ffff:10.0.0.1",
        "shop.example",
        "localhost.example", "127.0.0.1.example", "::2",
    ])
    func `others reach it`(host: String) {
        #expect(ListenAddress(host: host, port: 1).isBeyondLoopback)
    }
}
