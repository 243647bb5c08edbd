/* memory_test.c: what the machine, the process and its control groups leave, and the refusal of more than that. */
#include "support.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A control group in the fixture's folder, with the files of either generation; NULL: no such file. */
static void make_group(fixture *f, const char *group, const char *names[3], const char *limit, const char *used,
                       const char *stat)
{
    const char *contents[3] = {limit, used, stat};
    mkdir(path_of(f, group), 0700);
    for (int i = 0; i < 3; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s/%s", group, names[i]);
        if (contents[i])
            write_file(path_of(f, name), contents[i], strlen(contents[i]));
    }
}

static const char *unified[3] = {"memory.max", "memory.current", "memory.stat"};
static const char *legacy[3] = {"memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat"};

static size_t room_of(fixture *f, const char *membership)
{
    write_file(path_of(f, "membership"), membership, strlen(membership));
    return qry_memory_group_room(path_of(f, "membership"), f->folder);
}

static void test_unified_groups(void **state)
{
    fixture *f = *state;
    assert_true(room_of(f, "0::/a/b\n") == SIZE_MAX);
    make_group(f, ".", unified, "max\n", "900000\n", NULL);
    make_group(f, "a", unified, "10000\n", "4000\n", "anon 17\ninactive_file 1000\n");
    make_group(f, "a/b", unified, "max\n", "3000\n", NULL);
    assert_int_equal(room_of(f, "0::/a\n"), 7000);
    assert_int_equal(room_of(f, "0::/a/b\n"), 7000);
    make_group(f, "a/b", unified, "3500\n", "3000\n", NULL);
    assert_int_equal(room_of(f, "0::/a/b\n"), 500);
    make_group(f, "a/b", unified, "2000\n", "3000\n", NULL); /* more than allowed already */
    assert_int_equal(room_of(f, "0::/a/b\n"), 0);
    make_group(f, "a/b", unified, "2000\n", "3000\n", "inactive_file 99999\n");
    assert_int_equal(room_of(f, "0::/a/b\n"), 2000);
}

/* Within a container the mount point shows the container's own group, by whatever name it goes outside. */
static void test_container(void **state)
{
    fixture *f = *state;
    make_group(f, ".", unified, "8000\n", "1000\n", NULL);
    assert_int_equal(room_of(f, "0::/\n"), 7000);
    assert_int_equal(room_of(f, "0::/docker/0123456789abcdef\n"), 7000);
    assert_int_equal(room_of(f, "0::/../elsewhere\n"), 7000);
}

static void test_legacy_groups(void **state)
{
    fixture *f = *state;
    mkdir(path_of(f, "memory"), 0700);
    make_group(f, "memory/x", legacy, "5000\n", "1500\n", "inactive_file 3\ntotal_inactive_file 500\n");
    assert_int_equal(room_of(f, "9:name=systemd:/x\n4:cpu,memory:/x/y\n0::/\n"), 4000);
    assert_true(room_of(f, "9:name=systemd:/x\n4:cpu,memoryless:/x\n") == SIZE_MAX);
    assert_true(room_of(f, "nonsense\n::\n") == SIZE_MAX);
    assert_true(qry_memory_group_room(path_of(f, "nothing"), f->folder) == SIZE_MAX);
}

static void test_available(void **state)
{
    (void)state;
    size_t available = qry_memory_available();
    assert_true(available > 0 && available < SIZE_MAX);
}

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
enum { SANITIZED = __has_feature(address_sanitizer) };
#else
enum { SANITIZED = 0 };
#endif

static void check_limited(void *nothing)
{
    (void)nothing;
    struct rlimit limit = {1 << 30, 1 << 30};
    if (setrlimit(RLIMIT_AS, &limit) != 0 || qry_memory_available() >= 1 << 30)
        _Exit(3);
}

static void test_address_space_limit(void **state)
{
    (void)state;
    if (SANITIZED)
        skip(); /* the sanitizer needs address space of its own, terabytes of it */
    assert_int_equal(in_child(check_limited, NULL, NULL), 0);
}

/* Standard input may have no end. It stops where there is no memory left, and the system's killer has nothing to do. */
static void read_without_end(void *nothing)
{
    (void)nothing;
    struct rlimit limit = {1 << 29, 1 << 29};
    if (dup2(open("/dev/zero", O_RDONLY), STDIN_FILENO) != STDIN_FILENO || setrlimit(RLIMIT_AS, &limit) != 0)
        _Exit(3);
    qry_source_read(qry_ctx_new(), "-");
}

static void test_no_end(void **state)
{
    fixture *f = *state;
    if (SANITIZED)
        skip();
    const char *errors = path_of(f, "errors");
    assert_int_equal(in_child(read_without_end, NULL, errors), 1);
    size_t length;
    char *text = read_file(errors, &length);
    assert_non_null(strstr(text, "no memory for standard input: "));
    free(text);
}

struct request {
    qry_ctx *ctx;
    double bytes;
};

static void require(void *state)
{
    struct request *r = state;
    qry_memory_require(r->ctx, r->bytes, "the state of 80 qubits");
}

static void test_require(void **state)
{
    fixture *f = *state;
    const double fine[] = {0, 1e7, 1e8}, refused[] = {1e18, INFINITY, NAN};
    for (int i = 0; i < 3; i++)
        assert_true(qry_protect(f->ctx, require, &(struct request){f->ctx, fine[i]}));
    expect_silence(f);
    for (int i = 0; i < 3; i++) {
        assert_false(qry_protect(f->ctx, require, &(struct request){f->ctx, refused[i]}));
        if (i == 0)
            assert_non_null(strstr(f->text, "no memory for the state of 80 qubits: 1e+09 GB are needed, only "));
        expect_error(f, " GB can be had");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_unified_groups),      TEST(test_container), TEST(test_legacy_groups), TEST(test_available),
        TEST(test_address_space_limit), TEST(test_require),   TEST(test_no_end),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
