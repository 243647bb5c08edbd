/* describe_test.c: compiled searches in words, and what their registers and queries are called when a part stands alone. */
#include "compiler/compiler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char text[] = "table K[5][4] : fixed(2,2) = [[1,0,0,1],[0,1,0,0],[1,1,1,1],[0,0,0,0],[1,0,1,0]];\n"
                           "table L[5] : uint(3) = [1, 2, 3, 4, 5];\n"
                           "near: search all i in K where K[i][0] + K[i][2] + K[i][3] >= 2 && L[i] > 1;\n"
                           "third: search one i in K where K[i][2] > 0 { iterations = 4 };\n"
                           "total: estimate sum of L[i] for i in L where L[i] != 3;\n"
                           "turned: estimate sum of L[i] for i in L { encoding = flags };\n"
                           "some: sample set i in L with probability (L[i] >> 3) { method = stored };\n"
                           "drawn: sample one i in L with probability exp(L[i] - 5) { method = race };\n";

struct fixture {
    qry_ctx *ctx;
    qry_arena *arena;
    qry_program *program;
    qry_search *search;
};

static struct fixture start(const char *statement, const char *qram)
{
    struct fixture f = {.ctx = qry_ctx_new()};
    f.arena = qry_arena_new(f.ctx);
    f.program = qry_program_read(f.ctx, qry_source_from_text(f.ctx, "two.qry", text, strlen(text)));
    f.search = qry_program_compile(f.program, &(qry_compile_options){.statement = statement, .qram = qram});
    assert_non_null(f.search);
    return f;
}

static void finish(struct fixture *f) { qry_ctx_free(f->ctx); }

/* The registers are these, in this order; a NULL name ends the list. */
static void expect_registers(const struct fixture *f, const char *const expected[][2])
{
    const qry_definition *program = qry_circuit_program(f->search->circuit);
    size_t count = 0;
    for (; expected[count][0]; count++) {
        assert_true(count < program->group_count);
        const qry_group *group = &program->groups[count];
        assert_string_equal(group->name, expected[count][0]);
        assert_string_equal(qry_search_register(f->search, group, f->arena), expected[count][1]);
        bool holds = group->role == QRY_ROLE_WORD || group->role == QRY_ROLE_DATA;
        if (count > 0 && !holds)
            assert_int_equal(group->role, QRY_ROLE_WORK); /* nothing is left in it */
    }
    assert_int_equal(count, program->group_count);
}

static const char *const routers = "the nodes of the QRAM's tree, level by level", *const ports =
                                                                                       "what enters each node";

static void test_registers(void **state)
{
    (void)state;
    struct fixture f = start("near", NULL);
    expect_registers(
        &f, (const char *const[][2]){{"addr", "the row i"},
                                     {"word_k", "columns 0, 2-3 of K[i] as fixed(2,2), 4 bits each, in that order"},
                                     {"word_l", "L[i] as uint(3)"},
                                     {"word_alive", "1 where row i is still looked for"},
                                     {"routers", routers},
                                     {"ports", ports},
                                     {"work", "intermediate results"},
                                     {NULL, NULL}});
    finish(&f);
    f = start("third", "select");
    expect_registers(&f, (const char *const[][2]){{"addr", "the row i"},
                                                  {"word_k", "K[i][2] as fixed(2,2)"},
                                                  {"ladder", "whether the address begins as the row's"},
                                                  {"work", "intermediate results"},
                                                  {NULL, NULL}});
    finish(&f);
}

