import Foundation

// Calls one of the functions so many times. `Scripts/instructions` counts what that takes.
let arguments = CommandLine.arguments.dropFirst()
guard let name = arguments.first, let count = arguments.last.flatMap(Int.init) else { exit(usage()) }
if let function = HotFunction(rawValue: name) {
    function.call(times: count)
} else if let function = TextFunction(name) {
    function.call(times: count)
} else {
    exit(usage())
}

func usage() -> Int32 {
    let names = HotFunction.allCases.map(\.rawValue) + TextFunction.Work.allCases.map { "\($0.rawValue)-SCALARS" }
    let text = "usage: instructions FUNCTION COUNT; the functions are \(names.joined(separator: ", "))\n"
    FileHandle.standardError.write(Data(text.utf8))
    return 2
}
