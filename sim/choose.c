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
 * measurements out, as the engines do. It knows what makes either engine cheaper than its numbers of basis states say: the
 * sparse one puts Hadamard gates off until their qubit decides something, and the dense one passes over the values that a
 * qubit is sure not to have. */
#include "sim/engine.h"

#include <math.h>
#include <string.h>

/* Nanoseconds, measured on circuits in layers, one thread. The sparse engine: a row of a permutation or a phase, which moves
 * bits; a row of another gate, which finds rows and merges them; any gate. The dense engine, which takes many gates in one
 * pass: an amplitude; any gate; a measurement, before which that pass is due. */
static const double SPARSE_PLAIN = 0.7, SPARSE_DENSE = 70, SPARSE_STEP = 600;
static const double DENSE_AMPLITUDE = 0.2, DENSE_STEP = 150, DENSE_PASS = 1e5;
/* Below that a run takes no time. */
static const double LITTLE_WORK = 1e6;
/* Of the scout: a gate on a row, its share of what the dense engine would need, and most. */
static const double SCOUT_STEP = 10, SCOUT_SHARE = 0.03, SCOUT_MOST = 1e9;
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
    uint64_t frame;    /* qubits whose bit b in a label stands for H|b>, in all rows */
    uint64_t unsure;   /* qubits of which the dense engine does not know a value */
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
    static const double ONE[2] = {1, 0};
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
        if (hypot(s->other[i].re, s->other[i].im) >= SIM_CANCELLED)
            s->row[s->rows++] = s->other[i];
    return true;
}

/* Of gates that have one entry in every row of their matrix; phases matter, since rows may cancel later. target 0: a
 * phase alone. */
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

/* ---- frames: Hadamard gates that were put off ---- */

/* Does what was put off on these qubits. False: too many rows. */
static bool settle(struct scout *s, uint64_t qubits)
{
    static const double hadamard[8] = {M_SQRT1_2, 0, M_SQRT1_2, 0, M_SQRT1_2, 0, -M_SQRT1_2, 0};
    for (uint64_t rest = s->frame & qubits; rest; rest &= rest - 1) {
        s->sparse += (double)s->rows * SPARSE_DENSE;
        if (!apply_matrix(s, hadamard, rest & -rest, 0, 0))
            return false;
    }
    s->frame &= ~qubits;
    return true;
}

static bool is_same(const struct scout *s, uint64_t target)
{
    for (size_t i = 1; i < s->rows; i++)
        if ((s->row[i].label ^ s->row[0].label) & target)
            return false;
    return true;
}

/* Keeps the rows where the qubit has one value, drawn by their weight; returns it. */
static bool keep_value(struct scout *s, uint64_t target)
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

/* False: too many rows. */
static bool measure(struct scout *s, uint64_t target, bool *one)
{
    if (s->unsure & target) { /* two passes: one weighs, one goes on with what waited */
        s->dense += DENSE_PASS + 2 * DENSE_AMPLITUDE * ldexp(1, __builtin_popcountll(s->unsure));
        s->unsure &= ~target;
    }
    if (s->frame & target && is_same(s, target)) { /* |+> or |->: a coin */
        *one = qry_random_unit(&s->random) < 0.5;
        for (size_t i = 0; i < s->rows; i++)
            s->row[i].label = (s->row[i].label & ~target) | (*one ? target : 0);
        s->frame &= ~target;
        return true;
    }
    if (!settle(s, target))
        return false;
    if (!is_same(s, target))
        s->sparse += (double)s->rows * SPARSE_DENSE;
    *one = keep_value(s, target);
    return true;
}

static bool reset(struct scout *s, uint64_t target)
{
    bool one;
    if (!measure(s, target, &one))
        return false;
    for (size_t i = 0; i < s->rows; i++)
        s->row[i].label &= ~target;
    return true;
}

/* ---- the way through the circuit ---- */

struct action {
    const qry_gate_info *info;
    double matrix[8];
    uint64_t target, mask, wanted; /* where label & mask == wanted */
    bool lone;                     /* nothing decides whether it acts */
};

static struct action action_of(const qry_step *step)
{
    struct action a = {.info = &qry_gate_table[step->kind]};
    int own = a.info->qubits - a.info->targets;
    for (int i = 0; i < own; i++)
        a.mask |= UINT64_C(1) << step->qubit[i];
    for (int i = own; i < a.info->qubits; i++)
        a.target |= UINT64_C(1) << step->qubit[i];
    a.wanted = a.mask;
    for (uint32_t i = 0; i < step->controls; i++) {
        uint64_t bit = UINT64_C(1) << (step->control[i] & ~QRY_NEGATIVE);
        a.mask |= bit;
        a.wanted |= step->control[i] & QRY_NEGATIVE ? 0 : bit;
    }
    a.lone = !a.mask;
    if (!a.info->swaps)
        qry_gate_matrix((qry_gate)step->kind, step->angle, a.matrix);
    return a;
}

static bool is_matrix(const struct action *a, double first, double other, double last)
{
    const double *m = a->matrix;
    return !a->info->swaps && m[0] == first && m[2] == other && m[4] == other && m[6] == last && m[1] == 0 &&
           m[3] == 0 && m[5] == 0 && m[7] == 0;
}

