import DripCore
import Foundation

/// The objects of a repository, by their names in hex. Sources: gitformat-pack(5), gitrepository-layout(5).
struct GitObjects {
    enum Kind: Int {
        case commit = 1
        case tree = 2
        case blob = 3
        case tag = 4
    }

    struct Object {
        let kind: Kind
        let content: [UInt8]
    }

    /// The size limit of an object in bytes. A shop's files and trees are far smaller.
    private static let largest = 8 * 1024 * 1024
    /// The limit on the length of a delta chain.
    private static let deepest = 4_096

    private let folders: [URL]

    /// - Parameter folder: the `objects` folder, which may name others as alternates.
    init(folder: URL) {
        let shared = (try? String(contentsOf: folder.appending(path: "info/alternates"), encoding: .utf8)) ?? ""
        let others = shared.split(separator: "\n").prefix(16).map { line in
            URL(filePath: String(line), relativeTo: URL(filePath: folder.path + "/"))
        }
        folders = [folder] + others
    }

    /// Returns nil if the object does not exist or cannot be read.
    func object(_ name: String) -> Object? {
        for folder in folders {
            if let object = loose(name, folder) ?? packed(name, folder) { return object }
        }
        return nil
    }

    // MARK: Loose objects

    private func loose(_ name: String, _ folder: URL) -> Object? {
        let path = folder.appending(path: "\(name.prefix(2))/\(name.dropFirst(2))")
        guard let data = read(path, from: 0, Self.largest),
            let bytes = Inflate.zlib(data, limit: Self.largest),
            let end = bytes.firstIndex(of: 0)
        else { return nil }
        let header = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ")
        let kinds: [Substring: Kind] = ["commit": .commit, "tree": .tree, "blob": .blob, "tag": .tag]
        guard let word = header.first, let kind = kinds[word] else { return nil }
        return Object(kind: kind, content: Array(bytes[(end + 1)...]))
    }

    // MARK: Packed objects

