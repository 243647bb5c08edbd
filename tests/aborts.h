/* aborts.h: what must end in abort(), for the suites of every room. */
#ifndef QRY_TESTS_ABORTS_H
#define QRY_TESTS_ABORTS_H

#include <stdbool.h>

/** Runs body(argument) in a child process with standard error closed; whether it ended in abort(). */
bool aborts(void (*body)(void *), void *argument);

#endif
