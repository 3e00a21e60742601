import Testing

@testable import Channels

/// The reference in our Message-IDs and return addresses.
@Suite struct MailReferenceTests {
    private let key = MailFixture.key

    @Test func `it is written with a MAC of its text`() {
        let reference = MailFixture.reference
        #expect(reference.text(key: key) == "4711.0.0123456789abcdef.9b5a44aacc14a992")
        #expect(
            reference.messageID(domain: "shop.example", key: key)
                == "<4711.0.0123456789abcdef.9b5a44aacc14a992@shop.example>"
        )
        #expect(
            reference.returnAddress(domain: "shop.example", key: key)
                == "bounce+4711.0.0123456789abcdef.9b5a44aacc14a992@shop.example"
        )
    }

    @Test(
        arguments: [
            MailFixture.local, "bounce+\(MailFixture.local)", MailFixture.local.uppercased(),
            "Bounce+\(MailFixture.local.uppercased())",
        ]
    )
    func `it is read in any case`(_ local: String) {
        #expect(MailReference(localPart: local, key: key) == MailFixture.reference)
    }

    @Test(
        arguments: [
            "", ".", "...", "a", "bounce+", "4711.0.0123456789abcdef", "4711.0.0123456789abcdef.",
            "4711.0.0123456789abcdef.9b5a44aacc14a99", "4711.0.0123456789abcdef.9b5a44aacc14a993",
            "4711.0.0123456789abcdef.0b5a44aacc14a992", "4711.0.0123456789abcdef.9b5a44aacc14a9920",
            "4712.0.0123456789abcdef.9b5a44aacc14a992", "4711.1.0123456789abcdef.9b5a44aacc14a992",
            "4711.0.1123456789abcdef.9b5a44aacc14a992", "04711.0.0123456789abcdef.9b5a44aacc14a992",
            "+4711.0.0123456789abcdef.9b5a44aacc14a992", "4711.00.0123456789abcdef.9b5a44aacc14a992",
            "4711.0.123456789abcdef.9b5a44aacc14a992", "x4711.0.0123456789abcdef.9b5a44aacc14a992",
            "4711.0.0123456789abcdef.9b5a44aacc14a992.", "000001.abcdef",
        ]
    )
    func `a forged one is none`(_ local: String) {
        #expect(MailReference(localPart: local, key: key) == nil)
        #expect(MailReference(localPart: "bounce+" + local, key: key) == nil)
    }

    @Test func `neither is one of another installation`() {
        #expect(MailReference(localPart: MailFixture.local, key: Array("another key".utf8)) == nil)
        #expect(MailReference(localPart: MailFixture.local, key: []) == nil)
    }

    @Test func `the longest return address is within the limit of SMTP`() {
        let reference = MailReference(enrollment: .max, part: 999, stepHash: .max)
        let address = reference.returnAddress(domain: "d", key: key)
        #expect(address.utf8.count == 64 + "@d".utf8.count)
        #expect(MailReference.all(in: address, key: key) == [reference])
    }

    @Test(
        arguments: [
            "<bounce+\(MailFixture.local)@shop.example>",
            "Shop <x@y.example>, \"a@b\" <\(MailFixture.local)@shop.example>",
            "<SRS0=ab1c=XY=shop.example=bounce+\(MailFixture.local)@forwarder.example>",
            "prvs=0123456789=BOUNCE+\(MailFixture.local)@shop.example", "\(MailFixture.local)@",
        ]
    )
    func `it is found among addresses`(_ value: String) {
        #expect(MailReference.all(in: value, key: key) == [MailFixture.reference])
    }

    @Test func `at most 100 addresses of a field are read`() {
        let others = String(repeating: "a@b.example, ", count: 100)
        #expect(MailReference.all(in: others + "\(MailFixture.local)@shop.example", key: key).isEmpty)
        #expect(MailReference.all(in: String(repeating: "a", count: 1_000) + "@", key: key).isEmpty)
    }
}
