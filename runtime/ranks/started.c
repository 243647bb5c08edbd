/* started.c: what the environment says of how many processes were started together: Open MPI's names, and those of the
 * interface that other launchers have (PMI). */
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

int qry_ranks_started(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", NULL};
    return number_in(names, 1);
}

bool qry_ranks_is_first_started(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK", NULL};
    return number_in(names, 0) == 0;
}
