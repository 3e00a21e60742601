import Foundation

/// Which reader this process feeds; nil if nobody has said so.
private let target = ProcessInfo.processInfo.environment["DRIPD_FUZZ"].flatMap(FuzzTarget.init)

/// libFuzzer brings its own `main` and calls this with whatever it thinks of (https://llvm.org/docs/LibFuzzer.html).
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ length: Int) -> CInt {
    guard let target else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
        FileHandle.standardError.write(Data("DRIPD_FUZZ names the reader: \(names)\n".utf8))
        exit(2)
    }
    let began = processorTime()
    target.read(Array(UnsafeBufferPointer(start: bytes, count: length)))
    let taken = processorTime() - began
    precondition(taken < target.budget, "\(length) bytes took \(taken) s, and may take \(target.budget)")
    return 0
}

/// Of this process, in seconds: what other processes do makes no difference.
private func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
