/* openqasm.h: what `run` and `count` share of reading a program of OpenQASM. */
#ifndef QRY_CLI_OPENQASM_H
#define QRY_CLI_OPENQASM_H

#include "cli.h"

typedef struct cli_openqasm {
    qry_qasm *program;
    const qry_elaboration *elaboration;
} cli_openqasm;

/** Refuses the options of a table, which only programs of Quarry's language have. */
int cli_refuse_for_openqasm(cli *cli, const cli_option *table, const char *path);
/** Refuses the options of a table, which only OpenQASM has. */
int cli_refuse_for_searches(cli *cli, const cli_option *table, const char *path);

/** Reads a program, sets its inputs ("NAME=VALUE" each), and writes it out as far as that can be done. Warns where time is
 *  left out. */
int cli_read_openqasm(cli *cli, const qry_source *source, const char *path, const cli_texts *inputs,
                      cli_openqasm *result);

#endif
