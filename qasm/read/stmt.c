/* stmt.c: builds the statements of the syntax tree. */
#include "qasm/read/build.h"

struct tree_stmt *qry_tree_stmt(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind)
{
    struct tree_stmt *stmt = QRY_NEW(tree->arena, struct tree_stmt);
    stmt->kind = (uint8_t)kind;
    stmt->op = TREE_OPERATORS;
    stmt->place = place;
    stmt->depth = 1;
    return stmt;
}

static unsigned deepest(unsigned a, unsigned b) { return a > b ? a : b; }

static unsigned body_depth(const struct tree_stmt *first)
{
    unsigned depth = 0;
    for (const struct tree_stmt *s = first; s; s = s->next)
        depth = deepest(depth, s->depth);
    return depth;
}

static unsigned depth_within(const struct tree_stmt *stmt)
{
    unsigned depth = deepest(body_depth(stmt->body), body_depth(stmt->other));
    const struct tree_expr *parts[] = {stmt->size, stmt->value, stmt->target, stmt->arguments, stmt->operands};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        depth = deepest(depth, qry_tree_list_depth(parts[i]));
    depth = deepest(depth, qry_tree_type_depth(stmt->written));
    for (const struct tree_modifier *m = stmt->modifiers; m; m = m->next)
        depth = deepest(depth, qry_tree_list_depth(m->argument));
    for (const struct tree_parameter *p = stmt->parameters; p; p = p->next)
        depth = deepest(depth, qry_tree_type_depth(p->type));
    for (const struct tree_case *c = stmt->cases; c; c = c->next)
        depth = deepest(depth, deepest(qry_tree_list_depth(c->values), body_depth(c->body)));
    return depth;
}

struct tree_stmt *qry_tree_finish(struct tree_program *tree, struct tree_stmt *stmt)
{
    unsigned within = depth_within(stmt), depth = within == TREE_TOO_DEEP ? 1 : within + 1;
    if (depth > TREE_MAX_DEPTH) {
        qry_tree_error(tree, stmt->place, "put the inner part into a def or a gate",
                       "statements are nested more than %d deep", TREE_MAX_DEPTH);
        depth = 1; /* so that it is said once */
    }
    stmt->depth = (uint16_t)depth;
    return stmt;
}

struct tree_stmts qry_tree_stmts(struct tree_stmts list, struct tree_stmt *next)
{
    if (!next)
        return list;
    if (list.first)
        list.last->next = next;
    return (struct tree_stmts){list.first ? list.first : next, next};
}

/* ---- gates and assignments: what begins with an expression ---- */

static bool is_parenthesised(const struct tree_program *tree, const struct tree_expr *e)
{
    return tree->sources[e->place.source]->text[e->place.offset] == '(';
}

struct tree_stmt *qry_tree_apply(struct tree_program *tree, struct tree_place place, struct tree_modifiers modifiers,
                                 struct tree_expr *left, struct tree_exprs operands)
{
    struct tree_stmt *stmt = qry_tree_stmt(tree, place, TREE_APPLY);
    if (left->kind == TREE_INDEX && left->count == 2 && left->first->kind != TREE_INDEX) {
        stmt->size = left->first->next;
        left->first->next = NULL;
        left = left->first;
    }
    stmt->modifiers = modifiers.first;
    stmt->operands = operands.first;
    if ((left->kind != TREE_NAME && left->kind != TREE_CALL) || is_parenthesised(tree, left)) {
        qry_tree_error(tree, left->place, "g a, b; or g(0.5) a, b; applies the gate g",
                       "this is not the name of a gate, but operands follow it");
        return qry_tree_finish(tree, stmt);
    }
    stmt->name = left->name;
    stmt->name_place = left->place;
    stmt->name_place.length = left->name->length;
    if (left->kind == TREE_CALL)
        stmt->arguments = left->first;
    if (stmt->size && (stmt->size->kind == TREE_RANGE || stmt->size->kind == TREE_SET))
        qry_tree_error(tree, stmt->size->place, "g[10ns] q; is a gate that takes 10 ns",
                       "between a gate and its operands stands a duration, not a range or a set");
    return qry_tree_finish(tree, stmt);
}

