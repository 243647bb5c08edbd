/* saved.c: rows from a saved state of the low-rank kernel: the pipeline without keys and values. */
#include "runtime/attend/pipeline.h"

bool qry_attend_save(const qry_attend *attend, const char *path)
{
    if (attend->options.method != QRY_ATTEND_NYSTROM || attend->options.causal) {
        qry_error(attend->ctx, "only the method nystrom has a state to save, and not of causal rows: these need sums "
                               "over the keys before each");
        return false;
    }
    return qry_nystrom_save(attend->nystrom, attend->head, &attend->facts, path);
}

qry_attend *qry_attend_load(qry_ctx *ctx, const char *path, const qry_array *q, const qry_attend_options *options)
{
    qry_attend *attend = qry_alloc(ctx, 1, sizeof *attend);
    *attend = (qry_attend){.ctx = ctx};
    attend->options = (qry_attend_options){.method = QRY_ATTEND_NYSTROM,
                                           .run = options->run,
                                           .threads = options->threads,
                                           .ranks = options->ranks,
                                           .progress = options->progress,
                                           .progress_state = options->progress_state};
    qry_attend_facts *f = &attend->facts;
    *f = (qry_attend_facts){.stage = attend->stage, .mode = "none"};
    attend->nystrom = qry_nystrom_load(ctx, path, q, f, &attend->head);
    if (!attend->nystrom) {
        qry_attend_free(attend);
        return NULL;
    }
    for (size_t i = 0; i < f->stage_count; i++) {
        f->operations += f->stage[i].operations;
        f->seconds += f->stage[i].seconds;
    }
    f->row_operations = qry_low_rank_operations(f);
    return attend;
}
