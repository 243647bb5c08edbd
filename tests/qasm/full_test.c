/* full_test.c: the full profile to the letter, and qry_circuit_equal against it: circuits are the same if, and only if, their
 * texts are. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *read_all(qry_ctx *ctx, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot read %s", path);
    char *text = NULL;
    size_t room = 0, length = 0;
    do {
        QRY_GROW(ctx, text, room, length + 65536);
        length += fread(text + length, 1, room - length - 1, file);
    } while (!feof(file) && !ferror(file));
    fclose(file);
    text[length] = 0;
    return text;
}

static char *printed(qry_ctx *ctx, const qry_circuit *circuit)
{
    char path[] = "/tmp/quarry-full-XXXXXX";
    close(mkstemp(path));
    qry_output *output = qry_output_open(ctx, path);
    static const char *const head[] = {"made by a test"};
    const qry_print_options options = {.profile = QRY_PROFILE_FULL, .head = head, .head_count = 1};
    assert_true(qry_circuit_print(circuit, &options, output));
    assert_true(qry_output_commit(output));
    char *text = read_all(ctx, path);
    unlink(path);
    return text;
}

/* ---- to the letter ---- */

static qry_definition *define(qry_circuit *circuit, const char *name, uint32_t angles, const char *group, uint32_t size)
{
    qry_definition *d = qry_circuit_define(circuit, name, angles);
    qry_definition_group(d, group, size, QRY_ROLE_DATA);
    return d;
}

/* A gate of gates: blocks in it, angles of its own, a barrier, a phase, names that need care. */
static qry_definition *make_turn(qry_circuit *circuit)
{
    qry_definition *turn = define(circuit, "turn \xc3\xa9", 2, "a", 2);
    qry_definition_group(turn, "a1", 1, QRY_ROLE_WORK);
    const qry_angle angles[] = {{1, 1}, {-1, 0}, {0.5, 1}};
    qry_begin_repeat(turn, 3);
    qry_add_gate(turn, QRY_GATE_U, angles, (qry_qubit[]){2});
    qry_begin_section(turn, "inner");
    qry_add_gate(turn, QRY_GATE_gphase, &(qry_angle){-0.25, 0}, NULL);
    qry_end(turn);
    qry_end(turn);
    qry_add_barrier(turn, (qry_qubit[]){0, 2}, 2);
    qry_add_controlled(turn, QRY_GATE_gphase, angles, NULL, (qry_qubit[]){1 | QRY_NEGATIVE, 0}, 2);
    return turn;
}

static qry_definition *make_syndrome(qry_circuit *circuit, const qry_definition *turn)
{
    qry_definition *syndrome = define(circuit, "syndrome", 1, "q", 3);
    qry_begin_if(syndrome, 3, false);
    qry_add_reset(syndrome, 2);
    qry_begin_if(syndrome, 0, true);
    qry_add(syndrome, QRY_GATE_sxdg, 1, 0, 0);
    qry_end(syndrome);
    qry_end(syndrome);
    qry_add_call(syndrome, turn, true, (qry_qubit[]){2, 0, 1}, (qry_angle[]){{1, 0}, {2, -1}});
    qry_add_measure(syndrome, 2, 3);
    return syndrome;
}

static qry_circuit *showpiece(qry_ctx *ctx)
{
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *p = qry_circuit_program(circuit);
    qry_definition_group(p, "data", 4, QRY_ROLE_DATA);
    qry_definition_group(p, "i", 1, QRY_ROLE_WORK);
    qry_definition_group(p, "nothing", 0, QRY_ROLE_WORK);
    qry_circuit_bit_register(circuit, "Flags", 3);
    qry_circuit_bits(circuit, 2);
    qry_definition *turn = make_turn(circuit), *syndrome = make_syndrome(circuit, turn);
    qry_definition *names[] = {define(circuit, "p0", 0, "a", 1), define(circuit, "Bell_2", 0, "bell", 2),
                               define(circuit, "h", 0, "a", 1), define(circuit, "data", 0, "a", 1)};
    qry_add(names[0], QRY_GATE_id, 0, 0, 0);
    qry_add(names[1], QRY_GATE_swap, 1, 0, 0);
    qry_add(names[2], QRY_GATE_sx, 0, 0, 0);
    qry_add_call(p, turn, false, (qry_qubit[]){3, 2, 4}, (qry_angle[]){{M_PI, -1}, {1e22, -1}});
    qry_add_call(p, syndrome, false, (qry_qubit[]){0, 1, 2}, (qry_angle[]){{-0.0, -1}});
    qry_add_call(p, names[1], true, (qry_qubit[]){0, 1}, NULL);
    for (int i = 0; i < 4; i++)
        if (i != 1)
            qry_add_call(p, names[i], false, (qry_qubit[]){4}, NULL);
    const qry_qubit controls[] = {0, 1, 2 | QRY_NEGATIVE, 3};
    qry_add_controlled(p, QRY_GATE_sxdg, NULL, (qry_qubit[]){4}, controls, 4);
    qry_add_controlled(p, QRY_GATE_ccx, NULL, (qry_qubit[]){0, 1, 2}, (qry_qubit[]){4}, 1);
    qry_add_controlled(p, QRY_GATE_x, NULL, (qry_qubit[]){0}, (qry_qubit[]){4}, 1);
    qry_begin_section(p, "corrections");
    qry_begin_repeat(p, UINT64_C(5000000000));
    qry_add_barrier(p, NULL, 0);
    qry_add(p, QRY_GATE_h, 4, 0, 0);
    qry_end(p);
    qry_end(p);
    qry_add_measure(p, 0, 2);
    qry_begin_if(p, 2, true);
    qry_add(p, QRY_GATE_x, 0, 0, 0);
    qry_end(p);
    return circuit;
}

