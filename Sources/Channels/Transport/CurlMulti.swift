import CCurl

/// The pointer to the multi handle. Every call but `wakeUp` belongs to the loop's thread alone.
struct CurlMulti: @unchecked Sendable {  // curl_multi_wakeup may be called on any thread; the rest is the loop's.
    let pointer: UnsafeMutableRawPointer

    init?(limits: TransportLimits) {
        guard let pointer = curl_multi_init() else { return nil }
        self.pointer = pointer
        let options: [(CURLMoption, Int)] = [
            (CURLMOPT_MAX_HOST_CONNECTIONS, limits.connectionsPerHost),
            (CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connections),
            // How many stay open when idle; by itself libcurl would let it grow with the number of transfers.
            (CURLMOPT_MAXCONNECTS, limits.connections),
        ]
        guard options.allSatisfy({ dripd_multi_set_long(pointer, $0, $1) == CURLM_OK }) else {
            curl_multi_cleanup(pointer)
            return nil
        }
    }

    /// Ends the loop's wait, or the next one if it does not wait now.
    func wakeUp() {
        curl_multi_wakeup(pointer)
    }
}
