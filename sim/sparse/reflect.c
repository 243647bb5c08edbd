/* reflect.c: Hadamards that wait, and phases between them.
 *
 * H on some axes, a phase e^(ia) where these have one assignment p (and others what they may), and H again are
 * I - (1 - e^(ia)) |s><s| with s = H|p>: a sum over the axes and a subtraction, instead of two transforms. So
 * Hadamards on axes are only noted. The state is H on the axes noted, of the amplitudes that are stored; H again
 * strikes the note out, and such a phase is applied to what is stored. Whatever else needs the amplitudes has the
 * Hadamards done first. What happens to the cells meanwhile does not matter: they follow from the row number,
 * whatever the amplitudes are. */
#include "sim/sparse/reflect.h"

#include <math.h>
#include <string.h>

/* Amplitudes are added up 64 by 64, each with its own sum; these are put together in the end. */
enum { GROUP = 64, GROUP_AXES = 6 };

void reflect_delay(struct sparse *sim, uint64_t axes) { sim->delayed ^= axes; }

void reflect_settle(struct sparse *sim)
{
    uint64_t axes = sim->delayed;
    sim->delayed = 0;
    if (axes)
        sim->kernels->hadamard(sim->re, sim->complex ? sim->im : NULL, sim->world->rows, axes);
}

/* ---- where a phase acts ---- */

static size_t words_of(const struct world *w) { return w->rows < GROUP ? 1 : w->rows / GROUP; }

/* What is set of a word for rows that there are. */
static uint64_t set_rows(const struct world *w, uint64_t word)
{
    return w->rows < GROUP ? word & (((uint64_t)1 << w->rows) - 1) : word;
}

bool reflect_is_empty(const struct sparse *sim, const uint64_t *where)
{
    for (size_t i = 0; i < words_of(sim->world); i++)
        if (set_rows(sim->world, where[i]))
            return false;
    return true;
}

/* Two transforms of so few axes cost no more than what is done here. */
enum { FEW_AXES = 2 };

bool reflect_fits(const struct sparse *sim, const uint64_t *where)
{
    static const uint64_t bit_of_place[GROUP_AXES] = {0xaaaaaaaaaaaaaaaau, 0xccccccccccccccccu, 0xf0f0f0f0f0f0f0f0u,
                                                      0xff00ff00ff00ff00u, 0xffff0000ffff0000u, 0xffffffff00000000u};
    uint64_t axes = sim->delayed, ones = UINT64_MAX,
             any = 0; /* of the numbers of the rows set: their AND, and their OR */
    int count = 0;
    for (uint64_t rest = axes; rest; rest &= rest - 1)
        count++;
    if (count <= FEW_AXES)
        return false;
    for (size_t i = 0; i < words_of(sim->world); i++) {
        uint64_t set = set_rows(sim->world, where[i]), has = (uint64_t)i * GROUP, always = has;
        if (!set)
            continue;
        for (int axis = 0; axis < GROUP_AXES; axis++) {
            has |= (uint64_t) !!(set & bit_of_place[axis]) << axis;
            always |= (uint64_t) !(set & ~bit_of_place[axis]) << axis;
        }
        ones &= always;
        any |= has;
        if ((any & ~ones) & axes)
            return false;
    }
    return true;
}

/* ---- sum and subtraction ---- */

/* The amplitudes that share the values of all axes that do not wait; in all places of a group of the lowest axes. */
struct line {
    const struct kernels *kernels;
    double *part;      /* re or im */
    uint64_t axes;     /* that wait */
    uint64_t one;      /* those of them that are 1 where the phase acts */
    uint64_t row;      /* the first of the group where it acts */
    size_t group;      /* amplitudes: 64, or all if they are fewer */
    double sum[GROUP]; /* by place in the group; then what is taken off there */
};

/* Sums over parts of so many axes are one loop. */
enum { LOOP_AXES = 11 };

/* Whether rows first .. are one loop: all axes between those of a group and this one wait and are 0 where the phase
 * acts. */
static bool is_loop(const struct line *l, int axis)
{
    uint64_t between = ((uint64_t)1 << axis) - GROUP;
    return axis <= GROUP_AXES || (axis <= LOOP_AXES && (l->axes & between) == between && !(l->one & between));
}

