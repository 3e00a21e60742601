import ArgumentParser
import Channels

struct PushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Set up notifications to browsers.",
        subcommands: [PushKey.self]
    )
}

struct PushKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make the key of a site's notifications.",
        discussion: """
            Prints a new private key. Keep it: each subscription belongs to the key that it was made with, and with another \
            one all people have to subscribe again.

              (umask 077; dripd push key > /etc/dripd/secrets/vapid_key)

            In dripd.yaml:

              push:
                - id: shop.example
                  key: {credential: vapid_key}
                  contact: mailto:it@shop.example
            """
    )

    func run() throws {
        try Output.standard.line(VAPIDKey().text)
    }
}
