/* parse_test.c: scanner and parser: trees of every construct, nesting and length without limit in the text, text that
 * is no program. Messages have their tests in tests/programs/. */
#include "front.h"

/* ---- trees ---- */

static void expect_tree(const char *program_text, const char *tree)
{
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    char *text = NULL;
    qry_program *program = program_of(ctx, program_text);
    assert_string_equal(d.text, "");
    assert_non_null(program);
    for (struct ast_item *item = program->tree->first; item; item = item->next)
        if (item->kind == AST_STATEMENT && !item->name)
            item->name = qry_ast_intern(program->tree, "s", 1); /* check would name it */
    PRINTED(text, qry_ast_print(stream, program->tree));
    assert_string_equal(text, tree);
    free(text);
    qry_program_free(program);
    qry_ctx_free(ctx);
}

static void test_items(void **state)
{
    (void)state;
    expect_tree("table K[512][32] : fixed(4,4) = npy(\"a/b.npy\");",
                "table K[512][32] : fixed(4,4) = npy \"a/b.npy\"\n");
    expect_tree("table U[3] : ufixed(0,8) = csv(\"u.csv\")[7];", "table U[3] : ufixed(0,8) = csv \"u.csv\" row 7\n");
    expect_tree("const q[2][2] : int(5) = npz(\"q\", \"k\"); const r : uint(1) = 1 + 2;",
                "const q[2][2] : int(5) = npz \"q\" \"k\"\nconst r : uint(1) = (+ 1 2)\n");
    expect_tree("const q[2] : bool = [[1, 0], [0, 1],][1];",
                "const q[2] : bool = (list (list 1 0) (list 0 1)) row 1\n");
    expect_tree("table K[1] : ufixed(4,-2) = safetensors(\"a\", \"b\"); param t = -2.5e-1;",
                "table K[1] : ufixed(4,-2) = safetensors \"a\" \"b\"\nparam t = (- 1/4)\n");
    expect_tree("qram compact; qram hybrid(3) for K; qram select for K, L; qram select_swap(2); qram bucket_brigade;",
                "qram compact\nqram hybrid(3) K\nqram select K L\nqram select_swap(2)\nqram bucket_brigade\n");
    expect_tree("fn f() = 1; fn g(x : uint(3), y : bool) : fixed(2,2) = x;",
                "fn f = 1\nfn g x : uint(3) y : bool gives fixed(2,2) = x\n");
}

static void test_statements(void **state)
{
    (void)state;
    expect_tree("a: search one j in T where b; search all j in 0..n+1 where b { seed = 1, failure = 2 };",
                "a: search one j in T where b\ns: search all j in 0 .. (+ n 1) where b seed 1 failure 2\n");
    expect_tree("search max j in T by e; search min j in T by e where b;",
                "s: search max j in T by e\ns: search min j in T by e where b\n");
    expect_tree("count j in 1..2 where b; estimate mean of e for j in T; estimate sum of e for j in T where b;",
                "s: count j in 1 .. 2 where b\ns: estimate mean j in T by e\ns: estimate sum j in T by e where b\n");
    expect_tree("sample set j in T with probability e; sample one j in T with probability e {shots = 3};",
                "s: sample set j in T by e\ns: sample one j in T by e shots 3\n");
}

static void expect_expression(const char *text, const char *tree)
{
    char program[512], wanted[512];
    snprintf(program, sizeof program, "const x : bool = %s;", text);
    snprintf(wanted, sizeof wanted, "const x : bool = %s\n", tree);
    expect_tree(program, wanted);
}

static void test_expressions(void **state)
{
    (void)state;
    expect_expression("a || b && c == d < e << f + g * h", "(|| a (&& b (== c (< d (<< e (+ f (* g h)))))))");
    expect_expression("a * b + c << d < e == f && g || h", "(|| (&& (== (< (<< (+ (* a b) c) d) e) f) g) h)");
    expect_expression("a - b - c + d", "(+ (- (- a b) c) d)");
    expect_expression("a << b >> c", "(>> (<< a b) c)");
    expect_expression("a == b != c", "(!= (== a b) c)");
    expect_expression("a < b <= c > d >= e", "(>= (> (<= (< a b) c) d) e)");
    expect_expression("-a * !b as int(3) as uint(2)", "(* (- a) (as (as (! b) int(3)) uint(2)))");
    expect_expression("- -a[1][2]", "(- (- (index a 1 2)))");
    expect_expression("(a + b) * (c)", "(* (+ a b) c)");
    expect_expression("if a then b else if c then d else e + f", "(if a b (if c d (+ e f)))");
    expect_expression("f() + g(a, b)[c]", "(+ (f) (index (g a b) c))");
    expect_expression("dot(a, b) + sum(c) + square(d) + exp(e)", "(+ (+ (+ (dot a b) (sum c)) (square d)) (exp e))");
    expect_expression("max(a, b, c) + min(a) + abs() + clip(a, b, c) + lookup(T, a)",
                      "(+ (+ (+ (+ (max a b c) (min a)) (abs)) (clip a b c)) (lookup T a))");
    expect_expression("sum(a[i] * b for i in 0..n - 1)", "(sum i (* (index a i) b) 0 (- n 1))");
    expect_expression("1 + 0.5 + .25 + 1e3 + 2.5E-1 + 1e+1", "(+ (+ (+ (+ (+ 1 1/2) 1/4) 1000) 1/4) 10)");
    expect_expression("a/*b*/+/***/b//c\n", "(+ a b)");
    expect_expression("tables + _x1 + IN", "(+ (+ tables _x1) IN)");
}

