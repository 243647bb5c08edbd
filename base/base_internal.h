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
    bool wait; /* keep them until the parent takes them */
    size_t errors;
    struct qry_waiting *first, *last;
};

struct qry_reports *qry_ctx_reports(qry_ctx *ctx);
const struct qry_reports *qry_ctx_reports_const(const qry_ctx *ctx);
/* Hands waiting diagnostics to another context, in order. */
void qry_reports_pass_on(struct qry_reports *from, qry_ctx *to);
/* Writes waiting diagnostics to standard error: the process is about to end. */
void qry_reports_flush(struct qry_reports *reports);
void qry_reports_free(struct qry_reports *reports);

/* Bytes that the machine can still give, by the system's own account and within the limits of the process and of its
 * control groups (memory.c). */
size_t qry_memory_available(void);
/* Bytes that the control groups named in the file `membership` (/proc/self/cgroup) leave, by the files below `mount`
 * (/sys/fs/cgroup); SIZE_MAX without a limit (memory.c). */
size_t qry_memory_group_room(const char *membership, const char *mount);

/* qry_type_round of an integer in the range of int64_t or uint64_t, exactly (fixed.c). */
int64_t qry_type_round_integer(qry_type type, qry_i128 value, bool *saturated);

/* A file being read from its beginning to its end (input.c). */
typedef struct qry_input {
    qry_ctx *ctx;
    char *path;     /* as messages show it */
    qry_span where; /* of messages */
    int fd;
    bool standard; /* not ours to close */
    bool sized;    /* a regular file: its size is known beforehand */
    uint64_t size; /* what there is to read if it is, else 0 */
    /* What is read in place of a file if not NULL: as read does it, but reports what fails. */
    int64_t (*pull)(struct qry_input *input, void *bytes, size_t length);
    void *from;
} qry_input;

/* "-" is standard input. NULL after a report. A give-up closes it. */
qry_input *qry_input_open(qry_ctx *ctx, const char *path, qry_span where);
void qry_input_close(qry_input *input);
/* Reads `length` bytes; *got is less only at the end of the file. False after a report. */
bool qry_input_read(qry_input *input, void *bytes, size_t length, size_t *got);
/* Reports "cannot read PATH: ..." at the place that asked for the file. */
void qry_input_error(qry_input *input, const char *hint, const char *format, ...) QRY_PRINTF(3, 4);

/* Returns a source's memory early: no diagnostic may point into it. */
void qry_source_drop(qry_ctx *ctx, const qry_source *source);

/* qry_output_open; named: with a temporary file that has a name from the start, as on file systems that cannot do
 * without (output.c). */
qry_output *qry_output_start(qry_ctx *ctx, const char *path, bool named);

#endif