static void test_states(void **state)
{
    (void)state;
    static const char *const ladder = "whether the address begins as the row's", *const work = "intermediate results";
    static const char *const value = "L[i] as uint(3)", *const mark = "1 where there is a mark";
    static const char *const uniform =
        "all its values alike; with a row as many of them are marked as its number has units";
    static const char *const flags = "turned by rotations, all 0 with the probability that the row's number stands for";
    struct fixture f = start("total", "select");
    expect_registers(&f, (const char *const[][2]){{"addr", "the row i"},
                                                  {"uniform", uniform},
                                                  {"word_l", value},
                                                  {"ladder", ladder},
                                                  {"flag", mark},
                                                  {"work", work},
                                                  {NULL, NULL}});
    assert_true(qry_search_write_part(f.search, "prepare", 0, false));
    assert_int_equal(qry_circuit_program(f.search->circuit)->group_count, 6);
    qry_search_write_canonical(f.search, 3);
    const qry_definition *program = qry_circuit_program(f.search->circuit);
    const qry_group *count = &program->groups[program->group_count - 1];
    assert_string_equal(count->name, "count");
    assert_int_equal(count->size, 3);
    assert_string_equal(qry_search_register(f.search, count, f.arena),
                        "in the end the angle by which an iterate turns, as a fraction of a full turn");
    finish(&f);
    f = start("turned", "select");
    expect_registers(&f, (const char *const[][2]){{"addr", "the row i"},
                                                  {"flags", flags},
                                                  {"word_l", value},
                                                  {"ladder", ladder},
                                                  {"flag", mark},
                                                  {"work", work},
                                                  {NULL, NULL}});
    finish(&f);
    f = start("some", "select");
    expect_registers(&f, (const char *const[][2]){{"addr", "the row i"},
                                                  {"word_l", value},
                                                  {"word_random", "the threshold of row i as ufixed(0,3)"},
                                                  {"word_alive", "1 where row i is still looked for"},
                                                  {"ladder", ladder},
                                                  {"work", work},
                                                  {NULL, NULL}});
    finish(&f);
    f = start("drawn", "select");
    qry_search_set_bar(f.search, 0);
    expect_registers(&f, (const char *const[][2]){{"addr", "the row i"},
                                                  {"word_l", value},
                                                  {"word_race", "a Gumbel variate for row i as fixed(7,16)"},
                                                  {"ladder", ladder},
                                                  {"work", work},
                                                  {NULL, NULL}});
    finish(&f);
}

static void test_parts(void **state)
{
    (void)state;
    struct fixture f = start("near", NULL);
    assert_true(qry_search_write_part(f.search, "load:L", 0, false));
    expect_registers(
        &f,
        (const char *const[][2]){
            {"addr", "the row i"}, {"word", "L[i] as uint(3)"}, {"routers", routers}, {"ports", ports}, {NULL, NULL}});
    /* The address is one of L now, though K brings it in a round. */
    const qry_count *count = qry_circuit_count(f.arena, qry_circuit_program(f.search->circuit));
    assert_int_equal(count->query_count, 1);
    assert_string_equal(count->queries[0].part->table, "L");
    assert_true(count->queries[0].address_halves == 2 && count->queries[0].loads == 1);
    assert_int_equal(count->ancilla_peak, 7 + 7);
    assert_true(qry_search_write_part(f.search, "load:alive", 0, true));
    expect_registers(&f, (const char *const[][2]){{"addr", "the row i"},
                                                  {"word", "1 where row i is still looked for"},
                                                  {"routers", routers},
                                                  {"ports", ports},
                                                  {NULL, NULL}});
    assert_true(qry_search_write_part(f.search, "diffusion", 0, false));
    expect_registers(&f,
                     (const char *const[][2]){{"addr", "the row i"}, {"work", "intermediate results"}, {NULL, NULL}});
    finish(&f);
}

static void test_statement(void **state)
{
    (void)state;
    struct fixture f = start("third", NULL);
    assert_int_equal(qry_search_rounds(f.search), 4);
    qry_search_write_round(f.search, 9);
    assert_int_equal(qry_search_rounds(f.search), 9);
    qry_span span = qry_search_span(f.search);
    assert_string_equal(span.source->name, "two.qry");
    const char *statement = "third: search one i in K where K[i][2] > 0 { iterations = 4 };";
    assert_int_equal(span.length, strlen(statement));
    assert_memory_equal(text + span.offset, statement, span.length);
    finish(&f);
    f = start("near", NULL); /* one of 8 thought to match */
    assert_int_equal(qry_search_rounds(f.search), 2);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_registers), cmocka_unit_test(test_states),
                                       cmocka_unit_test(test_parts), cmocka_unit_test(test_statement)};
    return cmocka_run_group_tests_name("describe", tests, NULL, NULL);
}
