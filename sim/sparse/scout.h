/* scout.h: looks at a stretch before it is planned, knowing of every cell only: constant 0, constant 1, or unknown.
 * Says how far it is a permutation with phases, which qubits it touches, and which |+> or |-> inputs are used as
 * controls and must become axes first. */
#ifndef QRY_SCOUT_H
#define QRY_SCOUT_H

#include "sim/sparse/engine.h"

struct scout;

struct scout *scout_new(qry_ctx *ctx);
void scout_free(struct scout *scout);

/** What a look found. Lists belong to the scout until the next look. */
struct findings {
    bool descend;      /* WHOLE: not a permutation with phases all through */
    uint32_t stop;     /* STEPS: the permutation goes from begin to stop, or (inverse) from end down to stop, */
    bool must_resolve; /* and ends there because a qubit must leave the X frame: */
    qry_qubit resolve;
    const qry_qubit *needs; /* inputs that must become axes before it begins */
    size_t need_count;
    /* All qubits that the stretch may change or read the cells of, every operand of a gate with a list of controls
     * among them, each once: what is planned looks at no others. */
    const qry_qubit *touched;
    size_t touched_count;
};

struct findings scout_look(struct sparse *sim, const struct stretch *stretch, enum manner manner);

#endif
