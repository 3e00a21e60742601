import Testing

/// The verdict on a soak, which can be the other one.
@Suite struct SoakReportTests {
    /// Eight samples, a million messages apart.
    private static func samples(_ change: (Int, inout SoakSample) -> Void) -> [SoakSample] {
        (0..<8).map { number in
            var sample = SoakSample(
                seconds: Double(number + 1) * 10_000,
                sent: (number + 1) * 1_000_000,
                memoryBytes: 40_000_000,
                logBytes: 4_000_000,
                databaseBytes: number * 500_000_000,
                descriptors: 40
            )
            change(number, &sample)
            return sample
        }
    }

    @Test func `what fills up in the first quarter, and what comes and goes, is no growth`() {
        let report = SoakReport(
            Self.samples { number, sample in
                if number < 2 { sample.memoryBytes = 10_000_000 * number }
                if number == 7 { sample.memoryBytes += 50_000_000 }
            }
        )
        #expect(report.complaints == [])
        #expect((report.memoryGrowthBytes, report.memoryGrowthPerMillionMessages) == (0, 0))
        #expect((report.databaseBytesPerMessage, report.messagesPerSecond) == (500, 100))
    }

    @Test func `five bytes a message are found in time`() {
        let report = SoakReport(Self.samples { number, sample in sample.memoryBytes += number * 5_000_000 })
        #expect(report.complaints == ["memory grew by 20000000 bytes in 4000000 messages (5 each)"])
        #expect(report.memoryGrowthPerMillionMessages == 5_000_000)
    }

    @Test func `a log that is not written back is found`() {
        let report = SoakReport(Self.samples { number, sample in sample.logBytes = number * 3_000_000 })
        #expect(report.complaints == ["the write-ahead log grew to 21000000 bytes"])
    }

    @Test func `files that stay open are found`() {
        let report = SoakReport(Self.samples { number, sample in sample.descriptors += number * 20 })
        #expect(report.complaints == ["80 more files are open than in the second quarter"])
    }
}
