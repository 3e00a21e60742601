import Hummingbird
import NIOCore

/// Knows its connection, so that one can be closed without an answer.
struct SandboxRequestContext: RequestContext {
    /// Also the limit that Hummingbird itself keeps to.
    static let bodyLimit = 1 << 20
    /// A file and what stands around it.
    static let multipartBodyLimit = UploadedFile.byteLimit + bodyLimit

    var coreContext: CoreRequestContextStorage
    let connection: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        connection = source.channel
    }

    var maxUploadSize: Int { Self.bodyLimit }
}
