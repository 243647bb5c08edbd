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
    SAMPLES = 1 << AST_SAMPLE_SET | 1 << AST_SAMPLE_ONE,
    ALL = SEARCHES | COUNTS | SAMPLES
};

enum option_range { WHOLE, FAILURE, POSITIVE, METHOD };

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
    {"iterations", SEARCHES | SAMPLES, WHOLE, 1, INT64_MAX},
    {"expect", SEARCHES | SAMPLES, WHOLE, 1, INT64_MAX},
    {"shots", COUNTS | SAMPLES, WHOLE, 1, INT64_MAX},
    {"epsilon", COUNTS, POSITIVE, 0, 0},
    {"absolute", COUNTS, WHOLE, 0, 1},
    {"method", COUNTS, METHOD, 0, 0},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const struct option_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static bool check_method(struct check *check, const struct ast_expr *value)
{
    static const char *const methods[] = {"iterative", "canonical", "mlae"};
    for (size_t i = 0; value->kind == AST_NAME && i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(methods[i], value->name->text) == 0)
            return true;
    qry_check_error(check, value->place, NULL, "a method is iterative, canonical or mlae");
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
    if (kind->range == METHOD)
        return check_method(check, option->value);
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
    else if (strcmp(name, "seed") == 0) {
        settings->seed = (uint64_t)value.num;
        settings->has_seed = true;
    }
}

static bool settle_options(struct check *check, struct fold *fold, struct ast_item *item)
{
    bool fine = true;
    item->settings = (struct ast_settings){.failure = 1e-3};
    for (const struct ast_option *o = item->options; o; o = o->next) {
        const struct option_kind *kind = find_kind(o->name->text);
        qry_rational value;
        if (!o->usable || kind->range == METHOD)
            continue;
        if (!evaluate(fold, o->value, item->slots, &value) || !in_range(check, kind, o->value, value))
            fine = false;
        else
            keep(&item->settings, kind->name, value);
    }
    return fine;
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
