/* lift.h: what moves between lower and upper blocks. A gate with an operand in the upper blocks takes all its
 * operands there; at the end of the leaf those that are again what they were before, or constants, go back down. What
 * never meets the register stays below, where there is one block for all of its values. */
#ifndef QRY_LIFT_H
#define QRY_LIFT_H

#include "sim/sparse/engine.h"

enum step_kind { STEP_GATE, STEP_LIFT, STEP_ZERO, STEP_Z_FRAME };

/** One thing to be planned in the lower or the upper blocks. */
struct step {
    enum step_kind kind;
    uint32_t lift; /* STEP_LIFT: its number */
    qry_qubit qubit;
    struct flat_gate gate;
    size_t control; /* where those of its list begin */
};

struct steps {
    struct step *step;
    size_t count, room;
};

/** A leaf that has something to do with the upper blocks, written out. */
struct lifts {
    qry_ctx *ctx;
    struct steps lower, upper;
    qry_qubit *control;
    size_t control_count, control_room;
    uint32_t count;          /* of qubits that are lifted in the leaf */
    qry_qubit *touched, *up; /* all; those that are in the upper blocks before or after */
    uint32_t *lift;          /* by place in `up`: the number of its lift, or NOT_LIFTED */
    size_t touched_count, up_count, touched_room, up_room, lift_room;
    uint8_t *seen; /* by qubit */
};

enum { NOT_LIFTED = UINT32_MAX };

/** NULL if a leaf that touches these qubits has nothing to do with the upper blocks. The steps are to be added.
 *  touched must have every operand of every gate of the leaf that has one in the upper blocks, and all that is in the
 *  upper blocks already: what is not in it is taken to be in the lower blocks, and stays there. */
struct lifts *lifts_new(struct sparse *sim, const qry_qubit *touched, size_t count);
void lifts_free(struct lifts *lifts);
void lifts_gate(struct lifts *lifts, const struct flat_gate *gate);
/** An operand of this role, at the end of a call. */
void lifts_end(struct lifts *lifts, qry_role role, qry_qubit qubit);

/** Numbered: a value of the lower block as one of the upper block. */
literal lift_value(struct world *world, uint32_t upper, literal x);
/** Fills in the planes of values from below. */
void lift_fill(struct sparse *sim, uint32_t upper);
/** Drops what refers to values from `values` on, which a block forgot. */
void lift_forget(struct world *world, uint32_t block, size_t values);

#endif
