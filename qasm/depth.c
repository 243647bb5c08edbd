/* depth.c: depth by walking. Every qubit has a clock that says when it is free; an operation sets the clocks of its
 * qubits to the latest of them plus one (as soon as possible). Time grows with the operations, memory with the qubits.
 *
 * A repeated block is not walked to its end once it has settled: one round of it is a function f of the clocks that it
 * touches, made of maxima and sums, so that f(clocks + d) = f(clocks) + d; when a round has moved them all by the same
 * d, every further round does. A condition breaks this (the clock of its bit is read, not moved); where there is one,
 * everything is walked. */
#include "qasm/survey.h"
#include "qasm/walk.h"

#include <string.h>

enum {
    UNSETTLED_LIMIT = QRY_DEPTH_LIMIT / 16, /* walked of a larger circuit, in the hope that its repeats settle */
    PART_LIMIT = 1 << 20                    /* and of each of its definitions, when they did not */
};

/* Whole numbers up to LAST, as doubles: the later of two is then one instruction, and the walk twice as fast. */
struct clock {
    double depth, t;
};

static const double LAST = 4503599627370496.0; /* 2^52 */

/* A repeated block that is being walked. */
struct loop {
    uint64_t walked;      /* when this round began */
    struct clock *clocks; /* when this round began; the memory stays with the nesting level */
    bool known;           /* whether clocks are those */
};

/* What one operation does to the clocks, by kind. */
struct cost {
    uint8_t qubits, t;
};

struct run {
    qry_ctx *ctx;
    const bool *empty;    /* by definition: it does nothing; calls of it are passed over */
    bool conditions;      /* there are some */
    struct clock *clocks; /* of the qubits, then of the bits */
    size_t qubits, count;
    struct clock *floors; /* of the open conditions, nothing happens earlier; the first is zero */
    size_t floor_count, floor_room;
    struct loop *loops;
    size_t loop_count, loop_room;
    uint64_t walked, budget;
    bool overflow; /* a clock went beyond LAST: the walk is of no use */
    struct cost cost[QRY_OP_RESET + 1];
};

static void set_costs(struct run *r)
{
    for (int g = 0; g < QRY_GATES; g++) {
        const qry_gate_info *info = &qry_gate_table[g];
        r->cost[g] = (struct cost){info->qubits, info->toffoli ? 3 : info->t};
    }
    r->cost[QRY_OP_MEASURE] = r->cost[QRY_OP_RESET] = (struct cost){1, 0};
}

static inline struct clock later(struct clock a, struct clock b)
{
    return (struct clock){a.depth > b.depth ? a.depth : b.depth, a.t > b.t ? a.t : b.t};
}

static void raise_clock(struct clock *clock, struct clock to) { *clock = later(*clock, to); }

/* ---- walking ---- */

static void take_op(struct run *r, const qry_qubit *map, const qry_op *op, struct clock floor)
{
    const struct cost cost = r->cost[op->kind];
    struct clock *a = &r->clocks[map[op->a]], at = later(*a, floor);
    if (cost.qubits == 1) {
        *a = (struct clock){at.depth + 1, at.t + cost.t};
        if (op->kind == QRY_OP_MEASURE)
            raise_clock(&r->clocks[r->qubits + op->b], *a);
        return;
    }
    struct clock *b = &r->clocks[map[op->b]];
    at = later(at, *b);
    if (cost.qubits == 2) {
        *a = *b = (struct clock){at.depth + 1, at.t + cost.t};
        return;
    }
    struct clock *c = &r->clocks[map[op->c]];
    at = later(at, *c);
    *a = *b = *c = (struct clock){at.depth + 1, at.t + cost.t};
}

static qry_turn take_stretch(void *state, const qry_frame *f, size_t from, size_t to)
{
    struct run *r = state;
    const qry_op *ops = f->definition->ops;
    const struct clock floor = r->floors[r->floor_count - 1];
    r->walked += to - from;
    if (r->walked > r->budget || r->overflow)
        return QRY_STOP;
    if (f->inverse)
        for (size_t i = to; i-- > from;)
            take_op(r, f->map, &ops[i], floor);
    else
        for (size_t i = from; i < to; i++)
            take_op(r, f->map, &ops[i], floor);
    return QRY_GO_ON;
}

