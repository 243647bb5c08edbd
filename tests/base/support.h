/* support.h: what the suites of base/ share. A fixture is a context whose diagnostics are collected as text, and an
 * empty folder that goes with the test. */
#ifndef QRY_TESTS_BASE_SUPPORT_H
#define QRY_TESTS_BASE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"
#include "base/base_internal.h"

typedef struct fixture {
    qry_ctx *ctx;
    size_t errors, diagnostics;
    char text[1 << 14]; /* as qry_diagnostic_print writes them */
    char folder[64];
} fixture;

int set_up(void **state);
int tear_down(void **state);
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

/** Forgets the diagnostics so far. */
void forget(fixture *f);
/** One error, whose text contains `text`; forgets it. */
void expect_error(fixture *f, const char *text);
/** No diagnostic. */
void expect_silence(fixture *f);

/** A path in the fixture's folder; good until the eighth call from now. */
const char *path_of(fixture *f, const char *name);
void write_file(const char *path, const void *bytes, size_t length);
/** The whole file, with a zero behind it; freed by the caller. NULL when there is none. */
char *read_file(const char *path, size_t *length);
/** How many names a folder has. */
size_t names_in(const char *folder);

/** Runs body(argument) in a child process; its exit status, or minus the signal that ended it. Standard error of the
 *  child goes to the file `errors`, if not NULL. */
int in_child(void (*body)(void *), void *argument, const char *errors);

#endif
