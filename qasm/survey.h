/* survey.h: every definition that a definition reaches, each read once. What the counter, the depth and the printer know
 * before they start. Private to qasm/. */
#ifndef QRY_SURVEY_H
#define QRY_SURVEY_H

#include "qasm/map.h"
#include "qasm/qasm.h"

/** After so many rounds most repeated blocks have found their rhythm (depth.c). */
enum { QRY_SETTLED = 3 };

/** A body, or a section of one, without the sections and calls inside: sections of the same name in the same place are
 *  one part. All numbers are for one run through the body. */
typedef struct qry_part {
    const char *name; /* of the section or definition */
    uint32_t number;
    qry_tally self, whole;          /* whole: with everything inside */
    qry_u128 loads, address_halves; /* of queries, with everything inside */
    uint32_t width;                 /* of a section: the most qubits that going through it once touches */
    size_t first;                   /* of a section: the index of its first operation in the body */
    bool several;                   /* of a section: there are more of that name in its place */
    qry_depth depth;                /* left by qry_survey_depths */
    struct qry_item *items, **last_item;
    struct qry_part *next, *previous; /* of the same body, in the order of first appearance; the body itself first */
} qry_part;

/** A section or call in a part. */
typedef struct qry_item {
    struct qry_item *next;
    qry_part *section;       /* NULL: a call */
    struct qry_body *callee; /* of a call */
    bool inverse;
    bool hands_on;           /* an angle of the caller */
    qry_u128 times, settled; /* settled: the same, with every repeat at most QRY_SETTLED times */
} qry_item;

typedef struct qry_body {
    const qry_definition *definition;
    uint32_t number; /* in the survey, from 0, in the order in which they were met; the start is 0 */
    qry_part *parts, *last_part;
    qry_u128 settled; /* operations with everything called, every repeat at most QRY_SETTLED times */
    /* Whether it, or what it calls, has a measurement, a reset, a condition, a barrier. */
    bool measures, resets, conditions, barriers;
    /* Whether it, or what it calls, has a gate that the portable profile has not: U, gphase, sx, sxdg, or one with controls
     * of its own. */
    bool beyond_portable;
    /* Whether an angle of its own is scaled, by anything but -1, or turns a gate for which 2 pi is not a full turn. */
    bool reshapes_angles;
} qry_body;

typedef struct qry_survey {
    qry_ctx *ctx;
    qry_arena *arena;
    qry_map numbers;   /* of definitions, plus 1 */
    qry_body **bodies; /* by number */
    size_t count, room;
    qry_body **order; /* all of them, callees before callers */
    qry_digester *digester;
} qry_survey;

qry_survey *qry_survey_new(const qry_definition *start);
void qry_survey_free(qry_survey *survey);
qry_body *qry_survey_body(qry_survey *survey, const qry_definition *definition);

/** Leaves depths in all parts, callees first; walks at most `budget` operations in all. A section that needs more, or has
 *  namesakes in its place, gets none: depth 0, not exact. (depth.c) */
void qry_survey_depths(qry_survey *survey, uint64_t budget);

/** Whether a turn by 2 pi is not nothing (nor a global phase, as of rz): controlled rotations. */
bool qry_gate_turns_twice(qry_gate gate);

#endif
