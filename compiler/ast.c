/* ast.c: builds the syntax tree. */
#include "compiler/ast.h"

#include <string.h>

static const char *const operators[] = {
    [AST_NUMBER] = "number", [AST_NAME] = "name",        [AST_INDEX] = "index",   [AST_CALL] = "call",
    [AST_APPLY] = "apply",   [AST_SERIES] = "sum",       [AST_LIST] = "list",     [AST_IF] = "if",
    [AST_AS] = "as",         [AST_NEGATE] = "-",         [AST_NOT] = "!",         [AST_ADD] = "+",
    [AST_SUBTRACT] = "-",    [AST_MULTIPLY] = "*",       [AST_SHIFT_LEFT] = "<<", [AST_SHIFT_RIGHT] = ">>",
    [AST_EQUAL] = "==",      [AST_UNEQUAL] = "!=",       [AST_LESS] = "<",        [AST_LESS_EQUAL] = "<=",
    [AST_GREATER] = ">",     [AST_GREATER_EQUAL] = ">=", [AST_AND] = "&&",        [AST_OR] = "||"};
static const char *const builtins[] = {
    [AST_DOT] = "dot", [AST_SUM] = "sum", [AST_SQUARE] = "square", [AST_EXP] = "exp",      [AST_MAX] = "max",
    [AST_MIN] = "min", [AST_ABS] = "abs", [AST_CLIP] = "clip",     [AST_LOOKUP] = "lookup"};
static const char *const source_words[] = {[AST_FROM_LIST] = "a list",
                                           [AST_FROM_NPY] = "npy",
                                           [AST_FROM_CSV] = "csv",
                                           [AST_FROM_NPZ] = "npz",
                                           [AST_FROM_SAFETENSORS] = "safetensors"};
static const char *const queries[] = {
    [AST_SEARCH_ONE] = "search one",     [AST_SEARCH_ALL] = "search all", [AST_SEARCH_MAX] = "search max",
    [AST_SEARCH_MIN] = "search min",     [AST_COUNT] = "count",           [AST_ESTIMATE_MEAN] = "estimate mean",
    [AST_ESTIMATE_SUM] = "estimate sum", [AST_SAMPLE_SET] = "sample set", [AST_SAMPLE_ONE] = "sample one"};
static const struct ast_arch_kind architectures[AST_ARCHES] = {
#define BUILT(name, number) {#name, number, true},
#define LATER(name, number) {#name, number, false},
#include "compiler/qram/architectures.def"
#undef BUILT
#undef LATER
};

const char *qry_ast_operator_word(enum ast_kind kind) { return operators[kind]; }
const char *qry_ast_builtin_word(enum ast_builtin builtin) { return builtins[builtin]; }
const char *qry_ast_source_word(enum ast_source source) { return source_words[source]; }
const char *qry_ast_query_words(enum ast_query query) { return queries[query]; }
const struct ast_arch_kind *qry_ast_arch(enum ast_arch arch) { return &architectures[arch]; }

enum ast_arch qry_ast_find_arch(const char *name)
{
    int i = 0;
    while (i < AST_ARCHES && strcmp(architectures[i].name, name) != 0)
        i++;
    return (enum ast_arch)i;
}

qry_span qry_ast_span(const struct qry_ast_program *tree, struct ast_place place)
{
    return (qry_span){tree->source, place.offset, place.length};
}

struct ast_place qry_ast_join(struct ast_place from, struct ast_place to)
{
    return (struct ast_place){from.offset, to.offset + to.length - from.offset};
}

struct ast_place qry_ast_behind(struct ast_place place) { return (struct ast_place){place.offset + place.length, 0}; }

/* ---- names ---- */

static size_t hash(const char *text, size_t length)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)text[i]) * 0x100000001b3u;
    return (size_t)(h ^ h >> 32);
}

static void rehash(struct qry_ast_program *tree)
{
    size_t slots = tree->name_slots * 4;
    struct ast_name **names = qry_arena_alloc(tree->arena, slots, sizeof *names);
    for (size_t i = 0; i < tree->name_slots; i++) {
        for (struct ast_name *n = tree->names[i], *next; n; n = next) {
            struct ast_name **slot = &names[hash(n->text, n->length) & (slots - 1)];
            next = n->chain;
            n->chain = *slot;
            *slot = n;
        }
    }
    tree->names = names;
    tree->name_slots = slots;
}

