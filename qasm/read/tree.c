/* tree.c: builds the syntax tree: names, places, expressions and types. */
#include "qasm/read/build.h"

#include <string.h>

static const char *const operators[TREE_OPERATORS] = {
    [TREE_OR] = "||",          [TREE_AND] = "&&",        [TREE_BIT_OR] = "|",         [TREE_BIT_XOR] = "^",
    [TREE_BIT_AND] = "&",      [TREE_EQUAL] = "==",      [TREE_UNEQUAL] = "!=",       [TREE_LESS] = "<",
    [TREE_GREATER] = ">",      [TREE_LESS_EQUAL] = "<=", [TREE_GREATER_EQUAL] = ">=", [TREE_SHIFT_LEFT] = "<<",
    [TREE_SHIFT_RIGHT] = ">>", [TREE_ADD] = "+",         [TREE_SUBTRACT] = "-",       [TREE_MULTIPLY] = "*",
    [TREE_DIVIDE] = "/",       [TREE_MODULO] = "%",      [TREE_POWER] = "**",         [TREE_COMPLEMENT] = "~",
    [TREE_NOT] = "!",          [TREE_NEGATE] = "-"};

const char *qry_tree_operator(enum tree_operator op) { return operators[op]; }

/* ---- places ---- */

struct tree_place qry_tree_join(struct tree_place from, struct tree_place to)
{
    return (struct tree_place){from.source, from.offset, to.offset + to.length - from.offset};
}

struct tree_place qry_tree_behind(struct tree_place place)
{
    return (struct tree_place){place.source, place.offset + place.length, 0};
}

qry_span qry_tree_span(const struct tree_program *tree, struct tree_place place)
{
    return (qry_span){tree->sources[place.source], place.offset, place.length};
}

const char *qry_tree_text(const struct tree_program *tree, struct tree_place place)
{
    return qry_arena_text(tree->arena, tree->sources[place.source]->text + place.offset, place.length);
}

const char *qry_tree_inside(const struct tree_program *tree, struct tree_place place)
{
    uint32_t length = place.length < 2 ? 0 : place.length - 2; /* one brace alone has been reported */
    return qry_tree_text(tree, (struct tree_place){place.source, place.offset + 1, length});
}

static void report(const struct tree_program *tree, qry_severity severity, struct tree_place place, const char *hint,
                   const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    qry_must(length >= 0);
    char *message = qry_alloc(tree->ctx, (size_t)length + 1, 1);
    vsnprintf(message, (size_t)length + 1, format, list);
    qry_report(tree->ctx, &(qry_diagnostic){severity, qry_tree_span(tree, place), message, hint});
    qry_free(tree->ctx, message);
}

void qry_tree_error(const struct tree_program *tree, struct tree_place place, const char *hint, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    report(tree, QRY_ERROR, place, hint, format, list);
    va_end(list);
}

void qry_tree_warning(const struct tree_program *tree, struct tree_place place, const char *hint, const char *format,
                      ...)
{
    va_list list;
    va_start(list, format);
    report(tree, QRY_WARNING, place, hint, format, list);
    va_end(list);
}

/* ---- the program and its names ---- */

enum { FIRST_NAMES = 256 };

struct tree_program *qry_tree_new(qry_ctx *ctx, qry_arena *arena)
{
    struct tree_program *tree = QRY_NEW(arena, struct tree_program);
    tree->ctx = ctx;
    tree->arena = arena;
    tree->name_mask = FIRST_NAMES - 1;
    tree->names = qry_arena_alloc(arena, FIRST_NAMES, sizeof *tree->names);
    return tree;
}

uint32_t qry_tree_add_source(struct tree_program *tree, const qry_source *source)
{
    if (tree->source_count == tree->source_room) {
        size_t room = tree->source_room ? 2 * tree->source_room : 4;
        const qry_source **sources = qry_arena_alloc(tree->arena, room, sizeof *sources);
        for (size_t i = 0; i < tree->source_count; i++)
            sources[i] = tree->sources[i];
        tree->sources = sources;
        tree->source_room = room;
    }
    tree->sources[tree->source_count] = source;
    return (uint32_t)tree->source_count++;
}

static size_t hash(const char *text, size_t length)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)text[i]) * 0x100000001b3u;
    return (size_t)(h ^ h >> 32);
}

static void rehash(struct tree_program *tree)
{
    size_t slots = (tree->name_mask + 1) * 4;
    struct tree_name **names = qry_arena_alloc(tree->arena, slots, sizeof *names);
    for (size_t i = 0; i <= tree->name_mask; i++) {
        for (struct tree_name *n = tree->names[i], *next; n; n = next) {
            struct tree_name **slot = &names[hash(n->text, n->length) & (slots - 1)];
            next = n->chain;
            n->chain = *slot;
            *slot = n;
        }
    }
    tree->names = names;
    tree->name_mask = slots - 1;
}

