/* load.h: data of tables and consts as they come into a program. Private to compiler/. */
#ifndef QRY_LOAD_H
#define QRY_LOAD_H

#include "compiler/ast.h"

/** Gives a table new mantissas (memory of the context, which it takes over). When they are other than before, its
 *  version changes and the result is true. */
bool qry_table_take(struct qry_ast_program *tree, qry_table *table, int64_t *mantissas);

#endif