struct ast_name *qry_ast_intern(struct qry_ast_program *tree, const char *text, size_t length)
{
    struct ast_name **slot = &tree->names[hash(text, length) & (tree->name_slots - 1)];
    for (struct ast_name *n = *slot; n; n = n->chain)
        if (n->length == length && memcmp(n->text, text, length) == 0)
            return n;
    struct ast_name *name = QRY_NEW(tree->arena, struct ast_name);
    name->text = qry_arena_text(tree->arena, text, length);
    name->length = (uint32_t)length;
    name->chain = *slot;
    *slot = name;
    if (++tree->name_count > 2 * tree->name_slots)
        rehash(tree);
    return name;
}

struct qry_ast_program *qry_ast_new(qry_ctx *ctx, qry_arena *arena, const qry_source *source)
{
    struct qry_ast_program *tree = QRY_NEW(arena, struct qry_ast_program);
    tree->ctx = ctx;
    tree->arena = arena;
    tree->source = source;
    tree->name_slots = 64;
    tree->names = qry_arena_alloc(arena, tree->name_slots, sizeof *tree->names);
    return tree;
}

/* ---- expressions ---- */

static struct ast_expr *expression(struct qry_ast_program *tree, struct ast_place place, enum ast_kind kind)
{
    struct ast_expr *e = QRY_NEW(tree->arena, struct ast_expr);
    e->kind = (uint8_t)kind;
    e->place = place;
    e->depth = 1;
    return e;
}

/* The passes walk the tree by recursion; what they cannot walk is refused here. */
static void deepen(struct qry_ast_program *tree, struct ast_expr *e, const struct ast_expr *child)
{
    if (e->depth <= child->depth)
        e->depth = (uint16_t)(child->depth + 1);
    if (e->depth <= AST_MAX_DEPTH)
        return;
    e->depth = 1;
    if (!tree->too_deep)
        qry_error_at(
            tree->ctx, qry_ast_span(tree, e->place),
            "a chain of operators is as deep as it is long: split it with parentheses, or give parts names with fn",
            "the expression is nested more than %d deep", AST_MAX_DEPTH);
    tree->too_deep = true;
}

static struct ast_expr *with_children(struct qry_ast_program *tree, struct ast_expr *e, uint32_t count,
                                      struct ast_expr *const *children)
{
    struct ast_expr **link = &e->first;
    for (uint32_t i = 0; i < count; i++) {
        deepen(tree, e, children[i]);
        *link = children[i];
        link = &children[i]->next;
    }
    e->count = count;
    return e;
}

struct ast_expr *qry_ast_number(struct qry_ast_program *tree, struct ast_place place, qry_rational number)
{
    struct ast_expr *e = expression(tree, place, AST_NUMBER);
    e->number = number;
    return e;
}

struct ast_expr *qry_ast_use(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name)
{
    struct ast_expr *e = expression(tree, place, AST_NAME);
    e->name = name;
    return e;
}

struct ast_expr *qry_ast_unary(struct qry_ast_program *tree, struct ast_place place, enum ast_kind kind,
                               struct ast_expr *a)
{
    return with_children(tree, expression(tree, place, kind), 1, (struct ast_expr *[]){a});
}

struct ast_expr *qry_ast_binary(struct qry_ast_program *tree, struct ast_place place, enum ast_kind kind,
                                struct ast_expr *a, struct ast_expr *b)
{
    return with_children(tree, expression(tree, place, kind), 2, (struct ast_expr *[]){a, b});
}

struct ast_expr *qry_ast_if(struct qry_ast_program *tree, struct ast_place place, struct ast_expr *condition,
                            struct ast_expr *yes, struct ast_expr *no)
{
    return with_children(tree, expression(tree, place, AST_IF), 3, (struct ast_expr *[]){condition, yes, no});
}

struct ast_expr *qry_ast_as(struct qry_ast_program *tree, struct ast_place place, struct ast_expr *a,
                            struct ast_type *type)
{
    struct ast_expr *e = with_children(tree, expression(tree, place, AST_AS), 1, (struct ast_expr *[]){a});
    e->type = type;
    return e;
}