/* ---- every word is reserved ---- */

static void test_reserved_words(void **state)
{
    (void)state;
    static const char *const words[] = {
        "table",   "const",       "param",  "qram",   "fn",          "bucket_brigade",
        "compact", "hybrid",      "select", "search", "select_swap", "one",
        "all",     "max",         "min",    "count",  "estimate",    "mean",
        "sum",     "sample",      "set",    "in",     "where",       "by",
        "of",      "for",         "with",   "fixed",  "probability", "ufixed",
        "int",     "uint",        "bool",   "npy",    "csv",         "npz",
        "if",      "safetensors", "then",   "else",   "as",          "dot",
        "square",  "exp",         "abs",    "clip",   "lookup",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char text[128], wanted[128];
        struct diagnostics d;
        qry_ctx *ctx = context_with(&d);
        snprintf(text, sizeof text, "param %s = 1; search one j in 0..1 where j == 1;", words[i]);
        snprintf(wanted, sizeof wanted, "error 1:7 '%s' is a word of the language and cannot be a name\n", words[i]);
        assert_null(program_of(ctx, text));
        assert_string_equal(d.text, wanted);
        qry_ctx_free(ctx);
    }
}

/* ---- deep and long ---- */

static char *repeated(const char *before, const char *part, size_t count, const char *middle, const char *close,
                      const char *after)
{
    size_t size = strlen(before) + count * (strlen(part) + strlen(close)) + strlen(middle) + strlen(after) + 1;
    char *text = malloc(size), *end = text + sprintf(text, "%s", before);
    for (size_t i = 0; i < count; i++)
        end += sprintf(end, "%s", part);
    end += sprintf(end, "%s", middle);
    for (size_t i = 0; i < count; i++)
        end += sprintf(end, "%s", close);
    sprintf(end, "%s", after);
    return text;
}

/* Whether a predicate that is nested so deep compiles; if not, the nesting is the only error. */
static bool compiles(const char *part, size_t count, const char *middle, const char *close)
{
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    char *text = repeated("fn f(x : int(62)) = x; search one j in 0..1 where ", part, count, middle, close, ";");
    qry_program *program = program_of(ctx, text);
    bool fine = program && qry_program_run_passes(program, NULL);
    assert_int_equal(d.errors, fine ? 0 : 1);
    assert_true(fine || strstr(d.text, "nest") || strstr(d.text, "deep"));
    free(text);
    qry_program_free(program);
    qry_ctx_free(ctx);
    return fine;
}

static void test_nesting(void **state)
{
    (void)state;
    static const struct {
        const char *part, *middle, *close;
    } nests[] = {
        {"(", "j == 1", ")"},
        {"!", "(j == 1)", ""},
        {"-", "j == 1", ""},
        {"1 + ", "j == 1", ""},
        {"j == 1 && ", "j == 1", ""},
        {"(j == 1 || ", "j == 1", ")"},
        {"if j == 1 then j == 0 else ", "j == 1", ""},
        {"abs(", "j", ") > 0"},
        {"abs(", "j", ")"},
        {"f(", "j", ")"},
        {"square(0 * ", "j", ")"},
        {"", "j", "[0]"},
        {"", "j", " as int(62)"},
        {"sum(1 for i in 0..", "1", ")"},
    };
    for (size_t i = 0; i < sizeof nests / sizeof nests[0]; i++) {
        const char *part = nests[i].part, *close = nests[i].close;
        bool is_truth = strstr(nests[i].middle, "==") || strstr(close, ">");
        if (is_truth && strcmp(close, ") > 0") != 0)
            assert_true(compiles(part, 200, nests[i].middle, close));
        if (is_truth && strcmp(close, ") > 0") != 0)
            compiles(part, 1000, nests[i].middle, close);
        assert_false(compiles(part, 100000, nests[i].middle, close));
    }
}

