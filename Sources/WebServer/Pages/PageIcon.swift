import Foundation

/// The icon of the push page: a bell. iPhones show it on the home screen. They take no SVG, so it is here as PNG, too.
package enum PageIcon {
    /// `/p/icon.svg`, of type `image/svg+xml`.
    package static let svg = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 192 192"><rect width="192" height="192" fill="#0a6c5d"/>\
        <path d="M96 44a8 8 0 0 1 8 8v3a33 33 0 0 1 25 32v22l11 15v6H52v-6l11-15V87a33 33 0 0 1 25-32v-3a8 8 0 0 1 8-8zM81 136h30a15 15 0 0 1-30 0z" fill="#fff"/></svg>

        """

    /// `/p/icon.png`, of type `image/png`: the same drawing with 192 pixels on each side.
    package static let png = Array(Data(base64Encoded: base64) ?? Data())

    private static let base64 = """
        iVBORw0KGgoAAAANSUhEUgAAAMAAAADABAMAAACg8nE0AAAAGFBMVEX////6/Pvp8vG819OCtK1Rl4wfeGsKbF0Ky/zSAAACMklEQVR4\
        2u3bTU7CQBQH8NfBA5i4cEvAA6DRvYnGCxj33sJjeBE9gQjuVegBsPYA1tStsTMu/ADUTl/75gnG/yxoh5b5dR7zBYXohHSTIQAAAAAA\
        AAAAAAAAAAAAAAAAAHZaqXf6XfLU2VIEijOixPT0QtQnItfXew+KePqoAkzeNkM1IH3bWO1m6rRroAfkvxSiPzsWueuPvfNcY6jI+uln\
        f0j2N4MD2dnMZdsL2gwcornyidzFOCxg+1/C7qYBCwLcfCvOXoYEHoa855oCP1/tTRoMmPxYlB2EAlxJi8nyQMBDSSzsMBAwKl1jhAHK\
        52DO7MwAsvJD4yDAsJHNB4q0SfRqAN6rHAcA7n0HHwMA3gHByoHCD8RiwArqxwIS0WEGkAuXkYsHYtFbVA1UFeBSIeCEIVw8oL74/fs1\
        sAuvwdKHCAAAAAAAAACwHEDlJxgrA9xVFfCSi4CiatlDLhYBt9VBvpUA9qoaeEkFQMZpJ2MBMOIAd80B3u0g/1leYMLrS4OmgIt5gLct\
        +4Ai5QHeb0SMrBNUn2jkEfLHyDQfZXgjlmnYONjNzQPEfKDAlPmvgQj/oAAgTuzbvc+nc9n149A1iOazqwTg1wEzV2TUDt9Me7OZlkI/\
        6MxmugrAWml1AgFmd6Z7tjWGiu3p7p7KWNT6rMJKTwWgnffAmEOl0dQc9YiIWkftGi+q9UM+c7CRPHU6q6QFUNTtUs2EKRMAAAAAAAAA\
        AAAAAAAAAACYpld/3KBiEqoApgAAAABJRU5ErkJggg==
        """
}
