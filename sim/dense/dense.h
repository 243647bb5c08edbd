/* dense.h: the dense engine as sim/sim.c makes it. Private to sim/. */
#ifndef QRY_DENSE_H
#define QRY_DENSE_H

#include "sim/engine.h"

/** An engine that keeps all 2^n amplitudes. Memory is taken when the first shot begins; a circuit that is too wide for the
 *  machine is an error then, said with its size. options as of qry_sim_new; not NULL. */
qry_sim *dense_new(qry_ctx *ctx, const qry_circuit *circuit, const qry_sim_options *options);

#endif
