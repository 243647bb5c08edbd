/* program_test.c: programs through their interface: params and data that are replaced, passes that run again, what the
 * passes print, and every allocation failing once. */
#include "base/faults.h"
#include "front.h"

#include <unistd.h>

static const char text[] = "table K[4][3] : fixed(4,4) = [[1, 2, 3], [0.5, -1, 2.25], [7, 7, 7], [-8, -8, -8]];\n"
                           "const q[3] : fixed(4,4) = [1, -0.5, 3];\n"
                           "const s : fixed(4,4) = q[0] * 2;\n"
                           "param tau = 2.5;\n"
                           "const list[2] : fixed(4,4) = [tau, tau + 1];\n"
                           "hits: search all j in K where dot(q, K[j]) >= tau;\n"
                           "search one j in K where K[j][0] == s || K[j][1] == list[1];\n";

/* Each row matches when dot(q, K[j]) >= tau: 9, 7.75, 24.5, -28. */
static void test_params(void **state)
{
    (void)state;
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    qry_program *program = program_of(ctx, text);
    assert_true(qry_program_run_passes(program, NULL));
    assert_int_equal(matching_rows(program), 7);
    assert_true(qry_program_define(program, "tau", "2 * 4.5 - 1"));
    assert_true(qry_program_run_passes(program, NULL));
    assert_int_equal(matching_rows(program), 5);
    assert_true(qry_program_set_param(program, "tau", (qry_rational){49, 2}));
    assert_true(qry_program_run_passes(program, NULL));
    assert_int_equal(matching_rows(program), 4);
    assert_true(qry_program_set_param(program, "tau", (qry_rational){73501, 3000})); /* just above 24.5 */
    assert_true(qry_program_run_passes(program, NULL));
    assert_int_equal(matching_rows(program), 0);
    assert_int_equal(d.errors, 0);
    forget_diagnostics(&d);
    assert_false(qry_program_set_param(program, "q", (qry_rational){1, 1}));
    assert_false(qry_program_define(program, "rho", "1"));
    assert_string_equal(d.text, "error 0:0 test.qry declares no param 'q'\n"
                                "error 0:0 test.qry declares no param 'rho'\n");
    qry_program_free(program);
    qry_ctx_free(ctx);
}

/* Lists and consts follow the params and consts that they name; versions change with the data and only with them. */
static void test_dependent_data(void **state)
{
    (void)state;
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    qry_program *program = program_of(ctx, text);
    struct ast_item *k = program->tree->first, *q = k->next, *s = q->next, *list = s->next->next;
    assert_true(qry_program_run_passes(program, NULL));
    uint64_t k_version = k->data->version, s_version = s->data->version, list_version = list->data->version;
    assert_int_equal(s->data->mantissas[0], 32);
    assert_int_equal(list->data->mantissas[1], 56);
    assert_true(qry_program_run_passes(program, NULL));
    assert_int_equal(list->data->version, list_version);
    assert_true(qry_program_define(program, "tau", "1"));
    assert_true(qry_program_bind(program, "q", (const int64_t[]){48, 0, 0}));
    assert_true(qry_program_run_passes(program, NULL));
    assert_int_equal(s->data->mantissas[0], 96);
    assert_int_equal(list->data->mantissas[1], 32);
    assert_int_equal(k->data->version, k_version);
    assert_true(s->data->version > s_version && list->data->version > list_version);
    assert_int_equal(d.errors, 0);
    qry_program_free(program);
    qry_ctx_free(ctx);
}

static void test_bind(void **state)
{
    (void)state;
    static const char from_files[] = "table K[2][2] : fixed(4,4) = npy(\"nowhere.npy\");\n"
                                     "const q[2] : fixed(4,4) = npy(\"nowhere either.npy\")[3];\n"
                                     "search all j in K where dot(q, K[j]) > 0;";
    const int64_t rows[] = {1, 2, -127, 5}, other[] = {1, 2, 3, 128};
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    qry_program *program = program_of(ctx, from_files);
    assert_true(qry_program_bind(program, "K", rows));
    assert_true(qry_program_bind(program, "q", (const int64_t[]){1, 1}));
    assert_true(qry_program_run_passes(program, NULL));
    assert_int_equal(matching_rows(program), 1);
    assert_int_equal(program->tables[0].low, -127);
    assert_int_equal(program->tables[0].high, 5);
    uint64_t version = program->tables[0].version;
    assert_true(qry_program_bind(program, "K", rows));
    assert_int_equal(program->tables[0].version, version);
    assert_true(qry_program_bind(program, "q", (const int64_t[]){-1, 0}));
    assert_true(qry_program_run_passes(program, NULL));
    assert_int_equal(matching_rows(program), 2);
    assert_int_equal(d.errors, 0);
    assert_false(qry_program_bind(program, "K", other));
    assert_false(qry_program_bind(program, "Q", rows));
    assert_false(qry_program_bind(program, "j", rows));
    assert_string_equal(d.text, "error 0:0 entry 3 bound to K is 128, and its mantissas go from -128 to 127\n"
                                "error 0:0 test.qry declares no table or const 'Q'\n"
                                "error 0:0 test.qry declares no table or const 'j'\n");
    qry_program_free(program);
    qry_ctx_free(ctx);
}

