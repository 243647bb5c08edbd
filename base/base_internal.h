/* base_internal.h: what the files of base/ share and nobody else sees. */
#ifndef QRY_BASE_INTERNAL_H
#define QRY_BASE_INTERNAL_H

#include "base.h"

/* The diagnostics of a context (report.c). Waiting ones are plain malloc memory: a report must not need the
 * memory whose lack it reports; when even that fails the diagnostic goes to standard error at once. */
struct qry_waiting;
struct qry_reports {
    qry_sink *sink;
    void *state;
    bool color;
    bool wait; /* keep them until the parent takes them */
    size_t errors, shown;
    struct qry_waiting *first, *last;
};

struct qry_reports *qry_ctx_reports(qry_ctx *ctx);
const struct qry_reports *qry_ctx_reports_const(const qry_ctx *ctx);
/* Hands waiting diagnostics to another context, in order. */
void qry_reports_pass_on(struct qry_reports *from, qry_ctx *to);
/* Writes waiting diagnostics to standard error: the process is about to end. */
void qry_reports_flush(struct qry_reports *reports);
void qry_reports_free(struct qry_reports *reports);

#endif
