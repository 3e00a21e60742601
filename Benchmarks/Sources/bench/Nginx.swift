import Foundation

/// A stand-in for the platform: accepts every call and does nothing.
struct Nginx {
    let port: Int
    let log: String
    private let tool: Tool

    /// - Parameter isLogging: whether to log the time of each message, which costs time.
    init(in folder: String, port: Int, isLogging: Bool = false) throws {
        self.port = port
        log = folder + "/nginx-access.log"
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder)/nginx-\($0);" }.joined(separator: " ")
        // The user namespace maps only root, so nginx cannot switch to its usual user.
        let (user, encryption) =
            OwnCertificate.folder.map {
                ("user root;", "ssl http2; ssl_certificate \($0)/certificate.pem; ssl_certificate_key \($0)/key.pem")
            } ?? ("", "")
        let configuration = """
            \(user) daemon off; worker_processes 1; pid \(folder)/nginx.pid; error_log \(folder)/nginx-error.log;
            events { worker_connections 1024; }
            http {
              \(paths)
              log_format moments '$msec';
              access_log off;
              keepalive_requests 100000000; keepalive_timeout 600s;
              server {
                listen 127.0.0.1:\(port) \(encryption);
                default_type application/json;
                location / { return 200 '{"data":[]}'; }
                location ~ /messages$ {
                  \(isLogging ? "access_log \(log) moments;" : "")
                  return 200 '{"recipient_id":"1000000000000001","message_id":"m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM_QPpz5jdCK48PnKAjSdjfipqxqMvK8ma6AC8fplwlqLP"}';
                }
              }
            }

            """
        try Data(configuration.utf8).write(to: URL(filePath: folder + "/nginx.conf"))
        try? FileManager.default.removeItem(atPath: log)
        tool = try Tool(
            "/usr/sbin/nginx",
            ["-p", folder, "-c", folder + "/nginx.conf", "-e", folder + "/nginx-error.log"],
            log: folder + "/nginx.out"
        )
        try waitUntil("nginx answers") {
            (try? Tool.run("/usr/bin/curl", "-sf", "-o", "/dev/null", url + "/conversations")) != nil
        }
    }

    var url: String { "http\(OwnCertificate.folder == nil ? "" : "s")://127.0.0.1:\(port)/v25.0" }

    /// Returns the arrival times of messages, in milliseconds since 1970.
    func moments() throws -> [Double] {
        try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").compactMap {
            Double($0).map { $0 * 1000 }
        }
    }

    func end() { tool.end() }
}

/// Checks a condition every 20 milliseconds, for at most five minutes.
func waitUntil(_ what: String, _ isSo: () throws -> Bool) throws {
    let began = seconds()
    while try !isSo() {
        guard seconds() - began < 300 else { throw Tool.Failure(description: "waited five minutes until \(what)") }
        usleep(20_000)
    }
}
