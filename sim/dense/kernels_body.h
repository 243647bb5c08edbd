/* kernels_body.h: the loops, written once in terms of a vector. Before including it, a file defines REAL, KERNELS (the
 * name of its set), KERNELS_NAME, FN(name) (names of this set's own functions), LANE_BITS, TILE_BITS and, for a type vec of
 * 2^LANE_BITS reals, the v_ functions; see kernels_plain.c. It may be included several times. */

enum { FN(LANES) = 1 << LANE_BITS, FN(REGISTERS) = 1 << TILE_BITS };

/* ---- a tile ---- */

/* The pairs of registers that differ in tile bit k alone; in those of CX_c_k the bit c is 1. */
#undef PAIRS_0
#undef PAIRS_1
#undef PAIRS_2
#undef CX_CASES
#undef EVERY
#undef HIGH_CASES
#if TILE_BITS == 3
#define EVERY(DO)   DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#define PAIRS_0(DO) DO(0, 1) DO(2, 3) DO(4, 5) DO(6, 7)
#define PAIRS_1(DO) DO(0, 2) DO(1, 3) DO(4, 6) DO(5, 7)
#define PAIRS_2(DO) DO(0, 4) DO(1, 5) DO(2, 6) DO(3, 7)
#define CX_CASES                                                                                                       \
    CASE(OP_CX + 3 * 1 + 0, EXCHANGE(2, 3) EXCHANGE(6, 7))                                                             \
    CASE(OP_CX + 3 * 2 + 0, EXCHANGE(4, 5) EXCHANGE(6, 7))                                                             \
    CASE(OP_CX + 3 * 0 + 1, EXCHANGE(1, 3) EXCHANGE(5, 7))                                                             \
    CASE(OP_CX + 3 * 2 + 1, EXCHANGE(4, 6) EXCHANGE(5, 7))                                                             \
    CASE(OP_CX + 3 * 0 + 2, EXCHANGE(1, 5) EXCHANGE(3, 7))                                                             \
    CASE(OP_CX + 3 * 1 + 2, EXCHANGE(2, 6) EXCHANGE(3, 7))
#define HIGH_CASES(code, DO) CASE(code + 2, PAIRS_2(DO))
#else
#define EVERY(DO)   DO(0) DO(1) DO(2) DO(3)
#define PAIRS_0(DO) DO(0, 1) DO(2, 3)
#define PAIRS_1(DO) DO(0, 2) DO(1, 3)
#define CX_CASES                                                                                                       \
    CASE(OP_CX + 3 * 1 + 0, EXCHANGE(2, 3))                                                                            \
    CASE(OP_CX + 3 * 0 + 1, EXCHANGE(1, 3))
#define HIGH_CASES(code, DO)
#endif

#ifndef DENSE_TILE_STEPS
#define DENSE_TILE_STEPS

/* What the operations do to registers a and b, whose tile bit k is 0 and 1; C(n) is real number n of the constants, V(n)
 * vector number n. */
#define EXCHANGE(a, b)                                                                                                 \
    {                                                                                                                  \
        vec x = re[a], y = im[a];                                                                                      \
        re[a] = re[b];                                                                                                 \
        im[a] = im[b];                                                                                                 \
        re[b] = x;                                                                                                     \
        im[b] = y;                                                                                                     \
    }
#define EXCHANGE_WHERE(a, b)                                                                                           \
    if (o->registers >> a & 1) {                                                                                       \
        vec x = re[a], y = im[a];                                                                                      \
        re[a] = v_pick(o->lanes, re[b], x);                                                                            \
        im[a] = v_pick(o->lanes, im[b], y);                                                                            \
        re[b] = v_pick(o->lanes, x, re[b]);                                                                            \
        im[b] = v_pick(o->lanes, y, im[b]);                                                                            \
    }
#define TURN_REAL(a, b)                                                                                                \
    {                                                                                                                  \
        vec x = re[a], y = im[a], t = C(0);                                                                            \
        re[a] = v_fma(t, re[b], x);                                                                                    \
        im[a] = v_fma(t, im[b], y);                                                                                    \
        re[b] = v_fnma(t, x, re[b]);                                                                                   \
        im[b] = v_fnma(t, y, im[b]);                                                                                   \
    }
#define MIRROR_REAL(a, b)                                                                                              \
    {                                                                                                                  \
        vec x = re[a], y = im[a], t = C(0);                                                                            \
        re[a] = v_fma(t, re[b], x);                                                                                    \
        im[a] = v_fma(t, im[b], y);                                                                                    \
        re[b] = v_fms(t, x, re[b]);                                                                                    \
        im[b] = v_fms(t, y, im[b]);                                                                                    \
    }
