package import Hummingbird
import NIOCore

/// Knows whose request it is.
package struct PublicRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    let peer: PeerAddress

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = PeerAddress(source.channel.remoteAddress)
    }
}
