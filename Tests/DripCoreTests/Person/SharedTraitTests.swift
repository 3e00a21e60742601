import DripCore
import Testing

@Suite struct SharedTraitTests {
    @Test(arguments: [
        ("email", "Lan@Example.com ", "lan@example.com"), ("phone", "+84 912 345 678", "0912345678"),
        ("phone", "84912345678", "0912 345 678"), ("full_name", "Trần  Minh", "tran minh"),
        ("full_name", "ĐỖ Thị Lan", "Đỗ thị lan"),
    ])
    func `spellings of the same are one`(attribute: String, one: String, other: String) throws {
        let trait = try #require(SharedTrait.of(attribute, one))
        #expect(SharedTrait.of(attribute, other) == trait)
    }

    @Test(arguments: [
        ("email", "lan"), ("email", ""), ("phone", "115"), ("phone", "call me"), ("full_name", "Lan"),
        ("full_name", " "),
        ("address", "12 Lê Lợi"), ("full_name", String(repeating: "a b ", count: 100)),
    ])
    func `what too many people have is nothing`(attribute: String, value: String) {
        #expect(SharedTrait.of(attribute, value) == nil)
    }

    @Test func `a name is no number, whatever their texts`() {
        #expect(SharedTrait.of("full_name", "1 2345678") != SharedTrait.of("phone", "12345678"))
    }
}
