/* estimate.c: times the sparse engine on what an estimate repeats. Usage: bench_estimate [address] [uniform] [counting]
 *
 * A table of 2^address random words of 8 bits in a bucket brigade.
 *
 *   inequality  address and a uniform register in |+>; the iterate loads the word, compares it with the register, turns the
 *               sign where the register is less, undoes all that, and reflects about |+>. With counting qubits there are
 *               2^i iterates under qubit i, whose phases alone are controlled.
 *   flags       address in |+>; a flag is turned by every bit of the word and the sign where it is 0, all undone, the
 *               reflection is about the address in |+> and the flag at 0
 *
 * The first shot plans, the later ones do not. */
#include "compiler/compiler.h"
#include "sim/sim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 8, ITERATES = 64 };

/* The circuit, and where its qubits are: address, word and the tree first, as the query has them. */
struct bench {
    qry_ctx *ctx;
    qry_circuit *circuit;
    const qry_definition *load_address, *load_words;
    uint32_t m, b, t;
    qry_qubit uniform, carry, flag, counting, width;
};

static const qry_definition *find_part(const qry_circuit *circuit, bool loads_address)
{
    for (size_t i = 0; i < qry_circuit_definitions(circuit); i++) {
        const qry_definition *d = qry_circuit_definition(circuit, (uint32_t)i);
        if (d->query && d->query->loads_address == loads_address)
            return d;
    }
    qry_must(!"the circuit queries");
    return NULL;
}

static struct bench compile(qry_ctx *ctx, uint32_t m, uint32_t b, uint32_t t)
{
    char text[160];
    snprintf(text, sizeof text,
             "table K[%u] : uint(8) = csv(\"bound\"); qram bucket_brigade; hits: search one j in K where K[j] == 1;",
             1u << m);
    qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "bench.qry", text, strlen(text)));
    qry_must(program);
    int64_t *data = qry_alloc(ctx, (size_t)1 << m, sizeof *data);
    qry_random random;
    qry_random_seed(&random, 1, 0);
    for (size_t i = 0; i < (size_t)1 << m; i++)
        data[i] = (int64_t)qry_random_below(&random, 1 << WORD);
    qry_must(qry_program_bind(program, "K", data));
    qry_free(ctx, data);
    qry_search *search = qry_program_compile(program, NULL);
    qry_must(search && qry_search_write_part(search, "load:K", 0, true));
    struct bench x = {.ctx = ctx, .circuit = search->circuit, .m = m, .b = b, .t = t};
    x.load_address = find_part(x.circuit, true);
    x.load_words = find_part(x.circuit, false);
    x.uniform = x.load_words->width;
    x.carry = x.uniform + b;
    x.flag = x.carry + b;
    x.counting = x.flag + 1;
    x.width = x.counting + t;
    return x;
}

/* A definition with the groups of all registers; work: the tree, the word and the carries are zero before and after. */
static qry_definition *with_registers(const struct bench *x, qry_definition *d)
{
    for (size_t g = 0; g < x->load_words->group_count; g++) {
        const qry_group *group = &x->load_words->groups[g];
        qry_definition_group(d, group->name, group->size, group->role);
    }
    qry_definition_group(d, "r", x->b, QRY_ROLE_DATA);
    qry_definition_group(d, "carry", x->b, QRY_ROLE_WORK);
    qry_definition_group(d, "flag", 1, QRY_ROLE_DATA);
    qry_definition_group(d, "counting", x->t, QRY_ROLE_DATA);
    return d;
}

static void call(const struct bench *x, qry_definition *to, const qry_definition *d, bool inverse)
{
    qry_qubit *operand = qry_alloc(x->ctx, d->width, sizeof *operand);
    for (uint32_t i = 0; i < d->width; i++)
        operand[i] = d == x->load_address && i >= x->m ? i + WORD : i;
    qry_add_call(to, d, inverse, operand, NULL);
    qry_free(x->ctx, operand);
}

