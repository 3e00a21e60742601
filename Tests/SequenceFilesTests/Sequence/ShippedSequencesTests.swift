import DripCore
import Foundation
import Testing

@testable import SequenceFiles

struct ShippedSequencesTests {
    private let loaded = SequenceFolder.load(
        paths: [ShippedSequences.folder],
        defaultZone: TimeZone(identifier: "Asia/Ho_Chi_Minh")!  // known to every system
    )

    @Test func `the shipped files have nothing wrong in them`() {
        #expect(
            loaded.diagnostics.map { "\($0.severity.rawValue): \($0.message)" } == [
                "note: 'tuan-1', 'ngay-15' and 'thang-1' are due when the standard window, 24 hours from the first message, "
                    + "has closed: they reach people who stay silent only by 'email' or 'push', if they left an address there",
                "note: a comment opens no window: 'xac-nhan' answers it as its one private reply; 'nhac' reaches people who "
                    + "then write",
                "note: 'welcome' and 'first-try' come too late for the standard window after some starts: for a start "
                    + "on sat at 20:58, 'welcome' is due on mon at 08:30",
                "note: 'tips', 'halfway' and 'goodbye' wait for the person to write: people who stay silent do not get them",
            ]
        )
        #expect(loaded.catalog?.sequences.keys.sorted() == ["cham-soc", "mini-game", "onboarding-en"])
    }

    @Test func `the care sequence has its five steps`() throws {
        let sequence = try #require(loaded.catalog?["cham-soc"])
        #expect(sequence.title == "Chăm sóc khách mới")
        #expect(sequence.start == [.firstMessage])
        #expect(sequence.again == .never)
        #expect(sequence.zone == nil)
        #expect(sequence.quiet == nil)
        #expect(sequence.days == .all)
        #expect(sequence.late == LateRule(after: .days(2), then: .skip))
        #expect(
            sequence.steps.map { "\($0.id): \($0.after)" } == [
                "chao: 15 min", "ngay-1: 1 day", "tuan-1: 1 week", "ngay-15: 15 days", "thang-1: 1 month",
            ]
        )
        #expect(
            sequence.steps[0].buttons == [Button(title: "Xem bảng giá", action: .url("https://example.com/bang-gia"))]
        )
    }

    @Test func `no text of theirs leaves a gap where a name is withheld`() throws {
        for sequence in try #require(loaded.catalog).sequences.values {
            for step in sequence.steps {
                for seed in 0..<16 as Range<UInt64> {
                    let text = try #require(step.variants.first?.text).rendered(seed: seed) { _ in nil }
                    #expect(!text.isEmpty)
                    #expect(
                        text.firstRange(of: /\{\{|\}\}|  | ,| \.| !|^,/) == nil,
                        "\(sequence.id) \(step.id): \(text)"
                    )
                }
            }
        }
    }

    @Test func `the greeting, word for word`() throws {
        let step = try #require(loaded.catalog?["cham-soc"]?.step("chao"))
        #expect(
            step.variants.first?.text.rendered(seed: 0) { $0 == "full_name" ? "Nguyễn Thị Hà" : nil } == """
                Xin chào Nguyễn Thị Hà, shop rất vui được làm quen với bạn ạ!
                Bạn đang quan tâm đến sản phẩm nào, cứ nhắn ở đây, shop đọc và trả lời từng tin một.
                """
        )
    }
}
