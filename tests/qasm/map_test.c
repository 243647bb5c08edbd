/* map_test.c: the table of keys and the set of names. */
#include "support.h"

#include "qasm/map.h"

#include <string.h>

static void test_map(void **state)
{
    fixture *f = *state;
    enum { KEYS = 20000 };
    size_t before = qry_memory_used(f->ctx);
    qry_map map = {.ctx = f->ctx};
    qry_random random;
    for (int round = 0; round < 2; round++) {
        qry_random_seed(&random, 7, 0);
        for (uint32_t i = 1; i <= KEYS; i++) {
            /* dense, sparse and random keys together; random ones may be even, never among the others */
            uint64_t key = i % 3 == 0 ? i : i % 3 == 1 ? (uint64_t)i << 40 : qry_random_next(&random) | 1;
            key = i % 3 == 2 ? key | UINT64_C(1) << 63 : key;
            uint32_t *value = qry_map_at(&map, key);
            assert_int_equal(*value, round ? i : 0);
            *value = i;
        }
        assert_int_equal(map.count, KEYS);
    }
    qry_map_free(&map);
    assert_int_equal(qry_memory_used(f->ctx), before);
    assert_true(qry_map_pair(1, 2) != qry_map_pair(2, 1));
}

static void test_names(void **state)
{
    fixture *f = *state;
    qry_names names;
    qry_names_init(&names, f->arena);
    char name[32];
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "%u", i);
        assert_false(qry_names_has(&names, name));
        assert_true(qry_names_add(&names, name));
        assert_false(qry_names_add(&names, name));
        assert_int_equal(qry_names_number(&names, name), i);
    }
    memset(name, 'x', sizeof name); /* the set keeps its own copies */
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "%u", i);
        assert_string_equal(names.text[i], name);
        assert_true(qry_names_has(&names, name));
    }
    assert_int_equal(qry_names_number(&names, ""), 5000);
    assert_int_equal(names.count, 5001);
    qry_names_free(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_map), TEST(test_names)};
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
