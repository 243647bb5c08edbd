/* halfspace.h: points of a space, of which those on one side of a plane are reported. Private to runtime/.
 *
 * Points come and go (Bentley and Saxe 1980: static trees of doubling size, merged when points are added, rebuilt when half
 * of them are gone). A tree halves its points again and again; a node knows a ball around them, and so what no score of theirs
 * can be above or below. README.md proves that reports are those of a plain scan, rounding included.
 *
 *   halfspace.c  points that come and go
 *   ball_tree.c  a static tree
 *   report.c     reports
 *
 * Ownership: what a _new makes belongs to the context it is given. Points stay the caller's, at their place. A qry_halfspace that
 * nobody changes may be asked by several threads, each with hits of its own. Errors: all may give up for memory; a
 * qry_halfspace that gave up while it changed may only be freed. */
#ifndef QRY_RUNTIME_HALFSPACE_H
#define QRY_RUNTIME_HALFSPACE_H

#include "runtime/linalg.h"

typedef struct qry_halfspace qry_halfspace;

qry_halfspace *qry_halfspace_new(qry_ctx *ctx, size_t width);
void qry_halfspace_free(qry_halfspace *h);
/** Point `id`, `width` finite numbers; there is none of that id. Amortised O(width log^2 points). Memory is as large as the
 *  largest id. */
void qry_halfspace_insert(qry_halfspace *h, uint32_t id, const double *point);
/** The rows of a matrix as points first, first + 1, ...: the same, but all in one tree. */
void qry_halfspace_insert_rows(qry_halfspace *h, uint32_t first, qry_matrix points);
/** False if there is no such point. */
bool qry_halfspace_remove(qry_halfspace *h, uint32_t id);
/** How many points there are. */
size_t qry_halfspace_count(const qry_halfspace *h);

typedef struct qry_halfspace_hit {
    uint32_t id;
    double score; /* qry_dot of direction and point; NAN: not computed, but known to be at or above the threshold */
} qry_halfspace_hit;

/** What a report found, and what it took. */
typedef struct qry_halfspace_hits {
    qry_ctx *ctx;
    qry_halfspace_hit *hit;
    size_t count, room;
    uint64_t nodes;                          /* of which the score of the centre was computed */
    uint64_t scores;                         /* of points, computed */
    struct qry_halfspace_item *queue, *kept; /* while it is being made */
    size_t queue_count, queue_room, kept_count, kept_room;
} qry_halfspace_hits;

qry_halfspace_hits *qry_halfspace_hits_new(qry_ctx *ctx);
void qry_halfspace_hits_free(qry_halfspace_hits *hits);

/** All points with id < end whose score is at least the threshold, in no particular order. */
void qry_halfspace_query(const qry_halfspace *h, const double *direction, double threshold, size_t end,
                         qry_halfspace_hits *hits);
/** All points with id < end whose score is at least the highest of these less `drop` (from 0), in no particular order. */
void qry_halfspace_within(const qry_halfspace *h, const double *direction, double drop, size_t end,
                          qry_halfspace_hits *hits);
/** The `count` points of highest score with id < end, all if there are no more; highest first, of equals the least id. */
void qry_halfspace_best(const qry_halfspace *h, const double *direction, size_t count, size_t end,
                        qry_halfspace_hits *hits);

#endif
