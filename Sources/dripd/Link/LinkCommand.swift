import ArgumentParser
import DripCore
import Foundation
import QRCodes
import SafeFiles
import SequenceFiles

struct LinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Make links, QR codes and buttons that start sequences.",
        discussion: """
            An m.me link with a ref opens the conversation with the page, and starts the sequences that have \
            `start: [{ref: REF}]`. Without REF, list every ref that starts a sequence. No daemon is needed.

              dripd link tiktok-tool                   print the link and its QR code
              dripd link tiktok-tool --output qr.svg   write the code for print; also .png
              dripd link tiktok-tool --output b.html   write a button for a web page
              dripd link tiktok-tool --format url      print the link alone

            A new person must first tap Get Started. Messenger passes the ref on only if the page has that button \
            (Meta Business Suite, or POST /me/messenger_profile with get_started).
            """
    )

    @Argument(help: "The ref: letters (a-z), digits, '-', '_' and '=', at most 2083 characters.")
    var ref: String?

    @Option(
        help: "The page's id or user name (m.me/NAME). Default: the configuration's page, if it has only one.",
        completion: Completions.pages
    )
    var page: String?

    @Option(
        help: """
            text, url, svg, png or html (a button). Default: the format that the extension of --output names (.txt, .url, \
            .svg, .png, .html), else text.
            """
    )
    var format: LinkFormat?

    @Option(help: ArgumentHelp("Write to this file.", valueName: "file"), completion: .file())
    var output: String?

    @Option(help: "The text of the button.")
    var label = "Nhắn tin qua Messenger"

    @Flag(help: "Make the link even if no sequence starts on the ref. Do not read the sequences.")
    var any = false

    @Option(
        help: ArgumentHelp(
            "The sequence files or their folder. Default: those of the configuration, else ./Sequences.",
            valueName: "path"
        ),
        completion: .yaml
    )
    var sequences: String?

    @Option(
        help: ArgumentHelp("The configuration file. Default: ./dripd.yaml, if it exists.", valueName: "file"),
        completion: .yaml
    )
    var config: String?

    @Flag(help: "Print JSON: refs, links and the sequences that they start.")
    var json = false

    func validate() throws {
        if let page, !Self.isPage(page) {
            throw ValidationError(
                "--page \(page): give the page's id (digits) or user name (letters a-z, digits and '.')"
            )
        }
        if json, format != nil || output != nil {
            throw ValidationError("--json cannot be combined with --format or --output")
        }
        if let output {
            let meant = try LinkFormat(ofFile: output)
            if let format, let meant, format != meant {
                throw ValidationError("--output \(output) names a \(meant) file, but --format is \(format)")
            }
        }
        if ref == nil, any || format != nil || output != nil {
            throw ValidationError("--any, --format and --output need a ref")
        }
    }

    func run() throws {
        let configuration = try Places(config: config).configuration
        guard let ref else { return try list(configuration) }
        try Referrals.check(ref)
        let link = RefLink(ref: ref, page: try page(of: configuration), starts: try started(by: ref, configuration))
        if json { return try JSONOutput.print(link) }
        let format = try format ?? output.flatMap { try LinkFormat(ofFile: $0) } ?? .text
        try put(try bytes(of: link, as: format), isText: format != .png)
    }

    // MARK: Sequences

    /// Returns the sequences that the ref starts on the page.
    private func started(by ref: String, _ configuration: Configuration?) throws -> [DripSequence] {
        guard !any else { return [] }
        let referrals = try referrals(configuration)
        // A user name does not tell which page it belongs to.
        let id = page.map { Self.isID($0) ? $0 : nil } ?? configuration?.onlyPage
        let started = referrals.sequences(on: ref, page: id)
        guard started.isEmpty else { return started }
        if let elsewhere = referrals.sequences(on: ref, page: nil).first {
            throw Failure("'\(ref)' starts '\(elsewhere.id)', but not on page \(id ?? ""): see its 'pages'")
        }
        let near = referrals.nearest(to: ref).map { "; did you mean '\($0)'?" } ?? ""
        throw Failure(
            "no sequence starts on the ref '\(ref)'\(near)\n"
                + "`dripd link` lists the refs; --any makes the link anyway"
        )
    }

    private func referrals(_ configuration: Configuration?) throws -> Referrals {
        let path = sequences ?? configuration?.sequences ?? "Sequences"
        let folder = SequenceFolder.load(
            paths: [path],
            defaultZone: configuration?.zone ?? Configuration.standardZone
        )
        guard let catalog = folder.catalog else {
            throw Failure(
                folder.diagnostics.filter { $0.severity == .error }.map(\.description).joined(separator: "\n")
            )
        }
        return Referrals(catalog)
    }

    private func page(of configuration: Configuration?) throws -> String {
        let pages = configuration?.messenger.pages.map(\.id) ?? []
        if let page {
            guard pages.isEmpty || !Self.isID(page) || pages.contains(page) else {
                throw Failure("page \(page) is not in the configuration; it has \(pages.joined(separator: ", "))")
            }
            return page
        }
        guard let only = pages.first else { throw Failure("there is no dripd.yaml here: give --page or --config") }
        guard pages.count == 1 else {
            throw Failure(
                "the configuration has several pages: give --page with one of \(pages.joined(separator: ", "))"
            )
        }
        return only
    }

    private static func isID(_ page: String) -> Bool {
        page.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isPage(_ page: String) -> Bool {
        page.wholeMatch(of: /[A-Za-z0-9.]{1,64}/) != nil
    }

    // MARK: Output

    private func list(_ configuration: Configuration?) throws {
        let referrals = try referrals(configuration)
        let pages =
            try page != nil || configuration == nil
            ? [page(of: configuration)] : configuration?.messenger.pages.map(\.id) ?? []
        let links = referrals.refs.flatMap { ref in
            pages.map { page in
                RefLink(
                    ref: ref,
                    page: page,
                    starts: referrals.sequences(on: ref, page: Self.isID(page) ? page : nil)
                )
            }
        }.filter { !$0.sequences.isEmpty }
        if json { return try JSONOutput.print(links) }
        guard !links.isEmpty else {
            return try Output.standard.line("no sequence starts on a ref; add `start: [{ref: NAME}]` to one")
        }
        var table = TextTable(["REF", "STARTS", "LINK"])
        for link in links { table.add([link.ref, link.sequences.joined(separator: " "), link.url]) }
        try Output.standard.table(table)
    }

    private func bytes(of link: RefLink, as format: LinkFormat) throws -> [UInt8] {
        switch format {
        case .url: return Array("\(link.url)\n".utf8)
        case .html: return Array("\(ContactButton.html(url: link.url, label: label))\n".utf8)
        case .text, .svg, .png: break
        }
        guard let code = QRCode(link.url) else { throw Failure("the link is too long for a QR code") }
        switch format {
        case .svg: return Array("\(code.svg(title: link.url))\n".utf8)
        case .png: return code.png
        case .text, .url, .html:
            // Ignores NO_COLOR: here the colors are the code itself.
            let ink: QRCode.Ink =
                output == nil && Terminal.isTerminal(STDOUT_FILENO)
                    && ProcessInfo.processInfo.environment["TERM"] != "dumb" ? .colours : .characters
            let starts = link.sequences.isEmpty ? [] : ["starts \(link.sequences.joined(separator: ", "))"]
            return Array(([link.url] + starts + [""] + code.lines(ink) + [""]).joined(separator: "\n").utf8)
        }
    }

    private func put(_ bytes: [UInt8], isText: Bool) throws {
        if let output {
            do throws(FileFailure) {
                try OutputFile.write(bytes, to: output)
            } catch {
                throw Failure("cannot write \(output): \(error.why)")
            }
            return try Output.standard.line("wrote \(output)")
        }
        guard isText || !Terminal.isTerminal(STDOUT_FILENO) else {
            throw Failure("a terminal cannot show a PNG: give --output FILE")
        }
        try Output.standard.bytes(bytes)
    }
}

extension Configuration {
    fileprivate var onlyPage: String? {
        messenger.pages.count == 1 ? messenger.pages[0].id : nil
    }
}
