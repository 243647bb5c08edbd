/* flow.c: conditions and loops. Where elaboration knows what a condition is, it goes on as a run does. Where a circuit can
 * ask for it, the branch becomes an IF of the circuit. Otherwise every branch, and the body of every such loop, is taken
 * once, and the program is not exact. */
#include "qasm/program/interpret.h"

/* ---- branches ---- */

/* Takes back the beginnings of `count` blocks in which nothing came. */
static void drop_blocks(struct qasm_run *run, bool written, uint32_t count)
{
    qry_definition *d = run->body;
    if (!d->number)
        run->position -= count;
    for (; written && count; count--) {
        qry_must(d->open == d->op_count);
        d->open = d->ops[--d->op_count].c;
    }
}

static enum qasm_flow maybe(struct qasm_run *run, struct tree_stmt *body, const struct qasm_tests *tests,
                            struct qasm_branch *branch, struct qasm_saved **after)
{
    uint32_t count = tests ? tests->count : 0;
    qasm_branch_open(run, branch);
    for (uint32_t i = 0; i < count; i++)
        if (qasm_write(run, 1))
            qry_begin_if(run->body, tests->list[i].bit, tests->list[i].value);
    size_t op_count = run->body->op_count;
    enum qasm_flow flow = body ? qasm_run_one(run, body) : FLOW_ON;
    if (run->body->op_count == op_count) {
        drop_blocks(run, true, count);
        count = 0;
    }
    for (uint32_t i = 0; i < count; i++)
        if (qasm_write(run, 1))
            qry_end(run->body);
    *after = qasm_branch_close(run, branch);
    return flow;
}

/* What the program does after two branches of which one is taken. */
static enum qasm_flow either_way(struct qasm_run *run, struct tree_place place, enum qasm_flow a, enum qasm_flow b)
{
    if (a == FLOW_FAILED || b == FLOW_FAILED)
        return FLOW_FAILED;
    if (a == FLOW_ON && b == FLOW_ON)
        return FLOW_ON;
    if (a == b && a != FLOW_RETURN)
        return a;
    qasm_inexact(run, place, "how the program goes on hangs on a measurement");
    const enum qasm_flow flows[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        enum qasm_left left = flows[i] == FLOW_BREAK || flows[i] == FLOW_CONTINUE ? LEFT_LOOP
                              : flows[i] == FLOW_RETURN                           ? LEFT_CALL
                              : flows[i] == FLOW_END                              ? LEFT_PROGRAM
                                                                                  : LEFT_NOTHING;
        if (left > run->left)
            run->left = left;
    }
    return a == b ? a : FLOW_ON;
}

/* Whether one of the bits was measured into behind an operation of the program. */
static bool tested_anew(struct qasm_run *run, const struct qasm_tests *tests, size_t from)
{
    for (uint32_t i = 0; i < tests->count; i++)
        if (qasm_bit_state(run, tests->list[i].bit)->last > from)
            return true;
    return false;
}

static enum qasm_flow unknown_if(struct qasm_run *run, const struct tree_stmt *stmt, struct qasm_tests *tests,
                                 enum qasm_truth truth)
{
    struct qasm_branch taken, other;
    struct qasm_saved *after, *after_other = NULL;
    struct tree_place place = stmt->value->place;
    if (truth == TRUTH_UNKNOWN)
        qasm_inexact(run, place, "this condition hangs on measured bits in a way that a circuit cannot say");
    bool tested = truth == TRUTH_TESTS;
    enum qasm_flow flow = maybe(run, stmt->body, tested ? tests : NULL, &taken, &after), flow_other = FLOW_ON;
    if (stmt->other) {
        if (tested && (tests->count != 1 || tested_anew(run, tests, taken.from))) {
            qasm_inexact(run, place,
                         tests->count != 1 ? "a circuit cannot say the opposite of a condition on several bits"
                                           : "the bit of this condition is measured again before `else`");
            tested = false;
        }
        if (tested)
            tests->list[0].value = !tests->list[0].value;
        flow_other = maybe(run, stmt->other, tested ? tests : NULL, &other, &after_other);
    }
    qasm_branch_merge(run, &taken, after, stmt->other ? &other : NULL, after_other);
    return either_way(run, place, flow, flow_other);
}

