// Measures the limits of libcurl, alone and with SQLite, on this machine.
//
//   ceiling http URL COUNT CONCURRENCY              posts a message COUNT times
//   ceiling get URL COUNT CONCURRENCY               sends COUNT requests without a body
//   ceiling store URL COUNT CONCURRENCY BATCH FILE  claims BATCH jobs in a transaction, posts them, records them in another
//   ceiling load URL CONCURRENCY FILE               posts the lines of FILE, each "signature<TAB>body"
//
// Prints one line: seconds, the number of answers other than 200, and the median and 99th percentile latency in
// milliseconds.

#include <curl/curl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *message =
    "{\"recipient\":{\"id\":\"1000000000000001\"},\"messaging_type\":\"RESPONSE\",\"message\":{\"text\":"
    "\"Chao ban, cam on ban da nhan tin cho shop. Ban can tu van gi them khong?\",\"metadata\":\"bench/1/hello/0\"}}";

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    fprintf(stderr, "ceiling: %s\n", what);
    exit(1);
}

static size_t discard(char *bytes, size_t size, size_t count, void *unused) { return size * count; }

typedef struct {
    CURL *easy;
    struct curl_slist *headers;
    double began;
    long job;
} Slot;

static CURLM *multi;
static Slot *slots;
static int concurrency;
static const char *url;
static double *times;
static long done, refused;

static void open_slots(void) {
    curl_global_init(CURL_GLOBAL_ALL);
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)concurrency);
    slots = calloc(concurrency, sizeof *slots);
    for (int i = 0; i < concurrency; i++) {
        CURL *easy = slots[i].easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_URL, url);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
        curl_easy_setopt(easy, CURLOPT_PRIVATE, &slots[i]);
        curl_easy_setopt(easy, CURLOPT_TIMEOUT, 30L);
        // Waits for a stream on the first connection instead of making hundreds of handshakes.
        if (strncmp(url, "https:", 6) == 0) curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    }
}

static void post(Slot *slot, const char *body, const char *signature, long job) {
    curl_slist_free_all(slot->headers);
    slot->headers = curl_slist_append(NULL, "Content-Type: application/json");
    if (signature) slot->headers = curl_slist_append(slot->headers, signature);
    curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, slot->headers);
    if (body) curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, body);
    slot->began = now();
    slot->job = job;
    if (curl_multi_add_handle(multi, slot->easy) != CURLM_OK) fail("curl_multi_add_handle");
}

// Waits until a request is over, and returns its slot.
static Slot *finished(void) {
    for (;;) {
        int running, left;
        // Takes all finished requests first: curl_multi_perform goes through every request.
        CURLMsg *news = curl_multi_info_read(multi, &left);
        if (!news) {
            curl_multi_perform(multi, &running);
            news = curl_multi_info_read(multi, &left);
        }
        if (!news) {
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
            continue;
        }
        if (news->msg != CURLMSG_DONE) continue;
        if (news->data.result != CURLE_OK) fail(curl_easy_strerror(news->data.result));
        Slot *slot;
        long status;
        curl_easy_getinfo(news->easy_handle, CURLINFO_PRIVATE, &slot);
        curl_easy_getinfo(news->easy_handle, CURLINFO_RESPONSE_CODE, &status);
        if (status != 200) refused++;
        curl_multi_remove_handle(multi, slot->easy);
        times[done++] = now() - slot->began;
        return slot;
    }
}

static int by_value(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static void report(double seconds) {
    qsort(times, done, sizeof *times, by_value);
    printf("%.4f %ld %.3f %.3f\n", seconds, refused, times[done / 2] * 1e3, times[done - 1 - done / 100] * 1e3);
}

// Sends `count` requests with the bodies that `next` returns, and keeps all slots busy.
static void run(long count, const char *(*next)(long, const char **)) {
    long begun = 0, underway = 0;
    const char *signature = NULL;
    for (int i = 0; i < concurrency && begun < count; i++, begun++, underway++) {
        const char *body = next(begun, &signature);
        post(&slots[i], body, signature, begun);
    }
    while (underway > 0) {
        Slot *slot = finished();
        underway--;
        if (begun < count) {
            const char *body = next(begun, &signature);
            post(slot, body, signature, begun++);
            underway++;
        }
    }
}

static const char *same(long number, const char **signature) { return message; }

static const char *nothing(long number, const char **signature) { return NULL; }

static char **bodies, **signatures;

static const char *line_of(long number, const char **signature) {
    *signature = signatures[number];
    return bodies[number];
}

static long read_lines(const char *file) {
    FILE *in = fopen(file, "r");
    if (!in) fail("cannot read the file");
    size_t capacity = 1 << 16, room = 0;
    bodies = malloc(capacity * sizeof *bodies);
    signatures = malloc(capacity * sizeof *signatures);
    char *line = NULL;
    long count = 0;
    ssize_t length;
    while ((length = getline(&line, &room, in)) > 0) {
        line[length - 1] = 0;
        char *tab = strchr(line, '\t');
        if (!tab) fail("a line without a tab");
        *tab = 0;
        if (count == (long)capacity) {
            capacity *= 2;
            bodies = realloc(bodies, capacity * sizeof *bodies);
            signatures = realloc(signatures, capacity * sizeof *signatures);
        }
        char header[200];
        snprintf(header, sizeof header, "X-Hub-Signature-256: %s", line);
        signatures[count] = strdup(header);
        bodies[count++] = strdup(tab + 1);
    }
    fclose(in);
    return count;
}

static sqlite3 *db;

static void sql(const char *text) {
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK) fail(sqlite3_errmsg(db));
}