/* Sums of the axes below this one. In halves, so that errors do not add up. */
static void add_up(const struct line *l, int axis, uint64_t first, double *sum)
{
    memset(sum, 0, GROUP * sizeof *sum);
    if (is_loop(l, axis)) {
        l->kernels->add_up(l->part + first, axis < GROUP_AXES ? l->group : (size_t)1 << axis, sum);
        return;
    }
    uint64_t bit = (uint64_t)1 << (axis - 1);
    if (!(l->axes & bit)) {
        add_up(l, axis - 1, first | (l->row & bit), sum);
        return;
    }
    double upper[GROUP], sign = l->one & bit ? -1 : 1;
    add_up(l, axis - 1, first, sum);
    add_up(l, axis - 1, first | bit, upper);
    for (int k = 0; k < GROUP; k++)
        sum[k] += sign * upper[k];
}

static void subtract(const struct line *l, int axis, uint64_t first, const double *off)
{
    if (is_loop(l, axis)) {
        l->kernels->subtract(l->part + first, axis < GROUP_AXES ? l->group : (size_t)1 << axis, off);
        return;
    }
    uint64_t bit = (uint64_t)1 << (axis - 1);
    if (!(l->axes & bit)) {
        subtract(l, axis - 1, first | (l->row & bit), off);
        return;
    }
    double upper[GROUP];
    for (int k = 0; k < GROUP; k++)
        upper[k] = l->one & bit ? -off[k] : off[k];
    subtract(l, axis - 1, first, off);
    subtract(l, axis - 1, first | bit, upper);
}

/* Puts the sums of a group together along the axes in it that wait: in every place, with the sign of s. */
static void join(struct line *l)
{
    for (size_t bit = 1; bit < l->group; bit <<= 1)
        for (size_t k = 0; l->axes & bit && k < l->group; k++) {
            double sign = l->one & bit ? -1 : 1;
            if (k & bit)
                continue;
            l->sum[k] += sign * l->sum[k | bit];
            l->sum[k | bit] = sign * l->sum[k];
        }
}

/* Off the places of a line where the phase acts (as bits; of the axes that wait, one assignment stands for all). */
static void take_off(struct line *l, int axes, uint64_t set, const double *off)
{
    uint64_t mask = l->axes & (GROUP - 1);
    uint64_t acts = set;
    for (uint64_t bit = 1; bit < l->group; bit <<= 1)
        if (mask & bit)
            acts |= l->one & bit ? acts >> bit : acts << bit;
    for (size_t k = 0; k < GROUP; k++)
        l->sum[k] = acts >> k & 1 ? off[k] : 0;
    subtract(l, axes, 0, l->sum);
}

/* The reflection of the lines of a word's rows. factor: (1 - e^(ia)) / 2^(axes that wait). */
static void reflect_lines(struct sparse *sim, size_t word, uint64_t set, const double factor[2])
{
    const struct world *w = sim->world;
    uint64_t row = (uint64_t)word * GROUP, one = (row + (uint64_t)LOWEST_BIT(set)) & sim->delayed;
    const int parts = sim->complex ? 2 : 1;
    struct line l[2] = {{.part = NULL}};
    double off[2][GROUP];
    for (int i = 0; i < parts; i++) {
        l[i] = (struct line){.kernels = sim->kernels,
                             .part = i ? sim->im : sim->re,
                             .axes = sim->delayed,
                             .one = one,
                             .row = row,
                             .group = w->rows < GROUP ? w->rows : GROUP};
        add_up(&l[i], (int)w->axis_count, 0, l[i].sum);
        join(&l[i]);
    }
    for (size_t k = 0; k < GROUP; k++) {
        off[0][k] = factor[0] * l[0].sum[k] - (sim->complex ? factor[1] * l[1].sum[k] : 0);
        off[1][k] = sim->complex ? factor[0] * l[1].sum[k] + factor[1] * l[0].sum[k] : 0;
    }
    for (int i = 0; i < parts; i++)
        take_off(&l[i], (int)w->axis_count, set, off[i]);
}

void reflect(struct sparse *sim, const uint64_t *where, double cosine, double sine)
{
    double scale = 1;
    for (uint64_t rest = sim->delayed; rest; rest &= rest - 1)
        scale /= 2;
    const double factor[2] = {(1 - cosine) * scale, -sine * scale};
    for (size_t i = 0; i < words_of(sim->world); i++) {
        uint64_t set = set_rows(sim->world, where[i]);
        if (set)
            reflect_lines(sim, i, set, factor);
    }
}
