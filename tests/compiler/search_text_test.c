/* search_text_test.c: from text to oracles: every program of tests/programs/ that compiles, by both architectures; and a
 * search whose query row, threshold and data are replaced again and again. */
#include "sim/sim.h"
#include "tests/compiler/oracles.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER QUARRY_SOURCE_DIR "/tests/programs"

static void ignore(void *state, const qry_diagnostic *diagnostic)
{
    (void)state;
    (void)diagnostic;
}

/* A round of two iterations, run by the engine: what rotations do to a mark is not to be seen row by row. */
static void check_turned(qry_ctx *ctx, qry_search *search)
{
    double p[2], angle = 5 * asin(sqrt(qry_search_probability(search)));
    qry_search_write_round(search, 2);
    qry_sim *sim = qry_sim_new(ctx, search->circuit, NULL);
    qry_sim_shot(sim, NULL, NULL);
    qry_sim_probabilities(sim, &search->mark, 1, p);
    qry_sim_free(sim);
    assert_true(fabs(p[1] - pow(sin(angle), 2)) < 1e-12);
}

static void check_search(qry_ctx *ctx, qry_search *search)
{
    if (search->flags) {
        check_turned(ctx, search);
        return;
    }
    uint64_t states = UINT64_C(1) << (search->address + search->uniform);
    uint8_t *wanted = qry_alloc(ctx, states, 1);
    for (uint64_t s = 0; s < states; s++)
        wanted[s] = qry_search_marks(search, s);
    expect_oracles(search, wanted);
    qry_free(ctx, wanted);
}

/* How many statements of the program were lowered and checked. */
static int check_program(const char *path, const char *qram)
{
    enum { FEW_QUBITS = 12 };
    qry_ctx *ctx = qry_ctx_new();
    qry_ctx_on_diagnostic(ctx, ignore, NULL);
    qry_program *program = qry_program_read(ctx, qry_source_read(ctx, path));
    qry_compile_options options = {.qram = qram};
    qry_search *search = program ? qry_program_compile(program, &options) : NULL;
    int checked = 0;
    for (size_t i = 1; search; i++) {
        if (search->address + search->uniform + search->flags <= FEW_QUBITS) {
            check_search(ctx, search);
            assert_true(qry_search_refresh(search));
            check_search(ctx, search);
            checked++;
        }
        qry_search_free(search);
        search = NULL;
        if (i < qry_program_statements(program)) {
            options.statement = qry_program_statement_name(program, i);
            search = qry_program_compile(program, &options);
        }
    }
    qry_program_free(program);
    qry_ctx_free(ctx);
    return checked;
}

static void programs(void **state)
{
    (void)state;
    static const char *const qram[] = {NULL, "select", "bucket_brigade"};
    DIR *folder = opendir(FOLDER);
    assert_non_null(folder);
    int checked = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", FOLDER, entry->d_name);
        size_t length = strlen(path);
        for (int k = 0; k < 3 && length > 4 && strcmp(path + length - 4, ".qry") == 0; k++)
            checked += check_program(path, qram[k]);
    }
    closedir(folder);
    assert_true(checked > 250);
}

/* One row of attention after the other. */
static const char attention[] = "table K[48][6] : fixed(2,3) = npy(\"keys.npy\");\n"
                                "const q[6] : fixed(2,4) = npy(\"query.npy\");\n"
                                "param tau = 1;\n"
                                "qram bucket_brigade;\n"
                                "hits: search all j in K where dot(q, K[j]) >= tau;\n";

static void random_mantissas(qry_random *random, int64_t *m, size_t count, int width)
{
    for (size_t i = 0; i < count; i++)
        m[i] = (int64_t)(qry_random_next(random) << (64 - width)) >> (64 - width);
}

static void rows_of_attention(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 9, 0);
    int64_t keys[48 * 6], query[6];
    qry_program *program =
        qry_program_read(ctx, qry_source_from_text(ctx, "attention.qry", attention, strlen(attention)));
    assert_non_null(program);
    qry_search *search = NULL;
    uint64_t words = 0;
    for (int row = 0; row < 30; row++) {
        qry_rational tau = {(int64_t)qry_random_below(&random, 400) - 200, 128}; /* mantissas of 7 fraction bits */
        random_mantissas(&random, query, 6, 6);
        query[row % 6] = 0; /* a column that this row does not need is loaded all the same */
        if (row % 5 == 0) {
            random_mantissas(&random, keys, 48 * 6, 5);
            assert_true(qry_program_bind(program, "K", keys));
        }
        assert_true(qry_program_bind(program, "q", query));
        assert_true(qry_program_set_param(program, "tau", tau));
        if (row)
            assert_true(qry_search_refresh(search));
        else
            search = qry_program_compile(program, NULL);
        assert_non_null(search);
        uint8_t wanted[64] = {0};
        for (int j = 0; j < 48; j++) {
            int64_t score = 0;
            for (int c = 0; c < 6; c++)
                score += query[c] * keys[6 * j + c];
            wanted[j] = score >= tau.num;
            assert_int_equal(qry_search_matches(search, (uint64_t)j), wanted[j]);
        }
        expect_oracles(search, wanted);
        const struct qry_load *load = qry_lowered_of(search)->loads;
        assert_int_equal(load->words.column_count, 6);
        assert_true(row % 5 == 0 || load->fetch->version == words);
        words = load->fetch->version;
    }
    qry_search_free(search);
    qry_program_free(program);
    qry_ctx_free(ctx);
}

/* Two searches of one program: the second compilation replaces the formulas that the first came from. */
static void two_searches(void **state)
{
    (void)state;
    static const char text[] = "table T[5] : uint(3) = [1, 5, 3, 0, 5];\n"
                               "fives: search all j in T where T[j] == 5;\n"
                               "small: search one j in T where T[j] < 2 || j == 2;\n";
    qry_ctx *ctx = qry_ctx_new();
    qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "two.qry", text, strlen(text)));
    qry_search *fives = qry_program_compile(program, NULL);
    qry_search *small = qry_program_compile(program, &(qry_compile_options){.statement = "small"});
    assert_non_null(fives);
    assert_non_null(small);
    for (int again = 0; again < 2; again++) {
        expect_oracles(fives, (const uint8_t[8]){0, 1, 0, 0, 1});
        expect_oracles(small, (const uint8_t[8]){1, 0, 1, 1, 0});
        assert_int_equal(qry_search_count_matches(fives), 2);
        assert_int_equal(qry_search_count_matches(small), 3);
        assert_true(qry_search_refresh(again ? fives : small));
    }
    assert_int_equal(fives->table_count, 2);
    assert_string_equal(fives->tables[0], "T");
    assert_int_equal(small->table_count, 1);
    qry_search_free(small);
    qry_search_free(fives);
    qry_program_free(program);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(programs), cmocka_unit_test(rows_of_attention),
                                       cmocka_unit_test(two_searches)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