static qry_turn take_call(void *state, const qry_frame *callee)
{
    const struct run *r = state;
    return r->empty[callee->definition->number] ? QRY_SKIP : QRY_GO_ON;
}

static void push_floor(struct run *r, struct clock floor)
{
    QRY_GROW(r->ctx, r->floors, r->floor_room, r->floor_count + 1);
    r->floors[r->floor_count++] = floor;
}

static qry_turn begin_if(void *state, uint32_t bit, bool value)
{
    (void)value;
    struct run *r = state;
    push_floor(r, later(r->floors[r->floor_count - 1], r->clocks[r->qubits + bit]));
    return QRY_GO_ON;
}

static qry_turn end_if(void *state)
{
    struct run *r = state;
    r->floor_count--;
    return QRY_GO_ON;
}

/* ---- repeated blocks ---- */

static void begin_loop(void *state)
{
    struct run *r = state;
    QRY_GROW(r->ctx, r->loops, r->loop_room, r->loop_count + 1);
    struct loop *loop = &r->loops[r->loop_count++];
    loop->walked = r->walked;
    loop->known = false;
}

/* Whether the round moved every clock that it touched by the same step. */
static bool has_settled(const struct run *r, const struct loop *loop, struct clock *step)
{
    *step = (struct clock){0, 0};
    for (size_t i = 0; i < r->qubits; i++) {
        struct clock now = r->clocks[i], then = loop->clocks[i];
        if (now.depth == then.depth) /* not touched: every operation moves it */
            continue;
        struct clock moved = {now.depth - then.depth, now.t - then.t};
        if (step->depth && (moved.depth != step->depth || moved.t != step->t))
            return false;
        *step = moved;
    }
    return true;
}

/* Moves the clocks as `rounds` more rounds would. */
static void run_rounds(struct run *r, const struct loop *loop, struct clock step, uint64_t rounds)
{
    const struct clock far = {step.depth * (double)rounds, step.t * (double)rounds};
    for (size_t i = 0; i < r->qubits; i++) {
        struct clock *clock = &r->clocks[i];
        if (clock->depth == loop->clocks[i].depth)
            continue;
        *clock = (struct clock){clock->depth + far.depth, clock->t + far.t};
        if (clock->depth > LAST || clock->t > LAST)
            r->overflow = true;
    }
}

static uint64_t end_round(void *state, uint64_t left)
{
    struct run *r = state;
    struct loop *loop = &r->loops[r->loop_count - 1];
    uint64_t walked = r->walked - loop->walked;
    struct clock step;
    if (!walked)
        left = 0; /* there is nothing in it */
    if (left && loop->known && has_settled(r, loop, &step)) {
        run_rounds(r, loop, step, left);
        left = 0;
    }
    if (!left) {
        r->loop_count--;
        return 0;
    }
    /* Looking at all the clocks pays only where a round is not much shorter. */
    loop->known = !r->conditions && left > 1 && walked >= r->qubits / 4;
    if (loop->known) {
        if (!loop->clocks)
            loop->clocks = qry_alloc(r->ctx, r->qubits, sizeof *loop->clocks);
        memcpy(loop->clocks, r->clocks, r->qubits * sizeof *r->clocks);
    }
    loop->walked = r->walked;
    return left;
}

/* ---- a whole definition ---- */

static void start_run(struct run *r, const qry_body *body, const bool *empty, uint64_t budget)
{
    const qry_circuit *circuit = body->definition->circuit;
    size_t bits = body->measures || body->conditions ? qry_circuit_bit_count(circuit) : 0;
    *r = (struct run){.ctx = qry_circuit_ctx(circuit),
                      .empty = empty,
                      .conditions = body->conditions,
                      .qubits = body->definition->width,
                      .budget = budget};
    r->clocks = qry_alloc(r->ctx, r->qubits + bits, sizeof *r->clocks);
    set_costs(r);
    push_floor(r, (struct clock){0, 0});
}

static void end_run(struct run *r)
{
    for (size_t i = 0; i < r->loop_room; i++)
        qry_free(r->ctx, r->loops[i].clocks);
    qry_free(r->ctx, r->loops);
    qry_free(r->ctx, r->floors);
    qry_free(r->ctx, r->clocks);
}

