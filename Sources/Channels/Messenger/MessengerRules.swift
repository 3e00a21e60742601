package import DripCore

extension ChannelRules {
    package static let messenger = ChannelRules(name: .messenger, noun: "Messenger", policy: .conversation)
}