/* Memory for what branches save lasts until the outermost of them is over. */
static enum qasm_flow
with_memory(struct qasm_run *run, const struct tree_stmt *stmt, struct qasm_tests *tests, enum qasm_truth truth,
            enum qasm_flow (*go)(struct qasm_run *, const struct tree_stmt *, struct qasm_tests *, enum qasm_truth))
{
    bool outermost = !run->branch;
    qry_arena_mark mark = qry_arena_marked(run->kept);
    enum qasm_flow flow = go(run, stmt, tests, truth);
    if (outermost)
        qry_arena_rewind(run->kept, mark);
    return flow;
}

enum qasm_flow qasm_run_if(struct qasm_run *run, struct tree_stmt *stmt)
{
    struct qasm_tests tests;
    switch (qasm_condition(run, stmt->value, &tests)) {
    case TRUTH_FAILED:
        return FLOW_FAILED;
    case TRUTH_YES:
        return stmt->body ? qasm_run_one(run, stmt->body) : FLOW_ON;
    case TRUTH_NO:
        return stmt->other ? qasm_run_one(run, stmt->other) : FLOW_ON;
    case TRUTH_TESTS:
        return with_memory(run, stmt, &tests, TRUTH_TESTS, unknown_if);
    default:
        return with_memory(run, stmt, &tests, TRUTH_UNKNOWN, unknown_if);
    }
}

/* ---- switch ---- */

static struct tree_stmt *chosen(const struct tree_stmt *stmt, const struct qasm_value *value)
{
    struct tree_stmt *otherwise = NULL;
    for (const struct tree_case *c = stmt->cases; c; c = c->next) {
        if (!c->values)
            otherwise = c->body;
        for (const struct tree_expr *v = c->values; v; v = v->next)
            if (v->constant->natural == value->natural)
                return c->body;
    }
    return otherwise;
}

static enum qasm_flow run_default(struct qasm_run *run, const struct tree_stmt *stmt)
{
    const struct tree_case *c = stmt->cases;
    while (c && c->values)
        c = c->next;
    if (!c)
        return FLOW_ON;
    qasm_inexact(run, c->place, "the default of a switch on measured bits is more than a circuit can say");
    return qasm_run_one(run, c->body);
}

/* A case that may be chosen, and the branch of all the cases behind it. */
struct possible {
    const struct tree_case *c;
    struct qasm_branch taken, other;
    struct qasm_saved *after;
    enum qasm_flow flow;
    struct possible *before;
};

static enum qasm_truth truth_of_case(struct qasm_run *run, const struct tree_stmt *stmt, const struct tree_case *c,
                                     size_t begin, struct qasm_tests *tests)
{
    enum qasm_truth truth = TRUTH_UNKNOWN;
    if (!c->values->next)
        truth = qasm_condition_equal(run, stmt->value, c->values->constant, tests);
    if (truth == TRUTH_TESTS && tested_anew(run, tests, begin))
        truth = TRUTH_UNKNOWN;
    if (truth == TRUTH_UNKNOWN)
        qasm_inexact(run, c->place, "this case hangs on measured bits in a way that a circuit cannot say");
    return truth;
}

