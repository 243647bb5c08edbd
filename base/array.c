/* array.c: dense arrays of 64-bit numbers. */
#include "base_internal.h"

#include <stdlib.h>
#include <string.h>

/* The number of items, or SIZE_MAX if that is too many to count: no memory is asked for those. */
static size_t item_count(int dims, const size_t *shape)
{
    size_t count = 1;
    for (int i = 0; i < dims; i++)
        if (QRY_MUL_OVERFLOWS(count, shape[i], &count))
            return SIZE_MAX;
    return count;
}

qry_array *qry_array_new(qry_ctx *ctx, int dims, const size_t *shape)
{
    qry_must(dims >= 0 && dims <= QRY_ARRAY_MAX_DIMS);
    size_t count = item_count(dims, shape);
    qry_array *array = qry_alloc(ctx, 1, sizeof *array);
    array->kind = QRY_ARRAY_REAL;
    array->dims = dims;
    for (int i = 0; i < dims; i++)
        array->shape[i] = shape[i];
    array->count = count;
    array->item.real = qry_alloc(ctx, count, sizeof *array->item.real);
    return array;
}

void qry_array_free(qry_ctx *ctx, qry_array *array)
{
    if (!array)
        return;
    qry_free(ctx, array->item.real);
    qry_free(ctx, array);
}

double qry_array_get(const qry_array *array, size_t index)
{
    qry_must(index < array->count);
    switch (array->kind) {
    case QRY_ARRAY_SIGNED:
        return (double)array->item.integer[index];
    case QRY_ARRAY_UNSIGNED:
        return (double)array->item.natural[index];
    default:
        return array->item.real[index];
    }
}

int64_t qry_array_round(const qry_array *array, size_t index, qry_type type, bool *saturated)
{
    qry_must(index < array->count);
    switch (array->kind) {
    case QRY_ARRAY_SIGNED:
        return qry_type_round_integer(type, array->item.integer[index], saturated);
    case QRY_ARRAY_UNSIGNED:
        return qry_type_round_integer(type, array->item.natural[index], saturated);
    default:
        return qry_type_round(type, array->item.real[index], saturated);
    }
}

const char *qry_shape_text(int dims, const size_t *shape, char text[QRY_SHAPE_TEXT])
{
    size_t length = 0;
    text[length++] = '(';
    for (int i = 0; i < dims; i++)
        length += (size_t)snprintf(text + length, QRY_SHAPE_TEXT - length, "%s%zu", i ? ", " : "", shape[i]);
    snprintf(text + length, QRY_SHAPE_TEXT - length, dims == 1 ? ",)" : ")");
    return text;
}
