/* print_test.c: what is printed is what was built: read back by an independent reader, compared operation by operation;
 * two small files to the letter; hostile names, angles, locales and outputs. */
#include "reader.h"

#include "qasm/print.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *read_file(qry_ctx *ctx, const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot read %s: %s", path, strerror(errno));
    char *text = NULL;
    size_t room = 0;
    *length = 0;
    do {
        QRY_GROW(ctx, text, room, *length + 65536);
        *length += fread(text + *length, 1, room - *length - 1, file);
    } while (!feof(file) && !ferror(file));
    fclose(file);
    text[*length] = 0;
    return text;
}

static char *printed(qry_ctx *ctx, const qry_circuit *circuit, const qry_print_options *options, size_t *length)
{
    char path[] = "/tmp/quarry-print-XXXXXX";
    close(mkstemp(path));
    qry_output *output = qry_output_open(ctx, path);
    assert_true(qry_circuit_print(circuit, options, output));
    uint64_t bytes = qry_output_bytes(output);
    assert_true(qry_output_commit(output));
    char *text = read_file(ctx, path, length);
    unlink(path);
    assert_int_equal(*length, bytes);
    assert_int_equal(strlen(text), *length);
    return text;
}

/* ---- read back ---- */

/* A name as comments show it. */
static const char *in_comment(qry_arena *arena, const char *name)
{
    char *shown = qry_arena_text(arena, name, strlen(name)), *to = shown;
    for (const unsigned char *p = (const unsigned char *)name; *p; p++)
        if (*p < 0x80 || *p >= 0xc0)
            *to++ = *p < ' ' ? ' ' : *p < 0x7f ? (char)*p : '?';
    *to = 0;
    return shown;
}

static list expected_of(fixture *f, const qry_circuit *circuit)
{
    list l = written_out(f->ctx, qry_circuit_program(circuit), false, NULL);
    for (size_t i = 0; i < l.count; i++)
        if (l.items[i].name)
            l.items[i].name = in_comment(f->arena, l.items[i].name);
    return l;
}

static reading compare(fixture *f, const qry_circuit *circuit, const qry_print_options *options, double tolerance)
{
    size_t length;
    char *text = printed(f->ctx, circuit, options, &length);
    reading r = read_portable(f->ctx, text, length);
    list expected = expected_of(f, circuit);
    assert_lists_equal(&expected, &r.all, tolerance);
    assert_int_equal(r.qubits, qry_circuit_program(circuit)->width);
    assert_int_equal(r.bits, qry_circuit_bit_count(circuit));
    qry_free(f->ctx, expected.items);
    qry_free(f->ctx, text);
    return r;
}

static const random_kind kind = {.definitions = 10, .most_rounds = 4, .most_items = 200, .measurements = true};

static void test_flat(void **state)
{
    fixture *f = *state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        qry_circuit *circuit = random_circuit(f->ctx, seed, kind);
        reading r = compare(f, circuit, &(qry_print_options){.flat_limit = UINT64_MAX}, 0);
        assert_int_equal(r.definitions, 0);
        assert_int_equal(r.lines, 2 + r.registers + 1 + r.all.count);
        qry_free(f->ctx, r.all.items);
        qry_circuit_free(circuit);
    }
}

static void test_definitions(void **state)
{
    fixture *f = *state;
    size_t definitions = 0, shorter = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        qry_circuit *circuit = random_circuit(f->ctx, seed, kind);
        reading r = compare(f, circuit, &(qry_print_options){.flat_limit = 0}, 1e-12);
        definitions += r.definitions;
        shorter += r.lines < r.all.count;
        reading narrow = compare(f, circuit, &(qry_print_options){.max_operands = 3}, 1e-12);
        assert_true(narrow.widest <= 3 && narrow.definitions <= r.definitions);
        qry_free(f->ctx, r.all.items);
        qry_free(f->ctx, narrow.all.items);
        qry_circuit_free(circuit);
    }
    assert_true(definitions > 600 && shorter > 10);
}

