// Writes the man pages of all commands, from what the argument parser knows about them.
//
//     dripd --experimental-dump-help | manual FOLDER DATE
//
// DATE is that of the pages, such as 2026-11-30. Used only by Scripts/built.
import Foundation

guard CommandLine.arguments.count == 3 else {
    FileHandle.standardError.write(Data("usage: manual FOLDER DATE <HELP\n".utf8))
    exit(64)
}
let folder = CommandLine.arguments[1]
let help = try JSONDecoder().decode(Help.self, from: FileHandle.standardInput.readDataToEndOfFile())
guard help.serializationVersion == 0 else { fatalError("the argument parser has another format of its help") }
for page in ManualPage.all(of: help.command, date: CommandLine.arguments[2]) {
    try page.text.write(toFile: "\(folder)/\(page.name).1", atomically: false, encoding: .utf8)
}
