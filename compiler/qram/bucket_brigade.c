/* bucket_brigade.c: the bucket brigade (Giovannetti, Lloyd and Maccone 2008; resilience: Hann et al. 2021) as explicit
 * gates, with phase kickback. A binary tree of 2^m - 1 nodes, a router and a port each. The address bits travel down
 * from the most significant and stay in the routers of their level; then each bit of the word travels down, meets the
 * classical cell and comes back. Three savings over the textbook:
 *
 *   One controlled swap a router. What stands at a port moves to the left child by SWAP, and CSWAP(router) exchanges
 *   the children, since one of them is empty.
 *   The last level is not routed. With the last address bit in router r and the bit of the word at port d, the cells
 *   x0 and x1 below are Z(d) if x0, and CZ(r, d) if x0 differs from x1.
 *   Words on the way down and up share the tree: where two meet, CSWAP, SWAP, CSWAP lets them pass.
 *
 * Cost of a query, address in, words, address out, m >= 2 (asserted by tests for m = 2 .. 10):
 *   CSWAP        2(2^m - 1 - m) + 2w(2^(m-1) - 1)
 *   SWAP         2(2^m + m - 2) + 2w + 2(2^m - 1 - m) + sum over l < m-1 of 2^l (w + min(w, m-1-l))
 *   H            2w
 *   Z, CZ        at most w 2^(m-1) of each, as the data are
 *   CSWAP depth  4m + 2w - 6
 *   depth        10m + 5w - 11 when all leaves need both Z and CZ */
#include "compiler/qram/qram.h"

static uint64_t nodes(uint32_t address) { return (UINT64_C(1) << address) - 1; }

static qry_cost address_cost(uint32_t m) { return (qry_cost){nodes(m) - m, 2 * nodes(m), m > 1 ? 2 * m - 3 : 0}; }

static qry_cost words_cost(uint32_t m, uint64_t width)
{
    return (qry_cost){2 * width * nodes(m - 1), 2 * nodes(m), m > 1 ? 2 * width + 2 * m - 4 : 0};
}

static double words_operations(uint32_t m, uint64_t width)
{
    /* Every word bit: two passes of a SWAP and a CSWAP a routed node, Z and CZ a leaf pair, and two SWAPs and two H. */
    return (double)width * (4.0 * (double)nodes(m - 1) + (double)nodes(m) + 5) + 2.0 * (double)nodes(m);
}

static uint32_t node(uint32_t level, uint32_t place) { return (UINT32_C(1) << level) - 1 + place; }
static qry_qubit router(const qry_qram_site *s, uint32_t level, uint32_t place)
{
    return s->machine[0] + node(level, place);
}
static qry_qubit port(const qry_qram_site *s, uint32_t level, uint32_t place)
{
    return s->machine[1] + node(level, place);
}

/* What a level does at a time: move down what stands at its ports, move up what stands at its children's, or both. */
enum { DOWN = 1, UP = 2 };

static void route(const qry_qram_site *s, uint32_t level, int moves)
{
    qry_definition *d = s->definition;
    for (uint32_t p = 0; p < UINT32_C(1) << level; p++) {
        qry_qubit left = port(s, level + 1, 2 * p), right = port(s, level + 1, 2 * p + 1);
        if (moves & UP)
            qry_add(d, QRY_GATE_cswap, router(s, level, p), left, right);
        qry_add(d, QRY_GATE_swap, port(s, level, p), left, 0);
        if (moves & DOWN)
            qry_add(d, QRY_GATE_cswap, router(s, level, p), left, right);
    }
}

/* Address bits from the most significant, each down to its own level and from the ports into the routers. */
static void write_address(const qry_qram_site *s)
{
    qry_definition *d = s->definition;
    qry_qubit top = s->address + s->bits - 1;
    qry_add(d, QRY_GATE_swap, top, router(s, 0, 0), 0);
    for (uint32_t k = 1; k < s->bits; k++) {
        qry_add(d, QRY_GATE_swap, top - k, port(s, 0, 0), 0);
        for (uint32_t level = 0; level < k; level++)
            route(s, level, DOWN);
        for (uint32_t p = 0; p < UINT32_C(1) << k; p++)
            qry_add(d, QRY_GATE_swap, port(s, k, p), router(s, k, p), 0);
    }
}

