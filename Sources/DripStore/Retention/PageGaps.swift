import Glibc
import Synchronization

/// Overwrites the unused gaps in SQLite's pages.
///
/// `secure_delete` overwrites a deleted row. But when SQLite moves rows to another page, it leaves their bytes in the
/// gap of the first page, between the list of cells and the cells. Nothing overwrites them there, so an erased name
/// would stay. SQLite never reads a gap, so the gap may be overwritten in the file itself while no one else writes.
/// Source: https://www.sqlite.org/fileformat2.html#b_tree_pages
///
/// The file stays open until the state is closed, because closing it would release the locks that SQLite has on it
/// (https://www.sqlite.org/howtocorrupt.html, section 2.2).
final class PageGaps: Sendable {
    let path: String
    /// -1 until the file is opened.
    private let descriptor = Atomic<Int32>(-1)

    private static let mostBytesAtOnce = 1 << 20
    private static let zeros = [UInt8](repeating: 0, count: 65_536)

    init(path: String) {
        self.path = path
    }

    /// Overwrites the gaps of some pages. The caller prevents all other writes and has copied the log into the file: a
    /// page that is still in the log would be restored from it.
    /// - Parameters:
    ///   - first: the first page, counted from 0.
    ///   - count: the maximum number of pages to process; nil for all.
    /// - Returns: the page after the last one, nil at the end of the file; and whether any page was changed.
    func wipe(from first: Int, count: Int?) throws -> (next: Int?, isChanged: Bool) {
        let file = try open()
        let size = try pageSize(file)
        let pages = Int(try StoreFile.size(path)) / size
        // An overflow page begins with the number of the next one. Below 2^24 pages its first byte is 0, which no page
        // of cells has.
        guard pages < 1 << 24 else { return (nil, false) }
        let end = min(pages, count.map { first + $0 } ?? pages)
        let atOnce = max(1, Self.mostBytesAtOnce / size)
        var isChanged = false
        var buffer = [UInt8](repeating: 0, count: atOnce * size)
        var page = first
        while page < end {
            let bytes = pread(file, &buffer, min(atOnce, end - page) * size, page * size)
            guard bytes >= size else { throw StoreFile.failure(path, "read") }
            for number in 0..<bytes / size {
                let start = number * size
                let gap = Self.gap(of: buffer, at: start, size: size, isFirst: page + number == 0)
                guard let gap, Self.hasContent(buffer, start + gap.lowerBound, gap.count) else { continue }
                let place = (page + number) * size + gap.lowerBound
                guard pwrite(file, Self.zeros, gap.count, place) == gap.count else {
                    throw StoreFile.failure(path, "write")
                }
                isChanged = true
            }
            page += bytes / size
        }
        if isChanged, fdatasync(file) != 0 { throw StoreFile.failure(path, "write") }
        return (page < pages ? page : nil, isChanged)
    }

    /// Returns the unused bytes between the list of cells and the first cell; nil for a page of another kind.
    private static func gap(of bytes: [UInt8], at start: Int, size: Int, isFirst: Bool) -> Range<Int>? {
        // On the first page the file's own header comes first.
        let header = isFirst ? 100 : 0
        func number(_ place: Int) -> Int {
            Int(bytes[start + header + place]) << 8 | Int(bytes[start + header + place + 1])
        }
        let length: Int
        switch bytes[start + header] {
        case 0x02, 0x05: length = 12
        case 0x0A, 0x0D: length = 8
        default: return nil
        }
        let from = header + length + 2 * number(3)
        let to = number(5) == 0 ? 65_536 : number(5)
        return from < to && to <= size ? from..<to : nil
    }

    private static func hasContent(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Bool {
        bytes.withUnsafeBytes { bytes in
            zeros.withUnsafeBytes { zeros in
                guard let bytes = bytes.baseAddress, let zeros = zeros.baseAddress else { return false }
                return memcmp(bytes + start, zeros, count) != 0
            }
        }
    }

    private func pageSize(_ file: Int32) throws -> Int {
        var bytes: [UInt8] = [0, 0]
        guard pread(file, &bytes, 2, 16) == 2 else { throw StoreFile.failure(path, "read") }
        let size = Int(bytes[0]) << 8 | Int(bytes[1])
        return size == 1 ? 65_536 : size
    }

    private func open() throws -> Int32 {
        let opened = descriptor.load(ordering: .relaxed)
        if opened >= 0 { return opened }
        let new = Glibc.open(path, O_RDWR | O_CLOEXEC)
        guard new >= 0 else { throw StoreFile.failure(path, "open") }
        descriptor.store(new, ordering: .relaxed)
        return new
    }

    /// Closes the file. Call it after SQLite has closed its own.
    func release() {
        let opened = descriptor.exchange(-1, ordering: .relaxed)
        if opened >= 0 { close(opened) }
    }

    deinit {
        release()
    }
}
