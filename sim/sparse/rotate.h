/* rotate.h: gates of one qubit as butterflies on the amplitudes of a world with axes. */
#ifndef QRY_ROTATE_H
#define QRY_ROTATE_H

#include "sim/sparse/engine.h"

/** On an axis of a settled world, in the rows whose numbers have these bits under the mask. */
void rotate_settled(struct sparse *sim, const double matrix[8], int axis, size_t mask, size_t bits);
/** On the rows where all controls are 1, or those with QRY_NEGATIVE 0. False, and nothing was done, when the target
 *  is no axis, or another qubit depends on that axis, or a control is not in the Z frame. */
bool rotate_unsettled(struct sparse *sim, const double matrix[8], qry_qubit target, const qry_qubit *controls,
                      size_t count);

#endif
