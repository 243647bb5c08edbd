/* support.c: see support.h. */
#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void collect(void *state, const qry_diagnostic *diagnostic)
{
    fixture *f = state;
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    qry_diagnostic_print(stream, diagnostic, false);
    fclose(stream);
    size_t used = strlen(f->text), room = sizeof f->text - used - 1;
    strncat(f->text, text, length < room ? length : room);
    free(text);
    f->diagnostics++;
    f->errors += diagnostic->severity == QRY_ERROR;
}

int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->ctx = qry_ctx_new();
    qry_ctx_on_diagnostic(f->ctx, collect, f);
    strcpy(f->folder, "/tmp/quarry-test-XXXXXX");
    if (!mkdtemp(f->folder))
        return -1;
    *state = f;
    return 0;
}

static void remove_tree(const char *folder)
{
    DIR *list = opendir(folder);
    for (struct dirent *entry; list && (entry = readdir(list));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_type == DT_DIR)
            remove_tree(path);
        else
            unlink(path);
    }
    if (list)
        closedir(list);
    rmdir(folder);
}

int tear_down(void **state)
{
    fixture *f = *state;
    qry_ctx_free(f->ctx);
    remove_tree(f->folder);
    free(f);
    return 0;
}

void forget(fixture *f)
{
    f->errors = f->diagnostics = 0;
    qry_ctx_reports(f->ctx)->errors = 0; /* or the twenty-first would not be shown */
    f->text[0] = 0;
}

void expect_error(fixture *f, const char *text)
{
    if (!strstr(f->text, text))
        fail_msg("expected an error with \"%s\", got: %s", text, f->text);
    assert_int_equal(f->errors, 1);
    assert_int_equal(f->diagnostics, 1);
    forget(f);
}

void expect_silence(fixture *f)
{
    if (f->diagnostics)
        fail_msg("unexpected: %s", f->text);
}

const char *path_of(fixture *f, const char *name)
{
    static char paths[8][256];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", f->folder, name);
    return path;
}

void write_file(const char *path, const void *bytes, size_t length)
{
    unlink(path); /* file systems may wait for the disk when a file is truncated and written anew */
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *bytes = NULL;
    *length = 0;
    for (size_t got = 1; got; *length += got) {
        bytes = realloc(bytes, *length + 65537);
        got = fread(bytes + *length, 1, 65536, file);
    }
    bytes[*length] = 0;
    fclose(file);
    return bytes;
}

size_t names_in(const char *folder)
{
    DIR *list = opendir(folder);
    assert_non_null(list);
    size_t names = 0;
    for (struct dirent *entry; (entry = readdir(list));)
        names += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(list);
    return names;
}

int in_child(void (*body)(void *), void *argument, const char *errors)
{
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int to = open(errors ? errors : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(to, STDERR_FILENO);
        body(argument);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}