/* K[j][c] is one node with two indices. */
struct ast_expr *qry_ast_index(struct qry_ast_program *tree, struct ast_place place, struct ast_expr *base,
                               struct ast_expr *index)
{
    if (base->kind == AST_INDEX && base->count == 2) {
        struct ast_expr *children[] = {base->first, base->first->next, index};
        return with_children(tree, expression(tree, place, AST_INDEX), 3, children);
    }
    return with_children(tree, expression(tree, place, AST_INDEX), 2, (struct ast_expr *[]){base, index});
}

struct ast_expr *qry_ast_list(struct qry_ast_program *tree)
{
    return expression(tree, (struct ast_place){0, 0}, AST_LIST);
}

struct ast_expr *qry_ast_append(struct qry_ast_program *tree, struct ast_expr *list, struct ast_expr *entry)
{
    deepen(tree, list, entry);
    if (list->count++)
        list->latest->next = entry;
    else
        list->first = entry;
    list->latest = entry;
    return list;
}

struct ast_expr *qry_ast_literal(struct ast_place place, struct ast_expr *list)
{
    list->place = place;
    return list;
}

struct ast_expr *qry_ast_call(struct ast_place place, enum ast_builtin builtin, struct ast_expr *list)
{
    list->kind = AST_CALL;
    list->place = place;
    list->builtin = (uint8_t)builtin;
    return list;
}

struct ast_expr *qry_ast_apply(struct ast_place place, struct ast_name *name, struct ast_expr *list)
{
    list->kind = AST_APPLY;
    list->place = place;
    list->name = name; /* in place of `latest`: the list is complete */
    return list;
}

struct ast_expr *qry_ast_series(struct qry_ast_program *tree, struct ast_place place, struct ast_expr *body,
                                struct ast_reference *counter, struct ast_expr *from, struct ast_expr *to)
{
    struct ast_expr *e = expression(tree, place, AST_SERIES);
    with_children(tree, e, 3, (struct ast_expr *[]){body, from, to});
    e->counter = counter;
    return e;
}

/* ---- types and sources ---- */

static int clamp(int64_t bits)
{
    enum { FAR = 1000 }; /* outside every limit that check sets */
    return bits < -FAR ? -FAR : bits > FAR ? FAR : (int)bits;
}

struct ast_type *qry_ast_type(struct qry_ast_program *tree, struct ast_place place, bool is_signed, int64_t integer,
                              int64_t fraction)
{
    struct ast_type *t = QRY_NEW(tree->arena, struct ast_type);
    *t = (struct ast_type){{is_signed, false, clamp(integer), clamp(fraction)}, place};
    return t;
}

struct ast_type *qry_ast_bool(struct qry_ast_program *tree, struct ast_place place)
{
    struct ast_type *t = QRY_NEW(tree->arena, struct ast_type);
    *t = (struct ast_type){{false, true, 1, 0}, place};
    return t;
}

struct ast_source_text *qry_ast_source(struct qry_ast_program *tree, enum ast_source from, struct ast_place place,
                                       const char *path, const char *member, struct ast_expr *list)
{
    struct ast_source_text *s = QRY_NEW(tree->arena, struct ast_source_text);
    *s = (struct ast_source_text){.from = from, .place = place, .path = path, .member = member, .list = list};
    return s;
}

struct ast_source_text *qry_ast_source_row(struct ast_source_text *source, struct ast_place place, int64_t row)
{
    source->has_row = true;
    source->row = row;
    source->row_place = place;
    return source;
}

/* ---- lists ---- */

struct ast_parameter *qry_ast_parameter(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                                        struct ast_type *type)
{
    struct ast_parameter *p = QRY_NEW(tree->arena, struct ast_parameter);
    *p = (struct ast_parameter){name, place, type, NULL};
    return p;
}

struct ast_parameter *qry_ast_parameter_after(struct ast_parameter *earlier, struct ast_parameter *parameter)
{
    parameter->next = earlier;
    return parameter;
}