static struct tree_name *find_in(struct tree_name *chain, const char *text, size_t length)
{
    while (chain && (chain->length != length || memcmp(chain->text, text, length) != 0))
        chain = chain->chain;
    return chain;
}

struct tree_name *qry_tree_find(const struct tree_program *tree, const char *text, size_t length)
{
    return find_in(tree->names[hash(text, length) & tree->name_mask], text, length);
}

struct tree_name *qry_tree_name(struct tree_program *tree, const char *text, size_t length)
{
    struct tree_name **slot = &tree->names[hash(text, length) & tree->name_mask];
    struct tree_name *name = find_in(*slot, text, length);
    if (name)
        return name;
    name = QRY_NEW(tree->arena, struct tree_name);
    name->text = qry_arena_text(tree->arena, text, length);
    name->length = (uint32_t)length;
    name->chain = *slot;
    *slot = name;
    if (++tree->name_count > tree->name_mask)
        rehash(tree);
    return name;
}

/* ---- expressions ---- */

struct tree_expr *qry_tree_expr(struct tree_program *tree, struct tree_place place, enum tree_expr_kind kind)
{
    struct tree_expr *e = QRY_NEW(tree->arena, struct tree_expr);
    e->kind = (uint8_t)kind;
    e->place = place;
    e->depth = 1;
    return e;
}

/* The passes walk the tree by recursion; what they cannot walk is refused here. */
static void deepen(struct tree_program *tree, struct tree_expr *e, unsigned depth)
{
    if (depth == TREE_TOO_DEEP)
        e->depth = TREE_TOO_DEEP;
    if (e->depth == TREE_TOO_DEEP)
        return;
    if (e->depth <= depth)
        e->depth = (uint16_t)(depth + 1);
    if (e->depth <= TREE_MAX_DEPTH)
        return;
    e->depth = TREE_TOO_DEEP;
    qry_tree_error(tree, e->place, "a chain of operators is as deep as it is long: give its parts names of their own",
                   "the expression is nested more than %d deep", TREE_MAX_DEPTH);
}

struct tree_exprs qry_tree_list(struct tree_expr *first) { return (struct tree_exprs){first, first, 1}; }

struct tree_exprs qry_tree_append(struct tree_exprs list, struct tree_expr *next)
{
    if (!list.first)
        return qry_tree_list(next);
    list.last->next = next;
    return (struct tree_exprs){list.first, next, list.count + 1};
}

unsigned qry_tree_list_depth(const struct tree_expr *first)
{
    unsigned depth = 0;
    for (const struct tree_expr *e = first; e; e = e->next)
        depth = e->depth > depth ? e->depth : depth;
    return depth;
}

unsigned qry_tree_type_depth(const struct tree_type *type)
{
    unsigned depth = 0;
    for (; type; type = type->base) {
        const unsigned parts[] = {qry_tree_list_depth(type->size), qry_tree_list_depth(type->rank),
                                  qry_tree_list_depth(type->dims)};
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            depth = parts[i] > depth ? parts[i] : depth;
    }
    return depth;
}

static void adopt(struct tree_program *tree, struct tree_expr *e, struct tree_exprs children)
{
    e->first = children.first;
    e->count = children.count;
    deepen(tree, e, qry_tree_list_depth(children.first));
}

struct tree_expr *qry_tree_node(struct tree_program *tree, struct tree_place place, enum tree_expr_kind kind,
                                struct tree_exprs children)
{
    struct tree_expr *e = qry_tree_expr(tree, place, kind);
    adopt(tree, e, children);
    return e;
}

struct tree_expr *qry_tree_natural(struct tree_program *tree, struct tree_place place, enum tree_expr_kind kind,
                                   qry_u128 natural)
{
    struct tree_expr *e = qry_tree_expr(tree, place, kind);
    e->natural = natural;
    return e;
}

struct tree_expr *qry_tree_use(struct tree_program *tree, struct tree_place place, struct tree_name *name)
{
    struct tree_expr *e = qry_tree_expr(tree, place, TREE_NAME);
    e->name = name;
    return e;
}

/* Digits 0 and 1, with single underscores between them. */
static bool is_bits(const char *text)
{
    const char *at = text;
    while (*at == '0' || *at == '1' || (*at == '_' && at > text && at[-1] != '_' && at[1]))
        at++;
    return at > text && !*at;
}