static void test_golden(void **state)
{
    fixture *f = *state;
    static const char path[] = QUARRY_SOURCE_DIR "/tests/qasm/golden/full.qasm";
    const char *text = printed(f->ctx, showpiece(f->ctx));
    if (getenv("QUARRY_WRITE_GOLDEN")) {
        FILE *file = fopen(path, "wb");
        assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
        fclose(file);
    }
    assert_string_equal(text, read_all(f->ctx, path));
}

/* What OpenQASM cannot say is an error, and the portable profile says what it has not. */
static void test_refused(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *none = qry_circuit_define(circuit, "phase", 0), *p = qry_circuit_program(circuit);
    qry_add_gate(none, QRY_GATE_gphase, &(qry_angle){1, -1}, NULL);
    qry_definition_group(p, "q", 2, QRY_ROLE_DATA);
    qry_add_call(p, none, false, NULL, NULL);
    qry_output *output = qry_output_open(f->ctx, "/dev/null");
    assert_false(qry_circuit_print(circuit, &(qry_print_options){.profile = QRY_PROFILE_FULL}, output));
    assert_non_null(strstr(f->text, "the definition 'phase' has no qubits"));
    for (int i = 0; i < 3; i++) {
        qry_definition_truncate(p, 0);
        if (i == 0)
            qry_add(p, QRY_GATE_sx, 0, 0, 0);
        else if (i == 1)
            qry_add_barrier(p, NULL, 0);
        else
            qry_add_controlled(p, QRY_GATE_x, NULL, (qry_qubit[]){0}, (qry_qubit[]){1 | QRY_NEGATIVE}, 1);
        f->text[0] = 0;
        assert_false(qry_circuit_print(circuit, NULL, output));
        assert_non_null(strstr(f->text, i == 1 ? "a barrier, which the portable profile has not"
                                               : "one with more controls), which the portable profile has not"));
    }
    assert_int_equal(qry_output_bytes(output), 0);
    qry_output_free(output);
}

/* ---- equal circuits ---- */

static const random_kind kind = {
    .definitions = 5, .most_rounds = 4, .most_items = 60, .measurements = true, .feedback = true, .full = true};

static void change_angle(qry_definition *d, size_t i)
{
    if (i % 2)
        d->angles[i].factor = d->angles[i].factor ? -d->angles[i].factor : 3;
    else
        d->angles[i].formal = d->angle_count ? (d->angles[i].formal + 2) % (int32_t)(d->angle_count + 1) - 1 : -1;
    d->angles[i].factor += d->angle_count == 0 && i % 2 == 0;
}

/* Turns one thing of a circuit into another that may stand there. */
static void change(qry_circuit *circuit, qry_random *random)
{
    qry_definition *d =
        qry_circuit_definition(circuit, (uint32_t)qry_random_below(random, qry_circuit_definitions(circuit)));
    if (d->angle_pool_count && qry_random_below(random, 4) == 0) {
        change_angle(d, qry_random_below(random, d->angle_pool_count));
        return;
    }
    if (!d->op_count)
        return;
    qry_op *op = &d->ops[qry_random_below(random, d->op_count)];
    if (op->kind == QRY_OP_REPEAT || op->kind == QRY_OP_IF)
        op->b ^= 1;
    else if (op->kind == QRY_OP_MEASURE)
        op->b = (op->b + 1) % qry_circuit_bit_count(circuit);
    else if (op->kind == QRY_OP_CONTROLLED)
        d->operands[op->b + 1] ^= QRY_NEGATIVE;
    else if (op->kind == QRY_OP_CALL || (op->kind == QRY_OP_BARRIER && d->operands[op->b] > 1)) {
        if (d->operands[op->b] < 2)
            return;
        qry_qubit first = d->operands[op->b + 1];
        d->operands[op->b + 1] = d->operands[op->b + 2];
        d->operands[op->b + 2] = first;
    } else if (op->kind < QRY_GATES && !qry_gate_table[op->kind].angles && op->kind != QRY_GATE_id)
        op->kind = qry_gate_table[op->kind].inverse;
    else if (op->kind == QRY_OP_RESET)
        op->a = (op->a + 1) % d->width;
}

