import ControlAPI
import GRDB

/// The tables, as numbered migrations. Times are integers, in milliseconds since 1970. The SQL uses the dialect that
/// SQLite and PostgreSQL share. Never change the text of a released migration: `SchemaCheck` compares it.
enum Schema {
    /// "drip" in ASCII. `file dripd.db` and dripd itself recognise the database by it
    /// (https://www.sqlite.org/pragma.html#pragma_application_id).
    static let applicationID = 0x6472_6970

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: first) }
        migrator.registerMigration("2") { try $0.execute(sql: second) }
        migrator.registerMigration("3") { try $0.execute(sql: third) }
        migrator.registerMigration("4") { try $0.execute(sql: fourth) }
        migrator.registerMigration("5") { try $0.execute(sql: fifth) }
        migrator.registerMigration("6") { try $0.execute(sql: sixth) }
        migrator.registerMigration("7") { try $0.execute(sql: seventh) }
        migrator.registerMigration("8") { try $0.execute(sql: eighth) }
        migrator.registerMigration("9") { try $0.execute(sql: ninth) }
        migrator.registerMigration("10") { try $0.execute(sql: tenth) }
        migrator.registerMigration("11") { try $0.execute(sql: eleventh) }
        migrator.registerMigration("12") { try $0.execute(sql: twelfth) }
        migrator.registerMigration("13") { try $0.execute(sql: thirteenth) }
        migrator.registerMigration("14") { try $0.execute(sql: fourteenth) }
        migrator.registerMigration("15") { try $0.execute(sql: fifteenth) }
        migrator.registerMigration("16") { try $0.execute(sql: sixteenth) }
        migrator.registerMigration("18") { try $0.execute(sql: eighteenth) }
        migrator.registerMigration("19") { try $0.execute(sql: nineteenth) }
        migrator.registerMigration("20") { try $0.execute(sql: twentieth) }
        migrator.registerMigration("21") { try $0.execute(sql: twentyFirst) }
        migrator.registerMigration("22") { try $0.execute(sql: twentySecond) }
        migrator.registerMigration("23") { try $0.execute(sql: twentyThird) }
        migrator.registerMigration("24") { try $0.execute(sql: twentyFourth) }
        return migrator
    }

    private static let first = """
        CREATE TABLE meta (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Sums that would be slow to count: changed in the transactions that change what they sum.
        CREATE TABLE tally (
            name TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE lane (
            id INTEGER PRIMARY KEY,
            channel TEXT NOT NULL,
            page TEXT NOT NULL,
            UNIQUE (channel, page)
        ) STRICT;

        -- The sequences in force, to see at a start or a reload what has changed.
        CREATE TABLE sequence (
            id TEXT PRIMARY KEY,
            version TEXT NOT NULL,
            adopted_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE person (
            id INTEGER PRIMARY KEY,
            lane INTEGER NOT NULL REFERENCES lane (id),
            address TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            first_message_at INTEGER,
            window_ends INTEGER,
            unreachable TEXT,
            stopped_at INTEGER,
            zone TEXT,
            attributes TEXT,
            UNIQUE (lane, address)
        ) STRICT;

        -- What came in. Kept for as long as a platform may send the same again; the body only where no column holds it.
        CREATE TABLE event (
            id INTEGER PRIMARY KEY,
            lane INTEGER NOT NULL REFERENCES lane (id),
            key TEXT NOT NULL,
            kind TEXT NOT NULL,
            person INTEGER REFERENCES person (id),
            at INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            body TEXT,
            UNIQUE (lane, key)
        ) STRICT;

        -- AUTOINCREMENT: a number that came back in an echo, or in a late outcome, must never mean somebody else.
        CREATE TABLE enrollment (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            person INTEGER NOT NULL REFERENCES person (id),
            sequence TEXT NOT NULL,
            round INTEGER NOT NULL,
            anchor INTEGER NOT NULL,
            cause TEXT NOT NULL,
            position INTEGER,
            ended_at INTEGER,
            end_reason TEXT,
            UNIQUE (person, sequence, round)
        ) STRICT;

        -- Pending work and nothing else: small and hot. One row per enrollment, by its key.
        CREATE TABLE job (
            enrollment INTEGER PRIMARY KEY REFERENCES enrollment (id),
            lane INTEGER NOT NULL REFERENCES lane (id),
            step TEXT NOT NULL,
            due INTEGER NOT NULL,
            scheduled INTEGER NOT NULL,
            attempt INTEGER NOT NULL DEFAULT 0,
            part INTEGER NOT NULL DEFAULT 0,
            message_ids TEXT,
            waiting_for TEXT,
            error TEXT,
            claim INTEGER NOT NULL DEFAULT 0,
            claimed_at INTEGER,
            claimed_hash TEXT,
            claimed_offset INTEGER,
            -- The message id of an echo that came before the answer.
            echo TEXT
        ) STRICT;
        CREATE INDEX job_due ON job (lane, due) WHERE claimed_at IS NULL;
        CREATE INDEX job_claimed ON job (enrollment) WHERE claimed_at IS NOT NULL;

        -- The ledger: a step that is over, once and never again.
        CREATE TABLE delivery (
            enrollment INTEGER NOT NULL REFERENCES enrollment (id),
            step TEXT NOT NULL,
            state TEXT NOT NULL,
            reason TEXT,
            scheduled INTEGER NOT NULL,
            at INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            -- The part with which it ended: an echo of another one proves nothing.
            part INTEGER NOT NULL,
            permission TEXT,
            message_ids TEXT,
            sequence_hash TEXT,
            PRIMARY KEY (enrollment, step)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX delivery_in_doubt ON delivery (at) WHERE state = 'in_doubt';
        """

    private static let second = """
        -- As a JSON list, in order.
        ALTER TABLE person ADD COLUMN tags TEXT;
        ALTER TABLE person ADD COLUMN last_wrote_at INTEGER;
        ALTER TABLE person ADD COLUMN human_at INTEGER;

        -- The version that it is pinned to; NULL: it follows the file.
        ALTER TABLE enrollment ADD COLUMN version TEXT;
        -- What an edit of the files looks for: those under way in a sequence, and those who finished it.
        CREATE INDEX enrollment_under_way ON enrollment (sequence) WHERE ended_at IS NULL;
        CREATE INDEX enrollment_pinned ON enrollment (version) WHERE version IS NOT NULL AND ended_at IS NULL;
        CREATE INDEX enrollment_finished ON enrollment (sequence, position) WHERE end_reason = 'finished';

        -- What a message on its way was made from, until its outcome is known.
        ALTER TABLE job ADD COLUMN claimed_permission TEXT;
        ALTER TABLE job ADD COLUMN claimed_variant INTEGER;
        ALTER TABLE job ADD COLUMN claimed_body TEXT;
        ALTER TABLE job ADD COLUMN claimed_last INTEGER;

        ALTER TABLE delivery ADD COLUMN variant INTEGER;
        ALTER TABLE delivery ADD COLUMN body_hash TEXT;

        -- Every version of a file that ever was in force, by its hash.
        CREATE TABLE version (
            hash TEXT PRIMARY KEY,
            sequence TEXT NOT NULL,
            content BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- What came into force when, and out of it.
        CREATE TABLE adoption (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            sequence TEXT NOT NULL,
            change TEXT NOT NULL,
            -- NULL for a sequence that was removed.
            hash TEXT,
            file TEXT,
            -- The git commit of the working copy that the file was read from, where it was one.
            git_commit TEXT
        ) STRICT;
        CREATE INDEX adoption_hash ON adoption (hash);
        """

    private static let third = """
        -- When the platform was last asked who this is; NULL: it is to be asked.
        ALTER TABLE person ADD COLUMN profile_at INTEGER;
        CREATE INDEX person_without_profile ON person (id) WHERE profile_at IS NULL;
        """

    private static let fourth = """
        -- The comment that started it: it has one private reply, so it is one enrollment's.
        ALTER TABLE enrollment ADD COLUMN comment TEXT;
        CREATE UNIQUE INDEX enrollment_comment ON enrollment (comment) WHERE comment IS NOT NULL;

        -- When the request of its last part left.
        ALTER TABLE delivery ADD COLUMN left_at INTEGER;
        -- What left until then has reached the person, and was read: the platform's watermarks.
        ALTER TABLE person ADD COLUMN delivered_until INTEGER;
        ALTER TABLE person ADD COLUMN read_until INTEGER;

        -- A page's latest walk through its conversations, and how far it is.
        CREATE TABLE sync (
            lane INTEGER PRIMARY KEY REFERENCES lane (id),
            started_at INTEGER NOT NULL,
            sequence TEXT,
            since INTEGER,
            -- Where it goes on; NULL: at the first.
            cursor TEXT,
            -- The last message of the conversation that it reached.
            reached INTEGER,
            conversations INTEGER NOT NULL DEFAULT 0,
            people INTEGER NOT NULL DEFAULT 0,
            enrolled INTEGER NOT NULL DEFAULT 0,
            ended_at INTEGER,
            -- Why it waits, or ended before the last conversation.
            trouble TEXT
        ) STRICT;
        -- Until when it is certain that no message was missed.
        ALTER TABLE lane ADD COLUMN caught_up_at INTEGER;
        """

    private static let fifth = """
        -- What a page calls a file that was uploaded to it. The name is the page's, too: it shows a file by it.
        CREATE TABLE attachment (
            lane INTEGER NOT NULL REFERENCES lane (id),
            -- SHA-256 of the content.
            hash TEXT NOT NULL,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            id TEXT NOT NULL,
            uploaded_at INTEGER NOT NULL,
            PRIMARY KEY (lane, hash, kind, name)
        ) STRICT, WITHOUT ROWID;
        """

    private static let sixth = """
        -- Who was erased, by the hash of page and address: nobody can be read out of it, and what comes of them can be told.
        CREATE TABLE forgotten (
            hash TEXT PRIMARY KEY,
            at INTEGER NOT NULL,
            -- When they asked to get nothing more: that outlives what is known of them.
            stopped_at INTEGER
        ) STRICT, WITHOUT ROWID;
        """

    private static let seventh = """
        -- Of one in doubt: when its conversation is looked at next (NULL: the next word is the operator's), how often it was,
        -- and why that ended nothing.
        ALTER TABLE delivery ADD COLUMN look_at INTEGER;
        ALTER TABLE delivery ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE delivery ADD COLUMN note TEXT;
        -- How often the step went out once more by itself.
        ALTER TABLE delivery ADD COLUMN resends INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE job ADD COLUMN resends INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX delivery_look ON delivery (look_at) WHERE look_at IS NOT NULL;
        UPDATE delivery SET look_at = at WHERE state = 'in_doubt' AND left_at IS NOT NULL;
        """

    private static let eighth = """
        -- What the person allowed beforehand, and what of it is used up: a JSON list.
        ALTER TABLE person ADD COLUMN subscriptions TEXT;
        """

    private static let ninth = """
        -- One row: what tells this database from a copy of it (`Fence`), and whether it is one.
        CREATE TABLE fence (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            epoch INTEGER NOT NULL,
            -- The machine that wrote it last, as a hash.
            machine TEXT,
            -- When messages were last claimed, or dripd was started: a copy was made after that.
            at INTEGER,
            -- Why nothing is sent; NULL: it is. Since when the state knows of nothing, and when that was found.
            hold TEXT,
            copied_at INTEGER,
            noticed_at INTEGER,
            -- What was due until then may have been sent by the daemon that this was copied from.
            sent_elsewhere_until INTEGER
        ) STRICT;
        """

    private static let tenth = """
        -- Of one in doubt: parts of its step were to follow it.
        ALTER TABLE delivery ADD COLUMN has_more INTEGER NOT NULL DEFAULT 0;
        """

    private static let eleventh = """
        -- A tap has the key of the message that its conversation shows for it: walks had taken that for one more.
        DELETE FROM event WHERE kind = 'walked' AND EXISTS (
            SELECT 1 FROM event AS tap WHERE tap.lane = event.lane AND tap.key = 'p:' || substr(event.key, 3)
        );
        UPDATE event SET key = 'm:' || substr(key, 3) WHERE key LIKE 'p:%';
        -- Of one in doubt: the name by which the platform has shown it, while what is left of its step cannot follow.
        ALTER TABLE delivery ADD COLUMN echo TEXT;
        """

    private static let twelfth = """
        -- The enrollment's position while it has a job, so that a step ends without a page of enrollments being written for it;
        -- NULL before the first step that ends with this row: then the enrollment's own holds.
        ALTER TABLE job ADD COLUMN position INTEGER;
        """

    private static let thirteenth = """
        -- The edit that is being applied to the people under way, a slice at a time: a row for each sequence that it changed, until
        -- all of them are done.
        CREATE TABLE edit (
            sequence TEXT PRIMARY KEY,
            -- 'under_way', then 'finished' where those who had finished get what was appended, then 'done'.
            phase TEXT NOT NULL,
            -- Enrollments up to this one are in line with the edit.
            applied INTEGER NOT NULL,
            -- Enrollments after this one began by the edited file.
            last INTEGER NOT NULL,
            -- Of those who had finished: the position and the enrollment of the last one that was examined.
            finished_position INTEGER,
            finished_enrollment INTEGER,
            -- How many were under way when it began, and how many of them have been examined.
            total INTEGER NOT NULL,
            examined INTEGER NOT NULL DEFAULT 0,
            -- What it did so far.
            moved INTEGER NOT NULL DEFAULT 0,
            finished INTEGER NOT NULL DEFAULT 0,
            reopened INTEGER NOT NULL DEFAULT 0,
            held INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID;
        """

    private static let fourteenth = """
        -- Who asked for the stop: `ConsentSource`; NULL where that is not recorded.
        ALTER TABLE person ADD COLUMN stopped_by TEXT;
        -- Since when nothing is sent to them, because it is unclear whether they want it.
        ALTER TABLE person ADD COLUMN paused_at INTEGER;
        CREATE INDEX person_paused ON person (paused_at) WHERE paused_at IS NOT NULL;

        -- Each stop, pause and resumption, with who did it and why: rows are added, and never changed.
        CREATE TABLE consent_change (
            id INTEGER PRIMARY KEY,
            person INTEGER NOT NULL REFERENCES person (id),
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            source TEXT NOT NULL,
            reason TEXT
        ) STRICT;
        CREATE INDEX consent_change_person ON consent_change (person);
        """

    private static let fifteenth = """
        -- The limit that last kept it from being sent: 'day' or 'gap'. If the step is skipped for what followed from that, the
        -- ledger names the limit.
        ALTER TABLE job ADD COLUMN held_by TEXT;
        """

    private static let sixteenth = """
        -- Of one in doubt: what its conversation would show of it, as it was when it left. A name that is learned later makes
        -- another text.
        ALTER TABLE delivery ADD COLUMN expected TEXT;
        -- Since when messages to this account may have been missed because dripd was down; NULL once it has caught up.
        ALTER TABLE lane ADD COLUMN missed_since INTEGER;
        """

    private static let eighteenth = """
        -- The epoch times -1, by which a page that a loss of power tore is told from an older one (`DatabaseLog`).
        ALTER TABLE fence ADD COLUMN epoch_negated INTEGER;
        -- How far this database knows the list of stops and erasures beside it (`SuppressionFile`); NULL: not at all yet.
        ALTER TABLE fence ADD COLUMN suppressions INTEGER;
        -- Of a copy: what that list brought back into it, as JSON.
        ALTER TABLE fence ADD COLUMN brought_back TEXT;
        -- As `person.stopped_by`.
        ALTER TABLE forgotten ADD COLUMN stopped_by TEXT;
        """

    private static let nineteenth = """
        -- What came in from people who were erased, by the hash of its key: a copy that comes again is dropped. A hash tells
        -- nothing of anybody.
        CREATE TABLE forgotten_event (
            hash TEXT PRIMARY KEY,
            -- From then on a copy is too old to be taken.
            until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX forgotten_event_until ON forgotten_event (until);

        -- Private replies to comments whose author the platform had not named when they left: so many an hour, on each account.
        CREATE TABLE unnamed_reply (
            id INTEGER PRIMARY KEY,
            lane INTEGER NOT NULL REFERENCES lane (id),
            at INTEGER NOT NULL,
            -- Whose, until the person is erased.
            enrollment INTEGER UNIQUE
        ) STRICT;
        CREATE INDEX unnamed_reply_at ON unnamed_reply (lane, at);

        -- The last pause of an account's private replies to such comments.
        CREATE TABLE unnamed_pause (
            lane INTEGER PRIMARY KEY REFERENCES lane (id),
            at INTEGER NOT NULL,
            until INTEGER NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        """

    private static let twentieth = """
        -- What operators asked to be changed (`AuditRecord`). It names nobody: people by the name that the log has for them.
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            verb TEXT NOT NULL,
            -- The process that asked; NULL: dripd itself.
            uid INTEGER,
            gid INTEGER,
            pid INTEGER,
            -- The user who logged in, as the process says.
            login INTEGER,
            person TEXT,
            people INTEGER,
            sequence TEXT,
            step TEXT,
            was TEXT,
            became TEXT,
            result TEXT NOT NULL,
            reason TEXT
        ) STRICT;
        CREATE INDEX audit_person ON audit (person) WHERE person IS NOT NULL;
        """

    private static let twentyFirst = """
        -- Of events: to erase a person, and to give a comment's events to whoever turns out to have written it, looked at every
        -- event that is stored, twice each time, since SQLite looks for the rows that refer to a deleted person.
        CREATE INDEX event_person ON event (person) WHERE person IS NOT NULL;
        """

    private static let twentySecond = """
        -- A lane was always an account: a Facebook Page, and later a sender address, a bot or a site.
        ALTER TABLE lane RENAME TO account;
        ALTER TABLE person RENAME COLUMN lane TO account;
        ALTER TABLE event RENAME COLUMN lane TO account;
        ALTER TABLE job RENAME COLUMN lane TO account;
        ALTER TABLE sync RENAME COLUMN lane TO account;
        ALTER TABLE attachment RENAME COLUMN lane TO account;
        ALTER TABLE unnamed_reply RENAME COLUMN lane TO account;
        ALTER TABLE unnamed_pause RENAME COLUMN lane TO account;
        """

    private static let twentyThird = """
        -- A person may be reached in several ways: each is an address at an account.
        CREATE TABLE person_of_addresses (
            id INTEGER PRIMARY KEY,
            created_at INTEGER NOT NULL,
            first_message_at INTEGER,
            stopped_at INTEGER,
            stopped_by TEXT,
            paused_at INTEGER,
            zone TEXT,
            attributes TEXT,
            tags TEXT,
            last_wrote_at INTEGER,
            human_at INTEGER
        ) STRICT;
        INSERT INTO person_of_addresses (
            id, created_at, first_message_at, stopped_at, stopped_by, paused_at, zone, attributes, tags, last_wrote_at, human_at)
        SELECT id, created_at, first_message_at, stopped_at, stopped_by, paused_at, zone, attributes, tags, last_wrote_at, human_at
        FROM person;

        CREATE TABLE address (
            id INTEGER PRIMARY KEY,
            person INTEGER NOT NULL REFERENCES person (id),
            account INTEGER NOT NULL REFERENCES account (id),
            -- What the channel calls the person: a page-scoped id, an e-mail address.
            external_id TEXT NOT NULL,
            -- Who named it, if not the platform: several people may give the same one.
            given_by TEXT,
            created_at INTEGER NOT NULL,
            -- Until then the platform's standard window is open, where it has one.
            window_ends INTEGER,
            -- Why the platform does not deliver there.
            unreachable TEXT,
            -- When the platform first refused to deliver there, in a way that may mean that the person wants nothing more.
            blocked_at INTEGER,
            delivered_until INTEGER,
            read_until INTEGER,
            subscriptions TEXT,
            profile_at INTEGER,
            -- What the channel needs to deliver besides the id, as JSON: the keys of a push subscription.
            details TEXT
        ) STRICT;
        -- The first address of each person gets the person's id, which the rows of other tables have.
        INSERT INTO address (
            id, person, account, external_id, created_at, window_ends, unreachable, delivered_until, read_until, subscriptions,
            profile_at)
        SELECT id, id, account, address, created_at, window_ends, unreachable, delivered_until, read_until, subscriptions, profile_at
        FROM person;
        DROP TABLE person;
        ALTER TABLE person_of_addresses RENAME TO person;
        -- Where it went; NULL: nowhere. Before this migration, to the address whose id is the person's. A foreign key would
        -- search all deliveries when an address is deleted.
        ALTER TABLE delivery ADD COLUMN address INTEGER;
        UPDATE delivery SET address = (SELECT person FROM enrollment WHERE enrollment.id = delivery.enrollment)
        WHERE state = 'in_doubt';
        -- By which address the enrollment came, and by which its next step is to be sent.
        ALTER TABLE enrollment ADD COLUMN came_by INTEGER;
        UPDATE enrollment SET came_by = person;
        ALTER TABLE job ADD COLUMN address INTEGER;
        UPDATE job SET address = (SELECT person FROM enrollment WHERE enrollment.id = job.enrollment);
        -- The addresses at which a step was refused for good before it was sent to another one.
        CREATE TABLE attempt (
            enrollment INTEGER NOT NULL REFERENCES enrollment (id),
            step TEXT NOT NULL,
            address INTEGER NOT NULL,
            at INTEGER NOT NULL,
            reason TEXT NOT NULL,
            error_class TEXT,
            message_ids TEXT,
            PRIMARY KEY (enrollment, step, address)
        ) STRICT, WITHOUT ROWID;
        -- What people agreed to and what they withdrew. Rows are only added.
        CREATE TABLE consent (
            id INTEGER PRIMARY KEY,
            person INTEGER NOT NULL REFERENCES person (id),
            at INTEGER NOT NULL,
            -- 'given' or 'withdrawn'
            kind TEXT NOT NULL,
            -- NULL: every channel, every purpose.
            channel TEXT,
            purpose TEXT,
            source TEXT NOT NULL,
            -- The words that the person agreed to, and where that can be looked up.
            wording TEXT,
            evidence TEXT
        ) STRICT;
        CREATE INDEX consent_person ON consent (person);
        CREATE UNIQUE INDEX address_external_id ON address (account, external_id) WHERE given_by IS NULL;
        CREATE INDEX address_given ON address (account, external_id) WHERE given_by IS NOT NULL;
        CREATE INDEX address_person ON address (person);
        CREATE INDEX address_without_profile ON address (id) WHERE profile_at IS NULL;
        CREATE INDEX person_paused ON person (paused_at) WHERE paused_at IS NOT NULL;
        """

    private static let twentyFourth = """
        -- AUTOINCREMENT: the links in messages that were sent and the ledger name the id, so that it must never mean another
        -- address, even when an address is removed.
        CREATE TABLE address_for_good (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            person INTEGER NOT NULL REFERENCES person (id),
            account INTEGER NOT NULL REFERENCES account (id),
            -- What the channel calls the person: a page-scoped id, an e-mail address.
            external_id TEXT NOT NULL,
            -- Who named it, if not the platform: several people may give the same one.
            given_by TEXT,
            created_at INTEGER NOT NULL,
            -- Until then the platform's standard window is open, where it has one.
            window_ends INTEGER,
            -- Why the platform does not deliver there.
            unreachable TEXT,
            -- When the platform first refused to deliver there, in a way that may mean that the person wants nothing more.
            blocked_at INTEGER,
            delivered_until INTEGER,
            read_until INTEGER,
            subscriptions TEXT,
            profile_at INTEGER,
            -- What the channel needs to deliver besides the id, as JSON: the keys of a push subscription.
            details TEXT
        ) STRICT;
        INSERT INTO address_for_good (
            id, person, account, external_id, given_by, created_at, window_ends, unreachable, blocked_at, delivered_until, read_until,
            subscriptions, profile_at, details)
        SELECT
            id, person, account, external_id, given_by, created_at, window_ends, unreachable, blocked_at, delivered_until, read_until,
            subscriptions, profile_at, details
        FROM address;
        DROP TABLE address;
        ALTER TABLE address_for_good RENAME TO address;
        CREATE UNIQUE INDEX address_external_id ON address (account, external_id) WHERE given_by IS NULL;
        CREATE INDEX address_given ON address (account, external_id) WHERE given_by IS NOT NULL;
        CREATE INDEX address_person ON address (person);
        CREATE INDEX address_without_profile ON address (id) WHERE profile_at IS NULL;
        -- What an erased person had withdrawn, and who came after the backup that this database is restored from: a JSON list.
        ALTER TABLE forgotten ADD COLUMN consents TEXT;
        -- Two people who were joined into one, and addresses that were cut off a person. Rows are only added.
        CREATE TABLE link (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            -- 'joined' or 'cut'
            kind TEXT NOT NULL,
            person INTEGER NOT NULL REFERENCES person (id),
            -- Who was joined to the person, and has no row any more; who got the address that was cut off, NULL if it was
            -- removed.
            other INTEGER,
            -- The ids of the addresses that moved, as a JSON list.
            addresses TEXT NOT NULL,
            -- How it is known that the two are one person; NULL for 'cut'.
            proof TEXT,
            -- The user number of the operator; NULL: dripd itself.
            operator INTEGER
        ) STRICT;
        CREATE INDEX link_person ON link (person);
        CREATE INDEX link_other ON link (other) WHERE other IS NOT NULL;
        """
}
