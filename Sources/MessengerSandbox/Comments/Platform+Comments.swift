/// Comments and private replies: https://developers.facebook.com/docs/messenger-platform/discovery/private-replies
extension Platform {
    /// Adds a comment to a post. It allows one private reply and does not open the window.
    mutating func comment(_ draft: CommentDraft, now: Int64) throws(ControlError) -> Comment {
        let text = draft.text.flatMap { $0.isEmpty ? nil : $0 }
        guard (text?.unicodeScalars.count ?? 0) <= Comment.textLimit else {
            throw .invalid("a comment has at most \(Comment.textLimit) characters")
        }
        let parent = try draft.parent.map { (id) throws(ControlError) in try comments.find(id) }
        let post = parent?.post ?? draft.post ?? "\(pageID)_1"
        guard let number = post.wholeMatch(of: /([0-9A-Za-z]+)_([0-9]{1,20})/), number.1 == pageID else {
            throw .invalid("a post of the page has an id such as \(pageID)_1")
        }
        let author: String
        if draft.isByPage {
            guard draft.person == nil else { throw .invalid("a comment is by a person or by the page") }
            author = pageID
        } else if let id = draft.person, let known = everybody[id] {
            author = known.id
        } else {
            author = try addPerson(id: draft.person, name: draft.name).id
        }
        let comment = Comment(
            number: comments.nextNumber,
            id: "\(number.2)_\(identifiers.objectID())",
            post: post,
            parent: parent?.id,
            author: author,
            isAnonymous: draft.isAnonymous,
            text: text,
            at: now
        )
        try comments.append(comment)
        emit(writer.comment(comment, "add", authorName: name(of: author), at: now))
        notes.append(.comment, text ?? "", about: author, at: now)
        return comment
    }

    mutating func editComment(_ id: String, text: String, now: Int64) throws(ControlError) {
        guard !text.isEmpty, text.unicodeScalars.count <= Comment.textLimit else {
            throw .invalid("a comment has 1 to \(Comment.textLimit) characters")
        }
        var comment = try comments.find(id)
        comments.change(id) { $0.text = text }
        comment.text = text
        emit(writer.comment(comment, "edited", authorName: name(of: comment.author), at: now))
    }

    mutating func removeComment(_ id: String, now: Int64) throws(ControlError) {
        let comment = try comments.find(id)
        comments.remove(id)
        emit(writer.comment(comment, "remove", authorName: name(of: comment.author), at: now))
    }

    /// Sends the one private reply that a comment allows within seven days, regardless of the window. It does not open the
    /// window.
    ///
    /// The subcode for an unknown comment is from https://github.com/restfb/restfb/issues/1165. Code 10900 for a second
    /// reply is not documented, but widely reported. Code 10903 is reported without a cause; using it for late replies is
    /// an assumption.
    mutating func replyPrivately(
        to id: String,
        with message: OutgoingMessage,
        now: Int64
    ) throws(GraphError) -> JSON {
        guard privateReplies.admits(at: now) else { throw .rateExceeded }
        guard let comment = comments[id] else {
            throw .parameter("Invalid comment_id parameter", subcode: 2_018_292)
        }
        guard comment.privateReply == nil else {
            throw GraphError(code: 10_900, message: "(#10900) Activity already replied to")
        }
        guard comment.mayBeRepliedTo(at: now), let person = everybody[comment.author] else {
            throw GraphError(code: 10_903, message: "(#10903) This user can't reply to this activity")
        }
        guard !person.hasBlockedPage else { throw .unavailablePerson }
        let reply = try accept(try fill(message), to: person.id, comment: id, now: now)
        comments.change(id) { $0.privateReply = reply.messageID }
        return reply.answer
    }

    /// `GET /{POST_ID}/comments`. The parameters and fields are from memory; the platform's Pages documentation has them.
    func comments(under post: String, _ parameters: JSON, now: Int64) throws(GraphError) -> JSON {
        try require("pages_read_engagement", "pages_read_user_content")
        guard isPost(post) else { throw .noSuchObject(post, .get) }
        let fields = try FieldSelection(of: parameters, else: "created_time,from,message")
        var list = comments.under(post)
        switch parameters["filter"]?.string ?? "toplevel" {
        case "toplevel": list.removeAll { $0.parent != nil }
        case "stream": break
        default: throw .parameter("Param filter must be one of {toplevel, stream}")
        }
        let isReversed: Bool
        switch parameters["order"]?.string ?? "chronological" {
        case "chronological": isReversed = false
        case "reverse_chronological": isReversed = true
        default: throw .parameter("Param order must be one of {chronological, reverse_chronological}")
        }
        return try Paging(parameters).page(
            isReversed ? list.reversed() : list,
            url: "\(graphURL)/\(post)/comments",
            key: { String($0.number) },
            isAfter: { comment, key in
                Int(key).map { isReversed ? comment.number < $0 : comment.number > $0 } ?? false
            },
            json: { comment in fields.members { member($0.name, of: comment, now: now) } }
        )
    }

    /// `GET /{COMMENT_ID}`.
    func comment(_ comment: Comment, _ parameters: JSON, now: Int64) throws(GraphError) -> JSON {
        try require("pages_read_engagement", "pages_read_user_content")
        return try FieldSelection(of: parameters, else: "created_time,from,message").members {
            member($0.name, of: comment, now: now)
        }
    }

    /// `GET /{PAGE_ID}/feed` and `/{PAGE_ID}/published_posts`, newest first.
    func posts(_ edge: String, _ parameters: JSON) throws(GraphError) -> JSON {
        try require("pages_read_engagement")
        let fields = try FieldSelection(of: parameters, else: "created_time")
        return try Paging(parameters).page(
            Array(comments.posts.enumerated()).reversed(),
            url: "\(graphURL)/\(pageID)/\(edge)",
            key: { String($0.offset) },
            isAfter: { post, key in Int(key).map { post.offset < $0 } ?? false },
            json: { post in
                fields.members { field in
                    switch field.name {
                    case "id": .string(post.element.id)
                    case "created_time": .string(GraphTime.text(post.element.at))
                    default: nil
                    }
                }
            }
        )
    }

    func isPost(_ id: String) -> Bool {
        comments.posts.contains { $0.id == id }
    }

    private func member(_ name: String, of comment: Comment, now: Int64) -> JSON? {
        switch name {
        case "id": .string(comment.id)
        case "created_time": .string(GraphTime.text(comment.at))
        case "message": .string(comment.text ?? "")
        case "from":
            comment.isAnonymous
                ? nil : ["id": .string(comment.author), "name": .string(self.name(of: comment.author))]
        case "parent": comment.parent.map { ["id": .string($0)] }
        case "permalink_url":
            .string("https://www.facebook.com/\(comment.post)?comment_id=\(comment.id.drop { $0 != "_" }.dropFirst())")
        case "can_reply_privately": .bool(comment.author != pageID && comment.mayBeRepliedTo(at: now))
        default: nil
        }
    }

    /// Returns the name of a person or of the page.
    func name(of author: String) -> String {
        everybody[author]?.name ?? pageName
    }
}