/* Errors of the text are reported once, whatever is tried afterwards. */
static void test_faulty_program(void **state)
{
    (void)state;
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    qry_program *program = program_of(ctx, "const q[2] : uint(4) = [1, 2]; search one j in 0..1 where j == x;");
    assert_false(qry_program_bind(program, "q", (const int64_t[]){1, 1}));
    assert_false(qry_program_run_passes(program, NULL));
    assert_false(qry_program_bind(program, "q", (const int64_t[]){1, 1}));
    assert_string_equal(d.text, "error 1:64 unknown name 'x'\n");
    qry_program_free(program);
    qry_ctx_free(ctx);
}

/* A row that is never met: the text is warned about when it is compiled, not whenever new data come, nor for each of its
 * statements. */
static void test_warnings_once(void **state)
{
    (void)state;
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    qry_program *program = program_of(ctx, text);
    assert_true(qry_program_set_param(program, "tau", (qry_rational){1000, 1}));
    assert_true(qry_program_run_passes(program, &(qry_compile_options){.statement = NULL}));
    size_t warnings = d.warnings;
    assert_true(warnings > 0);
    assert_true(qry_program_set_param(program, "tau", (qry_rational){2000, 1}));
    assert_true(qry_program_run_passes(program, NULL));
    assert_int_equal(matching_rows(program), 0);
    assert_int_equal(d.warnings, warnings);
    assert_true(qry_program_run_passes(program, &(qry_compile_options){.statement = "s2"})); /* nothing new */
    assert_int_equal(d.warnings, warnings);
    assert_true(qry_program_set_param(program, "tau", (qry_rational){3000, 1}));
    assert_true(qry_program_run_passes(program, &(qry_compile_options){.statement = NULL}));
    assert_true(d.warnings > warnings);
    qry_program_free(program);
    qry_ctx_free(ctx);
}

static void test_statements(void **state)
{
    (void)state;
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    qry_program *program = program_of(ctx, text);
    assert_true(qry_program_run_passes(program, NULL));
    assert_int_equal(qry_program_statements(program), 2);
    assert_string_equal(qry_program_statement_name(program, 0), "hits");
    assert_string_equal(qry_program_statement_name(program, 1), "s2");
    assert_ptr_equal(qry_program_find_statement(program, NULL), &program->statements[0]);
    assert_ptr_equal(qry_program_find_statement(program, "s2"), &program->statements[1]);
    assert_null(qry_program_find_statement(program, "s1"));
    const qry_statement *s = &program->statements[0];
    assert_int_equal(s->kind, QRY_SEARCH_ALL);
    assert_int_equal(program->statements[1].kind, QRY_SEARCH_ONE);
    assert_true(s->failure == 1e-3 && !s->has_seed && s->expect == 0 && s->iterations == 0);
    assert_true(s->low == 0 && s->high == 3 && s->domain == &program->tables[0]);
    qry_program_free(program);
    qry_ctx_free(ctx);
}

static void test_settings(void **state)
{
    (void)state;
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    qry_program *program =
        program_of(ctx, "param n = 3; search all j in n..n + 4 where j != 5\n"
                        "{ failure = 0.01 * n, seed = 9223372036854775807, iterations = n, expect = n * n };");
    for (int i = 0; i < 2; i++) {
        assert_true(qry_program_run_passes(program, NULL));
        const qry_statement *s = &program->statements[0];
        uint64_t n = i ? 2 : 3;
        assert_true(s->failure == (i ? 0.02 : 0.03) && s->has_seed && s->seed == INT64_MAX);
        assert_true(s->iterations == n && s->expect == n * n && s->low == n && s->high == n + 4);
        assert_null(s->domain);
        assert_string_equal(s->default_arch, "bucket_brigade");
        assert_true(qry_program_define(program, "n", "2"));
    }
    qry_program_free(program);
    qry_ctx_free(ctx);
}

