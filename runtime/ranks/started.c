/* started.c: what the environment says of how many processes were started together: Open MPI's names, and those of the
 * interfaces that other launchers have. PMIx names no size: where Slurm is its launcher, the job step has one. Slurm's own
 * names alone mean nothing: every command of a batch script has them, and programs that know nothing of each other. */
#include "runtime/ranks/ranks.h"

#include <stdlib.h>

static int number_in(const char *const *names, int otherwise)
{
    for (; *names; names++) {
        const char *text = getenv(*names);
        if (text && *text)
            return atoi(text);
    }
    return otherwise;
}

static const char *const pmix[] = {"PMIX_RANK", NULL};

int qry_ranks_started(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", NULL};
    static const char *const of_step[] = {"SLURM_STEP_NUM_TASKS", NULL};
    int rank = number_in(pmix, -1);
    return number_in(names, rank < 0 ? 1 : number_in(of_step, rank + 1));
}

bool qry_ranks_is_launched(void) { return qry_ranks_started() > 1 || number_in(pmix, -1) >= 0; }

bool qry_ranks_is_first_started(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", NULL};
    return number_in(names, 0) == 0;
}
