/* choose.c: which engine a circuit is for. The dense engine pays for 2^n amplitudes at every gate, however few of them
 * are in use; the sparse engine pays for the basis states that are in use, but more for each. So one has to know how many
 * are in use, and that is found by trying: a scout runs the circuit as a plain list of basis states and amplitudes, for a
 * small part of the time that the dense engine would take.
 *
 * In this order:
 *   1. 2^n amplitudes do not fit into memory: sparse, the only one that may. (60 qubits of a GHZ state are two rows.)
 *   2. A state of few amplitudes, or a circuit of little work: dense, either takes no time and a shot of it costs less.
 *   3. So few gates mix basis states that even if each doubled them the sparse engine would have less to do: sparse.
 *   4. The scout comes to the end, or to the end of its time, and what the sparse engine would have had to do up to there
 *      is less than what the dense engine would, and the rows did not become more and more until then: sparse.
 *   5. Else dense: the state fills the space, as that of a Fourier transform does.
 *
 * The scout is one shot with random numbers of its own. Where one simulation answers for all shots it leaves the
 * measurements out, as the engines do. */
#include "sim/sim.h"

#include <math.h>
#include <string.h>

/* What a gate costs the sparse engine for a row, in units of what it costs the dense engine for an amplitude. Measured side
 * by side: 0.4 ns an amplitude; 0.7 ns a row of a permutation or a phase, which moves bits, 50 ns a row of another gate,
 * which finds rows and merges them, and 0.6 us a gate, whatever the rows. */
static const double SPARSE_PLAIN = 1.7, SPARSE_DENSE = 120, SPARSE_STEP = 1500;
/* Below that many amplitudes times gates a run takes some milliseconds. */
static const double LITTLE_WORK = 4e6;
/* Of the scout, in the same units: a gate on a row, its share of what the dense engine would need, and at most about a
 * second. */
static const double SCOUT_STEP = 25, SCOUT_SHARE = 0.03, SCOUT_MOST = 2e9;
enum { MOST_QUBITS = 48, MOST_ROWS = 1 << 18 };

struct row {
    uint64_t label;
    double re, im;
};

struct scout {
    qry_arena *arena;
    struct row *row, *other; /* room for MOST_ROWS each, or fewer for fewer qubits */
    size_t rows, room, most; /* most: that there ever were */
    uint32_t *slot;          /* of the hash table: the number of a row and 1 */
    size_t slots;
    double spent, limit;  /* its own time */
    size_t half;          /* rows when half of that was spent */
    bool grows;           /* there were more and more of them when it was */
    double sparse, dense; /* of the engines, up to here */
    bool measures;        /* else measurements are left out */
    qry_random random;
    uint8_t *bits;
    uint32_t skipping; /* conditions that are open since one did not hold, itself included */
    double dense_step; /* 2^n */
};

/* ---- gates on a list of rows ---- */

