/* circuit_test.c: building, inverting and walking; misuse aborts. */
#include "support.h"

#include <math.h>
#include <string.h>

/* ---- names ---- */

static const char *group_name(qry_definition *d, const char *wanted)
{
    qry_definition_group(d, wanted, 1, QRY_ROLE_DATA);
    return d->groups[d->group_count - 1].name;
}

static void test_group_names(void **state)
{
    fixture *f = *state;
    qry_definition *d = qry_circuit_program(qry_circuit_new(f->ctx));
    static const char *const wanted[][2] = {
        {"address", "address"},
        {"address", "address_2"},
        {"Address", "address_3"},
        {"t", "t_2"},
        {"T", "t_3"},
        {"c", "c_2"},
        {"u3", "u3_2"},
        {"CX", "cx_2"},
        {"measure", "measure_2"},
        {"pi", "pi_2"},
        {"sin", "sin_2"},
        {"", "q"},
        {"9", "q9"},
        {"_", "q_"},
        {"größe", "gr__e"},
        {"a b/c", "a_b_c"},
        {"Qr load", "qqr_load"},
        {"port", "port"},
        {"lambda", "lambda"},
        {"\xff\xc3", "q__"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_string_equal(group_name(d, wanted[i][0]), wanted[i][1]);
    char lengthy[1000];
    memset(lengthy, 'x', sizeof lengthy - 1);
    lengthy[sizeof lengthy - 1] = 0;
    const char *first = group_name(d, lengthy), *second = group_name(d, lengthy);
    assert_true(strlen(first) == 40 && strncmp(first, second, 40) == 0 && strcmp(second + 40, "_2") == 0);
    for (int g = 0; g < QRY_GATES; g++)
        assert_int_equal(qry_gate_find(group_name(d, qry_gate_table[g].name)), QRY_GATES);
}

static void test_groups(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *d = qry_circuit_define(circuit, "load K", 0);
    assert_int_equal(qry_definition_group(d, "address", 3, QRY_ROLE_ADDRESS), 0);
    assert_int_equal(qry_definition_group(d, "nothing", 0, QRY_ROLE_DATA), 3);
    assert_int_equal(qry_definition_group(d, "work", 2, QRY_ROLE_WORK), 3);
    assert_int_equal(d->width, 5);
    assert_int_equal(d->number, 1);
    assert_ptr_equal(qry_circuit_definition(circuit, 1), d);
    assert_int_equal(qry_circuit_definitions(circuit), 2);
    uint64_t version = d->version;
    assert_true(version != qry_circuit_program(circuit)->version);
    qry_add(d, QRY_GATE_h, 4, 0, 0);
    assert_true(d->version == version);
    qry_definition_clear(d);
    assert_true(d->version > version);
    assert_int_equal(d->width, 0);
    assert_int_equal(d->op_count, 0);
    assert_int_equal(qry_definition_group(d, "address", 1, QRY_ROLE_ADDRESS), 0);
}

/* Rewriting a definition again and again costs no memory. */
static void test_rewriting(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *d = qry_circuit_define(circuit, "oracle", 0);
    size_t used = 0;
    for (int round = 0; round < 1000; round++) {
        qry_definition_clear(d);
        qry_qubit q = qry_definition_group(d, "word", 8, QRY_ROLE_WORD);
        qry_definition_group(d, "word", 8, QRY_ROLE_WORD);
        qry_begin_section(d, "compute");
        for (uint32_t i = 1; i < 8; i++)
            qry_add(d, QRY_GATE_cx, q + i - 1, q + i, 0);
        qry_end(d);
        if (round == 0)
            used = qry_memory_used(f->ctx);
        assert_int_equal(qry_memory_used(f->ctx), used);
    }
    qry_circuit_free(circuit);
    qry_circuit_free(NULL);
}

/* ---- walking ---- */

static const random_kind plain = {.definitions = 10, .most_rounds = 3, .most_items = 300};
static const random_kind full = {.definitions = 10, .most_rounds = 3, .most_items = 300, .full = true};

static item undone(item x)
{
    if (x.kind == QRY_OP_BARRIER)
        return x;
    if (x.kind == QRY_GATE_U) {
        x.angle = -x.angle;
        double second = x.second;
        x.second = -x.third;
        x.third = -second;
        return x;
    }
    const qry_gate_info *info = &qry_gate_table[x.kind];
    x.kind = (uint16_t)info->inverse;
    if (info->negate)
        x.angle = -x.angle;
    return x;
}

/* The inverse of a list of gates. */
static list inverted(const list *l)
{
    list back = {.ctx = l->ctx};
    for (size_t i = l->count; i-- > 0;)
        list_add(&back, undone(l->items[i]));
    return back;
}

static const double values[12] = {0.25, -1, 3, 1e-3, 0.5, 2, -7, 0.125, 10, 1, 1, -0.75};

/* Walking the inverse is walking backwards, every gate undone; so is what qry_add_inverse appends. */
static void test_inverse(void **state)
{
    fixture *f = *state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        qry_circuit *circuit = random_circuit(f->ctx, seed, seed % 2 ? full : plain);
        for (uint32_t i = 0; i < qry_circuit_definitions(circuit); i++) {
            qry_definition *d = qry_circuit_definition(circuit, i);
            list there = written_out(f->ctx, d, false, values), back = written_out(f->ctx, d, true, values);
            list forward = only_operations(&there), backward = only_operations(&back), expected = inverted(&forward);
            assert_lists_equal(&expected, &backward, 0);
            size_t length = d->op_count;
            qry_add_inverse(d, 0, length);
            list both = written_out(f->ctx, d, false, values);
            assert_int_equal(both.count, 2 * there.count);
            for (size_t k = 0; k < back.count; k++)
                list_add(&there, back.items[k]);
            assert_lists_equal(&there, &both, 0);
            list none = written_out(f->ctx, d, true, values); /* the whole is its own inverse */
            assert_lists_equal(&there, &none, 0);
            d->op_count = length; /* as it was, for its callers */
        }
        qry_circuit_free(circuit);
    }
}

static bool count_down(void *state, const qry_step *step)
{
    (void)step;
    size_t *left = state;
    return (*left)-- > 0;
}

static void test_walk_by_hand(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_circuit_bits(circuit, 2);
    qry_definition *turn = qry_circuit_define(circuit, "turn", 2);
    qry_definition_group(turn, "a", 2, QRY_ROLE_DATA);
    qry_add_angle(turn, QRY_GATE_rz, (qry_angle){2, 1}, 1, 0);
    qry_add_angle(turn, QRY_GATE_cp, (qry_angle){0.5, -1}, 0, 1);
    qry_add(turn, QRY_GATE_t, 0, 0, 0);
    qry_definition *p = qry_circuit_program(circuit);
    qry_definition_group(p, "data", 4, QRY_ROLE_DATA);
    qry_begin_section(p, "main");
    qry_begin_repeat(p, 2);
    qry_add_call(p, turn, true, (qry_qubit[]){3, 1}, (qry_angle[]){{7, -1}, {3, -1}});
    qry_end(p);
    qry_begin_repeat(p, 0);
    qry_add(p, QRY_GATE_x, 0, 0, 0);
    qry_end(p);
    qry_end(p);
    qry_begin_if(p, 1, true);
    qry_add_measure(p, 2, 1);
    qry_add_reset(p, 2);
    qry_end(p);
    list l = written_out(f->ctx, p, false, NULL), expected = {.ctx = f->ctx};
    list_add(&expected, (item){.kind = ITEM_ENTER, .name = "main"});
    for (int round = 0; round < 2; round++) {
        list_add(&expected, (item){.kind = ITEM_ENTER, .name = "turn"});
        list_add(&expected, (item){.kind = QRY_GATE_tdg, .qubit = {3}});
        list_add(&expected, (item){.kind = QRY_GATE_cp, .qubit = {3, 1}, .angle = -0.5});
        list_add(&expected, (item){.kind = QRY_GATE_rz, .qubit = {1}, .angle = -6});
        list_add(&expected, (item){.kind = ITEM_LEAVE, .name = "turn"});
    }
    list_add(&expected, (item){.kind = ITEM_LEAVE, .name = "main"});
    list_add(&expected, (item){.kind = ITEM_IF, .bit = 1, .value = 1});
    list_add(&expected, (item){.kind = QRY_OP_MEASURE, .qubit = {2}, .bit = 1});
    list_add(&expected, (item){.kind = QRY_OP_RESET, .qubit = {2}});
    list_add(&expected, (item){.kind = ITEM_END_IF});
    assert_lists_equal(&expected, &l, 0);

    qry_set_repeat(p, 1, 1000);
    assert_int_equal(written_out(f->ctx, p, false, NULL).count, 6 + 5 * 1000);
    size_t left = 17;
    assert_false(qry_walk(p, false, NULL, &(qry_visitor){.state = &left, .step = count_down}));
    assert_int_equal(left, SIZE_MAX); /* asked once more than it let pass, and not again */
    assert_true(qry_walk(p, false, NULL, &(qry_visitor){0}));
}

/* Deep nesting needs memory, not stack. */
static void test_deep(void **state)
{
    fixture *f = *state;
    enum { DEPTH = 100000 };
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *inner = NULL;
    for (int i = 0; i <= DEPTH; i++) {
        qry_definition *d = i == DEPTH ? qry_circuit_program(circuit) : qry_circuit_define(circuit, "d", 0);
        qry_definition_group(d, "a", 1, QRY_ROLE_DATA);
        if (inner)
            qry_add_call(d, inner, i % 3 == 0, (qry_qubit[]){0}, NULL);
        else
            qry_add(d, QRY_GATE_t, 0, 0, 0);
        inner = d;
    }
    list l = written_out(f->ctx, inner, false, NULL), steps = only_operations(&l);
    assert_int_equal(steps.count, 1);
    assert_int_equal(l.count, 1 + 2 * DEPTH);
}

/* ---- misuse ---- */

struct misuse {
    qry_circuit *circuit;
    qry_definition *d, *callee;
};

static struct misuse *misused(qry_ctx *ctx)
{
    struct misuse *m = qry_alloc(ctx, 1, sizeof *m);
    m->circuit = qry_circuit_new(ctx);
    m->callee = qry_circuit_define(m->circuit, "callee", 1);
    qry_definition_group(m->callee, "a", 2, QRY_ROLE_DATA);
    m->d = qry_circuit_define(m->circuit, "d", 1);
    qry_definition_group(m->d, "a", 3, QRY_ROLE_DATA);
    qry_circuit_bits(m->circuit, 1);
    return m;
}

static const qry_angle one = {1, -1};

static void same_qubit(void *m) { qry_add(((struct misuse *)m)->d, QRY_GATE_ccx, 0, 1, 0); }
static void qubit_beyond(void *m) { qry_add(((struct misuse *)m)->d, QRY_GATE_h, 3, 0, 0); }
static void angle_missing(void *m) { qry_add(((struct misuse *)m)->d, QRY_GATE_rx, 0, 0, 0); }
static void angle_unknown(void *m) { qry_add_angle(((struct misuse *)m)->d, QRY_GATE_rx, (qry_angle){1, 1}, 0, 0); }
static void angle_infinite(void *m)
{
    qry_add_angle(((struct misuse *)m)->d, QRY_GATE_rx, (qry_angle){INFINITY, -1}, 0, 0);
}
static void bit_beyond(void *m) { qry_add_measure(((struct misuse *)m)->d, 0, 1); }
static void call_itself(void *argument)
{
    struct misuse *m = argument;
    qry_add_call(m->d, m->d, false, (qry_qubit[]){0, 1, 2}, &one);
}
static void same_operand(void *argument)
{
    struct misuse *m = argument;
    qry_add_call(m->d, m->callee, false, (qry_qubit[]){1, 1}, &one);
}
static void end_of_nothing(void *m) { qry_end(((struct misuse *)m)->d); }
static void half_a_block(void *argument)
{
    struct misuse *m = argument;
    qry_begin_section(m->d, "s");
    qry_add(m->d, QRY_GATE_h, 0, 0, 0);
    qry_add_inverse(m->d, 0, 2);
}
static void inverse_of_measurement(void *argument)
{
    struct misuse *m = argument;
    qry_add_measure(m->d, 0, 0);
    qry_add_inverse(m->d, 0, 1);
}
static void walk_back_a_measurement(void *argument)
{
    struct misuse *m = argument;
    qry_add_measure(m->callee, 0, 0);
    qry_add_call(m->d, m->callee, true, (qry_qubit[]){0, 1}, &one);
    qry_walk(m->d, false, &one.factor, &(qry_visitor){.step = count_down, .state = &(size_t){9}});
}
static void circle(void *argument)
{
    struct misuse *m = argument;
    qry_definition_group(m->callee, "b", 1, QRY_ROLE_DATA);
    qry_add_call(m->d, m->callee, false, (qry_qubit[]){0, 1, 2}, &one);
    qry_add_call(m->callee, m->d, false, (qry_qubit[]){0, 1, 2}, &one);
    qry_tally tally;
    qry_definition_tally(m->d, &tally);
}
/* Two calls, and then the callee changes: the operands of the second are not those that the first lacks. */
static void rewrite_callee(struct misuse *m, uint32_t width)
{
    for (int i = 0; i < 2; i++)
        qry_add_call(m->d, m->callee, false, (qry_qubit[]){0, 1}, &one);
    qry_definition_clear(m->callee);
    qry_definition_group(m->callee, "b", width, QRY_ROLE_DATA);
}
static void wider_when_walked(void *argument)
{
    struct misuse *m = argument;
    rewrite_callee(m, 3);
    qry_walk(m->d, false, &one.factor, &(qry_visitor){0});
}
static void wider_when_counted(void *argument)
{
    struct misuse *m = argument;
    rewrite_callee(m, 3);
    qry_tally tally;
    qry_definition_tally(m->d, &tally);
}
static void wider_when_dumped(void *argument)
{
    struct misuse *m = argument;
    rewrite_callee(m, 3);
    qry_circuit_dump(m->d->circuit, stderr);
}
static void narrower_when_walked(void *argument)
{
    struct misuse *m = argument;
    rewrite_callee(m, 1);
    qry_walk(m->d, false, &one.factor, &(qry_visitor){0});
}
static void open_section(void *argument)
{
    struct misuse *m = argument;
    qry_begin_section(m->d, "s");
    qry_tally tally;
    qry_definition_tally(m->d, &tally);
}
static void correct(void *argument)
{
    struct misuse *m = argument;
    qry_add_call(m->d, m->callee, false, (qry_qubit[]){0, 1}, &one);
    qry_add_call(m->d, m->callee, true, (qry_qubit[]){2, 1}, &(qry_angle){-2, 0});
}

/* As wide as before, the calls stand. */
static void same_width(void *argument)
{
    struct misuse *m = argument;
    rewrite_callee(m, 2);
    qry_walk(m->d, false, &one.factor, &(qry_visitor){0});
}

/* A count is baked into the plans of what is called, not into those of the program, which is read anew. */
static void test_versions_of_repeats(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *part[] = {qry_circuit_program(circuit), qry_circuit_define(circuit, "d", 0)};
    for (int called = 0; called < 2; called++) {
        qry_definition *d = part[called];
        qry_definition_group(d, "a", 1, QRY_ROLE_DATA);
        qry_begin_repeat(d, 2);
        qry_add(d, QRY_GATE_x, 0, 0, 0);
        qry_end(d);
        uint64_t version = d->version;
        qry_set_repeat(d, 0, 2);
        assert_int_equal(d->version, version); /* nothing has changed */
        qry_set_repeat(d, 0, 3);
        assert_int_equal(d->version > version, called);
        qry_tally tally;
        qry_definition_tally(d, &tally);
        assert_true(tally.gate[QRY_GATE_x] == 3);
    }
}

static void test_misuse(void **state)
{
    fixture *f = *state;
    void (*const wrong[])(void *) = {same_qubit,
                                     qubit_beyond,
                                     angle_missing,
                                     angle_unknown,
                                     bit_beyond,
                                     call_itself,
                                     same_operand,
                                     end_of_nothing,
                                     half_a_block,
                                     inverse_of_measurement,
                                     walk_back_a_measurement,
                                     circle,
                                     wider_when_walked,
                                     wider_when_counted,
                                     wider_when_dumped,
                                     narrower_when_walked,
                                     open_section,
                                     angle_infinite};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (!aborts(wrong[i], misused(f->ctx)))
            fail_msg("misuse %zu was not noticed", i);
    assert_false(aborts(correct, misused(f->ctx)));
    assert_false(aborts(same_width, misused(f->ctx)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_group_names),  TEST(test_groups), TEST(test_rewriting), TEST(test_inverse),
        TEST(test_walk_by_hand), TEST(test_deep),   TEST(test_misuse),    TEST(test_versions_of_repeats),
    };
    return cmocka_run_group_tests_name("circuit", tests, NULL, NULL);
}