struct tree_stmt *qry_tree_assign(struct tree_program *tree, struct tree_place place, struct tree_expr *target,
                                  enum tree_operator op, struct tree_expr *value)
{
    const struct tree_expr *root = target;
    while (root->kind == TREE_INDEX)
        root = root->first;
    if (root->kind != TREE_NAME || is_parenthesised(tree, root))
        qry_tree_error(tree, target->place, "only variables, and items of them as in a[0], can",
                       "this cannot be assigned to");
    struct tree_stmt *stmt = qry_tree_stmt(tree, place, TREE_ASSIGN);
    stmt->target = target;
    stmt->value = value;
    stmt->op = (uint8_t)op;
    return qry_tree_finish(tree, stmt);
}

struct tree_stmt *qry_tree_measure_into(struct tree_program *tree, struct tree_place place, struct tree_expr *measure,
                                        struct tree_expr *target)
{
    struct tree_stmt *stmt = qry_tree_stmt(tree, place, TREE_MEASURE_INTO);
    stmt->value = measure;
    stmt->target = target;
    stmt->old = target != NULL;
    return qry_tree_finish(tree, stmt);
}

struct tree_stmt *qry_tree_act(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind,
                               struct tree_expr *size, struct tree_exprs operands)
{
    struct tree_stmt *stmt = qry_tree_stmt(tree, place, kind);
    stmt->size = size;
    stmt->operands = operands.first;
    return qry_tree_finish(tree, stmt);
}

struct tree_stmt *qry_tree_value(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind,
                                 struct tree_expr *value)
{
    struct tree_stmt *stmt = qry_tree_stmt(tree, place, kind);
    stmt->value = value;
    return qry_tree_finish(tree, stmt);
}

/* ---- declarations ---- */

struct tree_stmt *qry_tree_declare(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind,
                                   struct tree_type *written, struct tree_place name_place, struct tree_name *name,
                                   struct tree_expr *value)
{
    struct tree_stmt *stmt = qry_tree_stmt(tree, place, kind);
    stmt->written = written;
    stmt->name_place = name_place;
    stmt->name = name;
    stmt->value = value;
    return qry_tree_finish(tree, stmt);
}

struct tree_stmt *qry_tree_qubits(struct tree_program *tree, struct tree_place place, struct tree_place name_place,
                                  struct tree_name *name, struct tree_expr *size)
{
    struct tree_stmt *stmt = qry_tree_stmt(tree, place, TREE_QUBITS);
    stmt->name_place = name_place;
    stmt->name = name;
    stmt->size = size;
    return qry_tree_finish(tree, stmt);
}

struct tree_stmt *qry_tree_subroutine(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind,
                                      struct tree_place name_place, struct tree_name *name,
                                      struct tree_parameters parameters, struct tree_parameters qubits,
                                      struct tree_type *written, struct tree_stmt *block)
{
    struct tree_stmt *stmt = qry_tree_stmt(tree, place, kind);
    stmt->name_place = name_place;
    stmt->name = name;
    stmt->parameters = parameters.first;
    stmt->qubits = qubits.first;
    stmt->written = written;
    stmt->body = block ? block->body : NULL;
    if (kind == TREE_GATE || kind == TREE_OPAQUE)
        stmt->number = tree->gate_count++;
    return qry_tree_finish(tree, stmt);
}

struct tree_parameters qry_tree_parameter(struct tree_program *tree, struct tree_place place, struct tree_type *type,
                                          struct tree_name *name)
{
    struct tree_parameter *p = QRY_NEW(tree->arena, struct tree_parameter);
    p->name = name;
    p->place = place;
    p->type = type;
    return (struct tree_parameters){p, p};
}

struct tree_parameters qry_tree_parameters(struct tree_parameters list, struct tree_parameters next)
{
    list.last->next = next.first;
    return (struct tree_parameters){list.first, next.last};
}

struct tree_stmt *qry_tree_worded(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind,
                                  const char *text)
{
    struct tree_stmt *stmt = qry_tree_stmt(tree, place, kind);
    stmt->text = text;
    return stmt;
}

/* ---- blocks and what runs them ---- */

