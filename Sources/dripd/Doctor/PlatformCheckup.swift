import Channels
import DripCore
import Foundation

/// What the platform says.
struct PlatformCheckup {
    let channel: MessengerChannel
    let now: Instant
    /// Whether a sequence starts by comments.
    let comments: Bool

    private static let subscribing =
        "`dripd run` subscribes to it by itself where the token has pages_manage_metadata; or App Dashboard, Messenger, Webhooks"

    /// - Parameter personas: under which the page speaks.
    func look(at page: String, personas: [String]) async -> [Finding] {
        do {
            let owner = try await channel.tokenOwner(page)
            guard owner.id == page else {
                return [
                    .error(
                        "token",
                        "the token of page \(page) is that of \(owner.id) (\(owner.name))",
                        "put the token of page \(page) into its place"
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
        case .token, .permission, .missing: "a new page token (App Dashboard, Messenger, Settings)"
        case .passing: "nothing is known of the token: graph_url has to be reachable from here (name, firewall, proxy)"
        }
    }

    /// The platform judges by its own clock: the window's margin is five minutes.
    private func clock(_ theirs: Instant?) -> [Finding] {
        guard let theirs else { return [] }
        let seconds = abs(now.milliseconds - theirs.milliseconds) / 1000
        let text = "this machine's clock is \(seconds) s from the platform's"
        if seconds < 30 { return [.ok("clock", text)] }
        let todo = "timedatectl set-ntp true"
        return [seconds < 240 ? .warning("clock", text, todo) : .error("clock", text, todo)]
    }

    private func webhooks(_ page: String) async -> [Finding] {
        do {
            let missing = try await channel.subscribedFields(page).missing(of: WebhookField.read(comments: comments))
            if missing.isEmpty { return [.ok("webhooks", "page \(page) is subscribed to all that dripd reads")] }
            return missing.map { field in
                let text = "page \(page) is not subscribed to \(field.rawValue): \(field.loss)"
                return field.isEssential
                    ? .error("webhooks", text, Self.subscribing) : .warning("webhooks", text, Self.subscribing)
            }
        } catch {
            return [
                .warning(
                    "webhooks",
                    "page \(page): \(error.why)",
                    "the token needs pages_manage_metadata to be asked this"
                )
            ]
        }
    }

    private func getStarted(_ page: String) async -> [Finding] {
        do {
            if try await channel.hasGetStarted(page) { return [.ok("get_started", "page \(page) has the button")] }
            return [
                .warning(
                    "get_started",
                    "page \(page) has no Get Started button: the ref of a link is lost for somebody new",
                    #"POST /me/messenger_profile {"get_started": {"payload": "GET_STARTED"}}"#
                )
            ]
        } catch {
            return [
                .warning(
                    "get_started",
                    "page \(page): \(error.why)",
                    "the token needs pages_messaging to be asked this"
                )
            ]
        }
    }

    private func look(for personas: [String], on page: String) async -> [Finding] {
        var findings: [Finding] = []
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
                            "page \(page) has no persona \(id): the platform may refuse what is to go out under it",
                            "GET /PAGE/personas lists those that there are; write one of them, or none"
                        )
                        : .warning("personas", "page \(page), persona \(id): \(error.why)", "ask again later")
                )
            }
        }
        return findings
    }

    /// The platform's handshake. Source: "Webhooks", section "Verification requests".
    func call(_ url: String, verifyToken: String, over transport: CurlTransport) async -> Finding {
        let challenge = String(UInt32.random(in: 0 ... .max))
        var parts = URLComponents(string: url)
        parts?.queryItems = [
            URLQueryItem(name: "hub.mode", value: "subscribe"), URLQueryItem(name: "hub.challenge", value: challenge),
            URLQueryItem(name: "hub.verify_token", value: verifyToken),
        ]
        // '+' would be a space to whoever reads it.
        guard let address = parts?.string?.replacing("+", with: "%2B") else {
            return .error("address", "'\(url)' is not a web address", "write https://HOST/webhooks/messenger")
        }
        do {
            let response = try await transport.send(HTTPRequest(method: .get, url: address))
            if response.status == 200, String(decoding: response.body, as: UTF8.self) == challenge {
                return .ok("address", "\(url) answers as the platform wants it")
            }
            return .error(
                "address",
                "\(url) answers with status \(response.status), not with the challenge",
                response.status == 403
                    ? "the daemon has another verify token: systemctl restart dripd"
                    : "the web server in front has to pass it on to dripd's 'listen' address"
            )
        } catch {
            return .error(
                "address",
                "\(url): \(error.message)",
                "name, certificate, firewall and the web server in front of dripd"
            )
        }
    }
}
