/* kernels_body.h: the loops, written once in terms of a native word. Before including it, a file defines KERNELS (the
 * name of its set), KERNELS_NAME, `word` and the w_ functions; see kernels_plain.c. */

enum { WORDS = sizeof(plane) / sizeof(word) };

/* For every operation of a run and every native word of its planes: a, b, c, e are the planes of its storages. */
#define EACH(...)                                                                                                      \
    for (uint32_t i = 0; i < run->count; i++, o += step) {                                                             \
        word *const a = (word *)(storage + o->a), *const b = (word *)(storage + o->b);                                 \
        word *const c = (word *)(storage + o->c), *const e = (word *)(storage + o->e);                                 \
        (void)b, (void)c, (void)e;                                                                                     \
        for (int w = 0; w < WORDS; w++) {                                                                              \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    }

/* The kinds that gather into one plane keep it in registers for the whole run. */
#define EACH_INTO(gathered, ...)                                                                                       \
    {                                                                                                                  \
        word *const whole = (word *)(storage + (gathered));                                                            \
        word all[WORDS];                                                                                               \
        for (int w = 0; w < WORDS; w++)                                                                                \
            all[w] = whole[w];                                                                                         \
        EACH(__VA_ARGS__)                                                                                              \
        for (int w = 0; w < WORDS; w++)                                                                                \
            whole[w] = all[w];                                                                                         \
    }

/* What undoes an operation, run at the same place of a plan that is run backwards. */
static enum plan_kind reversed_kind(enum plan_kind kind)
{
    static const uint8_t reversed[PLAN_KINDS] = {
        [PLAN_XOR] = PLAN_XOR,
        [PLAN_AND] = PLAN_AND,
        [PLAN_AND_N] = PLAN_AND_N,
        [PLAN_AND_NN] = PLAN_AND_NN,
        [PLAN_SWAP] = PLAN_SWAP,
        [PLAN_SWAP_N] = PLAN_SWAP_N,
        [PLAN_SPLIT] = PLAN_JOIN,
        [PLAN_SPLIT_N] = PLAN_JOIN_N,
        [PLAN_JOIN] = PLAN_SPLIT,
        [PLAN_JOIN_N] = PLAN_SPLIT_N,
        [PLAN_Z] = PLAN_Z,
        [PLAN_X] = PLAN_X,
        [PLAN_CLEAR] = PLAN_ASSERT,
        [PLAN_GUARD] = PLAN_CLEAR,
        [PLAN_ASSERT] = PLAN_CLEAR,
        [PLAN_XOR3] = PLAN_XOR3,
        [PLAN_AND3] = PLAN_AND3,
        [PLAN_AND3_N] = PLAN_AND3_N,
        [PLAN_AND3_NN] = PLAN_AND3_NN,
    };
    return (enum plan_kind)reversed[kind];
}

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
            switch (backwards ? reversed_kind((enum plan_kind)run->kind) : (enum plan_kind)run->kind) {                \
            case PLAN_XOR:                                                                                             \
                EACH(a[w] = w_xor(a[w], b[w]);)                                                                        \
                break;                                                                                                 \
            case PLAN_AND:                                                                                             \
                EACH(a[w] = w_xor_and(a[w], b[w], c[w]);)                                                              \
                break;                                                                                                 \
            case PLAN_AND_N:                                                                                           \
                EACH(a[w] = w_xor_andnot(a[w], b[w], c[w]);)                                                           \
                break;                                                                                                 \
            case PLAN_AND_NN:                                                                                          \
                EACH(a[w] = w_xor_nor(a[w], b[w], c[w]);)                                                              \
                break;                                                                                                 \
            case PLAN_SWAP:                                                                                            \
                EACH(word x = a[w], y = b[w], r = c[w]; a[w] = w_choose(r, y, x); b[w] = w_choose(r, x, y);)           \
                break;                                                                                                 \
            case PLAN_SWAP_N:                                                                                          \
                EACH(word x = a[w], y = b[w], r = c[w]; a[w] = w_choose(r, x, y); b[w] = w_choose(r, y, x);)           \
                break;                                                                                                 \
            case PLAN_Z:                                                                                               \
                EACH_INTO(STORE_SIGN, word v = a[w], f = b[w], x = w_xor(c[w], e[w]);                                  \
                          all[w] = w_xor_and(all[w], w_andnot(v, f), x); a[w] = w_xor_and(v, f, x);)                   \
                break;                                                                                                 \
            case PLAN_X:                                                                                               \
                EACH_INTO(STORE_SIGN, word v = a[w], f = b[w], x = w_xor(c[w], e[w]);                                  \
                          all[w] = w_xor_and(all[w], w_and(v, f), x); a[w] = w_xor_andnot(v, x, f);)                   \
                break;                                                                                                 \
            case PLAN_SPLIT:                                                                                           \
                EACH(word x = a[w], r = c[w]; b[w] = w_and(x, r); a[w] = w_andnot(x, r);)                              \
                break;                                                                                                 \
            case PLAN_SPLIT_N:                                                                                         \
                EACH(word x = a[w], r = c[w]; b[w] = w_andnot(x, r); a[w] = w_and(x, r);)                              \
                break;                                                                                                 \
            case PLAN_JOIN:                                                                                            \
            case PLAN_JOIN_N:                                                                                          \
                EACH(a[w] = w_xor(a[w], b[w]);)                                                                        \
                break;                                                                                                 \
            case PLAN_CLEAR:                                                                                           \
                EACH(a[w] = w_xor(a[w], a[w]);)                                                                        \
                break;                                                                                                 \
            case PLAN_GUARD:                                                                                           \
                EACH_INTO(STORE_STRAYED, all[w] = w_or(all[w], a[w]);)                                                 \
                break;                                                                                                 \
            case PLAN_ASSERT:                                                                                          \
                EACH_INTO(STORE_DIRTY, all[w] = w_or(all[w], a[w]);)                                                   \
                break;                                                                                                 \
            case PLAN_XOR3:                                                                                            \
                EACH(c[w] = w_xor(a[w], b[w]);)                                                                        \
                break;                                                                                                 \
            case PLAN_AND3:                                                                                            \
                EACH(c[w] = w_and(a[w], b[w]);)                                                                        \
                break;                                                                                                 \
            case PLAN_AND3_N:                                                                                          \
                EACH(c[w] = w_andnot(a[w], b[w]);)                                                                     \
                break;                                                                                                 \
            case PLAN_AND3_NN:                                                                                         \
                EACH(c[w] = w_not(w_or(a[w], b[w]));)                                                                  \
                break;                                                                                                 \
            case PLAN_KINDS:                                                                                           \
                break;                                                                                                 \
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

/* Two axes in one pass. */
static void butterflies_of_two(double *a, size_t count, size_t near, size_t far)
{
    for (size_t block = 0; block < count; block += 2 * far)
        for (size_t part = block; part < block + far; part += 2 * near) {
            double *restrict p = a + part, *restrict q = p + near, *restrict r = p + far, *restrict s = r + near;
            for (size_t i = 0; i < near; i++) {
                double x = p[i] + q[i], y = p[i] - q[i], u = r[i] + s[i], v = r[i] - s[i];
                p[i] = x + u;
                q[i] = y + v;
                r[i] = x - u;
                s[i] = y - v;
            }
        }
}

/* All axes from 2^first amplitudes on whose bits are set. */
static void butterflies_high(double *a, size_t count, uint64_t axes, int first)
{
    axes = axes >> first << first;
    while (axes) {
        size_t near = axes & -axes;
        axes &= axes - 1;
        size_t far = axes & -axes;
        axes &= axes - 1;
        if (far)
            butterflies_of_two(a, count, near, far);
        else
            butterflies(a, count, near);
    }
}

/* The axes that stay within a part that the first cache holds are done there, one part after the other. */
static void hadamard_part(double *a, size_t count, uint64_t axes, double scale)
{
    enum { CACHED_AXES = 12 };
    size_t part = count < (size_t)1 << CACHED_AXES ? count : (size_t)1 << CACHED_AXES;
    for (size_t first = 0; first < count; first += part) {
        double *here = a + first;
        if (part >= 8 && axes & 7)
            butterflies_low(here, part, axes & 7);
        butterflies_high(here, part, axes & (part - 1), part >= 8 ? 3 : 0);
        for (size_t i = 0; i < part; i++)
            here[i] *= scale;
    }
    butterflies_high(a, count, axes, CACHED_AXES);
}

static void hadamard(double *re, double *im, size_t count, uint64_t axes)
{
    double scale = 1;
    bool odd = false; /* two factors are exactly 1/2 */
    for (uint64_t rest = axes; rest; rest &= rest - 1, odd = !odd)
        scale *= odd ? 0.5 : 1;
    scale *= odd ? 0.70710678118654752440 : 1;
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

/* Coefficients of pair i: of the matrix, of the matrix with its rows and columns exchanged, or of the identity. */
static inline double coefficient(const double *m, int row, int column, bool swapped, bool on)
{
    double plain = m[4 * row + 2 * column], other = m[4 * !row + 2 * !column];
    return on ? swapped ? other : plain : row == column;
}

static void rotate_real(double *restrict low, double *restrict high, const double m[8], uint64_t on, uint64_t swapped)
{
    for (int i = 0; i < 64; i++) {
        bool s = swapped >> i & 1, acts = on >> i & 1;
        double x = low[i], y = high[i];
        low[i] = coefficient(m, 0, 0, s, acts) * x + coefficient(m, 0, 1, s, acts) * y;
        high[i] = coefficient(m, 1, 0, s, acts) * x + coefficient(m, 1, 1, s, acts) * y;
    }
}

static void rotate_complex(double *restrict low, double *restrict high, double *restrict low_im,
                           double *restrict high_im, const double m[8], uint64_t on, uint64_t swapped)
{
    for (int i = 0; i < 64; i++) {
        bool s = swapped >> i & 1, acts = on >> i & 1;
        double x = low[i], y = high[i], u = low_im[i], v = high_im[i];
        double c[4], d[4];
        for (int k = 0; k < 4; k++) {
            c[k] = coefficient(m, k / 2, k % 2, s, acts);
            d[k] = acts ? m[2 * (s ? 3 - k : k) + 1] : 0;
        }
        low[i] = c[0] * x - d[0] * u + c[1] * y - d[1] * v;
        low_im[i] = c[0] * u + d[0] * x + c[1] * v + d[1] * y;
        high[i] = c[2] * x - d[2] * u + c[3] * y - d[3] * v;
        high_im[i] = c[2] * u + d[2] * x + c[3] * v + d[3] * y;
    }
}

static void rotate(double *re, double *im, size_t half, const double matrix[8], uint64_t on, uint64_t swapped)
{
    if (im)
        rotate_complex(re, re + half, im, im + half, matrix, on, swapped);
    else
        rotate_real(re, re + half, matrix, on, swapped);
}

static void add_up(const double *restrict part, size_t count, double *restrict sum)
{
    double here[64] = {0};
    size_t i = 0;
    for (; i + 64 <= count; i += 64)
        for (int k = 0; k < 64; k++)
            here[k] += part[i + (size_t)k];
    for (int k = 0; i < count; i++, k++)
        here[k] += part[i];
    for (int k = 0; k < 64; k++)
        sum[k] += here[k];
}

static void subtract(double *restrict part, size_t count, const double *restrict off)
{
    size_t i = 0;
    for (; i + 64 <= count; i += 64)
        for (int k = 0; k < 64; k++)
            part[i + (size_t)k] -= off[k];
    for (int k = 0; i < count; i++, k++)
        part[i] -= off[k];
}

const struct kernels KERNELS = {KERNELS_NAME, run_plan, hadamard, flip, turn, rotate, add_up, subtract};
