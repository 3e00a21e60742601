import Testing

@testable import Channels

/// Which addresses are one host's of the public internet: those that a URL of an outsider may lead to.
@Suite struct IPAddressTests {
    /// The first and the last address of each block, and its neighbours: whether each is public.
    @Test(
        arguments: [
            // Version 4: IANA IPv4 Special-Purpose Address Registry.
            ("0.0.0.0", false), ("0.255.255.255", false), ("1.0.0.0", true),
            ("9.255.255.255", true), ("10.0.0.0", false), ("10.255.255.255", false), ("11.0.0.0", true),
            ("100.63.255.255", true), ("100.64.0.0", false), ("100.127.255.255", false), ("100.128.0.0", true),
            ("126.255.255.255", true), ("127.0.0.0", false), ("127.255.255.255", false), ("128.0.0.0", true),
            ("169.253.255.255", true), ("169.254.0.0", false), ("169.254.255.255", false), ("169.255.0.0", true),
            ("172.15.255.255", true), ("172.16.0.0", false), ("172.31.255.255", false), ("172.32.0.0", true),
            ("191.255.255.255", true), ("192.0.0.0", false), ("192.0.0.255", false), ("192.0.1.0", true),
            ("192.0.1.255", true), ("192.0.2.0", false), ("192.0.2.255", false), ("192.0.3.0", true),
            ("192.88.98.255", true), ("192.88.99.0", false), ("192.88.99.255", false), ("192.88.100.0", true),
            ("192.167.255.255", true), ("192.168.0.0", false), ("192.168.255.255", false), ("192.169.0.0", true),
            ("198.17.255.255", true), ("198.18.0.0", false), ("198.19.255.255", false), ("198.20.0.0", true),
            ("198.51.99.255", true), ("198.51.100.0", false), ("198.51.100.255", false), ("198.51.101.0", true),
            ("203.0.112.255", true), ("203.0.113.0", false), ("203.0.113.255", false), ("203.0.114.0", true),
            ("223.255.255.255", true), ("224.0.0.0", false), ("239.255.255.255", false), ("240.0.0.0", false),
            ("255.255.255.255", false),
            // Version 6: only 2000::/3 is given out, and not all of it.
            ("::", false), ("::1", false), ("1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false), ("2000::", true),
            ("2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), ("2001::", false),
            ("2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", false), ("2001:200::", true),
            ("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", true), ("2001:db8::", false),
            ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", false), ("2001:db9::", true),
            ("2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), ("2002::", false),
            ("2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false), ("2003::", true),
            ("3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), ("3fff::", false),
            ("3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", false), ("3fff:1000::", true),
            ("3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true), ("4000::", false),
            // Segment routing, unique local, link-local, site-local, multicast.
            ("5f00::1", false), ("fc00::", false), ("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false),
            ("fe80::1", false),
            ("fec0::1", false), ("ff02::1", false), ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false),
            // Version 4 as a socket of version 6 writes it: ::ffff:0:0/96.
            ("::fffe:ffff:ffff", false), ("::ffff:0.0.0.0", false), ("::ffff:8.8.8.8", true),
            ("::ffff:10.0.0.1", false),
            ("::ffff:127.0.0.1", false), ("::ffff:169.254.169.254", false), ("::ffff:255.255.255.255", false),
            ("::1:0:0:0", false),
            // The same as older systems did: ::/96.
            ("::8.8.8.8", false), ("::127.0.0.1", false),
            // Version 4 as a translator (NAT64) writes it: 64:ff9b::/96.
            ("64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", false), ("64:ff9b::0.0.0.0", false), ("64:ff9b::8.8.8.8", true),
            ("64:ff9b::10.0.0.1", false), ("64:ff9b::127.0.0.1", false), ("64:ff9b::169.254.169.254", false),
            ("64:ff9b::255.255.255.255", false), ("64:ff9b::1:0:0", false),
            // One network's own translator: 64:ff9b:1::/48.
            ("64:ff9b:1::8.8.8.8", false),
        ]
    )
    func `an address is public or not`(_ text: String, _ isPublic: Bool) throws {
        #expect(try #require(IPAddress(text)).isPublic == isPublic)
    }

    @Test(arguments: [
        "", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "127.0.0.1.", "1.2.3.4/8", ":::1", "fe80::1%lo",
    ])
    func `other texts are no addresses`(_ text: String) {
        #expect(IPAddress(text) == nil)
    }
}
