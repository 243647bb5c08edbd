/* adopt.c: comparing and moving what definitions hold, for those who write a definition anew and want its version to
 * change only if it does. */
#include "qasm/qasm.h"

#include <string.h>

static bool equal_groups(const qry_definition *a, const qry_definition *b)
{
    if (a->width != b->width || a->group_count != b->group_count)
        return false;
    for (size_t i = 0; i < a->group_count; i++)
        if (a->groups[i].size != b->groups[i].size || a->groups[i].role != b->groups[i].role ||
            strcmp(a->groups[i].name, b->groups[i].name) != 0)
            return false;
    return true;
}

static bool equal_angles(const qry_definition *a, const qry_definition *b)
{
    if (a->angle_count != b->angle_count || a->angle_pool_count != b->angle_pool_count)
        return false;
    for (size_t i = 0; i < a->angle_pool_count; i++)
        if (a->angles[i].factor != b->angles[i].factor || a->angles[i].formal != b->angles[i].formal)
            return false;
    return true;
}

static bool equal_bytes(const void *a, const void *b, size_t count, size_t size)
{
    return count == 0 || memcmp(a, b, count * size) == 0;
}

bool qry_definition_equal(const qry_definition *a, const qry_definition *b)
{
    qry_must(a->circuit == b->circuit);
    if (a->counted || b->counted)
        return false;
    return a->op_count == b->op_count && a->operand_count == b->operand_count && equal_groups(a, b) &&
           equal_angles(a, b) && equal_bytes(a->ops, b->ops, a->op_count, sizeof *a->ops) &&
           equal_bytes(a->operands, b->operands, a->operand_count, sizeof *a->operands);
}

void qry_definition_adopt(qry_definition *definition, qry_definition *draft)
{
    qry_must(definition->circuit == draft->circuit && definition != draft);
    qry_must(definition->angle_count == draft->angle_count && !draft->open);
    qry_definition_clear(definition);
    qry_definition old = *definition;
    *definition = *draft;
    definition->number = old.number;
    definition->name = old.name;
    definition->version = old.version;
    definition->query = old.query;
    old.number = draft->number;
    old.name = draft->name;
    old.version = draft->version;
    old.query = draft->query;
    *draft = old;
}
