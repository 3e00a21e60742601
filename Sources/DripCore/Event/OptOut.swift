/// The phrases that people use to opt out or to ask for messages again, each with its clarity.
///
/// A message counts only as a whole: it must consist of these phrases and polite words around them, and of nothing
/// else. "dừng" within a sentence may mean anything.
package struct OptOut: Hashable, Sendable {
    /// What a message says about further messages.
    package enum Reading: Hashable, Sendable {
        /// The person wants no more messages.
        case stop
        /// The person may want no more messages, or may be called Huy. A team member has to decide.
        case ask
        /// The person wants messages again.
        case resume
        case none
    }

    fileprivate enum Kind: Hashable {
        case stop
        /// Clear on its own; with other words it may be about an order.
        case stopAlone
        case ask
        /// Unclear on its own; with other words it is a name.
        case askAlone
        case resume
    }

    fileprivate struct Entry: Hashable {
        /// The spellings of each word, with and without marks.
        let words: [[Word]]
        let kind: Kind
        /// The kind if the first word is typed without marks; nil if the phrase does not count then.
        let kindWithoutMarks: Kind?
    }

    /// UTF-8.
    fileprivate typealias Word = ArraySlice<UInt8>

    /// Keyed by first word, the longest phrase first.
    private var entries: [Word: [Entry]] = [:]
    /// Phrases without a word, such as an emoji. Compared literally.
    private var signs: Set<Phrase> = []
    private var unclearSigns: Set<Phrase> = []

    /// The phrases used if the configuration names none.
    package static let standard = OptOut(
        stop: stopPhrases,
        stopAlone: ["hủy", "hủy bỏ", "cancel", "end", "tc"],
        ask: unclearPhrases,
        askAlone: ["dung", "huy", "ngung"],
        unclearSigns: ["🛑", "⛔", "🚫", "🛑🛑", "🛑🛑🛑"]
    )

    /// Returns a copy that also accepts these phrases.
    package func adding(_ phrases: [String]) -> OptOut {
        var all = self
        for phrase in phrases { all.add(phrase, .stop) }
        return all
    }

    /// Returns only these phrases. Their unclear forms still read as `ask`.
    package static func only(_ phrases: [String]) -> OptOut {
        OptOut(stop: phrases)
    }

    private init(
        stop: [String],
        stopAlone: [String] = [],
        ask: [String] = [],
        askAlone: [String] = [],
        unclearSigns: [String] = []
    ) {
        // A later entry for the same words replaces an earlier one.
        for phrase in Self.resumePhrases { add(phrase, .resume) }
        for phrase in ask { add(phrase, .ask) }
        for phrase in askAlone { add(phrase, .askAlone) }
        for phrase in stopAlone { add(phrase, .stopAlone) }
        for phrase in stop {
            add(phrase, .stop)
            if phrase.hasPrefix("không ") { add("ko " + phrase.dropFirst("không ".count), .stop) }
        }
        self.unclearSigns = Set(unclearSigns.map { Phrase($0) })
    }

    private mutating func add(_ text: String, _ kind: Kind) {
        let phrase = Phrase(text)
        guard let written = Self.words(phrase, atMost: .max), !written.isEmpty else {
            signs.insert(phrase)
            return
        }
        let forms = written.map(Self.forms)
        let entry = Entry(words: forms, kind: kind, kindWithoutMarks: Self.kindWithoutMarks(kind, forms))
        for first in forms[0] {
            var known = entries[first] ?? []
            known.removeAll { $0.words == entry.words }
            known.append(entry)
            known.sort { ($0.words.count, $0.rank) > ($1.words.count, $1.rank) }
            entries[first] = known
        }
    }

    /// Returns the kind of a phrase typed without marks; nil if it does not count. A single word may be a name, and
    /// "dung" may be dừng, đừng, dùng or đúng.
    private static func kindWithoutMarks(_ kind: Kind, _ forms: [[Word]]) -> Kind? {
        guard forms.count > 1, forms[0].count > 1 else { return nil }
        switch kind {
        case .stop, .stopAlone: return forms[0].contains(Word("dung".utf8)) ? .ask : kind == .stop ? .stop : .ask
        case .ask: return .ask
        case .askAlone, .resume: return nil
        }
    }

    /// Returns a word as it is, and without its marks.
    private static func forms(_ word: Word) -> [Word] {
        let plain = FoldedText.withoutMarks(String(decoding: word, as: UTF8.self))
        guard Word(plain.utf8) != word else { return [word] }
        // Folding turns ý into í, but people who type without marks write y.
        let isAfterConsonant = plain.dropLast().last.map { "hklmst".contains($0) } ?? false
        let withY = plain.last == "i" && isAfterConsonant ? [Word((plain.dropLast() + "y").utf8)] : []
        return [word, Word(plain.utf8)] + withY
    }
}

extension OptOut.Entry {
    /// Of two entries with the same words the clearer one wins.
    fileprivate var rank: Int {
        switch kind {
        case .stop: 4
        case .stopAlone: 3
        case .ask: 2
        case .askAlone: 1
        case .resume: 0
        }
    }
}

