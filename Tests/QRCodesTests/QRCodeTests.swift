import Foundation
import TestSupport
import Testing

@testable import QRCodes

@Suite struct QRCodeTests {
    @Test func `a code stands in a quiet zone of four light modules`() throws {
        let code = try #require(QRCode("HELLO"))
        #expect(code.width == 21)
        #expect(code.framed == -4..<25)
        #expect(!code.isDark(-1, 0) && !code.isDark(0, 21))
        // The finder patterns are dark at three corners of every code.
        #expect(code.isDark(0, 0) && code.isDark(20, 0) && code.isDark(0, 20))
    }

    @Test func `half blocks for a file`() throws {
        let code = try #require(QRCode("HELLO"))
        #expect(
            code.lines(.characters) == [
                "                             ",
                "                             ",
                "    █▀▀▀▀▀█ ▄▀ ▀█ █▀▀▀▀▀█    ",
                "    █ ███ █  ▀  ▀ █ ███ █    ",
                "    █ ▀▀▀ █ ▀▄ █▀ █ ▀▀▀ █    ",
                "    ▀▀▀▀▀▀▀ ▀ ▀ ▀ ▀▀▀▀▀▀▀    ",
                "    █▄▀ █▄▀ ▄█▀▄▀▄ ▄▀  ▀▄    ",
                "    ████ █▀█▀█▀█▄█▀█▄█▄▄     ",
                "      ▀▀ ▀▀▀█▀▄▀ ▀█▀  █ █    ",
                "    █▀▀▀▀▀█  ██ ▀ ▄ ▀ █▄▄    ",
                "    █ ███ █ ▀▀ ▄▀▄▀▄▀▄▀▄▀    ",
                "    █ ▀▀▀ █ ▀▀██▄█▀█▄▄▀▄█    ",
                "    ▀▀▀▀▀▀▀ ▀▀ ▀ ▀▀▀  ▀ ▀    ",
                "                             ",
                "                             ",
            ]
        )
    }

    @Test func `both colours for a terminal`() throws {
        let code = try #require(QRCode("HELLO"))
        let plain = code.lines(.characters)
        #expect(code.lines(.colours) == plain.map { "\u{1B}[38;5;16;48;5;231m\($0)\u{1B}[0m" })
    }

    @Test func `a picture of lines, with a title that may hold anything`() throws {
        let code = try #require(QRCode("HELLO"))
        #expect(
            code.svg(title: "<a & 'b'>") == #"""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29" width="232" height="232" \#
                shape-rendering="crispEdges" role="img"><title>&lt;a &amp; &#39;b&#39;&gt;</title><rect \#
                width="29" height="29" fill="#fff"/><path d="M4 4h7v1h-7zM13 4h1v1h-1zM15 4h2v1h-2z\#
                M18 4h7v1h-7zM4 5h1v1h-1zM10 5h1v1h-1zM12 5h1v1h-1zM16 5h1v1h-1zM18 5h1v1h-1zM24 5h1v1h-1z\#
                M4 6h1v1h-1zM6 6h3v1h-3zM10 6h1v1h-1zM13 6h1v1h-1zM16 6h1v1h-1zM18 6h1v1h-1zM20 6h3v1h-3z\#
                M24 6h1v1h-1zM4 7h1v1h-1zM6 7h3v1h-3zM10 7h1v1h-1zM18 7h1v1h-1zM20 7h3v1h-3zM24 7h1v1h-1z\#
                M4 8h1v1h-1zM6 8h3v1h-3zM10 8h1v1h-1zM12 8h1v1h-1zM15 8h2v1h-2zM18 8h1v1h-1zM20 8h3v1h-3z\#
                M24 8h1v1h-1zM4 9h1v1h-1zM10 9h1v1h-1zM13 9h1v1h-1zM15 9h1v1h-1zM18 9h1v1h-1zM24 9h1v1h-1z\#
                M4 10h7v1h-7zM12 10h1v1h-1zM14 10h1v1h-1zM16 10h1v1h-1zM18 10h7v1h-7zM4 12h1v1h-1zM6 12h1v1h-1z\#
                M8 12h1v1h-1zM10 12h1v1h-1zM13 12h2v1h-2zM16 12h1v1h-1zM20 12h1v1h-1zM23 12h1v1h-1z\#
                M4 13h2v1h-2zM8 13h2v1h-2zM12 13h2v1h-2zM15 13h1v1h-1zM17 13h1v1h-1zM19 13h1v1h-1z\#
                M24 13h1v1h-1zM4 14h4v1h-4zM9 14h7v1h-7zM17 14h3v1h-3zM21 14h1v1h-1zM4 15h4v1h-4zM9 15h1v1h-1z\#
                M11 15h1v1h-1zM13 15h1v1h-1zM15 15h3v1h-3zM19 15h5v1h-5zM6 16h2v1h-2zM9 16h5v1h-5z\#
                M15 16h1v1h-1zM17 16h3v1h-3zM22 16h1v1h-1zM24 16h1v1h-1zM12 17h1v1h-1zM14 17h1v1h-1z\#
                M18 17h1v1h-1zM22 17h1v1h-1zM24 17h1v1h-1zM4 18h7v1h-7zM13 18h2v1h-2zM16 18h1v1h-1z\#
                M20 18h1v1h-1zM22 18h1v1h-1zM4 19h1v1h-1zM10 19h1v1h-1zM13 19h2v1h-2zM18 19h1v1h-1z\#
                M22 19h3v1h-3zM4 20h1v1h-1zM6 20h3v1h-3zM10 20h1v1h-1zM12 20h2v1h-2zM16 20h1v1h-1z\#
                M18 20h1v1h-1zM20 20h1v1h-1zM22 20h1v1h-1zM24 20h1v1h-1zM4 21h1v1h-1zM6 21h3v1h-3z\#
                M10 21h1v1h-1zM15 21h1v1h-1zM17 21h1v1h-1zM19 21h1v1h-1zM21 21h1v1h-1zM23 21h1v1h-1z\#
                M4 22h1v1h-1zM6 22h3v1h-3zM10 22h1v1h-1zM12 22h4v1h-4zM17 22h3v1h-3zM22 22h1v1h-1z\#
                M24 22h1v1h-1zM4 23h1v1h-1zM10 23h1v1h-1zM14 23h4v1h-4zM19 23h3v1h-3zM23 23h2v1h-2z\#
                M4 24h7v1h-7zM12 24h2v1h-2zM15 24h1v1h-1zM17 24h3v1h-3zM22 24h1v1h-1z\#
                M24 24h1v1h-1z" fill="#000"/></svg>
                """#
        )
    }

    @Test func `what is too long is no code`() {
        #expect(QRCode(String(repeating: "a", count: 2331)) != nil)
        #expect(QRCode(String(repeating: "a", count: 2332)) == nil)
    }
}
