/* modifier_test.c: gates of the table under modifiers at random, against matrices: inverses are conjugate transposes, powers
 * come from a Schur decomposition, controls are blocks. At file level, in the body of a gate over its parameters, and in a
 * gate that calls such a gate. */
#include "support.h"

#include "sim/sim.h"

#include <complex.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

enum { MOST_QUBITS = 5, SIZE = 1 << MOST_QUBITS, MOST_MODIFIERS = 4 };

struct matrix {
    uint32_t qubits;
    double complex at[SIZE][SIZE];
};

static uint32_t size_of(const struct matrix *m) { return 1u << m->qubits; }

static void set_identity(struct matrix *m, uint32_t qubits)
{
    memset(m, 0, sizeof *m);
    m->qubits = qubits;
    for (uint32_t i = 0; i < size_of(m); i++)
        m->at[i][i] = 1;
}

/* The first operand is the highest bit of a row's number. */
static void set_gate(struct matrix *m, qry_gate gate, const double *angles)
{
    const qry_gate_info *info = &qry_gate_table[gate];
    double numbers[8];
    double complex entry[4];
    set_identity(m, info->qubits);
    uint32_t last = size_of(m) - 1;
    if (info->swaps) {
        m->at[last - 1][last - 1] = m->at[last - 2][last - 2] = 0;
        m->at[last - 1][last - 2] = m->at[last - 2][last - 1] = 1;
        return;
    }
    if (!info->targets) {
        m->at[0][0] = cexp(I * angles[0]);
        return;
    }
    qry_gate_matrix(gate, angles, numbers);
    memcpy(entry, numbers, sizeof entry);
    for (uint32_t i = 0; i < 4; i++)
        m->at[last - 1 + i / 2][last - 1 + i % 2] = entry[i];
}

static void multiply(struct matrix *result, const struct matrix *a, const struct matrix *b)
{
    struct matrix product = {.qubits = a->qubits};
    for (uint32_t i = 0; i < size_of(a); i++)
        for (uint32_t k = 0; k < size_of(a); k++)
            for (uint32_t j = 0; j < size_of(a); j++)
                product.at[i][j] += a->at[i][k] * b->at[k][j];
    *result = product;
}

static void dagger(struct matrix *m)
{
    struct matrix old = *m;
    for (uint32_t i = 0; i < size_of(m); i++)
        for (uint32_t k = 0; k < size_of(m); k++)
            m->at[i][k] = conj(old.at[k][i]);
}

static double principal(double phase) { return phase < -M_PI + 1e-9 ? M_PI : phase; }

static void raise_to(struct matrix *m, double exponent)
{
    static double complex a[SIZE * SIZE], z[SIZE * SIZE], w[SIZE];
    lapack_int n = (lapack_int)size_of(m), dimension;
    for (lapack_int i = 0; i < n; i++)
        for (lapack_int k = 0; k < n; k++)
            a[i * n + k] = m->at[i][k];
    assert_int_equal(LAPACKE_zgees(LAPACK_ROW_MAJOR, 'V', 'N', NULL, n, a, n, &dimension, w, z, n), 0);
    for (lapack_int i = 0; i < n; i++)
        for (lapack_int k = 0; k < n; k++) {
            m->at[i][k] = 0;
            for (lapack_int j = 0; j < n; j++)
                m->at[i][k] += z[i * n + j] * cexp(I * exponent * principal(carg(w[j]))) * conj(z[k * n + j]);
        }
}

static void raise_to_whole(struct matrix *m, int exponent)
{
    struct matrix base = *m;
    if (exponent < 0)
        dagger(&base);
    set_identity(m, base.qubits);
    for (int i = 0; i < abs(exponent); i++)
        multiply(m, m, &base);
}

static void control(struct matrix *m, bool negative)
{
    struct matrix old = *m;
    uint32_t half = size_of(&old), from = negative ? 0 : half;
    set_identity(m, old.qubits + 1);
    for (uint32_t i = 0; i < half; i++)
        for (uint32_t k = 0; k < half; k++)
            m->at[from + i][from + k] = old.at[i][k];
}

/* ---- a gate under modifiers ---- */

struct use {
    qry_gate gate;
    double angles[QRY_MAX_ANGLES];
    char modifiers[256];
    struct matrix matrix;
};

static void modify(struct use *use, qry_random *random, bool *fraction)
{
    char word[64];
    double exponent = (double)(1 + qry_random_below(random, 7)) / 4 - 1; /* none of them is whole but 0 */
    int whole = (int)qry_random_below(random, 6) - 2;
    switch (qry_random_below(random, 5)) {
    case 0:
    case 1: {
        bool negative = qry_random_below(random, 2);
        if (use->matrix.qubits == MOST_QUBITS)
            return;
        strcpy(word, negative ? "negctrl @ " : "ctrl @ ");
        control(&use->matrix, negative);
        break;
    }
    case 2:
        strcpy(word, "inv @ ");
        dagger(&use->matrix);
        break;
    case 3:
        snprintf(word, sizeof word, "pow(%d) @ ", whole);
        raise_to_whole(&use->matrix, whole);
        break;
    default:
        if (qry_gate_table[use->gate].swaps && *fraction)
            return; /* a swap to a power is no swap */
        *fraction = true;
        snprintf(word, sizeof word, "pow(%g) @ ", exponent);
        raise_to(&use->matrix, exponent);
    }
    char old[sizeof use->modifiers];
    strcpy(old, use->modifiers);
    snprintf(use->modifiers, sizeof use->modifiers, "%s%s", word, old);
}