static void add_load(const struct bench *x, qry_definition *d, bool inverse)
{
    call(x, d, x->load_address, false);
    call(x, d, x->load_words, inverse);
    call(x, d, x->load_address, true);
}

/* The last carry is 1 where r is less than the word, which is repeated if r has more bits. */
static const qry_definition *define_less(const struct bench *x)
{
    qry_definition *d = qry_circuit_define(x->circuit, "less", 0);
    qry_definition_group(d, "w", WORD, QRY_ROLE_DATA);
    qry_definition_group(d, "r", x->b, QRY_ROLE_DATA);
    qry_definition_group(d, "c", x->b, QRY_ROLE_DATA);
    for (uint32_t i = 0; i < x->b; i++) {
        qry_qubit w = i % WORD, r = WORD + i, c = r + x->b;
        qry_add(d, QRY_GATE_x, r, 0, 0);
        qry_add(d, QRY_GATE_ccx, w, r, c);
        qry_add(d, QRY_GATE_cx, w, r, 0);
        if (i)
            qry_add(d, QRY_GATE_ccx, c - 1, r, c);
        qry_add(d, QRY_GATE_cx, w, r, 0);
        qry_add(d, QRY_GATE_x, r, 0, 0);
    }
    return d;
}

static void call_less(const struct bench *x, qry_definition *d, const qry_definition *less, bool inverse)
{
    qry_qubit operand[WORD + 64];
    for (uint32_t i = 0; i < WORD; i++)
        operand[i] = x->m + i;
    for (uint32_t i = 0; i < 2 * x->b; i++)
        operand[WORD + i] = x->uniform + i;
    qry_add_call(d, less, inverse, operand, NULL);
}

/* H on the registers that the reflection is about, then a sign where they are 0, and H again. */
static void add_reflection(const struct bench *x, qry_definition *d, bool uniform, const qry_qubit *counting)
{
    qry_qubit q[64];
    uint32_t count = 0;
    for (uint32_t i = 0; i < x->m; i++)
        q[count++] = i;
    for (uint32_t i = 0; uniform && i < x->b; i++)
        q[count++] = x->uniform + i;
    for (uint32_t i = 0; i < count; i++)
        qry_add(d, QRY_GATE_h, q[i], 0, 0);
    uint32_t all = count;
    if (!uniform)
        q[all++] = x->flag;
    for (uint32_t i = 0; i < all; i++)
        qry_add(d, QRY_GATE_x, q[i], 0, 0);
    uint32_t controls = all - 1;
    qry_qubit target = q[controls];
    if (counting)
        q[controls++] = *counting;
    qry_add_controlled(d, QRY_GATE_z, NULL, &target, q, controls);
    if (counting)
        q[controls - 1] = target;
    for (uint32_t i = 0; i < all; i++)
        qry_add(d, QRY_GATE_x, q[i], 0, 0);
    for (uint32_t i = 0; i < count; i++)
        qry_add(d, QRY_GATE_h, q[i], 0, 0);
}

static const qry_definition *define_oracle(const struct bench *x, const qry_definition *less, const qry_qubit *counting)
{
    qry_definition *d = with_registers(x, qry_circuit_define(x->circuit, "oracle", 0));
    add_load(x, d, false);
    call_less(x, d, less, false);
    qry_qubit less_than = x->carry + x->b - 1;
    qry_add_controlled(d, QRY_GATE_p, &(qry_angle){M_PI, -1}, &less_than, counting, counting ? 1 : 0);
    call_less(x, d, less, true);
    add_load(x, d, true);
    return d;
}

