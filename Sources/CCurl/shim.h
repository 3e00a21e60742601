#include <curl/curl.h>

// Swift cannot call variadic C functions, so each value type of libcurl's options has a function of its own. The
// parentheses around the name bypass libcurl's type-checking macro: the C parameter types do that check here.

static inline CURLcode dripd_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode dripd_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}

// libcurl copies the text.
static inline CURLcode dripd_set_text(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode dripd_set_pointer(CURL *easy, CURLoption option, void *value) {
    return (curl_easy_setopt)(easy, option, value);
}

// libcurl copies the body. It sends a small body in one write with the headers.
static inline CURLcode dripd_set_body(CURL *easy, const void *bytes, curl_off_t count) {
    CURLcode code = dripd_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, count);
    return code != CURLE_OK ? code : (curl_easy_setopt)(easy, CURLOPT_COPYPOSTFIELDS, bytes ? bytes : "");
}

static inline CURLcode dripd_set_headers(CURL *easy, struct curl_slist *value) {
    return (curl_easy_setopt)(easy, CURLOPT_HTTPHEADER, value);
}

static inline CURLcode dripd_set_before_request(CURL *easy, curl_prereq_callback callback, void *context) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, callback);
    return code != CURLE_OK ? code : (curl_easy_setopt)(easy, CURLOPT_PREREQDATA, context);
}

static inline CURLcode dripd_set_open_socket(CURL *easy, curl_opensocket_callback callback, void *context) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
    return code != CURLE_OK ? code : (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETDATA, context);
}

// Opens the socket that libcurl would open by itself.
static inline curl_socket_t dripd_open_socket(const struct curl_sockaddr *peer) {
    return socket(peer->family, peer->socktype | SOCK_CLOEXEC, peer->protocol);
}

// The address is as long as its family's: its declared type is only its beginning.
static inline const struct sockaddr *dripd_address(const struct curl_sockaddr *peer) {
    return &peer->addr;
}

static inline CURLcode dripd_set_header(CURL *easy, curl_write_callback callback, void *context) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_HEADERFUNCTION, callback);
    return code != CURLE_OK ? code : (curl_easy_setopt)(easy, CURLOPT_HEADERDATA, context);
}

static inline CURLcode dripd_set_write(CURL *easy, curl_write_callback callback, void *context) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_WRITEFUNCTION, callback);
    return code != CURLE_OK ? code : (curl_easy_setopt)(easy, CURLOPT_WRITEDATA, context);
}

static inline CURLcode dripd_allow_only_https(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return (curl_easy_setopt)(easy, CURLOPT_PROTOCOLS_STR, "https");
#else
    return (curl_easy_setopt)(easy, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
}

static inline CURLcode dripd_allow_only_http(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return (curl_easy_setopt)(easy, CURLOPT_PROTOCOLS_STR, "http");
#else
    return (curl_easy_setopt)(easy, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTP);
#endif
}

// Lets a name lookup that timed out end by itself. Otherwise libcurl joins the resolver's thread, and every other transfer
// of the multi handle stalls for as long as the name servers stay silent.
static inline CURLcode dripd_leave_resolver_behind(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return (curl_easy_setopt)(easy, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)easy;
    return CURLE_OK;
#endif
}

static inline CURLcode dripd_get_long(CURL *easy, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(easy, info, value);
}

static inline CURLMcode dripd_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

// `CURLMsg` holds its result in a union.
static inline CURLcode dripd_message_result(const CURLMsg *message) {
    return message->data.result;
}

static inline CURLcode dripd_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

// --- SMTP

static inline CURLcode dripd_allow_only_smtps(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return (curl_easy_setopt)(easy, CURLOPT_PROTOCOLS_STR, "smtps");
#else
    return (curl_easy_setopt)(easy, CURLOPT_PROTOCOLS, (long)CURLPROTO_SMTPS);
#endif
}

static inline CURLcode dripd_allow_only_smtp(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return (curl_easy_setopt)(easy, CURLOPT_PROTOCOLS_STR, "smtp");
#else
    return (curl_easy_setopt)(easy, CURLOPT_PROTOCOLS, (long)CURLPROTO_SMTP);
#endif
}

// STARTTLS, or no connection.
static inline CURLcode dripd_require_tls(CURL *easy) {
    return (curl_easy_setopt)(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
}

static inline CURLcode dripd_set_recipients(CURL *easy, struct curl_slist *value) {
    return (curl_easy_setopt)(easy, CURLOPT_MAIL_RCPT, value);
}

static inline CURLcode dripd_set_read(CURL *easy, curl_read_callback callback, void *context, curl_off_t count) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_READFUNCTION, callback);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_READDATA, context);
    return code != CURLE_OK ? code : dripd_set_offset(easy, CURLOPT_INFILESIZE_LARGE, count);
}

static inline CURLcode dripd_set_debug(CURL *easy, curl_debug_callback callback, void *context) {
    CURLcode code = (curl_easy_setopt)(easy, CURLOPT_DEBUGFUNCTION, callback);
    if (code == CURLE_OK) code = (curl_easy_setopt)(easy, CURLOPT_DEBUGDATA, context);
    return code != CURLE_OK ? code : dripd_set_long(easy, CURLOPT_VERBOSE, 1);
}
