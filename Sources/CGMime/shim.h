#include <gmime/gmime.h>

// GObject's casts, type checks and g_object_unref are macros, which Swift cannot call.

// Embedded messages stay leaves. GMime would parse the addresses in their headers, and its parser of addresses calls itself
// for each group in a group: a long header would overflow the stack.
static inline void dripd_mime_init(void) {
    g_mime_init();
    g_mime_object_register_type("message", "rfc822", GMIME_TYPE_PART);
    g_mime_object_register_type("message", "rfc2822", GMIME_TYPE_PART);
    g_mime_object_register_type("message", "global", GMIME_TYPE_PART);
    g_mime_object_register_type("message", "news", GMIME_TYPE_PART);
}

static inline void dripd_mime_unref(void *object) {
    g_object_unref(object);
}

// Returns a new object, or NULL if the bytes do not begin with a header. It has the fields of the message, too; a
// GMimeMessage would parse the addresses in them.
static inline GMimeObject *dripd_mime_parse(const void *bytes, size_t count) {
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer((const char *)bytes, count);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeObject *object = g_mime_parser_construct_part(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    return object;
}

// Also if the content type is not well-formed, for which GMime gives application/octet-stream.
static inline gboolean dripd_mime_is_text(GMimeObject *object) {
    return GMIME_IS_TEXT_PART(object);
}

static inline int dripd_mime_child_count(GMimeObject *object) {
    return GMIME_IS_MULTIPART(object) ? g_mime_multipart_get_count(GMIME_MULTIPART(object)) : 0;
}

// The parent owns the child.
static inline GMimeObject *dripd_mime_child(GMimeObject *object, int index) {
    return g_mime_multipart_get_part(GMIME_MULTIPART(object), index);
}

// Returns a new array with the content, without its transfer encoding; NULL if the object is not a leaf or has none.
static inline GByteArray *dripd_mime_content(GMimeObject *object) {
    GMimeDataWrapper *content = GMIME_IS_PART(object) ? g_mime_part_get_content(GMIME_PART(object)) : NULL;
    if (!content) return NULL;
    GByteArray *bytes = g_byte_array_new();
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    g_mime_data_wrapper_write_to_stream(content, stream);
    g_object_unref(stream);
    return bytes;
}

// Returns a new array with the text in UTF-8, or NULL if the charset is unknown. Bytes that are invalid in the charset
// are left out.
static inline GByteArray *dripd_mime_utf8(const void *text, size_t count, const char *charset) {
    GMimeFilter *filter = g_mime_filter_charset_new(charset, "utf-8");
    if (!filter) return NULL;
    GByteArray *bytes = g_byte_array_new();
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    GMimeStream *filtered = g_mime_stream_filter_new(stream);
    g_mime_stream_filter_add(GMIME_STREAM_FILTER(filtered), filter);
    g_mime_stream_write(filtered, (const char *)text, count);
    g_mime_stream_flush(filtered);
    g_object_unref(filtered);
    g_object_unref(filter);
    g_object_unref(stream);
    return bytes;
}

// Returns a new string: the value of a header field in UTF-8 without its folds and encoded words.
static inline char *dripd_mime_header_text(const char *raw) {
    char *unfolded = g_mime_utils_header_unfold(raw);
    char *text = g_mime_utils_header_decode_text(NULL, unfolded);
    g_free(unfolded);
    return text;
}

// Returns a new string: the first address of a list, apart from those in groups; NULL if there is none. The value must be
// short: see dripd_mime_init.
static inline char *dripd_mime_first_address(const char *value) {
    InternetAddressList *list = internet_address_list_parse(NULL, value);
    char *found = NULL;
    for (int i = 0; list && !found && i < internet_address_list_length(list); i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_MAILBOX(address))
            found = g_strdup(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)));
    }
    if (list) g_object_unref(list);
    return found;
}

static inline void dripd_mime_free(void *memory) {
    g_free(memory);
}

static inline void dripd_mime_free_array(GByteArray *array) {
    g_byte_array_free(array, TRUE);
}
