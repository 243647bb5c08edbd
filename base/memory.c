/* memory.c: how much memory the machine can still give. The system's own estimate, and the limits that stand below
 * it: of the control groups (containers) that the process is in, and of its address space. */
#include "base_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The files of a control group that count, in the two generations of the interface. */
struct group_files {
    const char *limit, *used, *cache; /* cache: the line of memory.stat that says what can be dropped at once */
};
static const struct group_files unified_files = {"memory.max", "memory.current", "inactive_file"};
static const struct group_files legacy_files = {"memory.limit_in_bytes", "memory.usage_in_bytes",
                                                "total_inactive_file"};

enum { PATH_ROOM = 4096 };

/* The number that a file of one number holds; false where there is none ("max", or no file). */
static bool read_number(const char *folder, const char *name, size_t *number)
{
    char path[PATH_ROOM + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    bool found = fscanf(file, "%zu", number) == 1;
    fclose(file);
    return found;
}

/* The number behind `name` in a file of lines "name number". */
static bool read_entry(const char *path, const char *name, size_t *number)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    char line[256], key[256];
    bool found = false;
    while (!found && fgets(line, sizeof line, file))
        found = sscanf(line, "%255s %zu", key, number) == 2 && strcmp(key, name) == 0;
    fclose(file);
    return found;
}

static size_t group_room(const char *folder, const struct group_files *files)
{
    size_t limit, used, cache;
    if (!read_number(folder, files->limit, &limit) || !read_number(folder, files->used, &used))
        return SIZE_MAX;
    char path[PATH_ROOM + 64];
    snprintf(path, sizeof path, "%s/memory.stat", folder);
    if (read_entry(path, files->cache, &cache))
        used -= cache < used ? cache : used;
    return limit > used ? limit - used : 0;
}

/* A group may have no more than the groups around it. Inside a container the path may name folders that cannot be
 * seen; the mount point then stands for the container's own group. */
static size_t room_up_to(const char *mount, const char *group, const struct group_files *files)
{
    char folder[PATH_ROOM];
    if (snprintf(folder, sizeof folder, "%s%s", mount, group) >= (int)sizeof folder)
        return SIZE_MAX;
    size_t room = SIZE_MAX;
    for (;;) {
        size_t here = group_room(folder, files);
        room = here < room ? here : room;
        char *slash = strrchr(folder, '/');
        if (!slash || (size_t)(slash - folder) < strlen(mount))
            return room;
        *slash = 0;
    }
}

/* Whether a comma-separated list has the word "memory". */
static bool has_memory(const char *list)
{
    for (const char *word = list; *word;) {
        size_t length = strcspn(word, ",");
        if (length == 6 && memcmp(word, "memory", 6) == 0)
            return true;
        word += length + (word[length] == ',');
    }
    return false;
}

size_t qry_memory_group_room(const char *membership, const char *mount)
{
    size_t room = SIZE_MAX;
    FILE *file = fopen(membership, "r");
    if (!file)
        return room;
    char line[PATH_ROOM], at[PATH_ROOM];
    while (fgets(line, sizeof line, file)) {
        /* "0::/group" in the unified hierarchy, "4:cpu,memory:/group" in the older ones */
        char *list = strchr(line, ':'), *group = list ? strchr(list + 1, ':') : NULL;
        if (!group)
            continue;
        *group++ = 0;
        group[strcspn(group, "\n")] = 0;
        bool unified = list[1] == 0;
        if (!unified && !has_memory(list + 1))
            continue;
        snprintf(at, sizeof at, "%s%s", mount, unified ? "" : "/memory");
        size_t here = room_up_to(at, group, unified ? &unified_files : &legacy_files);
        room = here < room ? here : room;
    }
    fclose(file);
    return room;
}

static size_t machine_room(void)
{
    size_t kib;
    if (read_entry("/proc/meminfo", "MemAvailable:", &kib))
        return kib * 1024;
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? (size_t)pages * (size_t)page : SIZE_MAX;
}

static size_t address_room(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    size_t pages = 0;
    if (!read_number("/proc/self", "statm", &pages)) /* its first number is the size of the address space */
        pages = 0;
    size_t used = pages * (size_t)sysconf(_SC_PAGESIZE);
    return limit.rlim_cur > used ? limit.rlim_cur - used : 0;
}

size_t qry_memory_available(void)
{
    size_t rooms[] = {machine_room(), address_room(), qry_memory_group_room("/proc/self/cgroup", "/sys/fs/cgroup")};
    size_t least = SIZE_MAX;
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        least = rooms[i] < least ? rooms[i] : least;
    return least;
}

/* Requests below this are not worth asking the system. */
static const double small = 64e6;

bool qry_memory_fits(double bytes) { return bytes < small || bytes <= (double)qry_memory_available(); }

void qry_memory_require(qry_ctx *ctx, double bytes, const char *what)
{
    if (qry_memory_fits(bytes))
        return;
    double available = (double)qry_memory_available();
    qry_error(ctx, "no memory for %s: %.3g GB are needed, only %.3g GB can be had", what, bytes / 1e9, available / 1e9);
    qry_give_up(ctx);
}