static void make_use(struct use *use, uint64_t seed)
{
    qry_random random;
    bool fraction = false;
    qry_random_seed(&random, seed, 0);
    use->gate = (qry_gate)qry_random_below(&random, QRY_GATES);
    for (int i = 0; i < QRY_MAX_ANGLES; i++)
        use->angles[i] = 6 * qry_random_unit(&random) - 3;
    use->modifiers[0] = 0;
    set_gate(&use->matrix, use->gate, use->angles);
    for (uint64_t i = qry_random_below(&random, MOST_MODIFIERS + 1); i > 0; i--)
        modify(use, &random, &fraction);
}

/* ---- as a program ---- */

enum { AT_FILE_LEVEL, IN_A_GATE, IN_A_GATE_OF_A_GATE, WAYS };

static void write_list(FILE *stream, const char *format, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        fputs(i ? ", " : "", stream);
        fprintf(stream, format, i);
    }
}

static void write_angles(FILE *stream, const struct use *use, bool formal, const char *format)
{
    uint32_t count = qry_gate_table[use->gate].angles;
    if (!count)
        return;
    fputs("(", stream);
    if (formal)
        write_list(stream, format, count);
    for (uint32_t i = 0; i < count && !formal; i++)
        fprintf(stream, "%s%.17g", i ? ", " : "", use->angles[i]);
    fputs(")", stream);
}

static void write_apply(FILE *stream, const char *modifiers, const char *name, const struct use *use, bool formal,
                        const char *angle, const char *qubit)
{
    fprintf(stream, "%s%s", modifiers, name);
    write_angles(stream, use, formal, angle);
    fputs(" ", stream);
    write_list(stream, qubit, use->matrix.qubits);
    fputs(";", stream);
}

static void write_gate(FILE *stream, const char *name, const char *modifiers, const char *of, const struct use *use,
                       const char *angle)
{
    fprintf(stream, "gate %s", name);
    write_angles(stream, use, true, "a%u");
    fputs(" ", stream);
    write_list(stream, "q%u", use->matrix.qubits);
    fputs(" { ", stream);
    write_apply(stream, modifiers, of, use, true, angle, "q%u");
    fputs(" }\n", stream);
}

static char *program_of(const struct use *use, int way, uint32_t column)
{
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    const char *name = qry_gate_table[use->gate].name;
    uint32_t qubits = use->matrix.qubits;
    fprintf(stream, "OPENQASM 3;\ninclude \"stdgates.inc\";\n");
    if (use->gate == QRY_GATE_sxdg)
        fprintf(stream, "gate sxdg q { inv @ sx q; }\n");
    if (way != AT_FILE_LEVEL && qubits)
        write_gate(stream, "outer", use->modifiers, name, use, way == IN_A_GATE ? "a%u" : "a%u/2");
    if (way == IN_A_GATE_OF_A_GATE && qubits)
        write_gate(stream, "outermost", "", "outer", use, "2*a%u");
    fprintf(stream, "qubit[%u] r;\n", qubits + 1);
    for (uint32_t i = 0; i < qubits; i++)
        if (column >> (qubits - 1 - i) & 1)
            fprintf(stream, "x r[%u];\n", i);
    if (way == AT_FILE_LEVEL || !qubits)
        write_apply(stream, use->modifiers, name, use, false, "", "r[%u]");
    else
        write_apply(stream, "", way == IN_A_GATE ? "outer" : "outermost", use, false, "", "r[%u]");
    fclose(stream);
    return text;
}

static void check_column(fixture *f, const struct use *use, int way, uint32_t column)
{
    uint32_t qubits = use->matrix.qubits;
    char *text = program_of(use, way, column);
    qry_qasm *program = qry_qasm_read(f->ctx, qry_source_from_text(f->ctx, "modifiers", text, strlen(text)));
    const qry_elaboration *e = program ? qry_qasm_elaborate(program) : NULL;
    if (!e || !e->exact)
        fail_msg("%s\n%s", f->text, text);
    const double *state = qry_reference_state(f->arena, e->circuit);
    for (uint32_t row = 0; row < size_of(&use->matrix); row++) {
        uint32_t index = 0;
        for (uint32_t i = 0; i < qubits; i++)
            index |= (row >> (qubits - 1 - i) & 1) << i;
        double complex found = state[2 * index] + I * state[2 * index + 1];
        if (cabs(found - use->matrix.at[row][column]) > 1e-10)
            fail_msg("row %u of column %u: %g %+gi, wanted %g %+gi\n%s", row, column, creal(found), cimag(found),
                     creal(use->matrix.at[row][column]), cimag(use->matrix.at[row][column]), text);
    }
    qry_qasm_free(program);
    free(text);
}

enum { USES = 1200 };

static void test_modifiers(void **state)
{
    fixture *f = *state;
    static struct use use;
    for (uint64_t seed = 0; seed < USES; seed++) {
        make_use(&use, seed);
        qry_random random;
        qry_random_seed(&random, seed, 1);
        for (int way = 0; way < WAYS; way++)
            check_column(f, &use, way, (uint32_t)qry_random_below(&random, size_of(&use.matrix)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_modifiers)};
    return cmocka_run_group_tests_name("modifier", tests, NULL, NULL);
}
