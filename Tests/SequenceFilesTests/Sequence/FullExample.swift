/// The example of the format's description, as it stands there; the texts that it leaves open ("...") are filled in.
enum FullExample {
    static let text = #"""
        sequence: cham-soc                # identity = file name; letters, digits, '-'
        title: Chăm sóc khách mới         # for people
        start:                            # any of these enrols a person
          - first_message                 # the person's first message ever to the page
          - ref: tiktok-tool              # m.me/<page>?ref=tiktok-tool, ad or postback referral
          - message: ["Đã share"]         # a message that says this (case, accents' form and outer spaces aside)
          - comment: {contains: "Đã share", post: "123_456"}   # a comment on the page's post (post optional)
          - postback: GET_STARTED
          - tag: vip                      # gets this tag
          - manual                        # only by hand: dripd people enroll
        again: never                      # never (default) | always | after 90 days
        stop: [opted_out, {tag: bought}, replied, {sequence: tu-van}]   # opted_out always holds, said or not
        pause_on_human: 24 h              # a person of the team wrote in the thread: wait (default 24 h; 'never' to go on)
        purpose: care                     # care (default) | promotion | transaction : decides which rules apply
        pages: ["1577703145783617"]       # default: all
        timezone: Asia/Ho_Chi_Minh        # default: the configured one; a person's own zone, where known, comes first
        quiet: 21:30-08:00                # local times in which nothing is sent: due moves to the end of the window
        days: mon-sat                     # local weekdays on which anything is sent (default: all)
        late: {after: 12 h, then: skip}   # how late a step may go out after an outage: skip | send
        on_edit: follow                   # follow (default) | pin
        extend: active                    # active (default) | finished : who gets a step appended later
        moved: [{from: day-1, to: ngay-1}]
        steps:
          - step: chao                    # identity within the sequence
            after: 15 min                 # from the start. Units: s min h day week month
            text: |
              {{Chào|Xin chào}} {{full_name}}, {{cảm ơn bạn đã nhắn tin|rất vui được gặp bạn}}!
            buttons:
              - {title: Xem bảng giá, url: "https://example.com/bang-gia"}
              - {title: Cần tư vấn, start: tu-van}          # enrols in another sequence
            quick_replies: [{title: Có, tag: quan-tam}, {title: Không, stop: true}]
          - step: ngay-1
            after: 1 day
            pull_into_window: 30 min      # may go out up to this much earlier so that it still meets the window
            text: Một ngày
            images: [media/bang-gia.jpg, "https://example.com/a.jpg"]     # also video:, audio:, file:
          - step: tuan-1
            after: 1 week
            at: "09:00"                   # local time of that day
            outside_window:               # the platform's window is closed: the first of these that is permitted
              - utility: {template: cap_nhat_don_hang, language: vi, parameters: {ten: "{{full_name}}"}}
              - marketing                 # a paid marketing message, where the person subscribed
              - wait: 3 days              # send if the person writes within that time, else skip
            text: Một tuần
          - step: thang-1
            after: 1 month
            only_if: {tag: quan-tam}      # also: not_tag, has: phone | email, replied: true
            variants: [{text: Một, weight: 1}, {text: Hai, weight: 1}]    # split test

        """#
}
