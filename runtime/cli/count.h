/* count.h: what count.c and count_table.c share. Private to them. */
#ifndef QRY_CLI_COUNT_H
#define QRY_CLI_COUNT_H

#include "circuit.h"

/** What was counted: the circuit of a search, or a program of OpenQASM. */
typedef struct cli_counted {
    const char *path;
    const cli_circuit *search;          /* NULL: OpenQASM */
    const qry_elaboration *elaboration; /* NULL: a search */
    const qry_count *count;
} cli_counted;

/** "file.qasm:7:3: what stands there" where a program that is not exact first decides by what it measured. */
const char *cli_why_text(qry_arena *arena, const qry_elaboration *elaboration);

/** The node behind this one, callers before callees; NULL behind the last. */
const qry_count_node *cli_next_node(const qry_count_node *node);
/** Long sections have no depth of their own. */
static inline bool cli_depth_is_known(const qry_depth *depth) { return depth->exact || depth->depth; }

/** count_table.c: for people; levels of subroutines below the whole. */
void cli_write_count_table(cli *cli, const cli_counted *counted, uint64_t levels, qry_output *output);

#endif
