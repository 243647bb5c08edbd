/* output_test.c: files that appear whole or not at all, with and without a name while they are written. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void expect_file(const char *path, const char *wanted)
{
    size_t length;
    char *bytes = read_file(path, &length);
    assert_non_null(bytes);
    assert_int_equal(length, strlen(wanted));
    assert_memory_equal(bytes, wanted, length);
    free(bytes);
}

static void put(const char *path, const char *text) { write_file(path, text, strlen(text)); }

static mode_t mode_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static void test_whole_or_not_at_all(void **state)
{
    fixture *f = *state;
    const char *path = path_of(f, "out");
    for (int named = 0; named < 2; named++)
        for (int old = 0; old < 2; old++) {
            if (old)
                put(path, "old");
            qry_output *output = qry_output_start(f->ctx, path, named);
            qry_output_write(output, "new text", 8);
            assert_int_equal(qry_output_bytes(output), 8);
            size_t length;
            char *now = read_file(path, &length); /* nothing shows before the commit */
            assert_true(old ? strcmp(now, "old") == 0 : now == NULL);
            free(now);
            assert_true(names_in(f->folder) <= (size_t)(old + named));
            assert_true(qry_output_commit(output));
            expect_file(path, "new text");
            assert_int_equal(names_in(f->folder), 1);
            output = qry_output_start(f->ctx, path, named);
            qry_output_write(output, "never seen", 10);
            qry_output_free(output);
            expect_file(path, "new text");
            assert_int_equal(names_in(f->folder), 1);
            unlink(path);
        }
    qry_output_free(NULL);
    expect_silence(f);
}

static void test_empty_file(void **state)
{
    fixture *f = *state;
    assert_true(qry_output_commit(qry_output_open(f->ctx, path_of(f, "empty"))));
    expect_file(path_of(f, "empty"), "");
}

/* Every way of writing, in random portions from nothing to several buffers, against one long text. */
static void test_every_portion(void **state)
{
    fixture *f = *state;
    enum { LENGTH = 5000000 };
    char *text = malloc(LENGTH + 1);
    for (size_t i = 0; i < LENGTH; i++)
        text[i] = (char)('a' + i % 23);
    text[LENGTH] = 0;
    qry_random random;
    qry_random_seed(&random, 1, 1);
    qry_output *output = qry_output_open(f->ctx, path_of(f, "long"));
    for (size_t at = 0; at < LENGTH;) {
        size_t portion = qry_random_below(&random, UINT64_C(1) << qry_random_below(&random, 21));
        if (portion > LENGTH - at)
            portion = LENGTH - at;
        uint64_t way = qry_random_below(&random, 3);
        if (way == 0)
            qry_output_write(output, text + at, portion);
        else if (way == 1)
            qry_output_printf(output, "%.*s", (int)portion, text + at);
        else {
            portion = portion > 65536 ? 65536 : portion;
            memcpy(qry_output_reserve(output, 65536), text + at, portion);
            qry_output_advance(output, portion);
        }
        at += portion;
        assert_int_equal(qry_output_bytes(output), at);
    }
    assert_true(qry_output_commit(output));
    expect_file(path_of(f, "long"), text);
    free(text);
}

static void test_permissions(void **state)
{
    fixture *f = *state;
    mode_t mask = umask(027);
    for (int named = 0; named < 2; named++) {
        const char *path = path_of(f, named ? "named" : "nameless");
        assert_true(qry_output_commit(qry_output_start(f->ctx, path, named)));
        assert_int_equal(mode_of(path), 0640);
        chmod(path, 0604); /* an old file keeps what it had */
        assert_true(qry_output_commit(qry_output_start(f->ctx, path, named)));
        assert_int_equal(mode_of(path), 0604);
    }
    umask(mask);
}

