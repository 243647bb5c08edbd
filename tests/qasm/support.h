/* support.h: what the suites of qasm/ share: a context whose diagnostics are collected, circuits at random, and circuits
 * as plain lists. */
#ifndef QRY_TESTS_QASM_SUPPORT_H
#define QRY_TESTS_QASM_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "qasm/qasm.h"
#include "tests/aborts.h"

typedef struct fixture {
    qry_ctx *ctx;
    qry_arena *arena;
    size_t errors, warnings, notes;
    char text[1 << 12]; /* the messages, a line each */
} fixture;

int set_up(void **state);
int tear_down(void **state);
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

/** Processor time, so that a busy machine changes nothing. */
double seconds_now(void);

/* ---- a circuit written out ---- */

enum { ITEM_ENTER = QRY_OP_KINDS, ITEM_LEAVE, ITEM_IF, ITEM_END_IF };

typedef struct item {
    uint16_t kind; /* of an operation, or one of the above */
    uint32_t qubit[3], bit, value;
    double angle, second, third;
    const char *name; /* of what is entered or left */
    size_t outer;     /* of what is entered: index + 1 of what is around it */
    /* A bit a qubit: controls of its own, those of them that act at 0; of a barrier its qubits, 0: all. */
    uint64_t control, negative;
} item;

typedef struct list {
    qry_ctx *ctx;
    item *items;
    size_t count, room;
    size_t open; /* index + 1 of what was entered last and not yet left */
} list;

void list_add(list *list, item item);
/** By qry_walk. */
list written_out(qry_ctx *ctx, const qry_definition *definition, bool inverse, const double *angles);
/** The same without what is entered and left. */
list only_operations(const list *all);
/** Equal, angles within `tolerance` relative to their size (0: the same bits). */
void assert_lists_equal(const list *a, const list *b, double tolerance);

/* ---- costs ---- */

/** What a gate under controls costs, found the other way round than qasm/ does: from the gate without any control. */
typedef struct cost_by_base {
    uint64_t toffoli, t, t_depth;
    bool rotation;
} cost_by_base;

cost_by_base cost_of(qry_gate gate, uint32_t controls);

/* ---- circuits at random ---- */

typedef struct random_kind {
    uint32_t definitions; /* beside the program */
    uint64_t most_rounds; /* of a repeat */
    double most_items;    /* written out, of a definition; of the program ten times as many */
    bool measurements;    /* at the end of the program, and now and then inside */
    bool feedback;        /* conditions and resets */
    bool full;            /* what the portable profile has not: all gates, controls of their own, barriers */
} random_kind;

qry_circuit *random_circuit(qry_ctx *ctx, uint64_t seed, random_kind kind);

#endif
