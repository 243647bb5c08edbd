/* cost.h: what a piece of circuit costs, as far as choices depend on it. */
#ifndef QRY_COST_H
#define QRY_COST_H

#include <stdint.h>

typedef struct qry_cost {
    uint64_t toffoli; /* Toffoli gates and controlled swaps */
    uint64_t work;    /* qubits that it takes beside what it is given */
    uint64_t steps;   /* at most so many of the Toffolis stand one after the other */
} qry_cost;

#endif
