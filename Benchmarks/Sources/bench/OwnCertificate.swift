import Foundation

/// A certificate for nginx that only this process and its children trust. In their own mount namespace, it replaces the
/// machine's list of authorities, which libcurl reads.
enum OwnCertificate {
    private static let variable = "DRIPD_BENCH_CERTIFICATE"
    private static let authorities = "/etc/ssl/certs/ca-certificates.crt"

    /// The folder of `certificate.pem` and `key.pem`; nil if plain HTTP is used.
    static var folder: String? { ProcessInfo.processInfo.environment[variable] }

    /// Restarts this program in a namespace that trusts its certificate.
    static func restart(in folder: String) throws -> Never {
        // Checked first: after execv, this program can no longer remove the folder.
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