static void test_equal(void **state)
{
    fixture *f = *state;
    qry_random random;
    qry_random_seed(&random, 1, 0);
    size_t same = 0, other = 0;
    for (uint64_t seed = 0; seed < 600; seed++) {
        qry_circuit *a = random_circuit(f->ctx, seed, kind), *b = random_circuit(f->ctx, seed, kind);
        char *first = printed(f->ctx, a), *second = printed(f->ctx, b);
        assert_string_equal(first, second);
        assert_true(qry_circuit_equal(a, b));
        change(b, &random);
        qry_free(f->ctx, second);
        second = printed(f->ctx, b);
        bool equal = qry_circuit_equal(a, b);
        assert_int_equal(equal, strcmp(first, second) == 0);
        assert_int_equal(equal, qry_circuit_equal(b, a));
        same += equal;
        other += !equal;
        qry_free(f->ctx, first);
        qry_free(f->ctx, second);
        qry_circuit_free(a);
        qry_circuit_free(b);
    }
    assert_true(same > 30 && other > 200); /* same: what is changed is not reached, or comes to the same */
}

/* ---- read again ---- */

/* What was printed, as the reader makes a circuit of it. */
static const qry_circuit *read_again(fixture *f, const char *text)
{
    qry_qasm *program = qry_qasm_read(f->ctx, qry_source_from_text(f->ctx, "printed.qasm", text, strlen(text)));
    if (!program)
        fail_msg("not read: %s%s", f->text, text);
    const qry_elaboration *elaboration = qry_qasm_elaborate(program);
    if (!elaboration)
        fail_msg("not elaborated: %s%s", f->text, text);
    if (!elaboration->exact)
        fail_msg("not exact: %s\n%s", elaboration->why_text, text);
    return elaboration->circuit;
}

/* A circuit and what is read of it do the same, operation by operation. The reader gives a definition no angle that it does
 * not use, and one for each product; so what was read is the same circuit when it is printed and read once more. Circuits
 * without def: that is written into its caller when it is read. */
static void test_read_again(void **state)
{
    (void)state;
    const random_kind kinds[] = {
        {.definitions = 8, .most_rounds = 4, .most_items = 200, .full = true},
        {.most_rounds = 4, .most_items = 60, .measurements = true, .full = true},
    };
    for (uint64_t seed = 0; seed < 300; seed++) {
        void *own;
        set_up(&own); /* programs stay with their context */
        fixture *f = own;
        const qry_circuit *circuit = random_circuit(f->ctx, seed, kinds[seed % 2]);
        const qry_circuit *once = read_again(f, printed(f->ctx, circuit));
        const char *text = printed(f->ctx, once);
        list all[] = {written_out(f->ctx, qry_circuit_program(circuit), false, NULL),
                      written_out(f->ctx, qry_circuit_program(once), false, NULL)};
        list first = only_operations(&all[0]), second = only_operations(&all[1]);
        assert_lists_equal(&first, &second, 1e-14);
        const qry_circuit *twice = read_again(f, text);
        if (!qry_circuit_equal(once, twice))
            fail_msg("seed %d: not the same:\n%s\n%s", (int)seed, text, printed(f->ctx, twice));
        tear_down(&own);
    }
}

/* With a condition on a measured bit, a def and a long repeat. */
static void test_golden_again(void **state)
{
    fixture *f = *state;
    const qry_circuit *once = read_again(f, printed(f->ctx, showpiece(f->ctx)));
    assert_true(qry_circuit_equal(once, read_again(f, printed(f->ctx, once))));
    qry_tally tally;
    qry_definition_tally(qry_circuit_program(once), &tally);
    assert_true(tally.gate[QRY_GATE_h] == UINT64_C(5000000000) && tally.measurements == 2);
}

/* Registers, and names as they are printed: a name and what is made of it are one. */
static void test_names(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *qubits, *bits, *definition, *section;
        uint32_t size;
        bool equal;
    } rows[] = {
        {"data", "flags", "load K", "main part", 3, true},  {"Data", "Flags", "load_k", "main_part", 3, true},
        {"data", "flag", "load K", "main part", 3, false},  {"date", "flags", "load K", "main part", 3, false},
        {"data", "flags", "load Q", "main part", 3, false}, {"data", "flags", "load K", "other", 3, false},
        {"data", "flags", "load K", "main part", 2, false},
    };
    qry_circuit *first = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        qry_circuit *circuit = qry_circuit_new(f->ctx);
        qry_definition *p = qry_circuit_program(circuit);
        if (i % 2)
            qry_circuit_define(circuit, "not called", 0);
        qry_definition *d = define(circuit, rows[i].definition, 0, i % 2 ? "a" : "b", 1);
        qry_definition_group(p, rows[i].qubits, 1, QRY_ROLE_DATA);
        qry_circuit_bit_register(circuit, rows[i].bits, rows[i].size);
        qry_begin_section(p, rows[i].section);
        qry_add_call(p, d, false, (qry_qubit[]){0}, NULL);
        qry_end(p);
        if (!i)
            first = circuit;
        assert_int_equal(qry_circuit_equal(first, circuit), rows[i].equal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_golden),     TEST(test_refused),      TEST(test_equal),
                                       TEST(test_read_again), TEST(test_golden_again), TEST(test_names)};
    return cmocka_run_group_tests_name("full", tests, NULL, NULL);
}
