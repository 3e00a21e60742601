import DripCore
import Testing

@Suite struct DeliveryKeyTests {
    @Test(arguments: ["hello", "a/b", "/", "chào-1", ""])
    func `it comes back as it went`(step: String) {
        let key = DeliveryKey(
            instance: "7f3a",
            enrollment: EnrollmentID(rawValue: 9_007_199_254_740_993),
            step: step,
            part: 2
        )
        #expect(key.description == "dripd/7f3a/9007199254740993/2/\(step)")
        #expect(DeliveryKey(key.description) == key)
    }

    @Test(arguments: [
        "", "hello", "dripd/7f3a/1/2", "other/7f3a/1/2/hello", "dripd/7f3a/x/2/hello", "dripd/7f3a/1/x/hello",
        "dripd//hello",
    ])
    func `another's metadata is no key`(text: String) {
        #expect(DeliveryKey(text) == nil)
    }
}
