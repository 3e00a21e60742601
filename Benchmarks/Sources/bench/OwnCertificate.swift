import Foundation

/// A certificate for nginx that nobody trusts but this process and its children: in a namespace of theirs it stands where the
/// machine's list of authorities is, which libcurl reads.
enum OwnCertificate {
    private static let variable = "DRIPD_BENCH_CERTIFICATE"
    private static let authorities = "/etc/ssl/certs/ca-certificates.crt"

    /// Where `certificate.pem` and `key.pem` are; nil: everything goes over HTTP.
    static var folder: String? { ProcessInfo.processInfo.environment[variable] }

    /// Starts this program anew where its certificate is trusted.
    static func restart(in folder: String) throws -> Never {
        // From what takes this program's place nobody comes back to clear the folder away.
        _ = try Tool.run("/usr/bin/unshare", "-Urm", "/bin/true")
        _ = try Tool.run(
            "/usr/bin/openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-noenc",
            "-days",
            "2",
            "-subj",
            "/CN=dripd bench",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            folder + "/key.pem",
            "-out",
            folder + "/certificate.pem"
        )
        setenv(variable, folder, 1)
        let command = [
            "unshare", "-Urm", "/bin/sh", "-ec", #"mount --bind "$0" "$1"; shift; exec "$@""#,
            folder + "/certificate.pem", authorities,
        ]
        var words = (command + CommandLine.arguments).map { strdup($0) } + [nil]
        execv("/usr/bin/unshare", &words)
        throw Tool.Failure(description: "unshare: \(String(cString: strerror(errno)))")
    }
}