/* The cells below the last level, for one bit of the word. */
static void write_cells(const qry_qram_site *s, const qry_words *words, uint32_t bit)
{
    uint32_t last = s->bits - 1;
    qry_check_interrupt(qry_circuit_ctx(s->definition->circuit));
    for (uint32_t p = 0; p < UINT32_C(1) << last; p++) {
        bool x0 = qry_words_bit(words, 2 * (uint64_t)p, bit), x1 = qry_words_bit(words, 2 * (uint64_t)p + 1, bit);
        if (x0)
            qry_add(s->definition, QRY_GATE_z, port(s, last, p), 0, 0);
        if (x0 != x1)
            qry_add(s->definition, QRY_GATE_cz, router(s, last, p), port(s, last, p), 0);
    }
}

/* The bit reaches all ports of the last level at the same time, and goes up again when the slowest is through. */
static void count_cells(const qry_words *words, qry_digest *digest)
{
    uint64_t z = 0, cz = 0;
    uint32_t slowest = 0;
    for (uint64_t p = 0; p < UINT64_C(1) << (words->address - 1) && 2 * p < words->table->rows; p++) {
        bool x0 = qry_words_bit(words, 2 * p, 0), x1 = qry_words_bit(words, 2 * p + 1, 0);
        uint32_t steps = (uint32_t)x0 + (x0 != x1);
        z += x0;
        cz += x0 != x1;
        slowest = steps > slowest ? steps : slowest;
    }
    digest->own.gate[QRY_GATE_z] += z;
    digest->own.gate[QRY_GATE_cz] += cz;
    digest->depth += slowest;
}

/* Which bit of the word stands at the ports of a level, and where it wants to go; moves 0: none. */
struct slot {
    uint32_t bit;
    int moves;
};

/* The root, at every even tick: hands back a bit that has come up and takes the next. True when one came back. */
static bool exchange(const qry_qram_site *s, struct slot *root, uint32_t *next, uint32_t width)
{
    bool back = root->moves == UP;
    if (back) {
        qry_add(s->definition, QRY_GATE_swap, s->word + root->bit, port(s, 0, 0), 0);
        root->moves = 0;
    }
    if (!root->moves && *next < width) {
        *root = (struct slot){*next, DOWN};
        qry_add(s->definition, QRY_GATE_swap, s->word + *next, port(s, 0, 0), 0);
        ++*next;
    }
    return back;
}

/* Odd levels move at even ticks and even levels at odd ones, so that a bit enters every other tick and those on the way
 * up meet those on the way down between two levels, never at one. */
static void write_words(const qry_qram_site *s, const qry_words *words)
{
    struct slot slot[32] = {0};
    uint32_t width = (uint32_t)qry_words_width(words), last = s->bits - 1;
    for (uint32_t bit = 0; bit < width; bit++)
        qry_add(s->definition, QRY_GATE_h, s->word + bit, 0, 0);
    uint32_t next = 0, done = 0;
    for (uint32_t tick = 0; done < width; tick++) {
        if (tick % 2 == 0)
            done += exchange(s, &slot[0], &next, width);
        for (uint32_t level = (tick + 1) % 2; level < last; level += 2) {
            int moves = (slot[level].moves & DOWN) | (slot[level + 1].moves & UP);
            if (!moves)
                continue;
            route(s, level, moves);
            struct slot swapped = slot[level];
            slot[level] = slot[level + 1];
            slot[level + 1] = swapped;
        }
        if (slot[last].moves == DOWN) {
            write_cells(s, words, slot[last].bit);
            slot[last].moves = UP;
        }
    }
    for (uint32_t bit = 0; bit < width; bit++)
        qry_add(s->definition, QRY_GATE_h, s->word + bit, 0, 0);
}

const qry_qram qry_bucket_brigade = {
    .name = "bucket_brigade",
    .machine = {{"routers", "the nodes of the QRAM's tree, level by level", nodes, true},
                {"ports", "what enters each node", nodes, false}},
    .moves_address = true,
    .address_cost = address_cost,
    .words_cost = words_cost,
    .words_operations = words_operations,
    .write_address = write_address,
    .write_words = write_words,
    .count_cells = count_cells};