/* Counted = printed, by looking at the lines alone. */
static void test_lines_are_counts(void **state)
{
    fixture *f = *state;
    for (uint64_t seed = 1000; seed < 1100; seed++) {
        qry_circuit *circuit = random_circuit(f->ctx, seed, kind);
        qry_tally tally, lines = {0};
        qry_definition_tally(qry_circuit_program(circuit), &tally);
        size_t length;
        char *text = printed(f->ctx, circuit, &(qry_print_options){.flat_limit = UINT64_MAX}, &length);
        for (char *line = text; *line; line = strchr(line, '\n') + 1) {
            size_t name = strspn(line, "abcdefghijklmnopqrstuvwxyz");
            char after = line[name];
            lines.measurements += strncmp(line, "c[", 2) == 0;
            line[name] = 0;
            qry_gate gate = qry_gate_find(line);
            if (gate != QRY_GATES && name)
                lines.gate[gate]++;
            line[name] = after;
        }
        assert_memory_equal(&tally, &lines, sizeof tally);
        qry_free(f->ctx, text);
        qry_circuit_free(circuit);
    }
}

/* ---- to the letter ---- */

/* A definition with angles, called forward, undone, and from another; one that is never a gate; names that need care; a
 * repeat; sections. */
static qry_circuit *showpiece(qry_ctx *ctx)
{
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *turn = qry_circuit_define(circuit, "turn \xc3\xa9", 2);
    qry_definition_group(turn, "a", 11, QRY_ROLE_DATA);
    qry_definition_group(turn, "a1", 2, QRY_ROLE_WORK);
    qry_add_angle(turn, QRY_GATE_rz, (qry_angle){1, 1}, 10, 0);
    qry_add_angle(turn, QRY_GATE_cp, (qry_angle){-1, 0}, 11, 12);
    qry_add_angle(turn, QRY_GATE_p, (qry_angle){3, -1}, 0, 0);
    qry_add(turn, QRY_GATE_s, 1, 0, 0);
    qry_definition *half = qry_circuit_define(circuit, "half", 1); /* scales its angle: never a gate */
    qry_definition_group(half, "a", 2, QRY_ROLE_DATA);
    qry_add_angle(half, QRY_GATE_ry, (qry_angle){0.5, 0}, 0, 1);
    qry_definition *load = qry_circuit_define(circuit, "load K", 0);
    qry_definition_group(load, "address", 13, QRY_ROLE_ADDRESS);
    qry_definition_group(load, "u", 1, QRY_ROLE_WORD);
    qry_qubit operands[13];
    for (uint32_t i = 0; i < 13; i++)
        operands[i] = 12 - i;
    qry_add_call(load, turn, true, operands, (qry_angle[]){{0.25, -1}, {1e-10, -1}});
    qry_add_call(load, half, false, (qry_qubit[]){7, 13}, (qry_angle[]){{1.5, -1}});
    qry_begin_section(load, "fetch");
    qry_add(load, QRY_GATE_ccx, 0, 1, 13);
    qry_end(load);
    qry_definition *p = qry_circuit_program(circuit);
    qry_definition_group(p, "T", 14, QRY_ROLE_DATA);
    qry_definition_group(p, "word", 1, QRY_ROLE_WORD);
    qry_circuit_bits(circuit, 2);
    qry_qubit all[14];
    for (uint32_t i = 0; i < 14; i++)
        all[i] = i;
    qry_add(p, QRY_GATE_h, 14, 0, 0);
    qry_begin_section(p, "round");
    qry_begin_repeat(p, 2);
    qry_add_call(p, load, false, all, NULL);
    qry_add(p, QRY_GATE_cswap, 0, 13, 14);
    qry_end(p);
    qry_end(p);
    qry_add_call(p, load, true, all, NULL);
    qry_add_call(p, turn, false, operands, (qry_angle[]){{M_PI, -1}, {-0.0, -1}});
    qry_add_measure(p, 14, 0);
    qry_add_measure(p, 2, 1);
    return circuit;
}

static void compare_with(fixture *f, const qry_print_options *options, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/tests/qasm/golden/%s", QUARRY_SOURCE_DIR, name);
    qry_circuit *circuit = showpiece(f->ctx);
    size_t length, golden_length;
    const char *text = printed(f->ctx, circuit, options, &length);
    if (getenv("QUARRY_WRITE_GOLDEN")) {
        FILE *file = fopen(path, "wb");
        assert_int_equal(fwrite(text, 1, length, file), length);
        fclose(file);
    }
    const char *golden = read_file(f->ctx, path, &golden_length);
    assert_string_equal(text, golden);
    compare(f, circuit, options, 1e-15);
    qry_circuit_free(circuit);
}

