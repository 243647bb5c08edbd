/* faults.h: failures on demand, for tests. Private to the project: not installed. */
#ifndef QRY_FAULTS_H
#define QRY_FAULTS_H

#include "base/base.h"

/** The n-th allocation from now on fails (1 is the next); 0 switches off. Forks inherit. */
void qry_memory_fail_at(qry_ctx *ctx, size_t n);

#endif