// MARK: Reading

extension OptOut {
    /// The most words of an opt-out. A longer message says more than that.
    package static let mostWords = 12

    /// Returns whether a message can match this phrase: it has visible characters and not too many words.
    package static func isPhrase(_ text: String) -> Bool {
        let phrase = Phrase(text, mostScalars: Phrase.longestMessage)
        return !phrase.core.isEmpty && !phrase.folded.isCut && words(phrase, atMost: mostWords) != nil
    }

    /// Returns what a message says. The work is bounded, whatever its length.
    package func reading(of phrase: Phrase) -> Reading {
        guard !phrase.folded.isCut, !phrase.core.isEmpty else { return .none }
        if signs.contains(phrase) { return .stop }
        guard let words = Self.words(phrase, atMost: Self.mostWords) else { return .none }
        guard !words.isEmpty else { return unclearSigns.contains(phrase) ? .ask : .none }
        let isQuestion = phrase.folded.bytes.contains(UInt8(ascii: "?"))
        switch read(words) {
        case .stop: return isQuestion ? .ask : .stop
        case .resume: return isQuestion ? .none : .resume
        case .ask: return .ask
        case .none: return readUnclear(words, phrase.core)
        }
    }

    /// Returns the meaning of words that are only phrases and polite words; otherwise `none`, or `ask` in one case.
    private func read(_ words: [Word]) -> Reading {
        var (index, found): (Int, [Kind]) = (0, [])
        var (isPolite, isStatement, isRequest) = (false, false, false)
        var isOneWord = true
        while index < words.count {
            if let (kind, length) = match(words[index...]) {
                found.append(kind)
                if length > 1 { isOneWord = false }
                index += length
            } else if found.isEmpty, Self.beginnings.contains(words[index]) {
                isStatement = isStatement || Self.pronouns.contains(words[index])
                isPolite = true
                index += 1
            } else if !found.isEmpty, Self.endings.contains(words[index]) {
                isRequest = isRequest || Self.questions.contains(words[index])
                isPolite = true
                index += 1
            } else {
                // On other channels, "STOP 12345" names a sender.
                let isClear = found == [.stop] && !isPolite
                return isClear && words[index...].allSatisfy(\.isNumber) ? .ask : .none
            }
        }
        guard !found.isEmpty else { return .none }
        if found.contains(.resume) { return found.allSatisfy { $0 == .resume } ? .resume : .ask }
        if found.contains(.stop) {
            // "em dừng" may be about anything the person does.
            return isRequest || isStatement && isOneWord ? .ask : .stop
        }
        if found.allSatisfy({ $0 == .askAlone }) { return isPolite ? .none : .ask }
        return found.allSatisfy { $0 == .stopAlone } && !isPolite ? .stop : .ask
    }

    /// Returns the longest phrase at the beginning of these words.
    private func match(_ words: ArraySlice<Word>) -> (Kind, length: Int)? {
        guard let first = words.first, let candidates = entries[first] else { return nil }
        for entry in candidates where entry.words.count <= words.count {
            guard zip(entry.words.dropFirst(), words.dropFirst()).allSatisfy({ $0.contains($1) }) else { continue }
            let hasMarks = entry.words[0][0] == first
            guard let kind = hasMarks ? entry.kind : entry.kindWithoutMarks else { continue }
            return (kind, entry.words.count)
        }
        return nil
    }

    /// Reads "Please stopppp" and "S T O P", which are most likely, but not certainly, opt-outs.
    private func readUnclear(_ words: [Word], _ core: ArraySlice<UInt8>) -> Reading {
        if core.hasRun { return read(words.map(\.withoutRuns)) == .none ? .none : .ask }
        guard words.count > 2, words.allSatisfy({ $0.count == 1 }) else { return .none }
        return read([Word(words.joined())]) == .stop ? .ask : .none
    }

    /// Returns the words of a phrase; nil if there are more than `atMost`.
    private static func words(_ phrase: Phrase, atMost: Int) -> [Word]? {
        var words: [Word] = []
        let bytes = phrase.core
        var start: Int?
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let (isPart, length) = bytes[index].word
            if isPart {
                start = start ?? index
            } else if let from = start {
                guard words.count < atMost else { return nil }
                words.append(bytes[from..<index])
                start = nil
            }
            index += length
        }
        if let from = start {
            guard words.count < atMost else { return nil }
            words.append(bytes[from..<bytes.endIndex])
        }
        return words
    }
}

extension UInt8 {
    /// For the first byte of a folded scalar: whether the scalar is part of a word, and its length in bytes.
    /// Punctuation, symbols and emoji are not part of a word.
    fileprivate var word: (isPart: Bool, length: Int) {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): (true, 1)
        case 0x00..<0xC0: (false, 1)
        case 0xC2: (false, 2)
        case 0xC0..<0xE0: (true, 2)
        case 0xE2, 0xEF: (false, 3)
        case 0xE0..<0xF0: (true, 3)
        default: (false, 4)
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate var isNumber: Bool { allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }

