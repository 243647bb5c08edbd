/* report.c: diagnostics, from the function that found the trouble to the person who reads it. */
#include "base_internal.h"

#include <stdlib.h>
#include <string.h>

/* A diagnostic that waits in a forked context; its texts follow it in the same piece of memory. */
struct qry_waiting {
    struct qry_waiting *next;
    qry_diagnostic diagnostic;
    char text[];
};

static const char *const severity_name[] = {[QRY_ERROR] = "error", [QRY_WARNING] = "warning", [QRY_NOTE] = "note"};
static const char *const severity_color[] = {
    [QRY_ERROR] = "\033[1;31m", [QRY_WARNING] = "\033[1;35m", [QRY_NOTE] = "\033[1;36m"};

enum { LINE_SHOWN = 160, LINE_BEFORE = 60 }; /* bytes of a longer line that are shown, and how many before the place */

static bool continues(char c) { return ((unsigned char)c & 0xc0) == 0x80; } /* within a UTF-8 character */

/* Text from .. to-1 on its way to the screen. Control characters, which could move the cursor or worse, become question
 * marks: those of ASCII, and those that Unicode has as U+0080 to U+009F. */
static void print_text(FILE *stream, const char *text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        unsigned char c = (unsigned char)text[i];
        bool unicode = c == 0xc2 && i + 1 < to && ((unsigned char)text[i + 1] & 0xe0) == 0x80;
        putc((c < 32 && c != '\t') || c == 127 || unicode ? '?' : c, stream);
        i += unicode;
    }
}

static void print_all(FILE *stream, const char *text) { print_text(stream, text, 0, strlen(text)); }

/* The source line, or a stretch of a long one, with a caret line under it. Tabs are kept in the caret line so that
 * columns agree. */
static void print_excerpt(FILE *stream, const qry_span *span, size_t line, bool color)
{
    const char *text = span->source->text;
    size_t start = span->offset < span->source->length ? span->offset : span->source->length;
    while (start > 0 && text[start - 1] != '\n')
        start--;
    size_t end = start;
    while (end < span->source->length && text[end] != '\n' && text[end] != '\r')
        end++;
    size_t at = span->offset < end ? span->offset : end, from = start, to = end;
    if (end - start > LINE_SHOWN) {
        from = at - start > LINE_BEFORE ? at - LINE_BEFORE : start;
        to = end - from > LINE_SHOWN ? from + LINE_SHOWN : end;
        while (from > start && continues(text[from]))
            from--;
        while (to < end && continues(text[to]))
            to++;
    }
    fprintf(stream, "%5zu | %s", line, from > start ? "..." : "");
    print_text(stream, text, from, to);
    fprintf(stream, "%s\n      | %s", to < end ? "..." : "", from > start ? "   " : "");
    for (size_t i = from; i < at; i++)
        if (!continues(text[i]))
            putc(text[i] == '\t' ? '\t' : ' ', stream);
    fprintf(stream, "%s^", color ? "\033[1;32m" : "");
    for (size_t i = at + 1; i < to && i - at < span->length; i++)
        if (!continues(text[i]))
            putc('~', stream);
    fprintf(stream, "%s\n", color ? "\033[0m" : "");
}

void qry_diagnostic_print(FILE *stream, const qry_diagnostic *d, bool color)
{
    const qry_source *source = d->span.source;
    size_t line = 0, column = 0;
    print_all(stream, source ? source->name : "quarry");
    if (source) {
        qry_source_position(source, d->span.offset, &line, &column);
        fprintf(stream, ":%zu:%zu", line, column);
    }
    fprintf(stream, ": %s%s:%s ", color ? severity_color[d->severity] : "", severity_name[d->severity],
            color ? "\033[0m" : "");
    print_all(stream, d->message);
    putc('\n', stream);
    if (source)
        print_excerpt(stream, &d->span, line, color);
    if (d->hint) {
        fputs("  hint: ", stream);
        print_all(stream, d->hint);
        putc('\n', stream);
    }
}

static bool keep(struct qry_reports *reports, const qry_diagnostic *d)
{
    size_t message = strlen(d->message) + 1, hint = d->hint ? strlen(d->hint) + 1 : 0;
    struct qry_waiting *w = malloc(sizeof *w + message + hint);
    if (!w)
        return false;
    memcpy(w->text, d->message, message);
    if (d->hint)
        memcpy(w->text + message, d->hint, hint);
    w->diagnostic = *d;
    w->diagnostic.message = w->text;
    w->diagnostic.hint = d->hint ? w->text + message : NULL;
    w->next = NULL;
    if (reports->last)
        reports->last->next = w;
    else
        reports->first = w;
    reports->last = w;
    return true;
}