#define TURN_IMAGINARY(a, b)                                                                                           \
    {                                                                                                                  \
        vec x = re[a], y = im[a], t = C(1);                                                                            \
        re[a] = v_fnma(t, im[b], x);                                                                                   \
        im[a] = v_fma(t, re[b], y);                                                                                    \
        re[b] = v_fnma(t, y, re[b]);                                                                                   \
        im[b] = v_fma(t, x, im[b]);                                                                                    \
    }
#define TURN(a, b)                                                                                                     \
    {                                                                                                                  \
        vec x = re[a], y = im[a], p = C(0), q = C(1);                                                                  \
        re[a] = v_fnma(q, im[b], v_fma(p, re[b], x));                                                                  \
        im[a] = v_fma(q, re[b], v_fma(p, im[b], y));                                                                   \
        re[b] = v_fnma(q, y, v_fnma(p, x, re[b]));                                                                     \
        im[b] = v_fma(q, x, v_fnma(p, y, im[b]));                                                                      \
    }
#define MATRIX_ROW(n, to_re, to_im)                                                                                    \
    to_re = v_fnma(C(4 * n + 3), v, v_fma(C(4 * n + 2), u, v_fnma(C(4 * n + 1), y, v_mul(C(4 * n), x))));              \
    to_im = v_fma(C(4 * n + 3), u, v_fma(C(4 * n + 2), v, v_fma(C(4 * n + 1), x, v_mul(C(4 * n), y))));
#define MATRIX_WHERE(a, b)                                                                                             \
    if (o->registers >> a & 1) {                                                                                       \
        vec x = re[a], y = im[a], u = re[b], v = im[b], to_re, to_im;                                                  \
        MATRIX_ROW(0, to_re, to_im)                                                                                    \
        re[a] = v_pick(o->lanes, to_re, x);                                                                            \
        im[a] = v_pick(o->lanes, to_im, y);                                                                            \
        MATRIX_ROW(1, to_re, to_im)                                                                                    \
        re[b] = v_pick(o->lanes, to_re, u);                                                                            \
        im[b] = v_pick(o->lanes, to_im, v);                                                                            \
    }

/* What they do to register a. A lane operation takes every lane times V(0) + i V(1), and adds its partner, as the index
 * V(4) says, times V(2) + i V(3); those are neutral where it does not act. */
#define LANE_FLIP(a)                                                                                                   \
    if (o->registers >> a & 1) {                                                                                       \
        re[a] = v_permute(re[a], constants + 4);                                                                       \
        im[a] = v_permute(im[a], constants + 4);                                                                       \
    }
#define LANE_REAL(a)                                                                                                   \
    re[a] = v_fma(V(2), v_permute(re[a], constants + 4), v_mul(V(0), re[a]));                                          \
    im[a] = v_fma(V(2), v_permute(im[a], constants + 4), v_mul(V(0), im[a]));
#define LANE_IMAGINARY(a)                                                                                              \
    {                                                                                                                  \
        vec x = v_permute(re[a], constants + 4), y = v_permute(im[a], constants + 4);                                  \
        re[a] = v_fnma(V(3), y, v_mul(V(0), re[a]));                                                                   \
        im[a] = v_fma(V(3), x, v_mul(V(0), im[a]));                                                                    \
    }
#define LANE_MATRIX(a)                                                                                                 \
    if (o->registers >> a & 1) {                                                                                       \
        vec x = re[a], y = im[a], u = v_permute(x, constants + 4), v = v_permute(y, constants + 4);                    \
        re[a] = v_fnma(V(3), v, v_fma(V(2), u, v_fnma(V(1), y, v_mul(V(0), x))));                                      \
        im[a] = v_fma(V(3), u, v_fma(V(2), v, v_fma(V(1), x, v_mul(V(0), y))));                                        \
    }
#define DIAGONAL(a)                                                                                                    \
    if (o->registers >> a & 1) {                                                                                       \
        vec x = re[a], c = V(2 * a), s = V(2 * a + 1);                                                                 \
        re[a] = v_fnma(s, im[a], v_mul(c, x));                                                                         \
        im[a] = v_fma(s, x, v_mul(c, im[a]));                                                                          \
    }
#define DIAGONAL_TABLE(a)                                                                                              \
    if (o->registers >> a & 1) {                                                                                       \
        vec c = v_fnma(V(2 * a + 1), s0, v_mul(V(2 * a), c0)), s = v_fma(V(2 * a + 1), c0, v_mul(V(2 * a), s0));       \
        vec x = re[a];                                                                                                 \
        re[a] = v_fnma(s, im[a], v_mul(c, x));                                                                         \
        im[a] = v_fma(s, x, v_mul(c, im[a]));                                                                          \
    }
#define SCALE(a)                                                                                                       \
    re[a] = v_mul(C(0), re[a]);                                                                                        \
    im[a] = v_mul(C(0), im[a]);