static size_t slot_of(const struct scout *s, uint64_t label)
{
    size_t at = (label * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (s->slots - 1);
    while (s->slot[at] && s->other[s->slot[at] - 1].label != label)
        at = (at + 1) & (s->slots - 1);
    return at;
}

/* The row of a label among the new ones, made if need be; NULL: there is no room for more. */
static struct row *row_of(struct scout *s, uint64_t label, size_t *count)
{
    size_t at = slot_of(s, label);
    if (!s->slot[at]) {
        if (*count == s->room)
            return NULL;
        s->other[*count] = (struct row){.label = label};
        s->slot[at] = (uint32_t)++ * count;
    }
    return &s->other[s->slot[at] - 1];
}

static void add(struct row *to, const double factor[2], const struct row *from)
{
    to->re += factor[0] * from->re - factor[1] * from->im;
    to->im += factor[0] * from->im + factor[1] * from->re;
}

/* The gate as a TARGET gate on the qubit of that weight, where label & mask == wanted. False: too many rows. */
static bool apply_matrix(struct scout *s, const double m[8], uint64_t target, uint64_t mask, uint64_t wanted)
{
    static const double ONE[2] = {1, 0}, NOTHING = 1e-20; /* squared: of an amplitude that has cancelled out */
    while (s->slots < 4 * s->rows)
        s->slots *= 2;
    memset(s->slot, 0, s->slots * sizeof *s->slot);
    size_t count = 0;
    for (size_t i = 0; i < s->rows; i++) {
        const struct row *from = &s->row[i];
        bool acts = (from->label & mask) == wanted;
        int column = (from->label & target) != 0;
        for (int k = 0; k < (acts ? 2 : 1); k++) {
            const double *factor = acts ? m + 4 * k + 2 * column : ONE;
            uint64_t label = !acts ? from->label : k ? from->label | target : from->label & ~target;
            if (factor[0] == 0 && factor[1] == 0)
                continue;
            struct row *to = row_of(s, label, &count);
            if (!to)
                return false;
            add(to, factor, from);
        }
    }
    s->rows = 0;
    for (size_t i = 0; i < count; i++)
        if (s->other[i].re * s->other[i].re + s->other[i].im * s->other[i].im > NOTHING)
            s->row[s->rows++] = s->other[i];
    return true;
}

/* Swaps, and gates that have one entry in every row of their matrix; phases matter, since rows may cancel later. */
static void apply_swap(struct scout *s, uint64_t both, uint64_t mask, uint64_t wanted)
{
    for (size_t i = 0; i < s->rows; i++) {
        uint64_t some = s->row[i].label & both;
        if ((s->row[i].label & mask) == wanted && some && some != both)
            s->row[i].label ^= both;
    }
}

/* target 0: a phase alone. */
static void apply_plain(struct scout *s, const double m[8], uint64_t target, uint64_t mask, uint64_t wanted)
{
    bool moves = m[0] == 0 && m[1] == 0;
    for (size_t i = 0; i < s->rows; i++) {
        struct row *row = &s->row[i];
        if ((row->label & mask) != wanted)
            continue;
        int column = (row->label & target) != 0, line = moves ? 1 - column : column;
        struct row changed = {.label = moves ? row->label ^ target : row->label};
        add(&changed, m + 4 * line + 2 * column, row);
        *row = changed;
    }
}

/* Keeps the rows where the qubit has one value, drawn by their weight; returns it. */
static bool measure(struct scout *s, uint64_t target)
{
    double weight[2] = {0, 0};
    for (size_t i = 0; i < s->rows; i++)
        weight[(s->row[i].label & target) != 0] += s->row[i].re * s->row[i].re + s->row[i].im * s->row[i].im;
    bool one = qry_random_unit(&s->random) * (weight[0] + weight[1]) < weight[1];
    double scale = 1 / sqrt(weight[one]);
    size_t kept = 0;
    for (size_t i = 0; i < s->rows; i++)
        if (((s->row[i].label & target) != 0) == one)
            s->row[kept++] = (struct row){s->row[i].label, s->row[i].re * scale, s->row[i].im * scale};
    s->rows = kept;
    return one;
}

static void reset(struct scout *s, uint64_t target)
{
    measure(s, target);
    for (size_t i = 0; i < s->rows; i++)
        s->row[i].label &= ~target;
}

/* ---- the way through the circuit ---- */

static bool apply_gate(struct scout *s, const qry_step *step)
{
    const qry_gate_info *info = &qry_gate_table[step->kind];
    int own = info->qubits - info->targets;
    uint64_t mask = 0, target = 0;
    for (int i = 0; i < own; i++)
        mask |= UINT64_C(1) << step->qubit[i];
    for (int i = own; i < info->qubits; i++)
        target |= UINT64_C(1) << step->qubit[i];
    uint64_t wanted = mask;
    for (uint32_t i = 0; i < step->controls; i++) {
        uint64_t bit = UINT64_C(1) << (step->control[i] & ~QRY_NEGATIVE);
        mask |= bit;
        wanted |= step->control[i] & QRY_NEGATIVE ? 0 : bit;
    }
    bool mixes = info->class == QRY_DENSE;
    s->sparse += SPARSE_STEP + (double)s->rows * (mixes ? SPARSE_DENSE : SPARSE_PLAIN);
    if (info->swaps) {
        apply_swap(s, target, mask, wanted);
        return true;
    }
    double m[8];
    qry_gate_matrix((qry_gate)step->kind, step->angle, m);
    if (mixes)
        return apply_matrix(s, m, target, mask, wanted);
    apply_plain(s, m, target, mask, wanted);
    return true;
}

static bool apply_step(struct scout *s, const qry_step *step)
{
    if (step->kind == QRY_OP_RESET)
        reset(s, UINT64_C(1) << step->qubit[0]);
    if (step->kind == QRY_OP_MEASURE && s->measures)
        s->bits[step->bit] = measure(s, UINT64_C(1) << step->qubit[0]);
    if (step->kind >= QRY_GATES || qry_gate_table[step->kind].qubits + step->controls == 0)
        return true;
    s->dense += s->dense_step;
    return apply_gate(s, step);
}

static bool on_step(void *state, const qry_step *step)
{
    struct scout *s = state;
    s->spent += SCOUT_STEP * (double)(s->rows + 1);
    if (s->half == 0 && s->spent > s->limit / 2)
        s->half = s->rows;
    if (s->spent > s->limit) {
        s->grows = (double)s->rows > 1.5 * (double)s->half;
        return false;
    }
    if (s->skipping)
        return true;
    if (!apply_step(s, step)) {
        s->sparse = INFINITY;
        return false;
    }
    s->most = s->rows > s->most ? s->rows : s->most;
    return true;
}

static bool on_begin_if(void *state, uint32_t bit, bool value)
{
    struct scout *s = state;
    s->skipping += s->skipping || s->bits[bit] != value;
    return true;
}

static bool on_end_if(void *state)
{
    struct scout *s = state;
    s->skipping -= s->skipping > 0;
    return true;
}

static void run_scout(struct scout *s, const qry_circuit *circuit, double work)
{
    const qry_definition *program = qry_circuit_program(circuit);
    qry_visitor visitor = {.state = s, .step = on_step, .begin_if = on_begin_if, .end_if = on_end_if};
    s->measures = !qry_circuit_readout(s->arena, circuit)->final;
    s->bits = qry_arena_alloc(s->arena, (size_t)qry_circuit_bit_count(circuit) + 1, 1);
    qry_random_seed(&s->random, 1, 0);
    s->dense_step = ldexp(1, (int)program->width);
    s->limit = fmin(SCOUT_SHARE * work, SCOUT_MOST);
    s->room = s->dense_step < MOST_ROWS ? (size_t)s->dense_step : MOST_ROWS;
    s->row = qry_arena_alloc(s->arena, s->room, sizeof *s->row);
    s->other = qry_arena_alloc(s->arena, s->room, sizeof *s->other);
    s->slots = 1 << 6;
    s->slot = qry_arena_alloc(s->arena, 4 * s->room < s->slots ? s->slots : 4 * s->room, sizeof *s->slot);
    s->row[0] = (struct row){.re = 1};
    s->rows = s->most = 1;
    qry_walk(program, false, NULL, &visitor);
}

/* ": 16 EiB"; nothing where nobody has a name for it. */
static const char *size_text(qry_arena *arena, uint32_t n, double bytes)
{
    static const char *const unit[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    enum { MOST_NAMED = 66 };
    int i = 0;
    for (; bytes >= 1024 && i < 6; i++)
        bytes /= 1024;
    return n <= MOST_NAMED ? qry_arena_printf(arena, ": %.4g %s", bytes, unit[i]) : "";
}

/* Gates that can double the rows; of those with controls of their own nobody has written down which they are. */
static qry_u128 mixing_gates(const qry_tally *tally)
{
    qry_u128 count = tally->controlled;
    for (int g = 0; g < QRY_GATES; g++)
        if (qry_gate_table[g].class == QRY_DENSE)
            count = qry_sum(count, tally->gate[g]);
    return count;
}

/* What the sparse engine does at most if there are never more than so many rows. */
static double work_of(const qry_tally *tally, double rows)
{
    double mixing = (double)mixing_gates(tally), all = (double)qry_tally_gates(tally);
    return all * (SPARSE_STEP + rows * SPARSE_PLAIN) + mixing * rows * (SPARSE_DENSE - SPARSE_PLAIN);
}

static qry_sim_choice choose_by_scout(qry_arena *arena, const qry_circuit *circuit, double work)
{
    uint32_t n = qry_circuit_program(circuit)->width;
    struct scout scout = {.arena = qry_arena_new(qry_arena_ctx(arena))};
    run_scout(&scout, circuit, work);
    qry_arena_free(scout.arena);
    if (scout.sparse < scout.dense && !scout.grows)
        return (qry_sim_choice){QRY_SIM_SPARSE,
                                qry_arena_printf(arena, "of 2^%u basis states %zu are in use", n, scout.most)};
    return (qry_sim_choice){
        QRY_SIM_DENSE, qry_arena_printf(arena, "more of 2^%u basis states are in use than suits the sparse one", n)};
}

qry_sim_choice qry_sim_choose(qry_arena *arena, const qry_circuit *circuit, bool single)
{
    const qry_definition *program = qry_circuit_program(circuit);
    uint32_t n = program->width;
    double amplitudes = ldexp(1, n < 1000 ? (int)n : 1000), bytes = amplitudes * (single ? 8 : 16);
    if (n > MOST_QUBITS || !qry_memory_fits(bytes))
        return (qry_sim_choice){QRY_SIM_SPARSE, qry_arena_printf(arena, "2^%u amplitudes do not fit into memory%s", n,
                                                                 size_text(arena, n, bytes))};
    qry_tally tally = {0};
    qry_definition_tally(program, &tally);
    double work = amplitudes * (double)qry_tally_gates(&tally);
    if (work < LITTLE_WORK)
        return (qry_sim_choice){QRY_SIM_DENSE, qry_arena_printf(arena, "2^%u amplitudes are few", n)};
    qry_u128 mixing = mixing_gates(&tally);
    if (mixing < n && work_of(&tally, ldexp(1, (int)mixing)) < work)
        return (qry_sim_choice){
            QRY_SIM_SPARSE,
            qry_arena_printf(arena, "no more than 2^%u of 2^%u basis states are in use", (unsigned)mixing, n)};
    return choose_by_scout(arena, circuit, work);
}
