/* walk.h: the walk under qry_walk, for those who want whole stretches of operations at a time. Private to qasm/. */
#ifndef QRY_WALK_H
#define QRY_WALK_H

#include "qasm/qasm.h"

/** A body as it is being walked. */
typedef struct qry_frame {
    const qry_definition *definition;
    bool inverse;
    const qry_qubit *map;    /* its operands as qubits of the definition where the walk began */
    const qry_angle *angles; /* its own angles, in terms of those of that definition */
} qry_frame;

typedef enum qry_turn {
    QRY_GO_ON,
    QRY_SKIP, /* what was about to be entered is passed over, and not left either */
    QRY_STOP  /* the walk ends here */
} qry_turn;

/** Events of a walk; any may be NULL. */
typedef struct qry_tour {
    void *state;
    /** Gates, measurements and resets number from .. to - 1 of the body; of an inverse the last first, each undone. */
    qry_turn (*stretch)(void *state, const qry_frame *frame, size_t from, size_t to);
    qry_turn (*call)(void *state, const qry_frame *callee);
    qry_turn (*section)(void *state, const qry_frame *frame, const char *name);
    qry_turn (*leave)(void *state); /* a call or a section */
    qry_turn (*begin_if)(void *state, uint32_t bit, bool value);
    qry_turn (*end_if)(void *state);
    /** Before the first time, and after every time a block is gone through: how many times are left; returns how many of
     *  them are still to be walked. Blocks nest. */
    void (*repeat)(void *state);
    uint64_t (*again)(void *state, uint64_t left);
} qry_tour;

/** Walks a definition. False when a callback stopped it. */
bool qry_tour_walk(const qry_definition *definition, bool inverse, const qry_tour *tour);
/** The same for operations from .. to - 1 of its body alone. */
bool qry_tour_walk_ops(const qry_definition *definition, size_t from, size_t to, bool inverse, const qry_tour *tour);

/** An angle of a body in terms of the definition where the walk began; negated in an inverse where the gate wants it. */
qry_angle qry_frame_angle(const qry_frame *frame, const qry_op *op);

static inline bool qry_op_is_plain(const qry_op *op) { return op->kind < QRY_OP_CALL || op->kind > QRY_OP_END; }

static inline uint64_t qry_op_count(const qry_op *repeat) { return repeat->a | (uint64_t)repeat->b << 32; }

#endif