struct ast_option *qry_ast_option(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                                  struct ast_expr *value)
{
    struct ast_option *o = QRY_NEW(tree->arena, struct ast_option);
    *o = (struct ast_option){.name = name, .place = place, .value = value};
    return o;
}

struct ast_option *qry_ast_option_after(struct ast_option *earlier, struct ast_option *option)
{
    option->next = earlier;
    return option;
}

struct ast_reference *qry_ast_reference(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                                        struct ast_reference *earlier)
{
    struct ast_reference *r = QRY_NEW(tree->arena, struct ast_reference);
    *r = (struct ast_reference){name, place, earlier};
    return r;
}

/* Turns a list round, whatever its type, as long as it has a member `next`. */
#define TURN(type, list)                                                                                               \
    do {                                                                                                               \
        type *turned_ = NULL;                                                                                          \
        for (type * next_; (list); (list) = next_) {                                                                   \
            next_ = (list)->next;                                                                                      \
            (list)->next = turned_;                                                                                    \
            turned_ = (list);                                                                                          \
        }                                                                                                              \
        (list) = turned_;                                                                                              \
    } while (0)

/* ---- items ---- */

void qry_ast_add(struct qry_ast_program *tree, struct ast_item *item, struct ast_place whole)
{
    item->whole = whole;
    *(tree->last ? &tree->last->next : &tree->first) = item;
    tree->last = item;
    tree->tables += item->kind == AST_TABLE;
    tree->statements += item->kind == AST_STATEMENT;
}

static struct ast_item *item(struct qry_ast_program *tree, enum ast_item_kind kind, struct ast_place place,
                             struct ast_name *name)
{
    struct ast_item *i = QRY_NEW(tree->arena, struct ast_item);
    i->kind = kind;
    i->place = place;
    i->name = name;
    return i;
}

struct ast_item *qry_ast_table(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                               struct ast_sizes sizes, struct ast_type *type, struct ast_source_text *source)
{
    struct ast_item *i = item(tree, AST_TABLE, place, name);
    i->sizes = sizes;
    i->type = type;
    i->source = source;
    return i;
}

struct ast_item *qry_ast_const(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                               struct ast_sizes sizes, struct ast_type *type, struct ast_source_text *source,
                               struct ast_expr *value)
{
    struct ast_item *i = item(tree, AST_CONST, place, name);
    i->sizes = sizes;
    i->type = type;
    i->source = source;
    i->expr = value;
    return i;
}

struct ast_item *qry_ast_param(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                               struct ast_expr *value)
{
    struct ast_item *i = item(tree, AST_PARAM, place, name);
    i->expr = value;
    return i;
}

struct ast_item *qry_ast_qram(struct qry_ast_program *tree, struct ast_place place, struct ast_architecture arch,
                              struct ast_reference *tables)
{
    struct ast_item *i = item(tree, AST_QRAM, place, NULL);
    i->arch = arch;
    i->tables = tables;
    TURN(struct ast_reference, i->tables);
    return i;
}

struct ast_item *qry_ast_fn(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                            struct ast_parameter *parameters, struct ast_type *result, struct ast_expr *body)
{
    struct ast_item *i = item(tree, AST_FN, place, name);
    i->parameters = parameters;
    TURN(struct ast_parameter, i->parameters);
    for (const struct ast_parameter *p = i->parameters; p; p = p->next)
        i->parameter_count++;
    i->type = result;
    i->expr = body;
    return i;
}

struct ast_item *qry_ast_query(struct qry_ast_program *tree, struct ast_place place, enum ast_query query,
                               struct ast_reference *bound, struct ast_domain domain, struct ast_expr *by,
                               struct ast_expr *where)
{
    struct ast_item *i = item(tree, AST_STATEMENT, place, NULL);
    i->query = query;
    i->bound = bound->name;
    i->bound_place = bound->place;
    i->domain = domain;
    i->by = by;
    i->expr = where;
    return i;
}

struct ast_item *qry_ast_statement(struct ast_item *query, struct ast_option *options)
{
    query->options = options;
    TURN(struct ast_option, query->options);
    return query;
}

struct ast_item *qry_ast_label(struct ast_item *statement, struct ast_reference *label)
{
    statement->name = label->name;
    statement->label_place = label->place;
    return statement;
}
