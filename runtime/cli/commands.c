/* commands.c: the commands that there are. */
#include "cli.h"

#include <string.h>

static const cli_command compare = {.name = "compare"}, draw = {.name = "draw"};

const cli_command *const cli_commands[] = {&cli_compile_command,
                                           &cli_run_command,
                                           &cli_count_command,
                                           &cli_attend_command,
                                           &compare,
                                           &draw,
                                           &cli_params_command,
                                           &cli_crossover_command,
                                           NULL};

const cli_command *cli_find_command(cli *cli, const char *name)
{
    qry_nearest nearest = qry_nearest_to(name);
    for (const cli_command *const *c = cli_commands; *c; c++) {
        if (strcmp((*c)->name, name) == 0) {
            if (!(*c)->run)
                cli_not_yet(cli, qry_arena_printf(cli->arena, "quarry %s", name));
            return (*c)->run ? *c : NULL;
        }
        if ((*c)->run)
            qry_nearest_consider(&nearest, (*c)->name);
    }
    cli_misuse(cli, qry_nearest_question(cli->arena, &nearest), "there is no command '%.60s'", name);
    return NULL;
}