/* What each kind of statement has when nothing is said, and what it takes when something is. */
static void test_methods(void **state)
{
    (void)state;
    static const struct {
        const char *statement;
        qry_search_kind kind;
        qry_method method;
        qry_encoding encoding;
        double epsilon;
        uint64_t shots;
        bool absolute, has_by;
    } cases[] = {
        {"search one j in T where T[j] > 0", QRY_SEARCH_ONE, 0, 0, 0, 0, false, false},
        {"search all j in T where T[j] > 0", QRY_SEARCH_ALL, 0, 0, 0, 0, false, false},
        {"search max j in T by T[j]", QRY_SEARCH_MAX, 0, 0, 0, 0, false, true},
        {"search min j in T by 1", QRY_SEARCH_MIN, 0, 0, 0, 0, false, true},
        {"count j in T where T[j] > 0", QRY_COUNT, QRY_METHOD_ITERATIVE, 0, 0.05, 0, false, false},
        {"count j in T where T[j] > 0 { epsilon = 3, absolute = 1 }", QRY_COUNT, QRY_METHOD_ITERATIVE, 0, 3, 0, true,
         false},
        {"count j in T where T[j] > 0 { method = canonical, absolute = 0 }", QRY_COUNT, QRY_METHOD_CANONICAL, 0, 0.05,
         0, false, false},
        {"estimate mean of T[j] for j in T", QRY_ESTIMATE_MEAN, QRY_METHOD_ITERATIVE, QRY_ENCODING_AUTO, 0.05, 0, false,
         true},
        {"estimate mean of T[j] for j in T { encoding = flags, epsilon = 1 }", QRY_ESTIMATE_MEAN, QRY_METHOD_ITERATIVE,
         QRY_ENCODING_FLAGS, 1, 0, false, true},
        {"estimate sum of T[j] for j in T { encoding = inequality, method = mlae }", QRY_ESTIMATE_SUM, QRY_METHOD_MLAE,
         QRY_ENCODING_INEQUALITY, 0.05, 0, false, true},
        {"sample set j in T with probability T[j]", QRY_SAMPLE_SET, QRY_METHOD_HASH, 0, 0, 0, false, true},
        {"sample set j in T with probability T[j] { method = stored }", QRY_SAMPLE_SET, QRY_METHOD_STORED, 0, 0, 0,
         false, true},
        {"sample one j in T with probability T[j]", QRY_SAMPLE_ONE, QRY_METHOD_AMPLIFICATION, 0, 0, 1, false, true},
        {"sample one j in T with probability T[j] { shots = 5, method = race }", QRY_SAMPLE_ONE, QRY_METHOD_RACE, 0, 0,
         5, false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diagnostics d;
        char program_text[256];
        qry_ctx *ctx = context_with(&d);
        snprintf(program_text, sizeof program_text, "table T[3] : ufixed(1,2) = [0, 0.5, 0.75];\n%s;",
                 cases[i].statement);
        qry_program *program = program_of(ctx, program_text);
        assert_true(qry_program_run_passes(program, NULL));
        const qry_statement *s = &program->statements[0];
        assert_int_equal(s->kind, cases[i].kind);
        assert_int_equal(s->method, cases[i].method);
        assert_int_equal(s->encoding, cases[i].encoding);
        assert_true(s->epsilon == cases[i].epsilon && s->shots == cases[i].shots && s->absolute == cases[i].absolute);
        assert_int_equal(s->where.by != NULL, cases[i].has_by);
        assert_int_equal(d.errors, 0);
        qry_program_free(program);
        qry_ctx_free(ctx);
    }
}

/* A formula keeps the numbers that its lookups were made with until it is made again. */
static void test_lookup_of_new_data(void **state)
{
    (void)state;
    struct diagnostics d;
    static const int64_t old[] = {1, 5, 3}, new[] = {8, 2, 0}, data[] = {9, 8, 2, 0};
    int64_t scratch[8];
    qry_ctx *ctx = context_with(&d);
    qry_program *program =
        program_of(ctx, "const L[4] : uint(4) = [7, 1, 5, 3]; search max j in 0..2 by lookup(L, j + 1);");
    assert_true(qry_program_run_passes(program, NULL));
    assert_true(qry_program_bind(program, "L", data));
    const qry_formula_list *list = &program->statements[0].where;
    for (uint64_t j = 0; j < 3; j++)
        assert_int_equal(qry_formula_evaluate(list, list->by, j, 0, scratch), old[j]);
    assert_true(qry_program_run_passes(program, NULL));
    list = &program->statements[0].where;
    for (uint64_t j = 0; j < 3; j++)
        assert_int_equal(qry_formula_evaluate(list, list->by, j, 0, scratch), new[j]);
    assert_true(list->by->low == 0 && list->by->high == 8);
    qry_program_free(program);
    qry_ctx_free(ctx);
}

static void test_architectures(void **state)
{
    (void)state;
    static const char tables[] = "table A[2] : bool = [1, 0]; table B[2] : bool = [1, 0]; qram select for B;\n"
                                 "search one j in A where A[j] != B[j]; search one j in B where B[j];\n";
    static const struct {
        const char *more, *over, *a, *b, *other;
    } cases[] = {
        {"", NULL, "bucket_brigade", "select", "bucket_brigade"},
        {"qram select;", NULL, "select", "select", "select"},
        {"", "bucket_brigade", "bucket_brigade", "bucket_brigade", "bucket_brigade"},
        {"qram bucket_brigade;", "select", "select", "select", "select"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct diagnostics d;
        char program_text[512];
        qry_ctx *ctx = context_with(&d);
        snprintf(program_text, sizeof program_text, "%s%ssearch one j in 0..1 where A[j];", tables, cases[i].more);
        qry_program *program = program_of(ctx, program_text);
        assert_true(qry_program_run_passes(program, &(qry_compile_options){.qram = cases[i].over}));
        assert_true(qry_program_run_passes(program, NULL)); /* as the last time */
        assert_string_equal(program->tables[0].arch, cases[i].a);
        assert_string_equal(program->tables[1].arch, cases[i].b);
        assert_string_equal(program->statements[0].default_arch, cases[i].a);
        assert_string_equal(program->statements[1].default_arch, cases[i].b);
        assert_string_equal(program->statements[2].default_arch, cases[i].other);
        assert_int_equal(d.errors, 0);
        assert_false(qry_program_run_passes(program, &(qry_compile_options){.qram = "compact"}));
        assert_false(qry_program_run_passes(program, &(qry_compile_options){.dump = "lex"}));
        assert_string_equal(d.text,
                            "error 0:0 there is no QRAM architecture 'compact'; there are bucket_brigade and select\n"
                            "error 0:0 there is no pass 'lex'; there are read, check, load, fold, widths and lower\n");
        qry_program_free(program);
        qry_ctx_free(ctx);
    }
}

/* ---- what is printed ---- */

static void test_printed(void **state)
{
    (void)state;
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    qry_program *program =
        program_of(ctx, "table T[4] : fixed(3,1) = [1, -2.5, 3, 0.5]; table B[4] : bool = [1, 0, 0, 1];\n"
                        "hits: search all j in T where abs(T[j] *\n 3 - 1) > 2 && !B[j] || j == 2 ||\n"
                        " (T[j] as int(4)) + (T[j] as int(4)) * 2 + (T[j] as int(4)) * (T[j] as int(4)) == 10;");
    char *printed = NULL;
    program->tree->explain = true;
    assert_true(qry_program_run_passes(program, NULL));
    PRINTED(printed, qry_formula_print(stream, &program->statements[0].where));
    assert_string_equal(printed, "#0    index  /2^0  0 .. 3, 2 bits\n"
                                 "#1    entry T[j][0]  /2^1  -5 .. 6, 4 bits\n"
                                 "#2    sum -2 +3*#1  /2^1  -17 .. 16, 6 bits\n"
                                 "#3    abs #2  /2^1  0 .. 17, 5 bits\n"
                                 "#4    sum -5 +1*#3  /2^0  -5 .. 12, 5 bits\n"
                                 "#5    ge0 #4  0 .. 1, 1 bit\n"
                                 "#6    entry B[j][0]  0 .. 1, 1 bit\n"
                                 "#7    not #6  0 .. 1, 1 bit\n"
                                 "#8    and #5 #7  0 .. 1, 1 bit\n"
                                 "#9    sum -2 +1*#0  /2^0  -2 .. 1, 2 bits\n"
                                 "#10   eq0 #9  0 .. 1, 1 bit\n"
                                 "#11   floor #1 drop 1  /2^0  -3 .. 3, 3 bits\n"
                                 "#12   product #11 #11  /2^0  0 .. 9, 4 bits\n"
                                 "#13   sum -10 +3*#11 +1*#12  /2^0  -19 .. 8, 6 bits\n"
                                 "#14   eq0 #13  0 .. 1, 1 bit\n"
                                 "#15   or #8 #10 #14  0 .. 1, 1 bit\n"
                                 "predicate #15\n");
    free(printed);
    PRINTED(printed, qry_widths_explain(stream, program));
    assert_string_equal(
        printed, "hits:\n"
                 "  expression                                                     least       greatest  type\n"
                 "  abs(T[j] * 3 - 1)                                                  0            8.5  ufixed(4,1)\n"
                 "  T[j] * 3 - 1                                                    -8.5              8  fixed(5,1)\n"
                 "  T[j] * 3                                                        -7.5              9  fixed(5,1)\n"
                 "  T[j]                                                            -2.5              3  fixed(3,1)\n"
                 "  (T[j] as int(4)) + (T[j] as int(4)) * 2 + (T[j] as...             -9             18  int(6)\n"
                 "  (T[j] as int(4)) + (T[j] as int(4)) * 2                           -9              9  int(5)\n"
                 "  T[j] as int(4)                                                    -3              3  int(3)\n"
                 "  (T[j] as int(4)) * 2                                              -6              6  fixed(4,-1)\n"
                 "  (T[j] as int(4)) * (T[j] as int(4))                                0              9  uint(4)\n");
    free(printed);
    qry_program_free(program);
    qry_ctx_free(ctx);
}

static void test_printed_by(void **state)
{
    (void)state;
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    qry_program *program =
        program_of(ctx, "table T[4] : fixed(3,1) = [1, -2.5, 3, 0.5]; const L[2] : int(3) = [1, -2];\n"
                        "most: search max j in T by exp(T[j]) * lookup(L, min(j, 1)) { precision = 3 };");
    char *printed = NULL;
    program->tree->explain = true;
    assert_true(qry_program_run_passes(program, NULL));
    PRINTED(printed, qry_formula_print(stream, &program->statements[0].where));
    assert_string_equal(printed, "#0    index  /2^0  0 .. 3, 2 bits\n"
                                 "#1    entry T[j][0]  /2^1  -5 .. 6, 4 bits\n"
                                 "#2    lookup #1 exp  /2^3  1 .. 161, 8 bits\n"
                                 "#3    sum 1  /2^0  1 .. 1, 1 bit\n"
                                 "#4    min #0 #3  /2^0  0 .. 1, 1 bit\n"
                                 "#5    lookup #4  /2^0  -2 .. 1, 2 bits\n"
                                 "#6    product #2 #5  /2^3  -322 .. 161, 10 bits\n"
                                 "#7    truth 1  1 .. 1, 1 bit\n"
                                 "predicate #7\n"
                                 "by #6\n");
    free(printed);
    PRINTED(printed, qry_widths_explain(stream, program));
    assert_string_equal(
        printed, "most:\n"
                 "  expression                                                     least       greatest  type\n"
                 "  exp(T[j]) * lookup(L, min(j, 1))                              -40.25         20.125  fixed(7,3)\n"
                 "  exp(T[j])                                                      0.125         20.125  ufixed(5,3)\n"
                 "  T[j]                                                            -2.5              3  fixed(3,1)\n"
                 "  lookup(L, min(j, 1))                                              -2              1  int(2)\n"
                 "  min(j, 1)                                                          0              1  uint(1)\n");
    free(printed);
    qry_program_free(program);
    qry_ctx_free(ctx);
}

/* What a compilation prints to standard error. */
static void expect_dump(qry_program *program, const qry_compile_options *options, const char *wanted)
{
    char got[4096];
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    fflush(stderr);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    bool fine = qry_program_run_passes(program, options);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    got[fread(got, 1, sizeof got - 1, file)] = 0;
    fclose(file);
    assert_true(fine);
    assert_string_equal(got, wanted);
}

static void test_dumps(void **state)
{
    (void)state;
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    qry_program *program = program_of(ctx, "table T[3] : uint(3) = [1, 5, 3];\nparam p = 2.5;\nconst q : int(4) = -3;\n"
                                           "fn twice(x : uint(3)) = 2 * x;\n"
                                           "search all j in T where twice(T[j]) >= p && 1 < 2;");
    expect_dump(program, &(qry_compile_options){.dump = "read"},
                "table T[3] : uint(3) = (list 1 5 3)\nparam p = 5/2\nconst q : int(4) = (- 3)\n"
                "fn twice x : uint(3) = (* 2 x)\n"
                "search all j in T where (&& (>= (twice (index T j)) p) (< 1 2))\n");
    expect_dump(program, &(qry_compile_options){.dump = "lower"}, ""); /* not by these passes */
    expect_dump(program, &(qry_compile_options){.dump = "check"},
                "table T[3] : uint(3) = (list 1 5 3)\nparam p = 5/2  is 5/2\nconst q : int(4) = (- 3)\n"
                "fn twice x : uint(3) = (* 2 x)\n"
                "s1: search all j in T where (&& (>= (twice (index T j)) p) (< 1 2))\n");
    expect_dump(program, &(qry_compile_options){.dump = "load"},
                "T: 3 x 1 uint(3), mantissas 1 .. 5, version 1, bucket_brigade\n"
                "q: 1 x 1 int(4), mantissas -3 .. -3, version 2\n");
    expect_dump(program, &(qry_compile_options){.dump = "fold"},
                "s1: j in 0 .. 2\n"
                "#0    index  /2^0\n#1    entry T[j][0]  /2^0\n#2    sum -2 +1*#1  /2^0\n#3    ge0 #2\n"
                "#4    truth 1\npredicate #3\n");
    expect_dump(program, &(qry_compile_options){.dump = "widths"},
                "s1: j in 0 .. 2\n"
                "#0    entry T[j][0]  /2^0  1 .. 5, 3 bits\n#1    sum -2 +1*#0  /2^0  -1 .. 3, 3 bits\n"
                "#2    ge0 #1  0 .. 1, 1 bit\npredicate #2\n");
    expect_dump(program, &(qry_compile_options){.explain_widths = true},
                "s1:\n"
                "  expression                                                     least       greatest  type\n"
                "  2 * x                                                              2             10  ufixed(4,-1)\n"
                "  twice(T[j])                                                        2             10  ufixed(4,-1)\n"
                "  T[j]                                                               1              5  uint(3)\n");
    expect_dump(program, NULL, ""); /* a refresh prints nothing */
    qry_program_free(program);
    qry_ctx_free(ctx);
}

/* ---- every allocation fails once ---- */

struct work {
    qry_ctx *ctx;
    bool fine;
};

static const char every_kind[] = "table K[4][3] : fixed(4,4) = [[1, 2, 3], [0.5, -1, 2.25], [7, 7, 7], [-8, -8, -8]];\n"
                                 "const q[3] : fixed(4,4) = [1, -0.5, 3];\n"
                                 "param tau = 2.5;\n"
                                 "hits: search all j in K where dot(q, K[j]) >= tau;\n"
                                 "search max j in K by exp(K[j][0]) where lookup(q, min(j, 2)) > tau\n"
                                 "{ precision = 3 };\n"
                                 "count j in K where K[j][1] > tau { method = mlae };\n"
                                 "estimate sum of square(K[j][2]) for j in K { encoding = flags };\n"
                                 "sample set j in K with probability min(1, abs(K[j][0]));\n";

static void compile_twice(void *argument)
{
    struct work *w = argument;
    qry_program *program = program_of(w->ctx, every_kind);
    w->fine = program && qry_program_run_passes(program, &(qry_compile_options){.statement = NULL}) &&
              qry_program_define(program, "tau", "3") && qry_program_bind(program, "q", (const int64_t[]){1, 2, 3}) &&
              qry_program_run_passes(program, NULL);
    qry_program_free(program);
}

static void test_no_memory(void **state)
{
    (void)state;
    size_t n = 1;
    for (bool finished = false; !finished; n++) {
        struct diagnostics d;
        struct work w = {.ctx = context_with(&d)};
        qry_memory_fail_at(w.ctx, n);
        finished = qry_protect(w.ctx, compile_twice, &w);
        if (!finished)
            assert_true(d.errors == 1 && strstr(d.text, "out of memory"));
        else
            assert_true(w.fine && d.errors == 0);
        qry_ctx_free(w.ctx);
    }
    assert_true(n > 20); /* it asked for memory at many places */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_params),        cmocka_unit_test(test_dependent_data),
        cmocka_unit_test(test_bind),          cmocka_unit_test(test_faulty_program),
        cmocka_unit_test(test_warnings_once), cmocka_unit_test(test_statements),
        cmocka_unit_test(test_settings),      cmocka_unit_test(test_architectures),
        cmocka_unit_test(test_printed),       cmocka_unit_test(test_printed_by),
        cmocka_unit_test(test_methods),       cmocka_unit_test(test_lookup_of_new_data),
        cmocka_unit_test(test_dumps),         cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