/* As `if` and `else if`, without recursion: each case lies in the `else` of all those before it. */
static enum qasm_flow unknown_switch(struct qasm_run *run, const struct tree_stmt *stmt, struct qasm_tests *tests,
                                     enum qasm_truth truth)
{
    struct possible *last = NULL;
    size_t begin = run->position;
    const struct tree_case *c = stmt->cases;
    for (; c; c = c->next) {
        if (!c->values)
            continue;
        qry_arena_mark mark = qry_arena_marked(run->scratch);
        struct qasm_tests found = {0};
        truth = truth_of_case(run, stmt, c, begin, &found);
        if (truth == TRUTH_YES || truth == TRUTH_FAILED)
            break;
        if (truth != TRUTH_NO) {
            struct possible *p = QRY_NEW(run->kept, struct possible);
            p->c = c;
            p->before = last;
            tests = truth == TRUTH_TESTS ? &found : NULL;
            p->flow = maybe(run, c->body, tests, &p->taken, &p->after);
            qasm_branch_open(run, &p->other);
            last = p;
        }
        qry_arena_rewind(run->scratch, mark);
    }
    enum qasm_flow flow = !c                      ? run_default(run, stmt)
                          : truth == TRUTH_FAILED ? FLOW_FAILED
                                                  : qasm_run_one(run, c->body);
    for (; last; last = last->before) {
        struct qasm_saved *after_other = qasm_branch_close(run, &last->other);
        qasm_branch_merge(run, &last->taken, last->after, &last->other, after_other);
        flow = either_way(run, last->c->place, last->flow, flow);
    }
    return flow;
}

enum qasm_flow qasm_run_switch(struct qasm_run *run, struct tree_stmt *stmt)
{
    struct qasm_value value;
    struct tree_stmt *body;
    if (!qasm_evaluate_known(run, stmt->value, &value))
        return FLOW_FAILED;
    if (value.unknown)
        return with_memory(run, stmt, NULL, TRUTH_UNKNOWN, unknown_switch);
    body = chosen(stmt, &value);
    return body ? qasm_run_one(run, body) : FLOW_ON;
}

/* ---- loops ---- */

/* A round of a loop: FLOW_ON when there may be another one. *over: whether the loop ends here. */
static enum qasm_flow one_round(struct qasm_run *run, struct tree_stmt *body, bool *over)
{
    enum qasm_flow flow = body ? qasm_run_one(run, body) : FLOW_ON;
    *over = flow == FLOW_BREAK || run->left != LEFT_NOTHING;
    if (run->left == LEFT_LOOP)
        run->left = LEFT_NOTHING;
    return flow == FLOW_BREAK || flow == FLOW_CONTINUE ? FLOW_ON : flow;
}

static enum qasm_flow unknown_rounds(struct qasm_run *run, const struct tree_stmt *stmt, struct qasm_tests *tests,
                                     enum qasm_truth truth)
{
    struct qasm_branch branch;
    struct qasm_saved *after;
    (void)tests, (void)truth;
    qasm_inexact(run, stmt->value->place, "how often this loop goes round hangs on a measurement");
    enum qasm_flow flow = maybe(run, stmt->body, NULL, &branch, &after);
    qasm_branch_merge(run, &branch, after, NULL, NULL);
    if (run->left == LEFT_LOOP)
        run->left = LEFT_NOTHING;
    if (flow == FLOW_RETURN || flow == FLOW_END)
        return either_way(run, stmt->place, flow, FLOW_ON);
    return flow == FLOW_FAILED ? flow : FLOW_ON;
}

enum qasm_flow qasm_run_while(struct qasm_run *run, struct tree_stmt *stmt)
{
    for (;;) {
        struct qasm_tests tests;
        bool over;
        enum qasm_flow flow = qasm_step(run, stmt->place);
        if (flow != FLOW_ON)
            return flow;
        qry_arena_mark mark = qry_arena_marked(run->scratch);
        enum qasm_truth truth = qasm_condition(run, stmt->value, &tests);
        qry_arena_rewind(run->scratch, mark);
        if (truth == TRUTH_FAILED)
            return FLOW_FAILED;
        if (truth == TRUTH_NO)
            return FLOW_ON;
        if (truth != TRUTH_YES)
            return with_memory(run, stmt, NULL, truth, unknown_rounds);
        flow = one_round(run, stmt->body, &over);
        if (flow != FLOW_ON || over)
            return flow;
    }
}

/* ---- for ---- */

static bool set_variable(struct qasm_run *run, const struct tree_stmt *stmt, struct qasm_cell *cell,
                         const struct qasm_value *value)
{
    struct qasm_value converted;
    if (!qasm_convert_at(run, stmt->value->place, value, stmt->symbol->type, &converted))
        return false;
    qasm_cell_store(run, cell, &converted);
    return true;
}

