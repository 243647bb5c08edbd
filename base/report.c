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

static const char *const severity_name[] = {"error", "warning", "note"};
static const char *const severity_color[] = {"\033[1;31m", "\033[1;35m", "\033[1;36m"};

/* The source line with a caret line under it. Tabs are kept in the caret line so that columns agree. */
static void print_excerpt(FILE *stream, const qry_span *span, size_t line, bool color)
{
    const qry_source *source = span->source;
    size_t from = source->lines[line - 1], to = from;
    while (to < source->length && source->text[to] != '\n' && source->text[to] != '\r')
        to++;
    if (to - from > 2000)
        return; /* a line that long helps nobody */
    fprintf(stream, "%5zu | %.*s\n      | ", line, (int)(to - from), source->text + from);
    for (size_t i = from; i < span->offset && i < to; i++) {
        unsigned char c = (unsigned char)source->text[i];
        if ((c & 0xc0) != 0x80)
            putc(c == '\t' ? '\t' : ' ', stream);
    }
    fprintf(stream, "%s^", color ? "\033[1;32m" : "");
    for (size_t i = span->offset + 1; i < span->offset + span->length && i < to; i++)
        if (((unsigned char)source->text[i] & 0xc0) != 0x80)
            putc('~', stream);
    fprintf(stream, "%s\n", color ? "\033[0m" : "");
}

void qry_diagnostic_print(FILE *stream, const qry_diagnostic *d, bool color)
{
    const char *on = color ? severity_color[d->severity] : "", *off = color ? "\033[0m" : "";
    if (d->span.source) {
        size_t line, column;
        qry_source_position(d->span.source, d->span.offset, &line, &column);
        fprintf(stream, "%s:%zu:%zu: %s%s:%s %s\n", d->span.source->name, line, column, on, severity_name[d->severity],
                off, d->message);
        print_excerpt(stream, &d->span, line, color);
    } else
        fprintf(stream, "quarry: %s%s:%s %s\n", on, severity_name[d->severity], off, d->message);
    if (d->hint)
        fprintf(stream, "  hint: %s\n", d->hint);
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

void qry_report(qry_ctx *ctx, const qry_diagnostic *d)
{
    struct qry_reports *reports = qry_ctx_reports(ctx);
    if (d->severity == QRY_ERROR && ++reports->errors > QRY_MAX_ERRORS) {
        if (reports->errors > QRY_MAX_ERRORS + 1)
            return;
        static const qry_diagnostic more = {QRY_NOTE, {0}, "there are more errors; only the first 20 are shown", NULL};
        d = &more;
    }
    if (reports->wait && keep(reports, d))
        return;
    if (reports->sink && !reports->wait)
        reports->sink(reports->state, d);
    else
        qry_diagnostic_print(stderr, d, reports->color);
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

void qry_reports_pass_on(struct qry_reports *from, qry_ctx *to) { drain(from, report_to, to); }
void qry_reports_flush(struct qry_reports *reports) { drain(reports, print_waiting, stderr); }
void qry_reports_free(struct qry_reports *reports) { drain(reports, drop, NULL); }

/* Formats into fixed memory: a message is never the reason for another failure. Overlong ones end in "...".
 */
static void report_formatted(qry_ctx *ctx, qry_severity severity, qry_span span, const char *hint, const char *format,
                             va_list list)
{
    char message[1024];
    int length = vsnprintf(message, sizeof message, format, list);
    if (length >= (int)sizeof message)
        memcpy(message + sizeof message - 4, "...", 4);
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

void qry_ctx_set_color(qry_ctx *ctx, bool color) { qry_ctx_reports(ctx)->color = color; }
