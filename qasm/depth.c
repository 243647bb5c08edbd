/* depth.c: depth by walking. Every qubit has a clock that says when it is free; an operation sets the clocks of its
 * qubits to the latest of them plus one (as soon as possible). Time grows with the operations, memory with the qubits.
 *
 * A repeated block is not walked to its end once it has settled: one round of it is a function f of the clocks that it
 * touches, made of maxima and sums, so that f(clocks + d) = f(clocks) + d; when a round has moved them all by the same
 * d, every further round does. A condition breaks this (the clock of its bit is read, not moved), and so does a barrier
 * (it may read a clock and leave it where it is); where there is one, everything is walked. */
#include "qasm/clock.h"
#include "qasm/survey.h"
#include "qasm/walk.h"

#include <string.h>

enum {
    UNSETTLED_LIMIT = QRY_DEPTH_LIMIT / 16, /* walked of a larger circuit, in the hope that its repeats settle */
    PART_LIMIT = 1 << 20                    /* and of each of its definitions, when they did not */
};

static const double LAST = 4503599627370496.0; /* 2^52: up to here clocks are whole numbers */

/* A repeated block that is being walked. */
struct loop {
    uint64_t walked;          /* when this round began */
    struct qry_clock *clocks; /* when this round began; the memory stays with the nesting level */
    bool known;               /* whether clocks are those */
};

struct run {
    qry_ctx *ctx;
    const bool *empty;        /* by definition: it does nothing; calls of it are passed over */
    bool unsettled;           /* there are conditions or barriers */
    struct qry_clock *clocks; /* of the qubits, then of the bits */
    size_t qubits, count;
    struct qry_clock *floors; /* of the open conditions, nothing happens earlier; the first is zero */
    size_t floor_count, floor_room;
    struct loop *loops;
    size_t loop_count, loop_room;
    uint64_t walked, budget;
    bool overflow; /* a clock went beyond LAST: the walk is of no use */
};

static void raise_clock(struct qry_clock *clock, struct qry_clock to) { *clock = qry_clock_later(*clock, to); }

/* ---- walking ---- */

static void take_op(struct run *r, const qry_frame *f, const qry_op *op, struct qry_clock floor)
{
    const struct qry_clocks clocks = {r->clocks, r->qubits, f->map};
    struct qry_clock done = qry_clock_step(&clocks, f->definition, op, floor);
    if (op->kind == QRY_OP_MEASURE)
        raise_clock(&r->clocks[r->qubits + op->b], done);
}

static qry_turn take_stretch(void *state, const qry_frame *f, size_t from, size_t to)
{
    struct run *r = state;
    const qry_op *ops = f->definition->ops;
    const struct qry_clock floor = r->floors[r->floor_count - 1];
    r->walked += to - from;
    if (r->walked > r->budget || r->overflow)
        return QRY_STOP;
    if (f->inverse)
        for (size_t i = to; i-- > from;)
            take_op(r, f, &ops[i], floor);
    else
        for (size_t i = from; i < to; i++)
            take_op(r, f, &ops[i], floor);
    return QRY_GO_ON;
}

static qry_turn take_call(void *state, const qry_frame *callee)
{
    const struct run *r = state;
    return r->empty[callee->definition->number] ? QRY_SKIP : QRY_GO_ON;
}

static void push_floor(struct run *r, struct qry_clock floor)
{
    QRY_GROW(r->ctx, r->floors, r->floor_room, r->floor_count + 1);
    r->floors[r->floor_count++] = floor;
}

static qry_turn begin_if(void *state, uint32_t bit, bool value)
{
    (void)value;
    struct run *r = state;
    push_floor(r, qry_clock_later(r->floors[r->floor_count - 1], r->clocks[r->qubits + bit]));
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
static bool has_settled(const struct run *r, const struct loop *loop, struct qry_clock *step)
{
    *step = (struct qry_clock){0, 0};
    for (size_t i = 0; i < r->qubits; i++) {
        struct qry_clock now = r->clocks[i], then = loop->clocks[i];
        if (now.depth == then.depth) /* not touched: every operation moves it */
            continue;
        struct qry_clock moved = {now.depth - then.depth, now.t - then.t};
        if (step->depth && (moved.depth != step->depth || moved.t != step->t))
            return false;
        *step = moved;
    }
    return true;
}

/* Moves the clocks as `rounds` more rounds would. */
static void run_rounds(struct run *r, const struct loop *loop, struct qry_clock step, uint64_t rounds)
{
    const struct qry_clock far = {step.depth * (double)rounds, step.t * (double)rounds};
    for (size_t i = 0; i < r->qubits; i++) {
        struct qry_clock *clock = &r->clocks[i];
        if (clock->depth == loop->clocks[i].depth)
            continue;
        *clock = (struct qry_clock){clock->depth + far.depth, clock->t + far.t};
        if (clock->depth > LAST || clock->t > LAST)
            r->overflow = true;
    }
}

static uint64_t end_round(void *state, uint64_t left)
{
    struct run *r = state;
    struct loop *loop = &r->loops[r->loop_count - 1];
    uint64_t walked = r->walked - loop->walked;
    struct qry_clock step;
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
    loop->known = !r->unsettled && left > 1 && walked >= r->qubits / 4;
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
                      .unsettled = body->conditions || body->barriers,
                      .qubits = body->definition->width,
                      .budget = budget};
    r->clocks = qry_alloc(r->ctx, r->qubits + bits, sizeof *r->clocks);
    push_floor(r, (struct qry_clock){0, 0});
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
    struct qry_clock last = {0, 0};
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

/* The sum over calls and the stretches between them; bounds: of the callees, by number. */
static qry_depth sum_of_parts(qry_survey *survey, const qry_body *body, const qry_depth *bounds)
{
    const qry_circuit *circuit = body->definition->circuit;
    qry_digest digest = {.call_count = 0};
    qry_digest_read(survey->digester, body->definition, &digest);
    qry_depth sum = {digest.depth, digest.t_depth, false};
    for (size_t k = 0; k < digest.call_count; k++) {
        const qry_digest_call *call = &digest.calls[k];
        const qry_definition *callee = qry_circuit_definition(circuit, call->callee);
        const qry_depth *part = &bounds[qry_survey_body(survey, callee)->number];
        sum.depth = qry_sum(sum.depth, qry_product(part->depth, call->times));
        sum.t_depth = qry_sum(sum.t_depth, qry_product(part->t_depth, call->times));
    }
    qry_digest_free(survey->ctx, &digest);
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
        empty[survey->bodies[k]->definition->number] =
            !survey->bodies[k]->barriers && is_empty(&survey->bodies[k]->parts->whole);
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