static void deliver(struct qry_reports *reports, const qry_diagnostic *d)
{
    if (reports->wait && keep(reports, d))
        return;
    if (reports->sink && !reports->wait)
        reports->sink(reports->state, d);
    else
        qry_diagnostic_print(stderr, d, false);
}

/* Counts errors that nobody gets to see; the first of them leaves a note. A waiting context says nothing: its parent
 * counts again. */
static void count_unseen(struct qry_reports *reports, size_t errors)
{
    _Static_assert(QRY_MAX_ERRORS == 20, "the note names the number");
    static const qry_diagnostic more = {QRY_NOTE, {0}, "there are more errors; only the first 20 are shown", NULL};
    bool first = errors && reports->errors <= QRY_MAX_ERRORS;
    reports->errors += errors;
    if (first && !reports->wait)
        deliver(reports, &more);
}

void qry_report(qry_ctx *ctx, const qry_diagnostic *d)
{
    struct qry_reports *reports = qry_ctx_reports(ctx);
    if (d->severity == QRY_ERROR && reports->errors >= QRY_MAX_ERRORS)
        count_unseen(reports, 1);
    else if (d->severity != QRY_NOTE || reports->errors <= QRY_MAX_ERRORS) { /* a note belongs to what came before it */
        reports->errors += d->severity == QRY_ERROR;
        deliver(reports, d);
    }
}

static void print_waiting(void *stream, const qry_diagnostic *d) { qry_diagnostic_print(stream, d, false); }

static void drain(struct qry_reports *reports, void (*take)(void *, const qry_diagnostic *), void *state)
{
    while (reports->first) {
        struct qry_waiting *w = reports->first;
        reports->first = w->next;
        take(state, &w->diagnostic);
        free(w);
    }
    reports->last = NULL;
}

static void report_to(void *ctx, const qry_diagnostic *d) { qry_report(ctx, d); }
static void drop(void *nothing, const qry_diagnostic *d) { (void)nothing, (void)d; }

void qry_reports_pass_on(struct qry_reports *from, qry_ctx *to)
{
    size_t unseen = from->errors > QRY_MAX_ERRORS ? from->errors - QRY_MAX_ERRORS : 0;
    drain(from, report_to, to);
    count_unseen(qry_ctx_reports(to), unseen);
    from->errors = 0; /* nothing is passed on twice */
}

void qry_reports_flush(struct qry_reports *reports) { drain(reports, print_waiting, stderr); }
void qry_reports_free(struct qry_reports *reports) { drain(reports, drop, NULL); }

/* Formats into fixed memory: a message is never the reason for another failure. Overlong ones end in "...", and what
 * is not printable in a path or a piece of a file does not reach the terminal. */
static void report_formatted(qry_ctx *ctx, qry_severity severity, qry_span span, const char *hint, const char *format,
                             va_list list)
{
    char message[1024];
    int length = vsnprintf(message, sizeof message, format, list);
    if (length >= (int)sizeof message)
        memcpy(message + sizeof message - 4, "...", 4);
    for (char *c = message; *c; c++)
        if ((unsigned char)*c < 32 || *c == 127)
            *c = '?';
    qry_report(ctx, &(qry_diagnostic){severity, span, message, hint});
}

void qry_error_at(qry_ctx *ctx, qry_span span, const char *hint, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    report_formatted(ctx, QRY_ERROR, span, hint, format, list);
    va_end(list);
}

void qry_error(qry_ctx *ctx, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    report_formatted(ctx, QRY_ERROR, (qry_span){0}, NULL, format, list);
    va_end(list);
}

void qry_warning(qry_ctx *ctx, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    report_formatted(ctx, QRY_WARNING, (qry_span){0}, NULL, format, list);
    va_end(list);
}

size_t qry_error_count(const qry_ctx *ctx) { return qry_ctx_reports_const(ctx)->errors; }

void qry_ctx_on_diagnostic(qry_ctx *ctx, qry_sink *sink, void *state)
{
    struct qry_reports *reports = qry_ctx_reports(ctx);
    reports->sink = sink;
    reports->state = state;
}