static const char *const head[] = {"made by a test", "for K\xc2\xb2;\n\"h\" q[0]"};

static void test_golden(void **state)
{
    fixture *f = *state;
    compare_with(f, &(qry_print_options){.flat_limit = 1000, .head = head, .head_count = 2}, "flat.qasm");
    compare_with(f, &(qry_print_options){.flat_limit = 10, .head = head, .head_count = 2}, "definitions.qasm");
    compare_with(f, &(qry_print_options){.max_operands = 13}, "thirteen.qasm");
}

static void test_limit(void **state)
{
    fixture *f = *state;
    for (uint64_t extra = 0; extra < 2; extra++) {
        qry_circuit *circuit = qry_circuit_new(f->ctx);
        qry_definition *d = qry_circuit_define(circuit, "d", 0), *p = qry_circuit_program(circuit);
        qry_definition_group(d, "a", 1, QRY_ROLE_DATA);
        qry_definition_group(p, "a", 1, QRY_ROLE_DATA);
        qry_add(d, QRY_GATE_x, 0, 0, 0);
        qry_begin_repeat(p, QRY_FLAT_LIMIT + extra);
        qry_add_call(p, d, false, (qry_qubit[]){0}, NULL);
        qry_end(p);
        reading r = compare(f, circuit, NULL, 0);
        assert_int_equal(r.definitions, extra);
    }
}

/* A program of nothing but a register; nothing but a gate; nothing. */
static void test_small(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    size_t length;
    assert_string_equal(printed(f->ctx, circuit, NULL, &length), "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n");
    qry_definition_group(qry_circuit_program(circuit), "none", 0, QRY_ROLE_DATA);
    qry_definition_group(qry_circuit_program(circuit), "q", 1, QRY_ROLE_DATA);
    assert_string_equal(printed(f->ctx, circuit, NULL, &length),
                        "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[1] q;\n");
}

/* Many definitions of one name, of names that differ in what is lost, and one that looks like an inverse. */
static void test_definition_names(void **state)
{
    fixture *f = *state;
    static const char *const names[] = {"Add",  "add",   "add_dg",   "add dg", "ADD!",
                                        "add_", "add_2", "\xc3\xa9", "",       "add"};
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *p = qry_circuit_program(circuit);
    qry_definition_group(p, "a", 1, QRY_ROLE_DATA);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        qry_definition *d = qry_circuit_define(circuit, names[i], 0);
        qry_definition_group(d, "a", 1, QRY_ROLE_DATA);
        qry_add(d, (qry_gate)(QRY_GATE_x + i % 5), 0, 0, 0);
        qry_add_call(p, d, false, (qry_qubit[]){0}, NULL);
        qry_add_call(p, d, true, (qry_qubit[]){0}, NULL);
    }
    reading r = compare(f, circuit, &(qry_print_options){0}, 0); /* the reader refuses a name that comes twice */
    assert_int_equal(r.definitions, 2 * sizeof names / sizeof *names);
}

/* ---- numbers ---- */

static void check_number(double number, bool locale_is_c)
{
    char text[QRY_NUMBER_ROOM];
    size_t length = qry_text_of_number(number, text);
    assert_int_equal(strlen(text), length);
    assert_true(strspn(text, "0123456789+-e.") == length);
    const char *e = strchr(text, 'e'), *point = strchr(text, '.');
    assert_true(e || point);
    assert_true(!point || (point > text && point[1] >= '0' && point[1] <= '9'));
    assert_true(!e || !point || point == text + (text[0] == '-') + 1);
    if (locale_is_c)
        assert_true(strtod(text, NULL) == number);
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *text;
    } rows[] = {{0, "0.0"},
                {-0.0, "0.0"},
                {1, "1.0"},
                {-12, "-12.0"},
                {0.5, "0.5"},
                {M_PI, "3.1415926535897931"},
                {-M_PI_4, "-0.78539816339744828"},
                {1e-10, "1e-10"},
                {1.5e-16, "1.5e-16"},
                {0.0001, "0.0001"},
                {1e-5, "1.0000000000000001e-05"},
                {1e16, "10000000000000000.0"},
                {1e17, "1e+17"}};
    char text[QRY_NUMBER_ROOM];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        qry_text_of_number(rows[i].number, text);
        assert_string_equal(text, rows[i].text);
    }
    qry_random random;
    qry_random_seed(&random, 1, 0);
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = qry_random_next(&random);
        double number;
        memcpy(&number, &bits, sizeof number);
        if (isfinite(number))
            check_number(number, true);
        check_number(qry_random_normal(&random), true);
    }
}

