/// Whether the page may call at all.
extension Platform {
    mutating func setStanding(_ standing: PageStanding) throws(ControlError) {
        for permission in standing.missingPermissions where !PageStanding.permissions.contains(permission) {
            throw .invalid("missing_permissions may have \(PageStanding.permissions.joined(separator: ", "))")
        }
        self.standing = standing
    }

    /// Tells the page what the platform does to it. That, and whether the page is restricted, are two things: how they
    /// hang together is not documented.
    mutating func enforcePolicy(_ action: PolicyAction, reason: String, now: Int64) {
        emit(writer.policyEnforcement(action, reason: reason, at: now))
    }

    /// - Parameter isDebug: the call is about a token, which the app may ask about in its own name:
    ///   https://developers.facebook.com/docs/facebook-login/guides/access-tokens#apptokens
    func require(_ token: String?, isDebug: Bool) throws(GraphError) {
        guard let token, !token.isEmpty else { throw .missingToken }
        if isDebug, token == "\(writer.appID)|\(appSecret)" { return }
        guard token == pageToken else { throw .badToken }
        if let dead = standing.deadToken { throw .deadToken(dead) }
    }

    /// The proof that the caller knows the app's secret, where a call carries one:
    /// https://developers.facebook.com/docs/graph-api/securing-requests
    func verify(proof: JSON?, of token: String) throws(GraphError) {
        guard let proof else { return }
        guard proof.string == WebhookSignature.hexadecimal(of: Array(token.utf8), secret: appSecret) else {
            throw .badProof
        }
    }

    /// Messaging without its permission is 230, everything else 10: the first is reported by others, the second is what
    /// the platform's own table says of missing permissions in general.
    func require(_ permissions: String...) throws(GraphError) {
        for permission in permissions where standing.missingPermissions.contains(permission) {
            throw permission == "pages_messaging"
                ? GraphError(code: 230, message: "(#230) Requires pages_messaging permission to manage the object")
                : GraphError(
                    status: 403,
                    code: 10,
                    message: "(#10) This endpoint requires the '\(permission)' permission."
                )
        }
    }
}