#define LOAD(a)                                                                                                        \
    re[a] = v_load(at_re + index + place[a]);                                                                          \
    im[a] = v_load(at_im + index + place[a]);
#define STORE(a)                                                                                                       \
    v_store(at_re + index + place[a], re[a]);                                                                          \
    v_store(at_im + index + place[a], im[a]);

#define C(n) v_all(((const REAL *)constants)[n])
#define V(n) constants[n]
#define CASE(value, ...)                                                                                               \
    case value:                                                                                                        \
        __VA_ARGS__ break;
#define EACH_K(code, DO) CASE(code, PAIRS_0(DO)) CASE(code + 1, PAIRS_1(DO)) HIGH_CASES(code, DO)

#endif

/* All tiles of a chunk. Branches on the operations go the same way in every tile, and are foretold. */
static void FN(tiles)(const struct program *program, const struct register_op *ops, size_t count, uint32_t chunk_bits,
                      REAL *at_re, REAL *at_im, struct ahead *ahead)
{
    size_t place[1 << TILE_BITS] = {0}, tile_mask = 0;
    for (int k = 0; k < TILE_BITS; k++) {
        tile_mask |= (size_t)1 << program->tile_bit[k];
        for (int a = 0; a < 1 << TILE_BITS; a++)
            place[a] += (size_t)(a >> k & 1) << program->tile_bit[k];
    }
    size_t tiles = (size_t)1 << (chunk_bits - LANE_BITS - TILE_BITS), index = 0;
    for (size_t tile = 0; tile < tiles; tile++, index = ((index | tile_mask) + FN(LANES)) & ~tile_mask) {
        vec re[1 << TILE_BITS], im[1 << TILE_BITS];
        EVERY(LOAD)
        dense_ask_ahead(ahead);
        for (const struct register_op *o = ops; o < ops + count; o++) {
            const vec *constants = o->constants;
            if ((index & o->base_mask) != o->base_value)
                continue;
            switch (o->code) {
                EACH_K(OP_FLIP, EXCHANGE)
                CX_CASES
                EACH_K(OP_FLIP_WHERE, EXCHANGE_WHERE)
                EACH_K(OP_TURN_REAL, TURN_REAL)
                EACH_K(OP_MIRROR_REAL, MIRROR_REAL)
                EACH_K(OP_TURN_IMAGINARY, TURN_IMAGINARY)
                EACH_K(OP_TURN, TURN)
                EACH_K(OP_MATRIX_WHERE, MATRIX_WHERE)
                CASE(OP_LANE_FLIP, EVERY(LANE_FLIP))
                CASE(OP_LANE_REAL, EVERY(LANE_REAL))
                CASE(OP_LANE_IMAGINARY, EVERY(LANE_IMAGINARY))
                CASE(OP_LANE_MATRIX, EVERY(LANE_MATRIX))
                CASE(OP_DIAGONAL, EVERY(DIAGONAL))
                CASE(OP_SCALE, EVERY(SCALE))
            case OP_DIAGONAL_TABLE: {
                const REAL *factor = (const REAL *)o->table + 2 * tile;
                vec c0 = v_pick(o->lanes, v_all(factor[0]), v_all(1)),
                    s0 = v_pick(o->lanes, v_all(factor[1]), v_all(0));
                EVERY(DIAGONAL_TABLE)
                break;
            }
            default:
                qry_must(!"an operation that this set of kernels has");
            }
        }
        EVERY(STORE)
    }
}

/* ---- a chunk ---- */

static void FN(write_lanes)(const struct op *op, void *constants)
{
    REAL(*v)[1 << LANE_BITS] = constants;
    uint8_t partner[1 << LANE_BITS];
    for (int lane = 0; lane < 1 << LANE_BITS; lane++) {
        bool acts = op->lanes >> lane & 1;
        int one = lane >> op->lane_target & 1;
        partner[lane] = (uint8_t)(acts ? lane ^ 1 << op->lane_target : lane);
        const double *row = op->matrix + 4 * one;
        v[0][lane] = acts ? (REAL)row[2 * one] : 1;
        v[1][lane] = acts ? (REAL)row[2 * one + 1] : 0;
        v[2][lane] = acts ? (REAL)row[2 * !one] : 0;
        v[3][lane] = acts ? (REAL)row[2 * !one + 1] : 0;
    }
    v_write_index(v + 4, partner);
}