/* A locale with a decimal comma, made for this test where the system can. */
static bool set_comma_locale(const char *folder)
{
    char command[256];
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 2>/dev/null", folder);
    if (setlocale(LC_ALL, "de_DE.UTF-8"))
        return true;
    if (system(command) != 0)
        return false;
    setenv("LOCPATH", folder, 1);
    return setlocale(LC_ALL, "de_DE.UTF-8") != NULL;
}

static void test_locale(void **state)
{
    fixture *f = *state;
    char folder[] = "/tmp/quarry-locale-XXXXXX", command[64];
    assert_non_null(mkdtemp(folder));
    qry_circuit *circuit = showpiece(f->ctx);
    size_t length;
    const char *before = printed(f->ctx, circuit, NULL, &length);
    bool comma = set_comma_locale(folder);
    if (comma) {
        assert_string_equal(localeconv()->decimal_point, ",");
        assert_string_equal(printed(f->ctx, circuit, NULL, &length), before);
        for (double x = -3; x < 3; x += 0.01)
            check_number(x * 1e-4, false);
        setlocale(LC_ALL, "C");
    }
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    if (!comma) {
        print_message("no locale with a decimal comma here\n");
        skip();
    }
}

/* ---- what the readers do not agree on ---- */

/* Angles are handed on to gates as they are or negated; else the definition is written out, and so is who hands it an
 * angle of its own. */