/* Of operations from .. to - 1 of the body. Takes what it walks from the budget; false when that was too small. */
static bool walk_ops(const qry_body *body, size_t from, size_t to, const bool *empty, uint64_t *budget,
                     qry_depth *depth)
{
    struct run r;
    start_run(&r, body, empty, *budget);
    bool finished = qry_tour_walk_ops(body->definition, from, to, false,
                                      &(qry_tour){.state = &r,
                                                  .stretch = take_stretch,
                                                  .call = take_call,
                                                  .begin_if = begin_if,
                                                  .end_if = end_if,
                                                  .repeat = begin_loop,
                                                  .again = end_round});
    struct clock last = {0, 0};
    for (size_t i = 0; i < r.qubits; i++)
        raise_clock(&last, r.clocks[i]);
    *depth = (qry_depth){(qry_u128)last.depth, (qry_u128)last.t, true};
    end_run(&r);
    *budget -= r.walked < *budget ? r.walked : *budget;
    return finished && !r.overflow;
}

static bool walk_all(const qry_body *body, const bool *empty, uint64_t *budget, qry_depth *depth)
{
    return body->settled <= *budget && walk_ops(body, 0, body->definition->op_count, empty, budget, depth);
}

/* ---- by parts ---- */

/* A stretch alone, from clocks at zero; they are at zero again afterwards. */
static struct clock stretch_alone(struct run *r, const qry_frame *f, size_t from, size_t to)
{
    struct clock last = {0, 0};
    take_stretch(r, f, from, to);
    for (size_t i = from; i < to; i++) {
        const qry_op *op = &f->definition->ops[i];
        const qry_qubit qubit[3] = {op->a, op->b, op->c};
        for (int k = 0; k < r->cost[op->kind].qubits; k++) {
            raise_clock(&last, r->clocks[qubit[k]]);
            r->clocks[qubit[k]] = (struct clock){0, 0};
        }
    }
    return last;
}

static void add_depth(qry_depth *to, qry_u128 depth, qry_u128 t_depth, qry_u128 times)
{
    to->depth = qry_sum(to->depth, qry_product(depth, times));
    to->t_depth = qry_sum(to->t_depth, qry_product(t_depth, times));
}

/* The sum over calls and the stretches between them; bounds: of the callees, by number. */
static qry_depth sum_of_parts(qry_survey *survey, const qry_body *body, const qry_depth *bounds)
{
    const qry_definition *d = body->definition;
    struct run r;
    start_run(&r, body, NULL, UINT64_MAX);
    qry_qubit *identity = qry_alloc(survey->ctx, d->width, sizeof *identity);
    for (uint32_t i = 0; i < d->width; i++)
        identity[i] = i;
    const qry_frame frame = {d, false, identity, NULL};
    struct around {
        qry_depth sum;
        uint64_t times;
    } *stack = NULL; /* what stood before each open repeat */
    size_t open = 0, room = 0;
    qry_depth sum = {0, 0, false};
    for (size_t i = 0; i < d->op_count; i++) {
        const qry_op *op = &d->ops[i];
        if (qry_op_is_plain(op)) {
            size_t from = i;
            while (i + 1 < d->op_count && qry_op_is_plain(&d->ops[i + 1]))
                i++;
            struct clock last = stretch_alone(&r, &frame, from, i + 1);
            add_depth(&sum, (qry_u128)last.depth, (qry_u128)last.t, 1);
        } else if (op->kind == QRY_OP_CALL) {
            const qry_definition *callee = qry_circuit_definition(d->circuit, op->a);
            const qry_depth *part = &bounds[qry_survey_body(survey, callee)->number];
            add_depth(&sum, part->depth, part->t_depth, 1);
        } else if (op->kind == QRY_OP_REPEAT) {
            QRY_GROW(survey->ctx, stack, room, open + 1);
            stack[open++] = (struct around){sum, qry_op_count(op)};
            sum = (qry_depth){0, 0, false};
        } else if (op->kind == QRY_OP_END && d->ops[op->c].kind == QRY_OP_REPEAT) {
            const struct around *outer = &stack[--open];
            qry_depth inside = sum;
            sum = outer->sum;
            add_depth(&sum, inside.depth, inside.t_depth, outer->times);
        }
    }
    qry_free(survey->ctx, stack);
    qry_free(survey->ctx, identity);
    end_run(&r);
    return sum;
}