static enum qasm_flow round_with(struct qasm_run *run, const struct tree_stmt *stmt, struct qasm_cell *cell,
                                 const struct qasm_value *value, bool *over)
{
    qry_arena_mark mark = qry_arena_marked(run->scratch);
    if (!set_variable(run, stmt, cell, value))
        return FLOW_FAILED;
    enum qasm_flow flow = one_round(run, stmt->body, over);
    qry_arena_rewind(run->scratch, mark);
    return flow;
}

static enum qasm_flow repeat(struct qasm_run *run, const struct tree_stmt *stmt, uint64_t count)
{
    bool written = qasm_write(run, 1);
    size_t position = run->position, op_count = run->body->op_count;
    if (written)
        qry_begin_repeat(run->body, count);
    enum qasm_flow flow = qasm_run_one(run, stmt->body);
    if (run->position == position && (!written || run->body->op_count == op_count + 1))
        drop_blocks(run, written, 1);
    else if (qasm_write(run, 1))
        qry_end(run->body);
    return flow;
}

static enum qasm_flow for_range(struct qasm_run *run, struct tree_stmt *stmt, struct qasm_cell *cell)
{
    struct qasm_steps steps = {0};
    bool unknown = false, over = false;
    if (!qasm_range_of(run, stmt->value, 0, &steps, &unknown))
        return FLOW_FAILED;
    if (unknown) {
        qasm_touch(run, cell);
        qasm_forget(&cell->value);
        return with_memory(run, stmt, NULL, TRUTH_UNKNOWN, unknown_rounds);
    }
    if (steps.count && steps.count <= UINT64_MAX && qasm_is_repeat(stmt))
        return repeat(run, stmt, (uint64_t)steps.count);
    static const struct qasm_type wide = {.kind = QASM_INT, .width = 128};
    enum qasm_flow flow = FLOW_ON;
    for (qry_u128 i = 0; i < steps.count && flow == FLOW_ON && !over; i++) {
        struct qasm_value value = {.type = &wide, .natural = (qry_u128)qasm_at_step(&steps, i)};
        flow = qasm_step(run, stmt->place);
        if (flow == FLOW_ON)
            flow = round_with(run, stmt, cell, &value, &over);
    }
    return flow;
}

static enum qasm_flow for_values(struct qasm_run *run, struct tree_stmt *stmt, struct qasm_cell *cell)
{
    enum qasm_flow flow = FLOW_ON;
    bool over = false;
    struct qasm_value all, value;
    if (stmt->value->kind == TREE_SET) {
        for (const struct tree_expr *e = stmt->value->first; e && flow == FLOW_ON && !over; e = e->next)
            flow = qasm_evaluate(run, e, &value) ? round_with(run, stmt, cell, &value, &over) : FLOW_FAILED;
        return flow;
    }
    if (!qasm_evaluate(run, stmt->value, &all))
        return FLOW_FAILED;
    all = qasm_copy(run->scratch, &all);
    static const struct qasm_type bit = {.kind = QASM_BIT};
    size_t count = all.type->kind == QASM_ARRAY ? all.type->shape[0] : all.type->width;
    for (size_t i = 0; i < count && flow == FLOW_ON && !over; i++) {
        value = all.type->kind == QASM_ARRAY
                    ? all.items[i]
                    : (struct qasm_value){.type = &bit, .bit = all.unknown ? QASM_UNKNOWN_BIT : all.bits[i]};
        flow = round_with(run, stmt, cell, &value, &over);
    }
    return flow;
}

enum qasm_flow qasm_run_for(struct qasm_run *run, struct tree_stmt *stmt)
{
    struct qasm_cell *cell = qasm_cell_of(run, stmt->symbol);
    qasm_cell_clear(run, cell, stmt->symbol->type);
    return stmt->value->kind == TREE_RANGE ? for_range(run, stmt, cell) : for_values(run, stmt, cell);
}