/* What the hint advises: halves of a long chain between parentheses. */
static void test_long_chain(void **state)
{
    (void)state;
    static const struct {
        const char *part, *between;
        bool fine;
    } chains[] = {{"j == 1 && ", "j == 1 && ", false}, {"j == 1 && ", "j == 1) && (", true}};
    for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++) {
        struct diagnostics d;
        qry_ctx *ctx = context_with(&d);
        char *half = repeated("", chains[i].part, 700, "", "", "");
        char *text = malloc(2 * strlen(half) + 200);
        sprintf(text, "search one j in 0..1 where (%s%s%s j == 1);", half, chains[i].between, half);
        qry_program *program = program_of(ctx, text);
        bool fine = program && qry_program_run_passes(program, NULL);
        assert_int_equal(fine, chains[i].fine);
        assert_true(fine || strstr(d.text, "nested more than 1000 deep"));
        free(text);
        free(half);
        qry_program_free(program);
        qry_ctx_free(ctx);
    }
}

/* A chain of functions that is deeper than the passes follow, in either order of declaration. */
static void test_chains(void **state)
{
    (void)state;
    enum { LINKS = 20000 };
    for (int backwards = 0; backwards < 2; backwards++) {
        for (int params = 0; params < 2; params++) {
            struct diagnostics d;
            qry_ctx *ctx = context_with(&d);
            char *text = malloc(LINKS * 64), *end = text;
            for (int i = 0; i < LINKS; i++) {
                int k = backwards ? LINKS - 1 - i : i;
                if (k == 0)
                    end += sprintf(end, params ? "param f0 = 1;\n" : "fn f0(x : uint(4)) = x;\n");
                else
                    end += sprintf(end, params ? "param f%d = f%d;\n" : "fn f%d(x : uint(4)) = f%d(x);\n", k, k - 1);
            }
            sprintf(end, params ? "search one j in 0..3 where f%d == j;" : "search one j in 0..3 where f%d(j) == 1;",
                    LINKS - 1);
            qry_program *program = program_of(ctx, text);
            assert_non_null(program);
            bool fine = qry_program_run_passes(program, NULL);
            assert_int_equal(fine, params && !backwards);
            assert_int_equal(d.errors != 0, !fine);
            free(text);
            qry_program_free(program);
            qry_ctx_free(ctx);
        }
    }
}

static void test_many_parameters(void **state)
{
    (void)state;
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    char *text = malloc(2000 * 24), *end = text + sprintf(text, "fn f(a : uint(1)");
    for (int i = 0; i < 1000; i++)
        end += sprintf(end, ", a%d : uint(1)", i);
    sprintf(end, ") = a; search one j in 0..1 where j == 1;");
    qry_program *program = program_of(ctx, text);
    assert_non_null(program);
    assert_false(qry_program_run_passes(program, NULL));
    assert_string_equal(d.text, "error 1:4 a function has at most 1000 parameters\n");
    free(text);
    qry_program_free(program);
    qry_ctx_free(ctx);
}

static void test_long_list(void **state)
{
    (void)state;
    enum { ENTRIES = 100000 };
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    char *text =
        repeated("table T[100000] : uint(8) = [", "123, ", ENTRIES, "", "", "]; search all j in T where T[j] == 123;");
    qry_program *program = program_of(ctx, text);
    assert_non_null(program);
    assert_true(qry_program_run_passes(program, NULL));
    assert_int_equal(program->tables[0].low, 123);
    assert_int_equal(program->tables[0].rows, ENTRIES);
    assert_int_equal(d.warnings, 1); /* always true */
    free(text);
    qry_program_free(program);
    qry_ctx_free(ctx);
}

/* ---- text that is no program ---- */

static const char sample[] =
    "// a program with a bit of everything\n"
    "table K[4][3] : fixed(4,4) = [[1, 2, 3], [0.5, -1, 2.25], [7, 7, 7], [-8, -8, -8]];\n"
    "const q[3] : fixed(4,4) = [1, -.5, 3e0]; const m[2] : uint(2) = [[1, 2], [3, 0]][1];\n"
    "param tau = 2.5; qram select for K;\n"
    "fn f(x : fixed(12,8), b : bool) : fixed(12,8) = if b then x else -x as fixed(12,8);\n"
    "hits: search all j in K where dot(q, K[j]) >= tau && f(sum(K[j]), j != 2) < 20 { failure = 1e-2, seed = 7 };\n"
    "search one j in 0..3 where sum(K[j][i] << 1 for i in 0..2) > 1 || !(clip(j, 1, 2) == 2); /* end */\n";

struct attempt {
    qry_ctx *ctx;
    const char *text;
    size_t length;
    bool fine;
};

static void attempt(void *argument)
{
    struct attempt *a = argument;
    qry_program *program = qry_program_read(a->ctx, qry_source_from_text(a->ctx, "test", a->text, a->length));
    a->fine = program && qry_program_run_passes(program, NULL);
    qry_program_free(program);
}

