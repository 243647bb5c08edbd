/* csv.c: numbers in text, a row a line. Both the shape and the kind show only while reading, so the numbers are kept as
 * integers until the first one that is none. */
#include "base_internal.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    qry_ctx *ctx;
    const qry_source *source;
    size_t at, end; /* of the line, its comment left out */
    locale_t locale;
    bool integers; /* so far */
    union {
        int64_t *integer;
        double *real;
    } item;
    size_t count, room;
    size_t rows, columns;
};

static bool wrong(struct reader *r, size_t from, size_t to, const char *hint, const char *message)
{
    qry_error_at(r->ctx, (qry_span){r->source, from, to > from ? to - from : 1}, hint, "%s", message);
    return false;
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && is_blank(r->source->text[r->at]))
        r->at++;
}

static size_t skip_digits(const char *text, size_t at, size_t end)
{
    while (at < end && is_digit(text[at]))
        at++;
    return at;
}

/* The end of a number [+|-] digits [. digits] [e [+|-] digits] that begins at r->at, or r->at if there is none;
 * *integer: it has neither point nor exponent. */
static size_t match_number(const struct reader *r, bool *integer)
{
    const char *text = r->source->text;
    size_t at = r->at, end = r->end;
    at += at < end && (text[at] == '+' || text[at] == '-');
    size_t start = at;
    at = skip_digits(text, at, end);
    size_t digits = at - start;
    *integer = true;
    if (at < end && text[at] == '.') {
        *integer = false;
        start = ++at;
        at = skip_digits(text, at, end);
        digits += at - start;
    }
    if (digits == 0)
        return r->at;
    if (at < end && (text[at] == 'e' || text[at] == 'E')) {
        size_t exponent = at + 1;
        exponent += exponent < end && (text[exponent] == '+' || text[exponent] == '-');
        if (skip_digits(text, exponent, end) > exponent) {
            *integer = false;
            at = skip_digits(text, exponent, end);
        }
    }
    return at;
}

/* The value of digits with a sign; false when it does not fit. */
static bool to_integer(const char *text, size_t length, int64_t *value)
{
    bool minus = text[0] == '-';
    *value = 0;
    for (size_t i = text[0] == '-' || text[0] == '+'; i < length; i++) {
        int digit = text[i] - '0';
        if (QRY_MUL_OVERFLOWS(*value, 10, value) || QRY_ADD_OVERFLOWS(*value, minus ? -digit : digit, value))
            return false;
    }
    return true;
}

/* From here on the numbers are reals. */
static void become_real(struct reader *r)
{
    for (size_t i = 0; i < r->count; i++) {
        double real = (double)r->item.integer[i];
        memcpy(&r->item.real[i], &real, sizeof real);
    }
    r->integers = false;
}

/* Stores the number in text from .. to-1. The text of a source ends with a zero, so that strtod stays inside. */
static bool store(struct reader *r, size_t from, size_t to, bool integer)
{
    const char *text = r->source->text + from;
    QRY_GROW(r->ctx, r->item.integer, r->room, r->count + 1);
    int64_t value;
    if (r->integers && integer && to_integer(text, to - from, &value)) {
        r->item.integer[r->count++] = value;
        return true;
    }
    if (r->integers)
        become_real(r);
    char *end;
    double real = strtod_l(text, &end, r->locale);
    qry_must(end == text + (to - from));
    if (!isfinite(real))
        return wrong(r, from, to, NULL, "this number is too large for 64 bits");
    r->item.real[r->count++] = real;
    return true;
}

/* A number is missing at r->at, or something else stands there. */
static bool no_number(struct reader *r)
{
    const char *text = r->source->text;
    size_t to = r->at;
    while (to < r->end && text[to] != ',' && !is_blank(text[to]))
        to++;
    if (to == r->at)
        return wrong(r, to, to, "every line has as many numbers as the first, with commas between them",
                     "a number is missing");
    return wrong(r, r->at, to, r->rows == 0 ? "numbers only; a line of names must begin with #" : NULL,
                 "this is not a number");
}

static bool read_row(struct reader *r)
{
    size_t columns = 0, start = r->at;
    for (;;) {
        skip_blanks(r);
        size_t from = r->at;
        bool integer;
        size_t to = match_number(r, &integer);
        if (to == from || (to < r->end && r->source->text[to] != ',' && !is_blank(r->source->text[to])))
            return no_number(r);
        if (!store(r, from, to, integer))
            return false;
        columns++;
        r->at = to;
        skip_blanks(r);
        if (r->at == r->end)
            break;
        if (r->source->text[r->at] != ',')
            return wrong(r, r->at, r->at, NULL, "a comma is missing");
        r->at++;
    }
    if (r->rows > 0 && columns != r->columns) {
        char message[128];
        snprintf(message, sizeof message, "this line has %zu number%s, the first one %zu", columns,
                 columns == 1 ? "" : "s", r->columns);
        return wrong(r, start, r->end, NULL, message);
    }
    r->columns = columns;
    r->rows++;
    return true;
}

/* Sets r->at and r->end to what the line from start to end has before a comment; false when that is nothing. */
static bool find_row(struct reader *r, size_t start, size_t end)
{
    const qry_source *source = r->source;
    r->at = start;
    r->end = end;
    const char *comment = memchr(source->text + r->at, '#', r->end - r->at);
    if (comment)
        r->end = (size_t)(comment - source->text);
    else if (r->end > r->at && source->text[r->end - 1] == '\r')
        r->end--;
    while (r->end > r->at && is_blank(source->text[r->end - 1]))
        r->end--;
    skip_blanks(r);
    return r->at < r->end;
}

static bool read_rows(struct reader *r)
{
    const qry_source *source = r->source;
    for (size_t start = 0, end; start <= source->length; start = end + 1) {
        const char *line_end = memchr(source->text + start, '\n', source->length - start);
        end = line_end ? (size_t)(line_end - source->text) : source->length;
        qry_check_interrupt(r->ctx);
        if (find_row(r, start, end) && !read_row(r))
            return false;
    }
    return true;
}

static qry_array *make_array(struct reader *r)
{
    qry_array *array = qry_alloc(r->ctx, 1, sizeof *array);
    *array = (qry_array){.kind = r->integers ? QRY_ARRAY_SIGNED : QRY_ARRAY_REAL,
                         .dims = r->columns == 1 ? 1 : 2,
                         .shape = {r->rows, r->columns == 1 ? 0 : r->columns},
                         .count = r->count};
    array->item.integer = qry_resize(r->ctx, r->item.integer, r->count, sizeof *r->item.integer);
    return array;
}

qry_array *qry_csv_read(qry_ctx *ctx, const char *path, qry_span where)
{
    struct reader r = {.ctx = ctx, .integers = true};
    r.source = qry_source_load(ctx, path, where);
    if (!r.source)
        return NULL;
    r.locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* 0.5 has a point in every country */
    qry_must(r.locale);
    bool good = read_rows(&r);
    freelocale(r.locale);
    if (good && r.rows > 0) {
        qry_source_drop(ctx, r.source);
        return make_array(&r);
    }
    if (good)
        qry_error_at(ctx, where, NULL, "cannot read %s: it has no numbers", path);
    qry_free(ctx, r.item.integer);
    return NULL;
}
