import Channels
import DripCore
import Foundation

/// The checks that ask the platform.
struct PlatformCheckup {
    let channel: MessengerChannel
    let now: Instant
    /// Whether a sequence starts by comments.
    let comments: Bool

    private static let subscribing =
        "`dripd run` subscribes to it if the token has pages_manage_metadata; else use App Dashboard, Messenger, Webhooks"

    /// Checks a page.
    /// - Parameter personas: the personas under which the page sends.
    func look(at page: String, personas: [String]) async -> [DoctorFinding] {
        do {
            let owner = try await channel.tokenOwner(page)
            guard owner.id == page else {
                return [
                    .error(
                        "token",
                        "the token of page \(page) belongs to \(owner.id) (\(owner.name))",
                        "replace it with the token of page \(page)"
                    )
                ]
            }
            return [.ok("token", "page \(page), \(owner.name)")] + clock(owner.date) + (await webhooks(page))
                + (await getStarted(page)) + (await look(for: personas, on: page))
        } catch {
            return [
                .error(
                    "token",
                    "page \(page): \(error.why)",
                    Self.todo(error.cause)
                )
            ]
        }
    }

    private static func todo(_ cause: PageSetupError.Cause) -> String {
        switch cause {
        case .token, .permission, .missing: "create a new page token (App Dashboard, Messenger, Settings)"
        case .passing: "the token was not checked: make graph_url reachable from here (name, firewall, proxy)"
        }
    }

    /// Compares the clocks: the platform applies its own to the window, whose margin is five minutes.
    private func clock(_ theirs: Instant?) -> [DoctorFinding] {
        guard let theirs else { return [] }
        let seconds = abs(now.milliseconds - theirs.milliseconds) / 1000
        let text = "this machine's clock differs from the platform's by \(seconds) s"
        if seconds < 30 { return [.ok("clock", text)] }
        let todo = "timedatectl set-ntp true"
        return [seconds < 240 ? .warning("clock", text, todo) : .error("clock", text, todo)]
    }

    private func webhooks(_ page: String) async -> [DoctorFinding] {
        do {
            let missing = try await channel.subscribedFields(page).missing(of: WebhookField.read(comments: comments))
            if missing.isEmpty { return [.ok("webhooks", "page \(page) is subscribed to all fields that dripd reads")] }
            return missing.map { field in
                let text = "page \(page) is not subscribed to \(field.rawValue): \(field.consequence)"
                return field.isEssential
                    ? .error("webhooks", text, Self.subscribing) : .warning("webhooks", text, Self.subscribing)
            }
        } catch {
            return [
                .warning(
                    "webhooks",
                    "page \(page): \(error.why)",
                    "give the token pages_manage_metadata, which this check needs"
                )
            ]
        }
    }

    private func getStarted(_ page: String) async -> [DoctorFinding] {
        do {
            if try await channel.hasGetStarted(page) { return [.ok("get_started", "page \(page) has the button")] }
            return [
                .warning(
                    "get_started",
                    "page \(page) has no Get Started button: for a new person, the ref of a link is lost",
                    #"POST /me/messenger_profile {"get_started": {"payload": "GET_STARTED"}}"#
                )
            ]
        } catch {
            return [
                .warning(
                    "get_started",
                    "page \(page): \(error.why)",
                    "give the token pages_messaging, which this check needs"
                )
            ]
        }
    }

    private func look(for personas: [String], on page: String) async -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        for id in personas {
            do throws(PageSetupError) {
                findings.append(
                    .ok("personas", "page \(page) speaks as \(try await channel.persona(id, of: page)) (\(id))")
                )
            } catch {
                let isMissing = error.cause == .missing
                findings.append(
                    isMissing
                        ? .error(
                            "personas",
                            "page \(page) has no persona \(id): the platform may refuse messages under it",
                            "GET /PAGE/personas lists the page's personas; use one of them, or none"
                        )
                        : .warning("personas", "page \(page), persona \(id): \(error.why)", "try again later")
                )
            }
        }
        return findings
    }

    /// Calls the webhook with the platform's handshake. Source: "Webhooks", section "Verification requests".
    func call(_ url: String, verifyToken: String, over transport: CurlTransport) async -> DoctorFinding {
        let challenge = String(UInt32.random(in: 0 ... .max))
        var parts = URLComponents(string: url)
        parts?.queryItems = [
            URLQueryItem(name: "hub.mode", value: "subscribe"), URLQueryItem(name: "hub.challenge", value: challenge),
            URLQueryItem(name: "hub.verify_token", value: verifyToken),
        ]
        // Servers read '+' in a query as a space.
        guard let address = parts?.string?.replacing("+", with: "%2B") else {
            return .error("address", "'\(url)' is not a web address", "write https://HOST/webhooks/messenger")
        }
        do {
            let response = try await transport.send(HTTPRequest(method: .get, url: address))
            if response.status == 200, String(decoding: response.body, as: UTF8.self) == challenge {
                return .ok("address", "\(url) answers as the platform expects")
            }
            return .error(
                "address",
                "\(url) answers with status \(response.status), not with the challenge",
                response.status == 403
                    ? "the daemon has another verify token: systemctl restart dripd"
                    : "make the web server in front pass it on to dripd's 'listen' address"
            )
        } catch {
            return .error(
                "address",
                "\(url): \(error.message)",
                "check the name, certificate, firewall and the web server in front of dripd"
            )
        }
    }
}
