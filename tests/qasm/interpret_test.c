/* interpret_test.c: one interpreter and two machines: every program of tests/openqasm/, and programs at random. */
#include "machines.h"
#include "programs.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER QUARRY_SOURCE_DIR "/tests/openqasm"

enum { RANDOM_PROGRAMS = 400, BIT_PROGRAMS = 1500, CIRCUITS = 300 };

static void test_programs(void **state)
{
    fixture *f = *state;
    DIR *folder = opendir(FOLDER);
    assert_non_null(folder);
    size_t count = 0, exact = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        size_t length = strlen(entry->d_name);
        if (length < 5 || strcmp(entry->d_name + length - 5, ".qasm") != 0 || strncmp(entry->d_name, "error_", 6) == 0)
            continue;
        char path[1024];
        snprintf(path, sizeof path, FOLDER "/%s", entry->d_name);
        check_program(f, entry->d_name, qry_source_read(f->ctx, path), &exact);
        count++;
    }
    closedir(folder);
    assert_true(count > 100 && exact > 90);
}

/* Programs at random, of every kind. QUARRY_PROGRAMS asks for more of them, QUARRY_SEED for one that is shown. */
static void test_random_programs(void **state)
{
    fixture *f = *state;
    const char *wanted = getenv("QUARRY_SEED");
    const char *many = getenv("QUARRY_PROGRAMS");
    uint64_t from = wanted ? strtoull(wanted, NULL, 10) : 0;
    uint64_t to = wanted ? from + 1 : many ? strtoull(many, NULL, 10) : RANDOM_PROGRAMS;
    size_t exact = 0;
    for (uint64_t seed = from; seed < to; seed++) {
        const program_kind kind = {.classical = seed & 1, .quantum = seed & 2, .defs = seed & 4};
        const char *text = random_program(f->arena, seed, kind);
        char name[64];
        snprintf(name, sizeof name, "random program %d", (int)seed);
        if (wanted)
            print_message("%s\n", text);
        check_program(f, name, qry_source_from_text(f->ctx, name, text, strlen(text)), &exact);
    }
    assert_true(wanted || exact > to / 2);
}

/* ---- programs about bits at random ---- */

/* Measured bits that are copied, kept, overwritten and asked for, in branches, loops and defs: what laziness can get wrong. */
struct writer {
    FILE *stream;
    qry_random random;
    int depth, locals;
};

static unsigned below(struct writer *w, unsigned bound) { return (unsigned)qry_random_below(&w->random, bound); }

static const char *bit(struct writer *w, char *text)
{
    unsigned which = below(w, 10);
    if (which < 6)
        sprintf(text, "%c[%u]", which < 3 ? 'a' : 'b', which % 3);
    else if (which == 9)
        sprintf(text, "l[%u]", below(w, 3));
    else if (w->locals && which == 6)
        sprintf(text, "t%u", below(w, (unsigned)w->locals));
    else
        strcpy(text, "s");
    return text;
}

static void condition(struct writer *w)
{
    char x[8], y[8];
    static const char *const forms[] = {"%s", "!%s", "%s == 1", "%s && !%s", "%s == 0 && %s", "%s == %s", "%s || %s"};
    unsigned form = below(w, 12);
    if (form >= 7)
        fprintf(w->stream, form < 9 ? "%c == %u" : "%c[%u]", below(w, 2) ? 'a' : 'b', below(w, form < 9 ? 8 : 3));
    else {
        bit(w, x);
        bit(w, y);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
        fprintf(w->stream, forms[form], x, y);
#pragma GCC diagnostic pop
    }
}

static void statements(struct writer *w, unsigned count);

static void block(struct writer *w)
{
    int locals = w->locals;
    w->depth++;
    fprintf(w->stream, "{ ");
    statements(w, below(w, 3) + 1);
    fprintf(w->stream, "} ");
    w->depth--;
    w->locals = locals;
}

static void branch(struct writer *w)
{
    if (below(w, 6) == 0) {
        fprintf(w->stream, "switch (uint[3](%c)) { case %u ", below(w, 2) ? 'a' : 'b', below(w, 4));
        block(w);
        fprintf(w->stream, "case %u ", 4 + below(w, 4));
        block(w);
        fprintf(w->stream, "}\n");
        return;
    }
    fprintf(w->stream, "if (");
    condition(w);
    fprintf(w->stream, ") ");
    block(w);
    if (below(w, 2)) {
        fprintf(w->stream, "else ");
        block(w);
    }
    fprintf(w->stream, "\n");
}

