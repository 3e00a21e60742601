extension World {
    enum Trouble: String {
        case fullDisk = "the disk is full"
        case deadToken = "the token is dead"
        case restricted = "the page is restricted"
    }
}
