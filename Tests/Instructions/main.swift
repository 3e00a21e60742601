import Foundation

// Calls one of the functions so many times. `Scripts/instructions` counts what that takes.
let arguments = CommandLine.arguments.dropFirst()
guard let function = arguments.first.flatMap(HotFunction.init), let count = arguments.last.flatMap(Int.init) else {
    let names = HotFunction.allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(Data("usage: instructions FUNCTION COUNT; the functions are \(names)\n".utf8))
    exit(2)
}
function.call(times: count)