static bool is_empty(const qry_tally *tally)
{
    return qry_tally_gates(tally) == 0 && tally->measurements == 0 && tally->resets == 0;
}

static bool *empty_definitions(const qry_survey *survey)
{
    const qry_circuit *circuit = survey->bodies[0]->definition->circuit;
    bool *empty = qry_alloc(survey->ctx, qry_circuit_definitions(circuit), sizeof *empty);
    for (size_t k = 0; k < survey->count; k++)
        empty[survey->bodies[k]->definition->number] = is_empty(&survey->bodies[k]->parts->whole);
    return empty;
}

static void want_callees(const qry_body *body, bool *wanted)
{
    for (const qry_part *part = body->parts; part; part = part->next)
        for (const qry_item *item = part->items; item; item = item->next)
            if (item->callee)
                wanted[item->callee->number] = true;
}

/* By number; walks `first` operations at most of the start, and `others` of each definition below one that was not
 * finished. */
static qry_depth *find_bounds(qry_survey *survey, const bool *empty, uint64_t first, uint64_t others)
{
    bool *wanted = qry_alloc(survey->ctx, survey->count, sizeof *wanted);
    qry_depth *bounds = qry_alloc(survey->ctx, survey->count, sizeof *bounds);
    wanted[0] = true;
    for (size_t k = survey->count; k-- > 0;) {
        const qry_body *body = survey->order[k];
        uint64_t budget = body->number ? others : first;
        if (wanted[body->number] && !walk_all(body, empty, &budget, &bounds[body->number])) {
            bounds[body->number].exact = false;
            want_callees(body, wanted);
        }
    }
    for (size_t k = 0; k < survey->count; k++) {
        const qry_body *body = survey->order[k];
        if (wanted[body->number] && !bounds[body->number].exact)
            bounds[body->number] = sum_of_parts(survey, body, bounds);
    }
    qry_free(survey->ctx, wanted);
    return bounds;
}

static qry_depth depth_within(qry_survey *survey, uint64_t first, uint64_t others)
{
    bool *empty = empty_definitions(survey);
    qry_depth *bounds = find_bounds(survey, empty, first, others), depth = bounds[0];
    qry_free(survey->ctx, bounds);
    qry_free(survey->ctx, empty);
    return depth;
}

qry_depth qry_definition_depth(const qry_definition *definition)
{
    qry_survey *survey = qry_survey_new(definition);
    const qry_tally *whole = &survey->bodies[0]->parts->whole;
    qry_u128 operations = qry_sum(qry_tally_gates(whole), qry_sum(whole->measurements, whole->resets));
    qry_depth depth =
        depth_within(survey, operations <= QRY_DEPTH_LIMIT ? QRY_DEPTH_LIMIT : UNSETTLED_LIMIT, PART_LIMIT);
    qry_survey_free(survey);
    return depth;
}

qry_depth qry_definition_depth_bound(const qry_definition *definition, uint64_t exact_below)
{
    qry_survey *survey = qry_survey_new(definition);
    qry_depth depth = depth_within(survey, exact_below, exact_below);
    qry_survey_free(survey);
    return depth;
}

/* ---- of every part ---- */

/* Sections stand behind the body itself. */
static void walk_sections(const qry_body *body, const bool *empty, uint64_t *budget)
{
    const qry_op *ops = body->definition->ops;
    for (qry_part *part = body->parts->next; part; part = part->next)
        if (part->several || !walk_ops(body, part->first, ops[part->first - 1].c, empty, budget, &part->depth))
            part->depth = (qry_depth){0};
}

void qry_survey_depths(qry_survey *survey, uint64_t budget)
{
    bool *empty = empty_definitions(survey);
    qry_depth *bounds = qry_alloc(survey->ctx, survey->count, sizeof *bounds);
    for (size_t k = 0; k < survey->count; k++) { /* callees first: they are shorter */
        const qry_body *body = survey->order[k];
        if (!walk_all(body, empty, &budget, &bounds[body->number]))
            bounds[body->number] = sum_of_parts(survey, body, bounds);
        body->parts->depth = bounds[body->number];
        walk_sections(body, empty, &budget);
    }
    qry_free(survey->ctx, bounds);
    qry_free(survey->ctx, empty);
}