static void statement(struct writer *w)
{
    char x[8], y[8];
    unsigned qubit = below(w, 4);
    switch (below(w, w->depth < 3 ? 14 : 10)) {
    case 0:
    case 1:
        fprintf(w->stream, "h q[%u];\n", qubit);
        return;
    case 2:
    case 3:
        fprintf(w->stream, "%s = measure q[%u];\n", bit(w, x), qubit);
        return;
    case 4:
        fprintf(w->stream, "%c = measure q[%u:%u];\n", below(w, 2) ? 'a' : 'b', qubit % 2, qubit % 2 + 2);
        return;
    case 5:
        fprintf(w->stream, "%s = %s;\n", bit(w, x), bit(w, y));
        return;
    case 6:
        fprintf(w->stream, below(w, 2) ? "a = b;\n" : "b[0:1] = a[1:2];\n");
        return;
    case 7:
        fprintf(w->stream, "%s = %u;\n", bit(w, x), below(w, 2));
        return;
    case 8:
        fprintf(w->stream, "%s = look(q[%u]);\n", bit(w, x), qubit);
        return;
    case 9:
        fprintf(w->stream, "bit t%d = measure q[%u];\n", w->locals++, qubit);
        return;
    case 10:
        fprintf(w->stream, "for int i%d in [0:1] ", w->depth);
        block(w);
        return;
    default:
        branch(w);
    }
}

static void statements(struct writer *w, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        statement(w);
}

static char *bit_program(uint64_t seed)
{
    char *text;
    size_t length;
    struct writer w = {.stream = open_memstream(&text, &length)};
    qry_random_seed(&w.random, seed, 7);
    fprintf(w.stream, "OPENQASM 3;\ninclude \"stdgates.inc\";\nqubit[4] q;\nbit[3] a;\nbit[3] b;\nbit s;\n"
                      "let l = b[1] ++ a[2] ++ s;\n"
                      "def look(qubit x) -> bit { bit m = measure x; h x; return m; }\nh q;\n");
    statements(&w, 4 + below(&w, 8));
    fclose(w.stream);
    return text;
}

static void test_bits(void **state)
{
    fixture *f = *state;
    const char *wanted = getenv("QUARRY_SEED"), *many = getenv("QUARRY_PROGRAMS");
    uint64_t from = wanted ? strtoull(wanted, NULL, 10) : 0;
    uint64_t to = wanted ? from + 1 : many ? strtoull(many, NULL, 10) : BIT_PROGRAMS;
    size_t exact = 0;
    for (uint64_t seed = from; seed < to; seed++) {
        char *text = bit_program(seed), name[64];
        snprintf(name, sizeof name, "program %d about bits", (int)seed);
        if (wanted)
            print_message("%s\n", text);
        check_program(f, name, qry_source_from_text(f->ctx, name, text, strlen(text)), &exact);
        free(text);
    }
    print_message("%zu of %d are exact\n", exact, (int)(to - from));
    assert_true(wanted || exact > to / 4);
}

/* Whether a loop goes round not at all, or with nothing in it: reading leaves those out. And blanks around names. */
static bool is_odd(const qry_circuit *circuit)
{
    for (uint32_t i = 0; i < qry_circuit_definitions(circuit); i++) {
        const qry_definition *d = qry_circuit_definition(circuit, i);
        for (size_t k = 0; k < d->op_count; k++) {
            const qry_op *op = &d->ops[k];
            const char *name = op->kind == QRY_OP_SECTION ? qry_circuit_name(circuit, op->a) : "_";
            if (op->kind == QRY_OP_REPEAT && ((!op->a && !op->b) || op->c == k + 1))
                return true;
            if (*name == ' ' || (*name && name[strlen(name) - 1] == ' '))
                return true;
        }
    }
    return false;
}

/* Circuits that no program made. */
static void test_circuits(void **state)
{
    fixture *f = *state;
    size_t checked = 0;
    for (uint64_t seed = 0; seed < CIRCUITS; seed++) {
        char name[64];
        snprintf(name, sizeof name, "circuit %d", (int)seed);
        random_kind kind = {.definitions = seed % 6, .most_rounds = 3, .most_items = 40};
        qry_circuit *circuit = random_circuit(f->ctx, seed, kind);
        if (!is_odd(circuit)) {
            check_printed(f, name, circuit);
            checked++;
        }
        qry_circuit_free(circuit);
    }
    assert_true(checked > CIRCUITS / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_programs), TEST(test_random_programs), TEST(test_bits),
                                       TEST(test_circuits)};
    return cmocka_run_group_tests_name("interpret", tests, NULL, NULL);
}