static void test_angles(void **state)
{
    fixture *f = *state;
    static const struct {
        qry_gate gate;
        double factor, outer;
        size_t gates; /* of inner and outer, forward only */
    } rows[] = {{QRY_GATE_rx, 1, 1, 2},  {QRY_GATE_cp, -1, -1, 2}, {QRY_GATE_rz, 0.5, 1, 0},
                {QRY_GATE_rz, 1, 2, 1},  {QRY_GATE_crx, 1, 1, 0},  {QRY_GATE_cry, 1, 1, 0},
                {QRY_GATE_crz, 1, 1, 0}, {QRY_GATE_p, 0, 1, 0},    {QRY_GATE_crx, 1, 0, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        qry_circuit *circuit = qry_circuit_new(f->ctx);
        qry_definition *inner = qry_circuit_define(circuit, "inner", 1),
                       *outer = qry_circuit_define(circuit, "outer", 1);
        qry_definition *number = qry_circuit_define(circuit, "number", 1), *p = qry_circuit_program(circuit);
        qry_definition *const all[] = {inner, outer, number, p};
        for (int k = 0; k < 4; k++)
            qry_definition_group(all[k], "a", 2, QRY_ROLE_DATA);
        const qry_qubit both[] = {0, 1};
        qry_add_angle(inner, rows[i].gate, (qry_angle){rows[i].factor, 0}, 0, 1);
        qry_add_call(outer, inner, false, both, &(qry_angle){rows[i].outer, 0});
        qry_add_call(number, inner, false, both, &(qry_angle){1.25, -1});
        qry_add_call(p, outer, false, both, &(qry_angle){0.75, -1});
        qry_add_call(p, number, false, both, &(qry_angle){0.75, -1});
        reading r = compare(f, circuit, &(qry_print_options){0}, 0);
        assert_int_equal(r.definitions, rows[i].gates + 1);
    }
    assert_int_equal(f->warnings, 0);
}

static void test_controlled_rotations(void **state)
{
    fixture *f = *state;
    static const struct {
        qry_gate gate;
        double angle;
        size_t warnings;
    } rows[] = {{QRY_GATE_crx, -0.1, 1}, {QRY_GATE_cry, 7, 1}, {QRY_GATE_crz, -1, 1}, {QRY_GATE_crx, 0, 0},
                {QRY_GATE_cry, 6.28, 0}, {QRY_GATE_cp, -1, 0}, {QRY_GATE_rx, -1, 0},  {QRY_GATE_cp, 100, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        qry_circuit *circuit = qry_circuit_new(f->ctx);
        qry_definition *p = qry_circuit_program(circuit);
        qry_definition_group(p, "a", 2, QRY_ROLE_DATA);
        qry_begin_repeat(p, 3);
        qry_add_angle(p, rows[i].gate, (qry_angle){rows[i].angle, -1}, 0, 1);
        qry_end(p);
        compare(f, circuit, NULL, 0);
        assert_int_equal(f->warnings, rows[i].warnings); /* once */
        f->warnings = 0;
    }
}

/* ---- the room for text ---- */

/* What follows a comment begins anywhere in the printer's buffer, also where it ends. */
static void test_room(void **state)
{
    fixture *f = *state;
    char name[QRY_TEXT_ROOM + 1];
    memset(name, 'k', sizeof name);
    for (size_t length = QRY_TEXT_ROOM - 320; length < QRY_TEXT_ROOM; length++) {
        name[length] = 0;
        qry_circuit *circuit = qry_circuit_new(f->ctx);
        qry_definition *d = qry_circuit_define(circuit, "d", 0), *e = qry_circuit_define(circuit, name, 0);
        qry_definition *p = qry_circuit_program(circuit);
        qry_definition_group(d, "a", 1, QRY_ROLE_DATA);
        qry_definition_group(e, "a", 1, QRY_ROLE_DATA);
        qry_definition_group(p, "a", 1, QRY_ROLE_DATA);
        qry_add(e, QRY_GATE_x, 0, 0, 0);
        qry_add_call(d, e, false, (qry_qubit[]){0}, NULL);
        qry_add_call(p, d, false, (qry_qubit[]){0}, NULL);
        compare(f, circuit, &(qry_print_options){.flat_limit = 0}, 0);
        qry_circuit_free(circuit);
        name[length] = 'k';
    }
}

/* ---- what cannot be printed ---- */

static void refuse(fixture *f, const qry_circuit *circuit, const char *message)
{
    qry_output *output = qry_output_open(f->ctx, "/dev/null");
    assert_false(qry_circuit_print(circuit, NULL, output));
    assert_int_equal(qry_output_bytes(output), 0);
    assert_int_equal(f->errors, 1);
    assert_non_null(strstr(f->text, message));
    f->errors = 0;
    f->text[0] = 0;
    qry_output_free(output);
}

static void test_profile(void **state)
{
    fixture *f = *state;
    for (int reset = 0; reset < 2; reset++) {
        qry_circuit *circuit = qry_circuit_new(f->ctx);
        qry_definition *d = qry_circuit_define(circuit, "d", 0), *p = qry_circuit_program(circuit);
        qry_definition_group(d, "a", 1, QRY_ROLE_DATA);
        qry_definition_group(p, "a", 1, QRY_ROLE_DATA);
        qry_circuit_bits(circuit, 1);
        for (int i = 0; i < 3; i++) {
            if (!reset)
                qry_begin_if(d, 0, true);
            qry_add_reset(d, 0);
            if (!reset)
                qry_end(d);
        }
        qry_add_call(p, d, false, (qry_qubit[]){0}, NULL);
        qry_add_call(p, d, false, (qry_qubit[]){0}, NULL);
        refuse(f, circuit, reset ? "a reset" : "a condition");
    }
}

/* A definition that measures cannot be a gate; what it calls can. */
/* A bit register that nobody measures into would be all zeros in a reader's results. */
static void test_unused_bits(void **state)
{
    fixture *f = *state;
    for (int measured = 0; measured < 2; measured++) {
        qry_circuit *circuit = qry_circuit_new(f->ctx);
        qry_definition *d = qry_circuit_define(circuit, "d", 0), *p = qry_circuit_program(circuit);
        qry_definition_group(d, "a", 1, QRY_ROLE_DATA);
        qry_definition_group(p, "a", 1, QRY_ROLE_DATA);
        qry_circuit_bits(circuit, 2);
        if (measured)
            qry_add_measure(d, 0, 1);
        qry_add_call(p, d, false, (qry_qubit[]){0}, NULL);
        size_t length;
        char *text = printed(f->ctx, circuit, NULL, &length);
        assert_int_equal(strstr(text, "bit[2] c;") != NULL, measured);
        qry_free(f->ctx, text);
    }
}

static void test_measurement_inside(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *flip = qry_circuit_define(circuit, "flip", 0), *look = qry_circuit_define(circuit, "look", 0);
    qry_definition *p = qry_circuit_program(circuit);
    qry_definition_group(flip, "a", 1, QRY_ROLE_DATA);
    qry_definition_group(look, "a", 1, QRY_ROLE_DATA);
    qry_definition_group(p, "a", 1, QRY_ROLE_DATA);
    qry_circuit_bits(circuit, 1);
    qry_add(flip, QRY_GATE_x, 0, 0, 0);
    qry_add_call(look, flip, false, (qry_qubit[]){0}, NULL);
    qry_add_measure(look, 0, 0);
    qry_add_call(p, look, false, (qry_qubit[]){0}, NULL);
    size_t length;
    assert_string_equal(printed(f->ctx, circuit, &(qry_print_options){0}, &length),
                        "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[1] a;\nbit[1] c;\n"
                        "// flip\ngate qr_flip a0 {\n  x a0;\n}\n"
                        "// @enter look\n// @enter flip\nqr_flip a[0];\n// @leave flip\nc[0] = measure a[0];\n"
                        "// @leave look\n");
}

struct job {
    const qry_circuit *circuit;
    qry_output *output;
};

static void print_job(void *argument)
{
    const struct job *job = argument;
    qry_circuit_print(job->circuit, &(qry_print_options){.flat_limit = UINT64_MAX}, job->output);
}

/* The size is said before the work begins; the work can be interrupted. */
static void test_large(void **state)
{
    fixture *f = *state;
    const volatile sig_atomic_t flag = 1;
    for (uint64_t gates = 10000000; gates <= 100000000000; gates *= 10) {
        qry_circuit *circuit = qry_circuit_new(f->ctx);
        qry_definition *p = qry_circuit_program(circuit);
        qry_definition_group(p, "router", 1000, QRY_ROLE_DATA);
        qry_begin_repeat(p, gates / 100);
        for (uint32_t i = 0; i < 100; i++)
            qry_add(p, QRY_GATE_cswap, i, 200 + i, 300 + i); /* 41 bytes a line */
        qry_end(p);
        struct job job = {circuit, qry_output_open(f->ctx, "/dev/null")};
        qry_ctx_set_interrupt(f->ctx, &flag);
        assert_false(qry_protect(f->ctx, print_job, &job));
        qry_ctx_set_interrupt(f->ctx, NULL);
        qry_output_free(job.output);
        assert_int_equal(f->errors, 1);
        assert_int_equal(f->warnings, gates >= 100000000);
        if (f->warnings) {
            double size;
            assert_int_equal(sscanf(f->text, "the circuit will be about %lf GB", &size), 1);
            double really = 41e-9 * (double)gates;
            assert_true(size > 0.8 * really && size < 1.2 * really);
        }
        f->errors = f->warnings = 0;
        f->text[0] = 0;
        qry_circuit_free(circuit);
    }
}

/* A full disk and a reader that has gone: one error, no commit, however much is still to come. */
static void test_outputs(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *p = qry_circuit_program(circuit);
    qry_definition_group(p, "a", 1, QRY_ROLE_DATA);
    qry_begin_repeat(p, 200000);
    qry_add(p, QRY_GATE_x, 0, 0, 0);
    qry_end(p);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    char pipe_name[32];
    snprintf(pipe_name, sizeof pipe_name, "/dev/fd/%d", ends[1]);
    signal(SIGPIPE, SIG_IGN);
    const char *const paths[] = {"/dev/full", pipe_name};
    for (int i = 0; i < 2; i++) {
        qry_output *output = qry_output_open(f->ctx, paths[i]);
        assert_non_null(output);
        if (i == 1)
            close(ends[0]);
        qry_circuit_print(circuit, NULL, output);
        assert_false(qry_output_commit(output));
        assert_int_equal(f->errors, 1);
        assert_non_null(strstr(f->text, strerror(i ? EPIPE : ENOSPC)));
        f->errors = 0;
        f->text[0] = 0;
    }
    close(ends[1]);
    signal(SIGPIPE, SIG_DFL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_flat),    TEST(test_definitions), TEST(test_lines_are_counts),     TEST(test_golden),
        TEST(test_limit),   TEST(test_small),       TEST(test_definition_names),     TEST(test_numbers),
        TEST(test_locale),  TEST(test_angles),      TEST(test_controlled_rotations), TEST(test_room),
        TEST(test_profile), TEST(test_unused_bits), TEST(test_measurement_inside),   TEST(test_large),
        TEST(test_outputs),
    };
    return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