struct tree_expr *qry_tree_bits(struct tree_program *tree, struct tree_place place, const char *text)
{
    struct tree_expr *e = qry_tree_expr(tree, place, TREE_BITS);
    char *digits = qry_arena_alloc(tree->arena, strlen(text) + 1, 1), *at = digits;
    if (!is_bits(text)) {
        qry_tree_error(tree, place, "a string in an expression is a bit register's value: \"0110\"",
                       "a bit string has the digits 0 and 1 only");
        e->kind = TREE_BROKEN;
        return e;
    }
    for (; *text; text++)
        if (*text != '_')
            *at++ = *text;
    e->text = digits;
    return e;
}

struct tree_expr *qry_tree_unary(struct tree_program *tree, struct tree_place place, enum tree_operator op,
                                 struct tree_expr *a)
{
    struct tree_expr *e = qry_tree_node(tree, place, TREE_UNARY, qry_tree_list(a));
    e->op = (uint8_t)op;
    return e;
}

struct tree_expr *qry_tree_binary(struct tree_program *tree, struct tree_place place, enum tree_operator op,
                                  struct tree_expr *a, struct tree_expr *b)
{
    struct tree_expr *e = qry_tree_node(tree, place, TREE_BINARY, qry_tree_append(qry_tree_list(a), b));
    e->op = (uint8_t)op;
    return e;
}

struct tree_expr *qry_tree_call(struct tree_program *tree, struct tree_place place, struct tree_name *name,
                                struct tree_exprs arguments)
{
    struct tree_expr *e = qry_tree_node(tree, place, TREE_CALL, arguments);
    e->name = name;
    return e;
}

struct tree_expr *qry_tree_cast(struct tree_program *tree, struct tree_place place, struct tree_type *type,
                                struct tree_expr *a)
{
    struct tree_expr *e = qry_tree_node(tree, place, TREE_CAST, qry_tree_list(a));
    e->written = type;
    deepen(tree, e, qry_tree_type_depth(type));
    return e;
}

struct tree_expr *qry_tree_index(struct tree_program *tree, struct tree_place place, struct tree_expr *base,
                                 struct tree_exprs indices)
{
    struct tree_exprs children = qry_tree_append(qry_tree_list(base), indices.first);
    children.count = 1 + indices.count;
    return qry_tree_node(tree, place, TREE_INDEX, children);
}

static struct tree_expr *or_none(struct tree_program *tree, struct tree_place place, struct tree_expr *part)
{
    return part ? part : qry_tree_expr(tree, (struct tree_place){place.source, place.offset, 0}, TREE_NONE);
}

struct tree_expr *qry_tree_range(struct tree_program *tree, struct tree_place place, struct tree_expr *start,
                                 struct tree_expr *step, struct tree_expr *stop)
{
    struct tree_exprs parts = qry_tree_list(or_none(tree, place, start));
    parts = qry_tree_append(parts, or_none(tree, place, step));
    return qry_tree_node(tree, place, TREE_RANGE, qry_tree_append(parts, or_none(tree, place, stop)));
}

struct tree_expr *qry_tree_measure(struct tree_program *tree, struct tree_place place, struct tree_expr *operand)
{
    return qry_tree_node(tree, place, TREE_MEASURE, qry_tree_list(operand));
}

struct tree_expr *qry_tree_duration_of(struct tree_program *tree, struct tree_place place, struct tree_stmt *block)
{
    struct tree_expr *e = qry_tree_expr(tree, place, TREE_DURATION_OF);
    e->body = block->body;
    deepen(tree, e, block->depth);
    return e;
}

/* ---- types ---- */

struct tree_type *qry_tree_type(struct tree_program *tree, struct tree_place place, enum qasm_kind kind,
                                struct tree_expr *size)
{
    struct tree_type *type = QRY_NEW(tree->arena, struct tree_type);
    type->kind = kind;
    type->place = place;
    type->size = size;
    return type;
}

struct tree_type *qry_tree_complex(struct tree_program *tree, struct tree_place place, struct tree_type *base)
{
    struct tree_type *type = qry_tree_type(tree, place, QASM_COMPLEX, NULL);
    type->base = base;
    return type;
}

struct tree_type *qry_tree_array(struct tree_program *tree, struct tree_place place, struct tree_type *base,
                                 struct tree_exprs dims)
{
    struct tree_type *type = qry_tree_type(tree, place, QASM_ARRAY, NULL);
    type->base = base;
    type->dims = dims.first;
    return type;
}

struct tree_type *qry_tree_array_rank(struct tree_program *tree, struct tree_place place, struct tree_type *base,
                                      struct tree_expr *rank)
{
    struct tree_type *type = qry_tree_type(tree, place, QASM_ARRAY, NULL);
    type->base = base;
    type->rank = rank;
    return type;
}