    /// Whether an ASCII letter or digit occurs three times in a row.
    fileprivate var hasRun: Bool {
        var (last, count): (UInt8, Int) = (0, 0)
        for byte in self {
            count = byte == last ? count + 1 : 1
            if count > 2, byte < 0x80, byte.word.isPart { return true }
            last = byte
        }
        return false
    }

    /// The bytes with runs of three or more of a letter reduced to one, as angry people type.
    fileprivate var withoutRuns: ArraySlice<UInt8> {
        var kept: [UInt8] = []
        var index = startIndex
        while index < endIndex {
            let end = self[index...].firstIndex { $0 != self[index] } ?? endIndex
            let isRun = end - index > 2 && self[index] < 0x80
            kept.append(contentsOf: isRun ? self[index..<index + 1] : self[index..<end])
            index = end
        }
        return kept[...]
    }
}

// MARK: The words

extension OptOut {
    /// `FoldedText` treats huỷ as hủy and ký as kí, so one spelling is enough.
    private static let stopPhrases = [
        "stop", "stop all", "stopall", "stop it", "stop now", "stop messaging", "stop messaging me", "stop texting",
        "stop texting me", "stop sending", "stop sending messages", "stop sending me messages", "stop messages",
        "unsubscribe", "unsubscribe me", "opt out", "optout", "opt me out", "quit", "revoke", "remove me",
        "don't message me", "don't text me", "do not message me", "do not text me", "no more messages", "arrêt",
        "dừng", "dừng lại", "dừng nhắn", "dừng nhắn tin", "dừng nhận", "dừng nhận tin", "dừng nhận tin nhắn",
        "dừng gửi",
        "dừng gửi tin", "dừng gửi tin nhắn", "dừng tin nhắn",
        "ngừng", "ngừng lại", "ngừng nhắn", "ngừng nhắn tin", "ngừng nhận tin", "ngừng nhận tin nhắn", "ngừng gửi",
        "ngừng gửi tin", "ngừng gửi tin nhắn", "ngưng", "ngưng nhắn", "ngưng nhắn tin", "ngưng nhận tin", "ngưng gửi",
        "ngưng gửi tin", "ngưng gửi tin nhắn",
        "đừng nhắn", "đừng nhắn nữa", "đừng nhắn tin", "đừng nhắn tin nữa", "đừng gửi", "đừng gửi tin",
        "đừng gửi tin nhắn", "đừng làm phiền", "đừng spam",
        "hủy đăng ký", "hủy đăng ký nhận tin", "hủy nhận tin", "hủy nhận tin nhắn", "hủy theo dõi", "bỏ theo dõi",
        "từ chối", "từ chối nhận tin", "từ chối nhận tin nhắn",
        "không nhận tin", "không nhận tin nhắn", "không nhận tin nữa", "không muốn nhận tin",
        "không muốn nhận tin nhắn",
        "không nhắn tin nữa", "không nhắn nữa",
    ]

    private static let unclearPhrases = [
        "thôi", "thoi", "đủ rồi", "phiền quá", "làm phiền quá", "spam quá", "block",
        "stpo", "sotp", "tsop", "sttop", "stoop", "stopp", "sstop", "stp", "stopo",
        "unsubcribe", "unsuscribe", "unsubscibe", "unsubsribe", "unsubscrib", "unsubscribed",
    ]

    private static let resumePhrases = [
        "start", "unstop", "subscribe", "resubscribe", "opt in", "optin", "bắt đầu", "bắt đầu lại", "nhận tin",
        "nhận tin nhắn", "nhận tin lại", "nhận lại tin", "nhận lại tin nhắn", "tiếp tục nhận tin", "tiếp tục nhắn tin",
        "tiếp tục gửi tin", "đăng ký nhận tin", "đăng ký lại", "dang ky nhan tin", "dang ky lai",
    ]

    private static let pronouns = wordSet(["em", "mình", "tôi", "tui", "anh", "chị", "cháu", "con", "i"])

    private static let beginnings =
        pronouns.union(
            wordSet([
                "please", "pls", "plz", "xin", "hãy", "vui", "lòng", "làm", "ơn", "shop", "ad", "admin", "page", "bạn",
                "ơi",
                "dạ", "vâng", "ok", "cho", "muốn", "want", "to",
            ])
        )

    private static let questions = wordSet(["được", "không", "ko", "hông"])

    private static let endings =
        pronouns.union(questions).union(
            wordSet([
                "nhé", "nhe", "nha", "nhá", "ạ", "à", "đi", "giùm", "dùm", "giúp", "hộ", "bạn", "shop", "ad", "admin",
                "bot",
                "page", "ơi", "làm", "ơn", "cảm", "cám", "thank", "thanks", "thx", "tks", "you", "please", "pls", "plz",
                "now", "me", "it", "ok", "nữa", "luôn", "ngay", "với", "vui", "lòng", "cho", "nhiều", "hết", "dạ",
                "vâng",
            ])
        )

    private static func wordSet(_ words: [String]) -> Set<Word> {
        Set(words.flatMap { forms(Phrase($0).core) })
    }
}