/* Compiles any bytes: never a crash, and never failure without an error or success with one. */
static bool try_text(const char *text, size_t length)
{
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    struct attempt a = {.ctx = ctx, .text = text, .length = length};
    bool finished = qry_protect(ctx, attempt, &a);
    assert_int_equal(d.errors == 0, finished && a.fine);
    qry_ctx_free(ctx);
    return finished && a.fine;
}

static void test_every_beginning(void **state)
{
    (void)state;
    assert_true(try_text(sample, sizeof sample - 1));
    size_t fine = 0;
    for (size_t length = 0; length < sizeof sample - 1; length++)
        fine += try_text(sample, length);
    assert_in_range(fine, 5, 100); /* those that end between the statements or in the last comment's blanks */
}

static void test_mutations(void **state)
{
    (void)state;
    enum { TRIES = 20000 };
    static const char *const pieces[] = {"table",   "[",      "]",     "(",    ")", ";", "..", "1e99",
                                         "0.1",     "j",      "K",     "q",    ",", "-", "as", "\"",
                                         "/*",      "search", "where", "sum(", "{", "=", "==", "9223372036854775807",
                                         "\xc3\xa9"};
    qry_random random;
    qry_random_seed(&random, 1, 0);
    size_t fine = 0;
    for (int i = 0; i < TRIES; i++) {
        char text[2 * sizeof sample];
        size_t length = sizeof sample - 1;
        memcpy(text, sample, length);
        for (uint64_t n = 1 + qry_random_below(&random, 3); n > 0; n--) {
            size_t at = qry_random_below(&random, length);
            const char *piece = pieces[qry_random_below(&random, sizeof pieces / sizeof pieces[0])];
            size_t cut = qry_random_below(&random, 4), size = strlen(piece);
            cut = cut < length - at ? cut : length - at;
            if (qry_random_below(&random, 4) == 0) {
                text[at] = (char)qry_random_next(&random);
                continue;
            }
            memmove(text + at + size, text + at + cut, length - at - cut);
            memcpy(text + at, piece, size);
            length += size - cut;
        }
        fine += try_text(text, length);
    }
    assert_in_range(fine, 100, TRIES / 2);
}

static void test_bytes(void **state)
{
    (void)state;
    static const char with_zero[] = "search one j in 0..1 where\0 j == 1;";
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    assert_null(qry_program_read(ctx, qry_source_from_text(ctx, "zero", with_zero, sizeof with_zero - 1)));
    assert_string_equal(d.text, "error 1:27 this is no text file: it has byte 0x00\n");
    qry_ctx_free(ctx);
    for (int byte = 0; byte < 256; byte++) {
        char text[] = "search one j in 0..1 where j == 1; ?";
        text[sizeof text - 2] = (char)byte;
        bool blank = byte == ' ' || (byte >= '\t' && byte <= '\r');
        assert_int_equal(try_text(text, sizeof text - 1), blank);
    }
}

/* Zero bytes within what has no end are one message, and no work that grows with the square of their number. */
static void test_zeros(void **state)
{
    (void)state;
    enum { LENGTH = 1 << 22 };
    static const char *const heads[] = {"/*", "//", "\"", ""};
    struct diagnostics d;
    char *text = calloc(LENGTH, 1);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        qry_ctx *ctx = context_with(&d);
        strcpy(text, heads[i]);
        assert_null(qry_program_read(ctx, qry_source_from_text(ctx, "zeros", text, LENGTH)));
        char expected[100];
        snprintf(expected, sizeof expected, "error 1:%zu this is no text file: it has byte 0x00\n",
                 strlen(heads[i]) + 1);
        assert_string_equal(d.text, expected);
        qry_ctx_free(ctx);
    }
    free(text);
}

/* The mark of UTF-8 is no column. */
static void test_mark(void **state)
{
    (void)state;
    struct diagnostics d;
    qry_ctx *ctx = context_with(&d);
    assert_non_null(program_of(ctx, "\xef\xbb\xbfsearch one j in 0..1 where j == 1;"));
    assert_string_equal(d.text, "");
    assert_null(program_of(ctx, "\xef\xbb\xbfsearch one j in 0..1 where @ == 1;"));
    assert_string_equal(d.text, "error 1:28 '@' does not belong to the language\n");
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items),       cmocka_unit_test(test_statements),
        cmocka_unit_test(test_expressions), cmocka_unit_test(test_reserved_words),
        cmocka_unit_test(test_nesting),     cmocka_unit_test(test_chains),
        cmocka_unit_test(test_long_chain),  cmocka_unit_test(test_many_parameters),
        cmocka_unit_test(test_long_list),   cmocka_unit_test(test_every_beginning),
        cmocka_unit_test(test_mutations),   cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_zeros),       cmocka_unit_test(test_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