    private func packed(_ name: String, _ folder: URL) -> Object? {
        let packs = folder.appending(path: "pack")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: packs.path)) ?? []
        for file in files.sorted() where file.hasSuffix(".idx") {
            guard let offset = offset(of: name, in: packs.appending(path: file)) else { continue }
            let pack = packs.appending(path: file.dropLast(3) + "pack")
            if let object = entry(at: offset, of: pack, name.utf8.count / 2) { return object }
        }
        return nil
    }

    /// Returns the offset of an object in the pack of an index, by binary search.
    private func offset(of name: String, in index: URL) -> Int? {
        guard let file = try? FileHandle(forReadingFrom: index) else { return nil }
        defer { try? file.close() }
        let wanted = Self.bytes(ofHex: name)
        func number(at offset: Int) -> Int? { read(file, from: offset, 4).flatMap { Self.number($0[...]) } }
        guard read(file, from: 0, 8) == [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2], let first = wanted.first,
            let count = number(at: 8 + 255 * 4), var high = number(at: 8 + Int(first) * 4),
            var low = first == 0 ? 0 : number(at: 8 + (Int(first) - 1) * 4)
        else { return nil }
        let names = 8 + 256 * 4
        while low < high {
            let middle = (low + high) / 2
            guard let found = read(file, from: names + middle * wanted.count, wanted.count) else { return nil }
            if found == wanted {
                let offsets = names + count * (wanted.count + 4)
                guard let offset = number(at: offsets + middle * 4) else { return nil }
                guard offset & 0x8000_0000 != 0 else { return offset }
                let large = offsets + count * 4 + (offset & 0x7fff_ffff) * 8
                guard let high = number(at: large), let low = number(at: large + 4) else { return nil }
                return high << 32 | low
            }
            if found.lexicographicallyPrecedes(wanted) { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// Returns the object at an offset of a pack. A delta is applied to its base object, which may be a delta itself.
    private func entry(at start: Int, of pack: URL, _ nameLength: Int) -> Object? {
        guard let file = try? FileHandle(forReadingFrom: pack) else { return nil }
        defer { try? file.close() }
        var offset = start
        var changes: [[UInt8]] = []
        while changes.count < Self.deepest {
            guard let head = read(file, from: offset, 64) else { return nil }
            var entry = Reader(head)
            guard let (type, size) = entry.header(), size <= Self.largest else { return nil }
            var base = offset
            var other: Object?
            if type == 6 {
                guard let distance = entry.distance(), distance <= offset else { return nil }
                base = offset - distance
            } else if type == 7 {
                guard let name = entry.take(nameLength) else { return nil }
                other = object(name.hexadecimal)
                guard other != nil else { return nil }
            }
            // Data that does not compress grows by little.
            let most = size + size / 100 + 1024
            guard let data = read(file, from: offset + entry.index, most),
                let content = Inflate.zlib(data, limit: size), content.count == size
            else { return nil }
            if let kind = Kind(rawValue: type) { return changed(Object(kind: kind, content: content), by: changes) }
            guard type == 6 || type == 7 else { return nil }
            changes.append(content)
            if let other { return changed(other, by: changes) }
            offset = base
        }
        return nil
    }

    private func changed(_ object: Object, by changes: [[UInt8]]) -> Object? {
        var content = object.content
        for change in changes.reversed() {
            guard let next = Self.apply(change, to: content) else { return nil }
            content = next
        }
        return Object(kind: object.kind, content: content)
    }

    private static func apply(_ change: [UInt8], to base: [UInt8]) -> [UInt8]? {
        var reader = Reader(change)
        guard let before = reader.size(), before == base.count, let after = reader.size(), after <= largest else {
            return nil
        }
        var result: [UInt8] = []
        while let command = reader.byte() {
            if command & 0x80 == 0 {
                guard command > 0, let new = reader.take(Int(command)) else { return nil }
                result += new
            } else {
                guard let from = reader.number(command & 0x0f, 4), let length = reader.number(command >> 4 & 0x07, 3)
                else { return nil }
                let count = length == 0 ? 0x10000 : length
                guard from + count <= base.count, result.count + count <= after else { return nil }
                result += base[from..<from + count]
            }
        }
        return result.count == after ? result : nil
    }

    // MARK: Bytes

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func byte() -> UInt8? {
            guard index < bytes.count else { return nil }
            index += 1
            return bytes[index - 1]
        }

        mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard bytes.count - index >= count else { return nil }
            index += count
            return bytes[(index - count)..<index]
        }

        /// Reads the header of a pack entry: its type and its uncompressed size.
        mutating func header() -> (type: Int, size: Int)? {
            guard let first = byte() else { return nil }
            guard let size = number(Int(first & 0x0f), shift: 4, goesOn: first & 0x80 != 0) else { return nil }
            return (Int(first >> 4 & 0x07), size)
        }

        mutating func size() -> Int? {
            number(0, shift: 0, goesOn: true)
        }

        private mutating func number(_ start: Int, shift: Int, goesOn: Bool) -> Int? {
            var (value, shift, goesOn) = (start, shift, goesOn)
            while goesOn {
                guard shift < 42, let next = byte() else { return nil }
                value |= Int(next & 0x7f) << shift
                shift += 7
                goesOn = next & 0x80 != 0
            }
            return value
        }

        /// Reads the distance back to the base object of a delta.
        mutating func distance() -> Int? {
            guard var next = byte() else { return nil }
            var value = Int(next & 0x7f)
            while next & 0x80 != 0 {
                guard value < 1 << 42, let more = byte() else { return nil }
                next = more
                value = (value + 1) << 7 | Int(next & 0x7f)
            }
            return value
        }

        /// Reads a little-endian number. Only the bytes whose bit is set in the mask are stored; the others are 0.
        mutating func number(_ mask: UInt8, _ count: Int) -> Int? {
            var value = 0
            for position in 0..<count where mask >> position & 1 == 1 {
                guard let next = byte() else { return nil }
                value |= Int(next) << (8 * position)
            }
            return value
        }
    }

    private func read(_ path: URL, from offset: Int, _ count: Int) -> [UInt8]? {
        guard let file = try? FileHandle(forReadingFrom: path) else { return nil }
        defer { try? file.close() }
        return read(file, from: offset, count)
    }

    /// Returns fewer bytes at the end of the file; nil if there are none.
    private func read(_ file: FileHandle, from offset: Int, _ count: Int) -> [UInt8]? {
        do {
            try file.seek(toOffset: UInt64(offset))
            return try file.read(upToCount: count).map(Array.init)
        } catch {
            return nil
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        bytes.count == 4 ? bytes.reduce(0) { $0 << 8 | Int($1) } : nil
    }

    private static func bytes(ofHex text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue).map(UInt8.init)
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