static void test_links(void **state)
{
    fixture *f = *state;
    mkdir(path_of(f, "sub"), 0700);
    put(path_of(f, "sub/real"), "old");
    assert_int_equal(symlink("sub/second", path_of(f, "first")), 0);
    assert_int_equal(symlink("real", path_of(f, "sub/second")), 0);
    qry_output *output = qry_output_open(f->ctx, path_of(f, "first"));
    qry_output_printf(output, "new");
    assert_true(qry_output_commit(output));
    expect_file(path_of(f, "sub/real"), "new");
    struct stat status;
    assert_int_equal(lstat(path_of(f, "first"), &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    unlink(path_of(f, "sub/real")); /* a link to nothing: what it names is made */
    assert_true(qry_output_commit(qry_output_open(f->ctx, path_of(f, "first"))));
    expect_file(path_of(f, "sub/real"), "");
    assert_int_equal(symlink(path_of(f, "sub/real"), path_of(f, "absolute")), 0);
    output = qry_output_open(f->ctx, path_of(f, "absolute"));
    qry_output_printf(output, "again");
    assert_true(qry_output_commit(output));
    expect_file(path_of(f, "sub/real"), "again");
    assert_int_equal(symlink("round", path_of(f, "round")), 0);
    assert_null(qry_output_open(f->ctx, path_of(f, "round")));
    expect_error(f, "Too many levels of symbolic links");
}

static void test_relative_path(void **state)
{
    fixture *f = *state;
    int here = open(".", O_RDONLY | O_DIRECTORY);
    assert_int_equal(chdir(f->folder), 0);
    for (int named = 0; named < 2; named++) {
        assert_true(qry_output_commit(qry_output_start(f->ctx, "bare", named)));
        expect_file("bare", "");
    }
    assert_int_equal(fchdir(here), 0);
    close(here);
}

static void test_impossible_places(void **state)
{
    fixture *f = *state;
    static char long_name[400] = "/tmp/";
    memset(long_name + 5, 'n', 300);
    put(path_of(f, "file"), "");
    const struct {
        const char *path, *message;
    } cases[] = {{path_of(f, "no/such"), "No such file or directory"},
                 {path_of(f, "file/below"), "Not a directory"},
                 {path_of(f, "new/"), "Is a directory"},
                 {f->folder, "Is a directory"},
                 {"", "cannot write : No such file or directory"},
                 {long_name, "File name too long"},
                 {"/proc/no-such", "cannot write /proc/no-such: "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(qry_output_open(f->ctx, cases[i].path));
        expect_error(f, cases[i].message);
    }
    assert_int_equal(names_in(f->folder), 1);
}

static void write_without_rights(void *path)
{
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        _exit(9);
    qry_ctx *ctx = qry_ctx_new();
    qry_output *output = qry_output_open(ctx, path);
    bool done = output && qry_output_commit(output);
    qry_ctx_free(ctx);
    _exit(done ? 0 : 1);
}

/* Neither into a folder that is not ours to change, nor over a file that is not ours to write though the folder is. */
static void test_no_rights(void **state)
{
    fixture *f = *state;
    char fresh[256], old[256];
    strcpy(fresh, path_of(f, "new"));
    strcpy(old, path_of(f, "old"));
    put(old, "protected");
    chmod(old, 0444);
    for (int open_folder = 0; open_folder < 2; open_folder++) {
        chmod(f->folder, open_folder ? 0777 : 0555);
        assert_int_equal(in_child(write_without_rights, fresh, NULL), open_folder ? 0 : 1);
        assert_int_equal(in_child(write_without_rights, old, NULL), 1);
    }
    assert_int_equal(names_in(f->folder), 2);
    expect_file(old, "protected");
}

static void test_full_disk(void **state)
{
    fixture *f = *state;
    char block[1000] = {0};
    qry_output *output = qry_output_open(f->ctx, "/dev/full");
    for (int i = 0; i < 2000; i++) /* several buffers: still one report */
        qry_output_write(output, block, sizeof block);
    expect_error(f, "cannot write /dev/full: No space left on device");
    qry_output_printf(output, "%d", 5);
    assert_false(qry_output_commit(output));
    expect_silence(f);
    output = qry_output_open(f->ctx, "/dev/full");
    qry_output_printf(output, "shorter than a buffer");
    assert_false(qry_output_commit(output));
    expect_error(f, "cannot write /dev/full: No space left on device");
}

/* What was possible at the beginning need not be at the end. */
static void test_commit_too_late(void **state)
{
    fixture *f = *state;
    const char *path = path_of(f, "out"), *folder = path_of(f, "sub");
    for (int named = 0; named < 2; named++) {
        qry_output *output = qry_output_start(f->ctx, path, named);
        mkdir(path, 0700);
        assert_false(qry_output_commit(output));
        expect_error(f, "out: Is a directory");
        rmdir(path);
        assert_int_equal(names_in(f->folder), 0);
    }
    mkdir(folder, 0700);
    qry_output *output = qry_output_open(f->ctx, path_of(f, "sub/out"));
    if (rmdir(folder) == 0) { /* the file has no name: the folder is empty */
        assert_false(qry_output_commit(output));
        expect_error(f, "out: No such file or directory");
    } else
        assert_true(qry_output_commit(output));
}

static void write_too_much(void *state)
{
    fixture *f = state;
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {100000, 100000};
    setrlimit(RLIMIT_FSIZE, &limit);
    qry_ctx *ctx = qry_ctx_new();
    for (int named = 0; named < 2; named++) {
        qry_output *output = qry_output_start(ctx, path_of(f, "out"), named);
        for (int i = 0; i < 100000; i++)
            qry_output_printf(output, "%d\n", i);
        if (qry_output_commit(output))
            _exit(1);
    }
    qry_ctx_free(ctx);
    _exit(0);
}

/* A regular file that cannot grow: the old one stays, the temporary one goes. */
static void test_file_cannot_grow(void **state)
{
    fixture *f = *state;
    put(path_of(f, "out"), "old");
    assert_int_equal(in_child(write_too_much, f, NULL), 0);
    expect_file(path_of(f, "out"), "old");
    assert_int_equal(names_in(f->folder), 1);
}

static void test_devices_and_pipes(void **state)
{
    fixture *f = *state;
    qry_output *output = qry_output_open(f->ctx, "/dev/null");
    qry_output_printf(output, "gone");
    assert_true(qry_output_commit(output));
    struct stat status;
    assert_int_equal(stat("/dev/null", &status), 0);
    assert_true(S_ISCHR(status.st_mode));
    const char *path = path_of(f, "fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    output = qry_output_open(f->ctx, path);
    qry_output_printf(output, "through");
    assert_true(qry_output_commit(output));
    char text[16] = "";
    assert_int_equal(read(reader, text, sizeof text), 7);
    assert_string_equal(text, "through");
    close(reader);
    expect_silence(f);
}

static void test_closed_pipe(void **state)
{
    fixture *f = *state;
    int ends[2];
    char path[64];
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    qry_output *output = qry_output_open(f->ctx, path);
    close(ends[0]);
    char block[1000] = {0};
    for (int i = 0; i < 1000; i++)
        qry_output_write(output, block, sizeof block);
    assert_false(qry_output_commit(output));
    expect_error(f, "Broken pipe");
    close(ends[1]);
    signal(SIGPIPE, SIG_DFL);
}

/* A pipe that was made non-blocking and is full for a while. */
static void test_slow_pipe(void **state)
{
    fixture *f = *state;
    int ends[2];
    enum { LENGTH = 1000000 };
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        usleep(50000);
        size_t total = 0;
        char bytes[4096];
        for (ssize_t got; (got = read(ends[0], bytes, sizeof bytes)) > 0;)
            total += (size_t)got;
        _exit(total == LENGTH ? 0 : 1);
    }
    close(ends[0]);
    int saved = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
    qry_output *output = qry_output_open(f->ctx, "-");
    for (int i = 0; i < LENGTH / 10; i++)
        qry_output_printf(output, "%09d\n", i);
    bool done = qry_output_commit(output);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    int status;
    waitpid(child, &status, 0);
    assert_true(done);
    assert_int_equal(status, 0);
}

static void write_to_stdout(void *path)
{
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(to, STDOUT_FILENO);
    printf("first, "); /* still in the buffer of stdio */
    qry_ctx *ctx = qry_ctx_new();
    qry_output *output = qry_output_open(ctx, "-");
    qry_output_printf(output, "second, ");
    bool done = qry_output_commit(output);
    output = qry_output_open(ctx, "/dev/stdout");
    qry_output_printf(output, "third");
    done = qry_output_commit(output) && done;
    qry_ctx_free(ctx);
    printf(", last\n");
    fflush(stdout);
    _exit(done ? 0 : 1);
}

static void write_to_closed_stdout(void *nothing)
{
    (void)nothing;
    close(STDOUT_FILENO);
    qry_ctx *ctx = qry_ctx_new();
    bool done = qry_output_commit(qry_output_open(ctx, "-"));
    qry_ctx_free(ctx);
    _exit(done ? 0 : 1);
}

static void test_standard_output(void **state)
{
    fixture *f = *state;
    char path[256];
    size_t length;
    strcpy(path, path_of(f, "stdout"));
    assert_int_equal(in_child(write_to_stdout, path, NULL), 0);
    expect_file(path, "first, second, third, last\n");
    assert_int_equal(in_child(write_to_closed_stdout, NULL, path), 1);
    char *errors = read_file(path, &length);
    assert_string_equal(errors, "quarry: error: cannot write standard output: Bad file descriptor\n");
    free(errors);
}

/* ---- interrupted ---- */

struct half {
    fixture *f;
    qry_output *output;
    bool named;
};

static void give_up_half_way(void *state)
{
    struct half *h = state;
    h->output = qry_output_start(h->f->ctx, path_of(h->f, "out"), h->named);
    for (int i = 0; i < 100000; i++)
        qry_output_printf(h->output, "%d\n", i);
    qry_error(h->f->ctx, "stop");
    qry_give_up(h->f->ctx);
}

static void test_give_up_half_way(void **state)
{
    fixture *f = *state;
    put(path_of(f, "out"), "old");
    for (int named = 0; named < 2; named++) {
        struct half h = {f, NULL, named};
        assert_false(qry_protect(f->ctx, give_up_half_way, &h));
        expect_error(f, "stop");
        assert_int_equal(names_in(f->folder), 1);
        qry_output_free(h.output); /* allowed, and nothing more happens */
        expect_file(path_of(f, "out"), "old");
    }
}

static void write_on(void *state)
{
    struct half *h = state;
    h->output = qry_output_start(h->f->ctx, path_of(h->f, "out"), h->named);
    for (;;)
        qry_output_printf(h->output, "for ever\n");
}

static volatile sig_atomic_t interrupted;
static void set_interrupted(int number) { interrupted = number; }

/* The flag of a signal handler ends even a loop that only writes. */
static void test_interrupt(void **state)
{
    fixture *f = *state;
    for (int named = 0; named < 2; named++) {
        struct half h = {f, NULL, named};
        interrupted = 0;
        signal(SIGALRM, set_interrupted);
        qry_ctx_set_interrupt(f->ctx, &interrupted);
        ualarm(20000, 0);
        assert_false(qry_protect(f->ctx, write_on, &h));
        expect_error(f, "interrupted");
        assert_int_equal(names_in(f->folder), 0);
    }
    signal(SIGALRM, SIG_DFL);
}

static void write_and_be_killed(void *state)
{
    fixture *f = state;
    qry_output *output = qry_output_open(qry_ctx_new(), path_of(f, "out"));
    for (int i = 0; i < 1000000; i++)
        qry_output_printf(output, "%d\n", i);
    raise(SIGKILL);
}

static void test_killed(void **state)
{
    fixture *f = *state;
    int probe = open(f->folder, O_TMPFILE | O_WRONLY, 0600);
    if (probe < 0) {
        print_message("this file system has no files without a name\n");
        skip();
    }
    close(probe);
    put(path_of(f, "out"), "old");
    assert_int_equal(in_child(write_and_be_killed, f, NULL), -SIGKILL);
    assert_int_equal(names_in(f->folder), 1);
    expect_file(path_of(f, "out"), "old");
}

static void free_the_context(void *state)
{
    struct half *h = state;
    qry_ctx *ctx = qry_ctx_new();
    qry_output_printf(qry_output_start(ctx, path_of(h->f, "out"), h->named), "never finished");
    qry_ctx_free(ctx);
    _exit(0);
}

static void test_context_goes_first(void **state)
{
    fixture *f = *state;
    for (int named = 0; named < 2; named++) {
        struct half h = {f, NULL, named};
        assert_int_equal(in_child(free_the_context, &h, NULL), 0);
        assert_int_equal(names_in(f->folder), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_whole_or_not_at_all),
        TEST(test_empty_file),
        TEST(test_every_portion),
        TEST(test_permissions),
        TEST(test_links),
        TEST(test_relative_path),
        TEST(test_impossible_places),
        TEST(test_no_rights),
        TEST(test_full_disk),
        TEST(test_commit_too_late),
        TEST(test_file_cannot_grow),
        TEST(test_devices_and_pipes),
        TEST(test_closed_pipe),
        TEST(test_slow_pipe),
        TEST(test_standard_output),
        TEST(test_give_up_half_way),
        TEST(test_interrupt),
        TEST(test_killed),
        TEST(test_context_goes_first),
    };
    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
