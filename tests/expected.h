/* expected.h: programs whose comments announce the diagnostics that they give:
 *
 *   // error: LINE:COLUMN message      // warning: ...      // note: ...
 *   // hint: text                      of the diagnostic announced last; once there is one, all are compared */
#ifndef QRY_TESTS_EXPECTED_H
#define QRY_TESTS_EXPECTED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/base.h"

#define EXPECTED_FOLDER QUARRY_SOURCE_DIR "/tests/programs"

/** Lines of text that grow. */
typedef struct expected_lines {
    char text[16384];
    size_t length;
} expected_lines;

void expected_add(expected_lines *lines, const char *format, ...) QRY_PRINTF(2, 3);

/** The rest of a comment line that begins with `// word: `, or NULL; the line behind, or NULL. */
const char *expected_comment(const char *line, const char *word);
const char *expected_next_line(const char *line);

/** What a source announces and what was reported. */
typedef struct expected {
    expected_lines wanted, found;
    bool with_hints;
} expected;

/** Reads the comments; from now on diagnostics of the context are collected. */
void expected_begin(expected *e, qry_ctx *ctx, const qry_source *source);
/** Both are the same. Whether errors were announced. */
bool expected_end(const expected *e);

/** Runs one test for every file of the folder with that beginning and end; its state is the path. What cmocka returns. */
int expected_run(const char *group, const char *prefix, const char *suffix, CMUnitTestFunction test);

#endif
