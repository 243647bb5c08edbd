/* settings.c: the part of the pass check that needs values: params, and the options of statements. It runs again
 * whenever params have changed. */
#include "compiler/check.h"

#include "compiler/fold.h"

#include <stddef.h>
#include <string.h>

/* Bits of the queries that an option is for. */
enum {
    SEARCHES = 1 << AST_SEARCH_ONE | 1 << AST_SEARCH_ALL | 1 << AST_SEARCH_MAX | 1 << AST_SEARCH_MIN,
    COUNTS = 1 << AST_COUNT | 1 << AST_ESTIMATE_MEAN | 1 << AST_ESTIMATE_SUM,
    ESTIMATES = 1 << AST_ESTIMATE_MEAN | 1 << AST_ESTIMATE_SUM,
    SAMPLE_SET = 1 << AST_SAMPLE_SET,
    SAMPLE_ONE = 1 << AST_SAMPLE_ONE,
    SAMPLES = SAMPLE_SET | SAMPLE_ONE,
    ALL = SEARCHES | COUNTS | SAMPLES
};

enum option_range { WHOLE, FAILURE, POSITIVE, WORD };

struct option_kind {
    const char *name;
    unsigned queries;
    enum option_range range;
    int64_t least, most; /* WHOLE */
};

static const struct option_kind kinds[] = {
    {"failure", ALL, FAILURE, 0, 0},
    {"seed", ALL, WHOLE, 0, INT64_MAX},
    {"precision", ALL, WHOLE, 0, 32},
    {"iterations", ALL, WHOLE, 1, INT64_MAX},
    {"expect", SEARCHES | SAMPLES, WHOLE, 1, INT64_MAX},
    {"shots", SAMPLE_ONE, WHOLE, 1, INT64_MAX},
    {"epsilon", COUNTS, POSITIVE, 0, 0},
    {"absolute", COUNTS, WHOLE, 0, 1},
    {"method", COUNTS | SAMPLES, WORD, 0, 0},
    {"encoding", ESTIMATES, WORD, 0, 0},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* What an option that takes a word may say; the first of a query's methods is what it has when nothing is said. */
static const struct option_word {
    const char *option, *word;
    unsigned queries;
    qry_method method;
    qry_encoding encoding;
} words[] = {
    {"method", "iterative", COUNTS, QRY_METHOD_ITERATIVE, 0},
    {"method", "canonical", COUNTS, QRY_METHOD_CANONICAL, 0},
    {"method", "mlae", COUNTS, QRY_METHOD_MLAE, 0},
    {"method", "amplification", SAMPLE_ONE, QRY_METHOD_AMPLIFICATION, 0},
    {"method", "race", SAMPLE_ONE, QRY_METHOD_RACE, 0},
    {"method", "hash", SAMPLE_SET, QRY_METHOD_HASH, 0},
    {"method", "stored", SAMPLE_SET, QRY_METHOD_STORED, 0},
    {"encoding", "inequality", ESTIMATES, 0, QRY_ENCODING_INEQUALITY},
    {"encoding", "flags", ESTIMATES, 0, QRY_ENCODING_FLAGS},
};
enum { WORDS = sizeof words / sizeof words[0] };

/* Kinds are in the order of the queries of the syntax, as fold takes them. */
const char *qry_kind_words(qry_search_kind kind) { return qry_ast_query_words((enum ast_query)kind); }

const char *qry_method_word(qry_method method)
{
    for (size_t i = 0; i < WORDS; i++)
        if (method != QRY_METHOD_AUTO && words[i].method == method)
            return words[i].word;
    return NULL;
}

const char *qry_encoding_word(qry_encoding encoding)
{
    for (size_t i = 0; i < WORDS; i++)
        if (encoding != QRY_ENCODING_AUTO && words[i].encoding == encoding)
            return words[i].word;
    return NULL;
}

static const struct option_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

/* The words that an option of a query takes; word NULL: the first. */
static const struct option_word *find_word(const char *option, enum ast_query query, const char *word)
{
    for (size_t i = 0; i < WORDS; i++)
        if (strcmp(words[i].option, option) == 0 && words[i].queries >> query & 1 &&
            (!word || strcmp(words[i].word, word) == 0))
            return &words[i];
    return NULL;
}

static bool check_word(struct check *check, enum ast_query query, const struct ast_option *option)
{
    const char *name = option->name->text, *names[WORDS] = {NULL}, *list = "", *hint = NULL;
    const struct ast_expr *value = option->value;
    qry_arena *arena = check->tree->arena;
    size_t count = 0;
    if (value->kind == AST_NAME && find_word(name, query, value->name->text))
        return true;
    for (size_t i = 0; i < WORDS; i++)
        if (find_word(name, query, words[i].word) == &words[i])
            names[count++] = words[i].word;
    for (size_t i = 0; i < count; i++)
        list = qry_arena_printf(arena, "%s%s%s", list, i == 0 ? "" : i + 1 < count ? ", " : " or ", names[i]);
    if (value->kind == AST_NAME)
        hint = qry_nearest_word(arena, value->name->text, names, count);
    qry_check_error(check, value->place, hint, "the %s of %s is %s", name, qry_ast_query_words(query), list);
    return false;
}

/* Name and shape of one option, whatever its value. */
static bool check_option(struct scope *scope, struct ast_option *option)
{
    struct check *check = scope->check;
    const char *name = option->name->text, *names[KINDS] = {NULL};
    const struct option_kind *kind = find_kind(name);
    for (size_t i = 0; i < KINDS; i++)
        names[i] = kinds[i].queries >> scope->item->query & 1 ? kinds[i].name : NULL;
    if (!kind) {
        qry_check_error(check, option->place, qry_nearest_word(check->tree->arena, name, names, KINDS),
                        "unknown option '%.60s'", name);
        return false;
    }
    if (!(kind->queries >> scope->item->query & 1)) {
        qry_check_error(check, option->place, NULL, "%s has no option '%s'", qry_ast_query_words(scope->item->query),
                        name);
        return false;
    }
    for (const struct ast_option *o = scope->item->options; o != option; o = o->next)
        if (o->name == option->name) {
            qry_check_error(check, option->place, NULL, "the option '%s' stands here twice", name);
            return false;
        }
    if (kind->range == WORD)
        return check_word(check, scope->item->query, option);
    if (!qry_check_number(scope, option->value, name))
        return false;
    if (option->value->uses & AST_USES_DATA)
        qry_check_error(check, option->value->place, NULL, "an option is made of numbers and params");
    return !(option->value->uses & AST_USES_DATA);
}

void qry_check_options(struct scope *scope)
{
    for (struct ast_option *o = scope->item->options; o; o = o->next)
        o->usable = check_option(scope, o);
}

/* ---- values ---- */

static bool evaluate(struct fold *fold, const struct ast_expr *e, uint32_t slots, qry_rational *result)
{
    fold->steps = 0;
    struct value value = qry_fold_whole(fold, e, slots);
    *result = value.number;
    return value.kind == VALUE_NUMBER;
}

/* One in so many: below that 1 - failure is 1 to the digits of a report. */
static const int64_t rarest_failure = 1000000000000;

static bool in_range(struct check *check, const struct option_kind *kind, const struct ast_expr *e, qry_rational value)
{
    const char *wanted = NULL;
    bool whole = value.den == 1;
    if (kind->range == FAILURE && (value.num >= value.den || (qry_i128)value.num * rarest_failure < value.den))
        wanted = "is at least 1e-12 and below 1";
    else if (kind->range == POSITIVE && value.num <= 0)
        wanted = "is greater than 0";
    else if (kind->range == WHOLE && (!whole || value.num < kind->least || value.num > kind->most))
        wanted = kind->most == INT64_MAX ? kind->least ? "is a whole number from 1" : "is a whole number from 0"
                 : kind->most == 1       ? "is 0 or 1"
                                         : "is a whole number from 0 to 32";
    if (wanted)
        qry_check_error(check, e->place, NULL, "%s %s, and this is %.10g", kind->name, wanted,
                        qry_rational_to_double(value));
    return !wanted;
}

static void keep(struct ast_settings *settings, const char *name, qry_rational value)
{
    if (strcmp(name, "failure") == 0)
        settings->failure = qry_rational_to_double(value);
    else if (strcmp(name, "expect") == 0)
        settings->expect = (uint64_t)value.num;
    else if (strcmp(name, "iterations") == 0)
        settings->iterations = (uint64_t)value.num;
    else if (strcmp(name, "shots") == 0)
        settings->shots = (uint64_t)value.num;
    else if (strcmp(name, "precision") == 0)
        settings->precision = (int)value.num;
    else if (strcmp(name, "epsilon") == 0)
        settings->epsilon = qry_rational_to_double(value);
    else if (strcmp(name, "absolute") == 0)
        settings->absolute = value.num != 0;
    else if (strcmp(name, "seed") == 0) {
        settings->seed = (uint64_t)value.num;
        settings->has_seed = true;
    }
}

static void keep_word(struct ast_settings *settings, const struct option_word *word)
{
    if (word->method != QRY_METHOD_AUTO)
        settings->method = word->method;
    else
        settings->encoding = word->encoding;
}

static const struct ast_option *find_option(const struct ast_item *item, const char *name)
{
    const struct ast_option *o = item->options;
    while (o && strcmp(o->name->text, name) != 0)
        o = o->next;
    return o;
}

/* A relative epsilon has a default, and says nothing above 1; what an absolute one means depends on the data. */
static bool settle_epsilon(struct check *check, struct ast_item *item)
{
    const struct ast_option *epsilon = find_option(item, "epsilon"), *absolute = find_option(item, "absolute");
    struct ast_settings *settings = &item->settings;
    if (settings->absolute && !epsilon) {
        qry_check_error(check, absolute->place, "for example { epsilon = 0.5, absolute = 1 }",
                        "an absolute epsilon has no default: say how far off the result may be");
        return false;
    }
    if (settings->absolute || settings->epsilon <= 1)
        return true;
    qry_check_error(check, epsilon->value->place, "absolute = 1 makes it a distance, which may be of any size",
                    "epsilon is relative and at most 1, and this is %.10g", settings->epsilon);
    return false;
}

/* What holds where nothing is said. */
static void begin_settings(struct ast_item *item)
{
    const struct option_word *method = find_word("method", item->query, NULL);
    item->settings = (struct ast_settings){.failure = 1e-3, .precision = FOLD_EXP_PRECISION};
    if (method)
        item->settings.method = method->method;
    if (COUNTS >> item->query & 1)
        item->settings.epsilon = 0.05;
    if (SAMPLE_ONE >> item->query & 1)
        item->settings.shots = 1;
}

static bool settle_options(struct check *check, struct fold *fold, struct ast_item *item)
{
    bool fine = true;
    begin_settings(item);
    for (const struct ast_option *o = item->options; o; o = o->next) {
        const struct option_kind *kind = find_kind(o->name->text);
        qry_rational value;
        if (!o->usable)
            continue;
        if (kind->range == WORD)
            keep_word(&item->settings, find_word(kind->name, item->query, o->value->name->text));
        else if (!evaluate(fold, o->value, item->slots, &value) || !in_range(check, kind, o->value, value))
            fine = false;
        else
            keep(&item->settings, kind->name, value);
    }
    return fine && settle_epsilon(check, item);
}

bool qry_check_constant(qry_program *program, struct ast_item *param)
{
    struct check check = {.tree = program->tree, .order = &program->tree->ordered};
    struct fold fold;
    qry_formula_list constants;
    qry_fold_begin(&fold, program, &constants);
    return qry_check_item(&check, param) && evaluate(&fold, param->expr, param->slots, &param->value);
}

bool qry_check_settings(struct check *check, qry_program *program)
{
    struct qry_ast_program *tree = check->tree;
    struct fold fold;
    qry_formula_list constants;
    bool fine = true;
    qry_fold_begin(&fold, program, &constants);
    for (struct ast_item *item = tree->ordered; item && fine; item = item->ordered)
        if (item->kind == AST_PARAM && item->state == AST_FINE && !item->replaced)
            fine = evaluate(&fold, item->expr, item->slots, &item->value);
    if (!fine)
        return false;
    for (struct ast_item *item = tree->first; item; item = item->next)
        if (item->kind == AST_STATEMENT)
            fine = settle_options(check, &fold, item) && fine;
    return fine;
}
