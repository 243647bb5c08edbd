/* oracles.c: see oracles.h. */
#include "tests/compiler/oracles.h"

#include "tests/compiler/rows.h"

#include <math.h>
#include <setjmp.h>

#include <cmocka.h>

void expect_oracles(qry_search *search, const uint8_t *wanted)
{
    qry_lowered *l = qry_lowered_of(search);
    uint32_t bits = search->address + search->uniform;
    uint64_t states = UINT64_C(1) << bits;
    const double pi = acos(-1), angle = 0.7;
    for (int angles = 0; angles < 2; angles++) {
        rows *r = rows_new(l->ctx, l->oracle[angles]->width, states);
        for (uint64_t j = 0; j < states; j++)
            rows_set(r, search->first, bits, j, j);
        rows *before = rows_copy(r);
        rows_run(r, l->oracle[angles], false, &angle);
        rows_expect_same(r, before);
        for (uint64_t j = 0; j < states; j++) {
            double turn = rows_phase(r, j) - (!wanted[j] ? 0 : angles ? angle : pi);
            if (fabs(remainder(turn, 2 * pi)) > 1e-9)
                fail_msg("row %d: phase off by %g", (int)j, turn);
        }
        rows_run(r, l->oracle[angles], true, &angle);
        rows_expect_same(r, before);
        for (uint64_t j = 0; j < states; j++)
            assert_true(fabs(remainder(rows_phase(r, j), 2 * pi)) < 1e-9);
        rows_free(before);
        rows_free(r);
    }
}
