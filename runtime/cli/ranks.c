/* ranks.c: the program under mpirun. `attend` spreads its rows over all ranks; anything else is done by the first alone. What
 * the others have to say waits until all have come as far as the rows: what goes wrong before, goes wrong in all of them
 * alike, mostly, and is to be said once. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

bool cli_join_ranks(cli *cli)
{
    cli->ranks = qry_ranks_begin();
    if (qry_ranks_started() > cli->ranks.count) {
        if (qry_ranks_is_first_started())
            fprintf(stderr,
                    "quarry: error: mpirun started %d copies of this program, which was built without MPI\n"
                    "  hint: build it with MPI (cmake --preset mpi, or -DQUARRY_MPI=ON; Debian has libopenmpi-dev and\n"
                    "        openmpi-bin), or start it without mpirun: --threads uses the processors of one machine\n",
                    qry_ranks_started());
        return false;
    }
    if (cli->ranks.number > 0)
        cli->held = open_memstream(&cli->held_text, &cli->held_size);
    return true;
}

bool cli_is_for_first_rank(const cli *cli, const char *word)
{
    return cli->ranks.number > 0 && (!word || strcmp(word, cli_attend_command.name) != 0);
}

static void say_held(cli *cli, bool mine)
{
    if (!cli->held)
        return;
    fclose(cli->held);
    if (mine)
        fputs(cli->held_text, stderr);
    free(cli->held_text);
    cli->held = NULL;
}

/* ctx: see qry_ranks_agree. */
static int agree(cli *cli, qry_ctx *ctx, int status)
{
    bool mine;
    status = qry_ranks_agree(&cli->ranks, ctx, status, &mine);
    say_held(cli, mine);
    return status;
}

int cli_agree(cli *cli, int status) { return agree(cli, cli->ctx, status); }

int cli_leave_ranks(cli *cli, int status, bool interrupted)
{
    if (interrupted && status != CLI_DONE) {
        say_held(cli, true);
        cli->ranks.over = false; /* the others need not come so far */
    } else if (!cli->ranks.agreed) {
        status = agree(cli, NULL, status);
        cli->ranks.over = true; /* well or not */
    }
    fflush(stderr);
    qry_ranks_end(&cli->ranks, cli->ranks.over ? 0 : status);
    return status;
}
