/* kernels_body.h: the loops, written once in terms of a native word. Before including it, a file defines KERNELS (the
 * name of its set), KERNELS_NAME, `word` and the w_ functions; see kernels_plain.c. */

enum { WORDS = sizeof(plane) / sizeof(word) };

/* For every operation of a run and every native word of its planes. */
#define EACH(...)                                                                                                      \
    for (uint32_t i = 0; i < run->count; i++, o += step)                                                               \
        for (int w = 0; w < WORDS; w++) {                                                                              \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    break;
#define PLANE(s) (((word *)(storage + (s)))[w])

/* The two kinds that touch the sign keep it in registers for the whole run. */
#define EACH_WITH_SIGN(...)                                                                                            \
    {                                                                                                                  \
        word sign[WORDS];                                                                                              \
        for (int w = 0; w < WORDS; w++)                                                                                \
            sign[w] = PLANE(STORE_SIGN);                                                                               \
        for (uint32_t i = 0; i < run->count; i++, o += step)                                                           \
            for (int w = 0; w < WORDS; w++) {                                                                          \
                word v = PLANE(o->a), f = PLANE(o->b), x = w_xor(PLANE(o->c), PLANE(o->e));                            \
                __VA_ARGS__                                                                                            \
            }                                                                                                          \
        for (int w = 0; w < WORDS; w++)                                                                                \
            PLANE(STORE_SIGN) = sign[w];                                                                               \
    }                                                                                                                  \
    break;

#define RUN_PLAN(NAME, INDEX)                                                                                          \
    static void NAME(const struct plan *plan, plane *storage, bool backwards)                                          \
    {                                                                                                                  \
        typedef struct {                                                                                               \
            INDEX a, b, c, e;                                                                                          \
        } operation;                                                                                                   \
        const ptrdiff_t step = backwards ? -1 : 1;                                                                     \
        const operation *o = (const operation *)plan->operations + (backwards ? plan->operation_count - 1 : 0);        \
        const struct plan_run *run = plan->runs + (backwards ? plan->run_count - 1 : 0);                               \
        for (size_t k = 0; k < plan->run_count; k++, run += step) {                                                    \
            switch (run->kind) {                                                                                       \
            case PLAN_XOR:                                                                                             \
                EACH(PLANE(o->a) = w_xor(PLANE(o->a), PLANE(o->b));)                                                   \
            case PLAN_AND:                                                                                             \
                EACH(PLANE(o->a) = w_xor_and(PLANE(o->a), PLANE(o->b), PLANE(o->c));)                                  \
            case PLAN_AND_N:                                                                                           \
                EACH(PLANE(o->a) = w_xor_andnot(PLANE(o->a), PLANE(o->b), PLANE(o->c));)                               \
            case PLAN_AND_NN:                                                                                          \
                EACH(PLANE(o->a) = w_xor_nor(PLANE(o->a), PLANE(o->b), PLANE(o->c));)                                  \
            case PLAN_SWAP:                                                                                            \
                EACH(word x = PLANE(o->a), y = PLANE(o->b), r = PLANE(o->c); PLANE(o->a) = w_choose(r, y, x);          \
                     PLANE(o->b) = w_choose(r, x, y);)                                                                 \
            case PLAN_SWAP_N:                                                                                          \
                EACH(word x = PLANE(o->a), y = PLANE(o->b), r = PLANE(o->c); PLANE(o->a) = w_choose(r, x, y);          \
                     PLANE(o->b) = w_choose(r, y, x);)                                                                 \
            case PLAN_Z:                                                                                               \
                EACH_WITH_SIGN(sign[w] = w_xor_and(sign[w], w_andnot(v, f), x); PLANE(o->a) = w_xor_and(v, f, x);)     \
            case PLAN_X:                                                                                               \
                EACH_WITH_SIGN(sign[w] = w_xor_and(sign[w], w_and(v, f), x); PLANE(o->a) = w_xor_andnot(v, x, f);)     \
            case PLAN_GUARD:                                                                                           \
                EACH(PLANE(STORE_STRAYED) = w_or(PLANE(STORE_STRAYED), PLANE(o->a));)                                  \
            case PLAN_ASSERT:                                                                                          \
                EACH(PLANE(STORE_DIRTY) = w_or(PLANE(STORE_DIRTY), PLANE(o->a));)                                      \
            case PLAN_XOR3:                                                                                            \
                EACH(PLANE(o->c) = w_xor(PLANE(o->a), PLANE(o->b));)                                                   \
            case PLAN_AND3:                                                                                            \
                EACH(PLANE(o->c) = w_and(PLANE(o->a), PLANE(o->b));)                                                   \
            case PLAN_AND3_N:                                                                                          \
                EACH(PLANE(o->c) = w_andnot(PLANE(o->a), PLANE(o->b));)                                                \
            case PLAN_AND3_NN:                                                                                         \
                EACH(PLANE(o->c) = w_not(w_or(PLANE(o->a), PLANE(o->b)));)                                             \
            }                                                                                                          \
        }                                                                                                              \
    }

RUN_PLAN(run_narrow, uint16_t)
RUN_PLAN(run_wide, uint32_t)

static void run_plan(const struct plan *plan, plane *storage, bool backwards)
{
    if (!plan->operation_count)
        return;
    if (plan->wide)
        run_wide(plan, storage, backwards);
    else
        run_narrow(plan, storage, backwards);
}

/* ---- amplitudes ---- */

/* Butterflies without the factor 1/sqrt(2), which is applied once for all axes. */
static void butterflies(double *a, size_t count, size_t half)
{
    for (size_t block = 0; block < count; block += 2 * half) {
        double *restrict low = a + block, *restrict high = a + block + half;
        for (size_t i = 0; i < half; i++) {
            double x = low[i], y = high[i];
            low[i] = x + y;
            high[i] = x - y;
        }
    }
}

/* The three lowest axes, eight amplitudes at a time: within a group of eight, partners are neighbours. */
static void butterflies_low(double *a, size_t count, unsigned axes)
{
    for (size_t block = 0; block < count; block += 8) {
        double *restrict g = a + block;
        if (axes & 1)
            for (int i = 0; i < 8; i += 2) {
                double x = g[i], y = g[i + 1];
                g[i] = x + y;
                g[i + 1] = x - y;
            }
        if (axes & 2)
            for (int i = 0; i < 4; i++) {
                int k = (i & 1) | (i & 2) << 1;
                double x = g[k], y = g[k + 2];
                g[k] = x + y;
                g[k + 2] = x - y;
            }
        if (axes & 4)
            for (int i = 0; i < 4; i++) {
                double x = g[i], y = g[i + 4];
                g[i] = x + y;
                g[i + 4] = x - y;
            }
    }
}

static void hadamard_part(double *a, size_t count, uint64_t axes, double scale)
{
    size_t half = 1;
    if (count >= 8) {
        if (axes & 7)
            butterflies_low(a, count, axes & 7);
        axes >>= 3;
        half = 8;
    }
    for (; axes; axes >>= 1, half *= 2)
        if (axes & 1)
            butterflies(a, count, half);
    for (size_t i = 0; i < count; i++)
        a[i] *= scale;
}

static void hadamard(double *re, double *im, size_t count, uint64_t axes)
{
    double scale = 1;
    for (uint64_t rest = axes; rest; rest &= rest - 1)
        scale *= 0.70710678118654752440;
    hadamard_part(re, count, axes, scale);
    if (im)
        hadamard_part(im, count, axes, scale);
}

static void flip_part(double *a, size_t count, const uint64_t *sign)
{
    for (size_t i = 0; i < count; i += 64) {
        uint64_t s = sign[i / 64];
        size_t end = count - i < 64 ? count - i : 64;
        if (s)
            for (size_t k = 0; k < end; k++)
                a[i + k] *= 1 - 2 * (double)(s >> k & 1);
    }
}

static void flip(double *re, double *im, size_t count, const uint64_t *sign)
{
    flip_part(re, count, sign);
    if (im)
        flip_part(im, count, sign);
}

static void turn(double *re, double *im, size_t count, const uint64_t *where, double cosine, double sine)
{
    for (size_t i = 0; i < count; i += 64) {
        uint64_t s = where[i / 64];
        size_t end = count - i < 64 ? count - i : 64;
        if (s)
            for (size_t k = 0; k < end; k++) {
                double on = (double)(s >> k & 1), c = 1 + on * (cosine - 1), d = on * sine;
                double x = re[i + k], y = im[i + k];
                re[i + k] = c * x - d * y;
                im[i + k] = d * x + c * y;
            }
    }
}

const struct kernels KERNELS = {KERNELS_NAME, run_plan, hadamard, flip, turn};
