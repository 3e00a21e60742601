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
    target.read(Array(UnsafeBufferPointer(start: bytes, count: length)))
    return 0
}