/* The qubits of which the dense engine no longer knows a value. */
static void make_unsure(struct scout *s, const struct action *a)
{
    bool moves = a->info->swaps || (a->info->class != QRY_DENSE && a->matrix[0] == 0 && a->matrix[1] == 0);
    uint64_t some = s->unsure & a->target;
    if (a->info->class == QRY_DENSE || (moves && s->unsure & a->mask))
        s->unsure |= a->target;
    else if (a->info->swaps && some && some != a->target)
        s->unsure ^= a->target;
}

static void apply_swap(struct scout *s, const struct action *a)
{
    uint64_t framed = s->frame & a->target;
    for (size_t i = 0; i < s->rows; i++) {
        uint64_t some = s->row[i].label & a->target;
        if ((s->row[i].label & a->mask) == a->wanted && some && some != a->target)
            s->row[i].label ^= a->target;
    }
    if (a->lone && framed && framed != a->target)
        s->frame ^= a->target;
}

/* Pauli gates between a Hadamard gate and its inverse: an X is a Z and the other way round, so that the frame may stay.
 * Whether it was one of these. */
static bool pass_frame(struct scout *s, const struct action *a)
{
    static const double x[8] = {0, 0, 1, 0, 1, 0, 0, 0}, z[8] = {1, 0, 0, 0, 0, 0, -1, 0};
    uint64_t all = a->mask | a->target, framed = s->frame & all;
    bool is_x = is_matrix(a, 0, 1, 0), is_z = is_matrix(a, 1, 0, -1);
    if (!is_x && !is_z)
        return false;
    uint64_t wanted = a->wanted | a->target; /* of a Z, which has no target of its own */
    if (framed & (framed - 1))               /* two: only a CX goes the other way round */
        return is_x && framed == all && a->wanted == a->mask && !(a->mask & (a->mask - 1)) &&
               (apply_plain(s, x, a->mask, a->target, a->target), true);
    if (is_x ? framed != a->target : !(framed & wanted))
        return false;
    apply_plain(s, is_x ? z : x, framed, all & ~framed, wanted & ~framed);
    return true;
}

/* The dense engine leaves out what it knows not to act. */
static bool never_acts(const struct scout *s, const struct action *a)
{
    return (s->row[0].label ^ a->wanted) & a->mask & ~s->unsure;
}

static bool apply_gate(struct scout *s, const qry_step *step)
{
    const struct action a = action_of(step);
    bool mixes = a.info->class == QRY_DENSE;
    s->sparse += SPARSE_STEP;
    if (!never_acts(s, &a)) {
        make_unsure(s, &a);
        s->dense += DENSE_STEP + DENSE_AMPLITUDE * ldexp(1, __builtin_popcountll(s->unsure));
    }
    if (step->kind == QRY_GATE_h && a.lone) {
        s->frame ^= a.target;
        return true;
    }
    s->sparse += (double)s->rows * SPARSE_PLAIN;
    if (pass_frame(s, &a))
        return true;
    uint64_t needed = mixes                     ? s->frame
                      : a.info->swaps && a.lone ? 0
                                                : a.mask | a.target; /* a rotation ends all frames */
    if (!settle(s, needed))
        return false;
    if (a.info->swaps)
        apply_swap(s, &a);
    else if (!mixes)
        apply_plain(s, a.matrix, a.target, a.mask, a.wanted);
    else {
        s->sparse += (double)s->rows * SPARSE_DENSE;
        return apply_matrix(s, a.matrix, a.target, a.mask, a.wanted);
    }
    return true;
}

/* False: too many rows. */
static bool apply_step(struct scout *s, const qry_step *step)
{
    if (step->kind == QRY_OP_RESET)
        return reset(s, UINT64_C(1) << step->qubit[0]);
    if (step->kind == QRY_OP_MEASURE && s->measures) {
        bool one = false;
        bool good = measure(s, UINT64_C(1) << step->qubit[0], &one);
        s->bits[step->bit] = one;
        return good;
    }
    if (step->kind >= QRY_GATES || qry_gate_table[step->kind].qubits + step->controls == 0)
        return true;
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
    s->limit = fmin(SCOUT_SHARE * work, SCOUT_MOST);
    s->room = ldexp(1, (int)program->width) < MOST_ROWS ? (size_t)1 << program->width : MOST_ROWS;
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

qry_sim_choice qry_sim_choose(qry_arena *arena, const qry_circuit *circuit)
{
    const qry_definition *program = qry_circuit_program(circuit);
    uint32_t n = program->width;
    double amplitudes = ldexp(1, n < 1000 ? (int)n : 1000), bytes = amplitudes * 16;
    if (n > MOST_QUBITS || !qry_memory_fits(bytes))
        return (qry_sim_choice){QRY_SIM_SPARSE, qry_arena_printf(arena, "2^%u amplitudes do not fit into memory%s", n,
                                                                 size_text(arena, n, bytes))};
    qry_tally tally = {0};
    qry_definition_tally(program, &tally);
    double work = amplitudes * (double)qry_tally_gates(&tally) * DENSE_AMPLITUDE;
    if (work < LITTLE_WORK)
        return (qry_sim_choice){QRY_SIM_DENSE, qry_arena_printf(arena, "2^%u amplitudes are few", n)};
    qry_u128 mixing = mixing_gates(&tally);
    if (mixing < n && work_of(&tally, ldexp(1, (int)mixing)) < work)
        return (qry_sim_choice){
            QRY_SIM_SPARSE,
            qry_arena_printf(arena, "no more than 2^%u of 2^%u basis states are in use", (unsigned)mixing, n)};
    return choose_by_scout(arena, circuit, work);
}
