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
    /** Gates, barriers, measurements and resets number from .. to - 1 of the body; of an inverse the last first, each
     *  undone. */
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

/** The gate of an operation, plain or controlled, undone in an inverse; its angles in terms of those of the definition
 *  where the walk began. */
qry_gate qry_frame_gate(const qry_frame *frame, const qry_op *op, qry_angle angles[QRY_MAX_ANGLES]);

static inline bool qry_op_is_plain(const qry_op *op) { return op->kind < QRY_OP_CALL || op->kind > QRY_OP_END; }

/** The gate of the table that is this gate under one control more, or QRY_GATES. (gates.c) */
qry_gate qry_gate_under_control(qry_gate gate);

/** The gate of a plain operation, or QRY_GATES. */
static inline qry_gate qry_op_gate(const qry_op *op)
{
    return op->kind == QRY_OP_CONTROLLED ? (qry_gate)op->a : op->kind < QRY_GATES ? (qry_gate)op->kind : QRY_GATES;
}

/** How many qubits a plain operation names: of a barrier on all of them none; and which, controls first. */
static inline uint32_t qry_op_qubits(const qry_definition *d, const qry_op *op)
{
    if (op->kind < QRY_GATES)
        return qry_gate_table[op->kind].qubits;
    if (op->kind < QRY_OP_CONTROLLED)
        return 1;
    return d->operands[op->b] + (op->kind == QRY_OP_CONTROLLED ? qry_gate_table[op->a].qubits : 0);
}

static inline qry_qubit qry_op_qubit(const qry_definition *d, const qry_op *op, uint32_t i)
{
    if (op->kind >= QRY_OP_CONTROLLED)
        return d->operands[op->b + 1 + i] & ~QRY_NEGATIVE;
    return i == 0 ? op->a : i == 1 ? op->b : op->c;
}

static inline uint64_t qry_op_count(const qry_op *repeat) { return repeat->a | (uint64_t)repeat->b << 32; }

#endif
