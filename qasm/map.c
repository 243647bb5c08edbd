/* map.c: open addressing, linear probing. */
#include "qasm/map.h"

#include <string.h>

struct qry_map_slot {
    uint64_t key;
    uint32_t value;
    bool used;
};

/* The finaliser of splitmix64: every bit of the key reaches the low bits. */
static uint64_t mixed(uint64_t key)
{
    key = (key ^ key >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    key = (key ^ key >> 27) * UINT64_C(0x94d049bb133111eb);
    return key ^ key >> 31;
}

static struct qry_map_slot *place_of(const qry_map *map, uint64_t key)
{
    size_t i = mixed(key) & (map->room - 1);
    while (map->slots[i].used && map->slots[i].key != key)
        i = (i + 1) & (map->room - 1);
    return &map->slots[i];
}

static void enlarge(qry_map *map)
{
    qry_map old = *map;
    map->room = old.room ? 2 * old.room : 16;
    map->slots = qry_alloc(map->ctx, map->room, sizeof *map->slots);
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].used)
            *place_of(map, old.slots[i].key) = old.slots[i];
    qry_free(map->ctx, old.slots);
}

uint32_t *qry_map_at(qry_map *map, uint64_t key)
{
    if (2 * map->count >= map->room)
        enlarge(map);
    struct qry_map_slot *slot = place_of(map, key);
    if (!slot->used) {
        *slot = (struct qry_map_slot){key, 0, true};
        map->count++;
    }
    return &slot->value;
}

void qry_map_free(qry_map *map) { qry_free(map->ctx, map->slots); }

void qry_names_init(qry_names *names, qry_arena *arena)
{
    qry_ctx *ctx = qry_arena_ctx(arena);
    *names = (qry_names){.arena = arena, .map = {.ctx = ctx}};
}

void qry_names_free(qry_names *names)
{
    qry_free(names->map.ctx, names->text);
    qry_map_free(&names->map);
}

/* FNV-1a. */
static uint64_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash;
}

/* The entry of a name: 0 when the name is new, else its number plus 1. Names that share a hash take the next free key. */
static uint32_t *entry_of(qry_names *names, const char *name)
{
    uint64_t key = hash_of(name);
    uint32_t *entry = qry_map_at(&names->map, key);
    while (*entry && strcmp(names->text[*entry - 1], name) != 0)
        entry = qry_map_at(&names->map, ++key);
    return entry;
}

bool qry_names_has(qry_names *names, const char *name) { return *entry_of(names, name) != 0; }

uint32_t qry_names_number(qry_names *names, const char *name)
{
    uint32_t *entry = entry_of(names, name);
    if (!*entry) {
        QRY_GROW(names->map.ctx, names->text, names->room, names->count + 1);
        qry_must(names->count < UINT32_MAX);
        names->text[names->count++] = qry_arena_text(names->arena, name, strlen(name));
        *entry = (uint32_t)names->count;
    }
    return *entry - 1;
}

bool qry_names_add(qry_names *names, const char *name)
{
    size_t before = names->count;
    qry_names_number(names, name);
    return names->count > before;
}