/* Factors of a diagonal in the chunk with these outside values: those common to all chunks times those of the groups. */
static void FN(write_diagonal)(const struct plan *plan, const struct diagonal *d, uint64_t outside, void *constants)
{
    REAL(*v)[1 << LANE_BITS] = constants;
    double factor[1 << TILE_BITS][1 << LANE_BITS][2];
    for (int a = 0; a < 1 << TILE_BITS; a++)
        memcpy(factor[a], d->factor[a], sizeof factor[a]);
    const struct outside_group *g = plan->groups + d->first_group;
    for (uint32_t i = 0; i < d->group_count; i++, g++) {
        double re = 1, im = 0;
        for (const struct outside_factor *f = plan->factors + g->first; f < plan->factors + g->first + g->count; f++)
            if ((outside & f->mask) == f->value) {
                double x = re * f->re - im * f->im;
                im = re * f->im + im * f->re;
                re = x;
            }
        for (int a = 0; a < 1 << TILE_BITS; a++)
            for (int lane = 0; lane < 1 << LANE_BITS && g->registers >> a & 1; lane++)
                if (g->lanes >> lane & 1) {
                    double *c = factor[a][lane], x = c[0] * re - c[1] * im;
                    c[1] = c[0] * im + c[1] * re;
                    c[0] = x;
                }
    }
    for (int a = 0; a < 1 << TILE_BITS; a++)
        for (int lane = 0; lane < 1 << LANE_BITS; lane++) {
            v[2 * a][lane] = (REAL)factor[a][lane][0];
            v[2 * a + 1][lane] = (REAL)factor[a][lane][1];
        }
}

static void FN(prepare)(const struct plan *plan, struct worker *worker)
{
    for (size_t i = 0; i < plan->op_count; i++) {
        const struct op *op = &plan->ops[i];
        void *constants = worker->constants + op->constants;
        struct register_op *r = &worker->all[i];
        *r = (struct register_op){op->code, op->registers, op->lanes, op->base_mask, op->base_value, constants, NULL};
        if (op->code == OP_DIAGONAL || op->code == OP_DIAGONAL_TABLE) {
            FN(write_diagonal)(plan, &plan->diagonals[op->diagonal], 0, constants);
            r->table = (const REAL *)plan->packed + plan->diagonals[op->diagonal].table;
        } else if (op->code >= OP_LANE_FLIP && op->code <= OP_LANE_MATRIX)
            FN(write_lanes)(op, constants);
        else
            for (int k = 0; k < 8; k++)
                ((REAL *)constants)[k] = (REAL)op->matrix[k];
    }
}

static void FN(run)(const struct plan *plan, struct worker *worker, void *re, void *im, uint64_t outside,
                    struct ahead *ahead)
{
    for (const struct program *p = plan->programs; p < plan->programs + plan->program_count; p++) {
        size_t count = 0;
        for (uint32_t i = p->first; i < p->first + p->count; i++) {
            const struct op *op = &plan->ops[i];
            if ((outside & op->outside_mask) != op->outside_value)
                continue;
            if ((op->code == OP_DIAGONAL || op->code == OP_DIAGONAL_TABLE) && plan->diagonals[op->diagonal].group_count)
                FN(write_diagonal)(plan, &plan->diagonals[op->diagonal], outside, worker->constants + op->constants);
            worker->active[count++] = worker->all[i];
        }
        if (count)
            FN(tiles)(p, worker->active, count, plan->chunk_bits, re, im, ahead);
    }
}

static void FN(gather)(void *to, const void *from, const size_t *place, size_t runs, uint32_t run_bits)
{
    REAL *t = to;
    for (size_t i = 0; i < runs; i++, t += (size_t)1 << run_bits) {
        const void *run = (const char *)from + place[i];
        const REAL *f = run;
        for (size_t k = 0; k < (size_t)1 << run_bits; k += FN(LANES))
            v_store(t + k, v_load(f + k));
    }
}

static void FN(scatter)(void *to, const void *from, const size_t *place, size_t runs, uint32_t run_bits)
{
    const REAL *f = from;
    for (size_t i = 0; i < runs; i++, f += (size_t)1 << run_bits) {
        void *run = (char *)to + place[i];
        REAL *t = run;
        for (size_t k = 0; k < (size_t)1 << run_bits; k += FN(LANES))
            v_store(t + k, v_load(f + k));
    }
}

/* In double precision: 2^24 floats of one size added up in float lose half their digits. */
static double FN(norm)(const void *re, const void *im, size_t count)
{
    const REAL *x = re, *y = im;
    double sum[8] = {0};
    size_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (int k = 0; k < 8; k++)
            sum[k] += (double)x[i + k] * x[i + k] + (double)y[i + k] * y[i + k];
    for (int k = 0; i < count; i++, k++)
        sum[k] += (double)x[i] * x[i] + (double)y[i] * y[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

const struct kernels KERNELS = {KERNELS_NAME, LANE_BITS,  TILE_BITS,   sizeof(REAL), FN(prepare),
                                FN(run),      FN(gather), FN(scatter), FN(norm)};
