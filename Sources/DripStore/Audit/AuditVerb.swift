/// What operators may ask for that changes something.
package enum AuditVerb: String, CaseIterable, Sendable {
    case enroll, stop, resume, forget, tag, untag, resolve, sync, apply, reload, restore
    case takeImport = "import"
    case adoptState = "adopt-state"
}
