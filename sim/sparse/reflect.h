/* reflect.h: Hadamards on axes wait until the amplitudes are needed, since mostly they are taken back before that,
 * with no more than one phase between. Private to sim/sparse/. */
#ifndef QRY_REFLECT_H
#define QRY_REFLECT_H

#include "sim/sparse/engine.h"

/** H on axes (bits), which waits. The world must be settled. */
void reflect_delay(struct sparse *sim, uint64_t axes);
/** Whether a phase acts nowhere. where: a bit for every row. */
bool reflect_is_empty(const struct sparse *sim, const uint64_t *where);
/** Whether a phase can be applied while the Hadamards wait, and had better be: in all rows where it acts the axes
 *  that wait have the same values. */
bool reflect_fits(const struct sparse *sim, const uint64_t *where);
/** A phase that fits, by the cosine and the sine of its angle; where there is a sine, amplitudes must be complex. */
void reflect(struct sparse *sim, const uint64_t *where, double cosine, double sine);

#endif