struct tree_stmt *qry_tree_nest(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind,
                                struct tree_expr *value, struct tree_stmt *body, struct tree_stmt *other)
{
    struct tree_stmt *stmt = qry_tree_stmt(tree, place, kind);
    if (kind == TREE_BOX)
        stmt->size = value;
    else
        stmt->value = value;
    stmt->body = body;
    stmt->other = other;
    return qry_tree_finish(tree, stmt);
}

struct tree_stmt *qry_tree_for(struct tree_program *tree, struct tree_place place, struct tree_type *written,
                               struct tree_place name_place, struct tree_name *name, struct tree_expr *set,
                               struct tree_stmt *body)
{
    struct tree_stmt *stmt = qry_tree_stmt(tree, place, TREE_FOR);
    stmt->written = written;
    stmt->name_place = name_place;
    stmt->name = name;
    stmt->value = set;
    stmt->body = body;
    return qry_tree_finish(tree, stmt);
}

struct tree_stmt *qry_tree_switch(struct tree_program *tree, struct tree_place place, struct tree_expr *value,
                                  struct tree_cases cases)
{
    struct tree_stmt *stmt = qry_tree_stmt(tree, place, TREE_SWITCH);
    stmt->value = value;
    stmt->cases = cases.first;
    return qry_tree_finish(tree, stmt);
}

struct tree_cases qry_tree_case(struct tree_program *tree, struct tree_cases list, struct tree_place place,
                                struct tree_exprs values, struct tree_stmt *body)
{
    struct tree_case *c = QRY_NEW(tree->arena, struct tree_case);
    c->values = values.first;
    c->place = place;
    c->body = body;
    if (list.first)
        list.last->next = c;
    return (struct tree_cases){list.first ? list.first : c, c};
}

/* ---- modifiers and annotations ---- */

struct tree_modifiers qry_tree_modifier(struct tree_program *tree, struct tree_place place,
                                        enum tree_modifier_kind kind, struct tree_exprs arguments)
{
    static const char *const words[] = {[TREE_CTRL] = "ctrl", "negctrl", "inv", "pow"};
    struct tree_modifier *m = QRY_NEW(tree->arena, struct tree_modifier);
    if (kind == TREE_POW && arguments.count != 1)
        qry_tree_error(tree, place, "pow(2) @ g q; applies g twice", "pow takes one argument: the power");
    else if (arguments.count > 1)
        qry_tree_error(tree, place, "ctrl(2) @ g a, b, q; has the controls a and b",
                       "%s takes one argument: how many controls", words[kind]);
    m->kind = kind;
    m->place = place;
    m->argument = arguments.first;
    return (struct tree_modifiers){m, m};
}

struct tree_modifiers qry_tree_modifiers(struct tree_modifiers list, struct tree_modifiers next)
{
    list.last->next = next.first;
    return (struct tree_modifiers){list.first, next.last};
}

struct tree_annotations qry_tree_annotation(struct tree_program *tree, struct tree_annotations list,
                                            struct tree_place place)
{
    struct tree_annotation *a = QRY_NEW(tree->arena, struct tree_annotation);
    a->text = qry_tree_text(tree, place);
    a->place = place;
    if (list.first)
        list.last->next = a;
    return (struct tree_annotations){list.first ? list.first : a, a};
}

struct tree_stmt *qry_tree_annotate(struct tree_stmt *stmt, struct tree_annotations annotations)
{
    stmt->annotations = annotations.first;
    return stmt;
}

/* ---- stretches ---- */

void qry_tree_free_stretch(struct tree_program *tree, struct tree_stretch *stretch)
{
    qry_free(tree->ctx, stretch->ops);
    qry_free(tree->ctx, stretch->operands);
    qry_free(tree->ctx, stretch->angles);
    *stretch = (struct tree_stretch){.place = stretch->place};
}

static void free_stretches(struct tree_program *tree, struct tree_stmt *first)
{
    for (struct tree_stmt *s = first; s; s = s->next) {
        if (s->stretch)
            qry_tree_free_stretch(tree, s->stretch);
        free_stretches(tree, s->body);
    }
}

void qry_tree_free(struct tree_program *tree)
{
    if (tree)
        free_stretches(tree, tree->first);
}