static sqlite3_stmt *statement(const char *text) {
    sqlite3_stmt *made;
    if (sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &made, NULL) != SQLITE_OK) fail(sqlite3_errmsg(db));
    return made;
}

static void fill(const char *file, long count) {
    if (sqlite3_open(file, &db) != SQLITE_OK) fail("cannot open the database");
    sql("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE job (id INTEGER PRIMARY KEY, due INTEGER NOT NULL, claimed_at INTEGER) STRICT;"
        "CREATE INDEX job_due ON job (due) WHERE claimed_at IS NULL;"
        "CREATE TABLE delivery (job INTEGER PRIMARY KEY, at INTEGER NOT NULL, message TEXT NOT NULL) STRICT;"
        "BEGIN");
    sqlite3_stmt *insert = statement("INSERT INTO job (due) VALUES (?)");
    for (long i = 0; i < count; i++) {
        sqlite3_bind_int64(insert, 1, i);
        if (sqlite3_step(insert) != SQLITE_DONE) fail(sqlite3_errmsg(db));
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    sql("COMMIT");
}

// Claims a batch, posts it, and records the results in a transaction of its own.
static void drain(long count, int batch) {
    sqlite3_stmt *claim = statement(
        "UPDATE job SET claimed_at = ?1 WHERE id IN (SELECT id FROM job WHERE claimed_at IS NULL AND due <= ?2 "
        "ORDER BY due LIMIT ?3) AND claimed_at IS NULL RETURNING id");
    sqlite3_stmt *end = statement("DELETE FROM job WHERE id = ?1 AND claimed_at = ?2");
    sqlite3_stmt *record = statement("INSERT INTO delivery (job, at, message) VALUES (?1, ?2, 'm_1')");
    long *claimed = malloc(batch * sizeof *claimed), *over = malloc(batch * sizeof *over);
    long recorded = 0;
    while (recorded < count) {
        int taken = 0;
        sqlite3_bind_int64(claim, 1, 1);
        sqlite3_bind_int64(claim, 2, count);
        sqlite3_bind_int64(claim, 3, batch);
        while (sqlite3_step(claim) == SQLITE_ROW) claimed[taken++] = sqlite3_column_int64(claim, 0);
        sqlite3_reset(claim);
        int begun = 0, ended = 0;
        for (int i = 0; i < concurrency && begun < taken; i++, begun++) post(&slots[i], message, NULL, claimed[begun]);
        while (ended < taken) {
            Slot *slot = finished();
            over[ended++] = slot->job;
            if (begun < taken) {
                post(slot, message, NULL, claimed[begun]);
                begun++;
            }
        }
        sql("BEGIN IMMEDIATE");
        for (int i = 0; i < ended; i++) {
            sqlite3_bind_int64(end, 1, over[i]);
            sqlite3_bind_int64(end, 2, 1);
            sqlite3_step(end);
            if (sqlite3_changes(db) != 1) fail("a claim was not owned");
            sqlite3_reset(end);
            sqlite3_bind_int64(record, 1, over[i]);
            sqlite3_bind_int64(record, 2, 1);
            if (sqlite3_step(record) != SQLITE_DONE) fail(sqlite3_errmsg(db));
            sqlite3_reset(record);
        }
        sql("COMMIT");
        recorded += ended;
    }
}

int main(int count, char **arguments) {
    if (count < 3) fail("usage: see the source");
    url = arguments[2];
    double began = 0;
    if ((strcmp(arguments[1], "http") == 0 || strcmp(arguments[1], "get") == 0) && count == 5) {
        long number = atol(arguments[3]);
        concurrency = atoi(arguments[4]);
        times = malloc(number * sizeof *times);
        open_slots();
        began = now();
        run(number, arguments[1][0] == 'g' ? nothing : same);
    } else if (strcmp(arguments[1], "store") == 0 && count == 7) {
        long number = atol(arguments[3]);
        concurrency = atoi(arguments[4]);
        times = malloc(number * sizeof *times);
        open_slots();
        fill(arguments[6], number);
        began = now();
        drain(number, atoi(arguments[5]));
    } else if (strcmp(arguments[1], "load") == 0 && count == 5) {
        concurrency = atoi(arguments[3]);
        long number = read_lines(arguments[4]);
        times = malloc(number * sizeof *times);
        open_slots();
        began = now();
        run(number, line_of);
    } else {
        fail("usage: see the source");
    }
    report(now() - began);
    return 0;
}
