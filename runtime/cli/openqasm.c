/* openqasm.c: reading a program of OpenQASM, with its inputs. */
#include "openqasm.h"

#include <string.h>

int cli_refuse_for_openqasm(cli *cli, const cli_option *table, const char *path)
{
    return cli_refuse(
        cli, table, qry_arena_printf(cli->arena, "is for programs of Quarry's language, and %.200s is OpenQASM", path));
}

int cli_refuse_for_searches(cli *cli, const cli_option *table, const char *path)
{
    return cli_refuse(cli, table, qry_arena_printf(cli->arena, "is for OpenQASM, and %.200s is none", path));
}

static int check_inputs(cli *cli, const cli_texts *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        if (!strchr(inputs->text[i], '=') || inputs->text[i][0] == '=')
            return cli_misuse(cli, NULL, "--input takes NAME=VALUE, not '%.60s'", inputs->text[i]);
    return CLI_DONE;
}

static bool set_inputs(cli *cli, const cli_texts *inputs, qry_qasm *program)
{
    bool good = true;
    for (size_t i = 0; i < inputs->count; i++) {
        const char *text = inputs->text[i], *equal = strchr(text, '=');
        const char *name = qry_arena_text(cli->arena, text, (size_t)(equal - text));
        good = qry_qasm_set_input(program, name, equal + 1) && good;
    }
    return good;
}

int cli_read_openqasm(cli *cli, const qry_source *source, const char *path, const cli_texts *inputs,
                      cli_openqasm *result)
{
    int status = check_inputs(cli, inputs);
    if (status != CLI_DONE)
        return status;
    result->program = qry_qasm_read(cli->ctx, source);
    if (!result->program || !set_inputs(cli, inputs, result->program))
        return CLI_FAILED;
    result->elaboration = qry_qasm_elaborate(result->program);
    if (!result->elaboration)
        return CLI_FAILED;
    if (result->elaboration->timed)
        qry_warning(cli->ctx, "%s: delays and durations take no time here", path);
    return CLI_DONE;
}