static uint64_t write_inequality(const struct bench *x)
{
    qry_definition *program = qry_circuit_program(x->circuit);
    qry_definition_clear(program);
    with_registers(x, program);
    for (uint32_t i = 0; i < x->m; i++)
        qry_add(program, QRY_GATE_h, i, 0, 0);
    for (uint32_t i = 0; i < x->b; i++)
        qry_add(program, QRY_GATE_h, x->uniform + i, 0, 0);
    for (uint32_t i = 0; i < x->t; i++)
        qry_add(program, QRY_GATE_h, x->counting + i, 0, 0);
    const qry_definition *less = define_less(x);
    uint64_t iterates = 0;
    for (uint32_t i = 0; i < (x->t ? x->t : 1); i++) {
        qry_qubit counting = x->counting + i;
        const qry_definition *oracle = define_oracle(x, less, x->t ? &counting : NULL);
        uint64_t times = x->t ? (uint64_t)1 << i : ITERATES;
        iterates += times;
        qry_begin_repeat(program, times);
        call(x, program, oracle, false);
        add_reflection(x, program, true, x->t ? &counting : NULL);
        qry_end(program);
    }
    return iterates;
}

static uint64_t write_flags(const struct bench *x)
{
    qry_definition *program = qry_circuit_program(x->circuit);
    qry_definition_clear(program);
    with_registers(x, program);
    qry_definition *d = with_registers(x, qry_circuit_define(x->circuit, "prepare", 0));
    add_load(x, d, false);
    for (uint32_t i = 0; i < WORD; i++)
        for (int sign = 1; sign >= -1; sign -= 2) {
            qry_add_angle(d, QRY_GATE_ry, (qry_angle){sign * 0.7 / (1 << i), -1}, x->flag, 0);
            qry_add(d, QRY_GATE_cx, x->m + i, x->flag, 0);
        }
    add_load(x, d, true);
    for (uint32_t i = 0; i < x->m; i++)
        qry_add(program, QRY_GATE_h, i, 0, 0);
    call(x, program, d, false);
    qry_begin_repeat(program, ITERATES);
    qry_add(program, QRY_GATE_x, x->flag, 0, 0);
    qry_add(program, QRY_GATE_z, x->flag, 0, 0);
    qry_add(program, QRY_GATE_x, x->flag, 0, 0);
    call(x, program, d, true);
    add_reflection(x, program, false, NULL);
    call(x, program, d, false);
    qry_end(program);
    return ITERATES;
}

static void time_modes(const struct bench *x, const char *what, uint64_t iterates)
{
    for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
        qry_sim *sim = qry_sim_new(x->ctx, x->circuit, &(qry_sim_options){.mode = mode});
        double first = 0, best = INFINITY, begin = qry_seconds(), zero[2];
        for (int i = 0; i < 2 || (qry_seconds() - begin < 3 && i < 20); i++) {
            double t = qry_seconds();
            qry_sim_shot(sim, NULL, NULL);
            t = qry_seconds() - t;
            if (!i)
                first = t;
            best = t < best ? t : best;
        }
        qry_sim_probabilities(sim, &x->flag, 1, zero);
        printf(
            "%-11s m %u b %u t %u  %-9s first %8.3f s, then %9.3f ms an iterate, %9.0f a second; P %.12f, %zu x 2^%u\n",
            what, x->m, x->b, x->t, qry_sim_mode_name(sim), first, 1e3 * best / (double)iterates,
            (double)iterates / best, zero[1], qry_sim_peak_rows(sim), qry_sim_peak_axes(sim));
        fflush(stdout);
        qry_sim_free(sim);
    }
}

int main(int argc, char **argv)
{
    uint32_t m = argc > 1 ? (uint32_t)atoi(argv[1]) : 10, b = argc > 2 ? (uint32_t)atoi(argv[2]) : 8,
             t = argc > 3 ? (uint32_t)atoi(argv[3]) : 0;
    qry_ctx *ctx = qry_ctx_new();
    struct bench x = compile(ctx, m, b, t);
    if (b) {
        uint64_t iterates = write_inequality(&x);
        time_modes(&x, "inequality", iterates);
    }
    uint64_t iterates = write_flags(&x);
    time_modes(&x, "flags", iterates);
    qry_ctx_free(ctx);
    return 0;
}
