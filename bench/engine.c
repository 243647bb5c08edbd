/* engine.c: times the sparse engine on two circuits. Usage: bench_engine [query|grover] [most threads]
 *
 *   query   the bucket brigade of 2^10 words of 8 bits, random data: a shot of what `quarry compile --part load:K
 *           --superpose` prints, and one query in a long row of them with a phase on its word between in and out
 *   grover  50 iterations over 4096 keys of 32 entries of 4 bits, scored by a dot product with 32 constants of 8 bits;
 *           one key matches
 *
 * The yardstick (yardstick.c) is one masked exchange of two planes for every CSWAP and CCX of the circuit and every 512 rows,
 * in plain C. An engine that folds what it knows can be faster than that. Times are the least of many; planning is
 * what the first run takes longer than the later ones. */
#include "bench/yardstick.h"
#include "compiler/compiler.h"
#include "sim/sim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the circuits ---- */

enum { FIELDS = 32 };

static qry_search *compile(qry_ctx *ctx, const char *text, uint64_t rows, uint32_t columns, int bits,
                           const int64_t *constants)
{
    qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "bench.qry", text, strlen(text)));
    qry_must(program);
    int64_t *data = qry_alloc(ctx, rows * columns, sizeof *data);
    qry_random random;
    qry_random_seed(&random, 1, 0);
    for (uint64_t i = 0; i < rows * columns; i++)
        data[i] = (int64_t)qry_random_below(&random, (uint64_t)1 << bits) - (columns > 1 ? 1 << (bits - 1) : 0);
    qry_must(qry_program_bind(program, "K", data));
    if (constants) {
        qry_must(qry_program_bind(program, "q", constants));
        int64_t best = INT64_MIN;
        for (uint64_t j = 0; j < rows; j++) {
            int64_t score = 0;
            for (uint32_t c = 0; c < columns; c++)
                score += data[j * columns + c] * constants[c];
            best = score > best ? score : best;
        }
        qry_must(qry_program_set_param(program, "tau", (qry_rational){best, 1}));
    }
    qry_free(ctx, data);
    qry_search *search = qry_program_compile(program, NULL);
    qry_must(search);
    return search;
}

/* ---- time ---- */

/* Seconds of one shot without measurement, the least of several; *first: of the first one. */
static double shot_seconds(qry_sim *sim, double *first)
{
    double best = INFINITY, begin = qry_seconds();
    for (int i = 0; i < 5 || (qry_seconds() - begin < 1 && i < 2000); i++) {
        double t = qry_seconds();
        qry_sim_shot(sim, NULL, NULL);
        t = qry_seconds() - t;
        if (i == 0)
            *first = t;
        else
            best = t < best ? t : best;
    }
    return best;
}

/* The same with measurement. */
static double measured_shot_seconds(qry_ctx *ctx, qry_sim *sim, const qry_circuit *circuit)
{
    uint8_t *bits = qry_alloc(ctx, qry_circuit_bit_count(circuit), 1);
    qry_random random;
    qry_random_seed(&random, 1, 1);
    double best = INFINITY, begin = qry_seconds();
    for (int i = 0; i < 5 || (qry_seconds() - begin < 1 && i < 2000); i++) {
        double t = qry_seconds();
        qry_sim_shot(sim, &random, bits);
        t = qry_seconds() - t;
        best = t < best ? t : best;
    }
    qry_free(ctx, bits);
    return best;
}

/* Exchanges for the CSWAPs and CCXs of `tally`, on planes for `width` qubits, `blocks` times 512 rows. */
static double yardstick_seconds(qry_ctx *ctx, const qry_tally *tally, uint32_t width, size_t blocks)
{
    size_t count = (size_t)qry_tally_toffoli(tally);
    exchange *list = qry_alloc(ctx, count, sizeof *list);
    yardstick_plane *plane = qry_alloc_aligned(ctx, width, sizeof *plane);
    qry_random random;
    qry_random_seed(&random, 2, 0);
    for (uint32_t q = 0; q < width; q++)
        for (int w = 0; w < 8; w++)
            plane[q].word[w] = qry_random_next(&random);
    for (size_t i = 0; i < count; i++) { /* three neighbours after three neighbours, as a level of the tree has them */
        uint32_t a = (uint32_t)(3 * i % (width - 2));
        list[i] = (exchange){a, a + 1, a + 2};
    }
    double best = INFINITY, begin = qry_seconds();
    while (qry_seconds() - begin < 0.5) {
        double t = qry_seconds();
        for (size_t b = 0; b < blocks; b++)
            yardstick_run(plane, list, count);
        t = qry_seconds() - t;
        best = t < best ? t : best;
    }
    qry_free(ctx, plane);
    qry_free(ctx, list);
    return best;
}

static void print_head(void)
{
    printf("%-34s %-9s %7s %12s %11s %9s %12s %11s\n", "", "mode", "threads", "planning ms", "ms", "ns a gate",
           "/ yardstick", "one thread/");
}

struct line {
    const char *what;
    double gates, yardstick, one_thread[3]; /* the last by mode, of one thread */
};

static void print_line(struct line *line, int mode, const char *name, int threads, double planning, double seconds)
{
    printf("%-34s %-9s %7d %12.2f %11.4f %9.3f ", line->what, name, threads, 1e3 * planning, 1e3 * seconds,
           1e9 * seconds / line->gates);
    if (threads == 1 && line->yardstick > 0)
        printf("%12.2f", seconds / line->yardstick);
    else
        printf("%12s", "");
    if (threads == 1)
        line->one_thread[mode] = seconds;
    else
        printf(" %11.2f", line->one_thread[mode] / seconds);
    printf("\n");
    fflush(stdout);
}

static const qry_sim_mode modes[] = {QRY_SIM_GATES, QRY_SIM_NUMBERED, QRY_SIM_REPLAY};

/* ---- the query ---- */

enum { QUERY_ADDRESS = 10, QUERY_WORD = 8, REPEATS = 200 };

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

/* Address in, words, address out; or the words back. */
static void add_query(qry_ctx *ctx, qry_definition *to, const qry_definition *address, const qry_definition *words,
                      bool inverse)
{
    qry_qubit *for_address = qry_alloc(ctx, address->width, sizeof *for_address);
    qry_qubit *for_words = qry_alloc(ctx, words->width, sizeof *for_words);
    for (uint32_t i = 0; i < address->width; i++)
        for_address[i] = i < QUERY_ADDRESS ? i : i + QUERY_WORD;
    for (uint32_t i = 0; i < words->width; i++)
        for_words[i] = i;
    qry_add_call(to, address, false, for_address, NULL);
    qry_add_call(to, words, inverse, for_words, NULL);
    qry_add_call(to, address, true, for_address, NULL);
    qry_free(ctx, for_words);
    qry_free(ctx, for_address);
}

/* The program := H on the address, then REPEATS times: a query, Z on every word qubit, the query undone. */
static void write_queries(qry_ctx *ctx, qry_definition *program)
{
    qry_circuit *circuit = program->circuit;
    const qry_definition *address = find_part(circuit, true), *words = find_part(circuit, false);
    qry_definition *twice = qry_circuit_define(circuit, "query and back", 0);
    qry_definition_clear(program);
    for (size_t g = 0; g < words->group_count; g++) {
        qry_definition_group(program, words->groups[g].name, words->groups[g].size, words->groups[g].role);
        qry_definition_group(twice, words->groups[g].name, words->groups[g].size, words->groups[g].role);
    }
    add_query(ctx, twice, address, words, false);
    for (qry_qubit q = QUERY_ADDRESS; q < QUERY_ADDRESS + QUERY_WORD; q++)
        qry_add(twice, QRY_GATE_z, q, 0, 0);
    add_query(ctx, twice, address, words, true);
    qry_qubit *operands = qry_alloc(ctx, program->width, sizeof *operands);
    for (qry_qubit q = 0; q < program->width; q++)
        operands[q] = q;
    for (qry_qubit q = 0; q < QUERY_ADDRESS; q++)
        qry_add(program, QRY_GATE_h, q, 0, 0);
    qry_begin_repeat(program, REPEATS);
    qry_add_call(program, twice, false, operands, NULL);
    qry_end(program);
    qry_free(ctx, operands);
}

static void bench_query(qry_ctx *ctx, int most_threads)
{
    static const char text[] = "table K[1024] : uint(8) = csv(\"bound\");\nqram bucket_brigade;\n"
                               "found: search one j in K where K[j] == 0;\n";
    qry_search *search = compile(ctx, text, 1 << QUERY_ADDRESS, 1, QUERY_WORD, NULL);
    qry_must(qry_search_write_part(search, "load:K", 0, true));
    qry_definition *program = qry_circuit_program(search->circuit);
    qry_tally tally;
    qry_definition_tally(program, &tally);
    struct line shot = {"query m=10 w=8, a whole shot", (double)qry_tally_gates(&tally), 0, {0}};
    struct line query = {"query m=10 w=8, there and back", 2 * shot.gates, 0, {0}};
    query.yardstick = 2 * yardstick_seconds(ctx, &tally, program->width, (1 << QUERY_ADDRESS) / 512);
    printf("query: %u qubits, %.0f gates, %.0f CSWAP; yardstick %.4f ms\n", program->width, shot.gates,
           (double)tally.gate[QRY_GATE_cswap], 1e3 * query.yardstick / 2);
    print_head();
    for (int threads = 1; threads <= most_threads; threads++)
        for (int m = 0; m < 3; m++) {
            qry_must(qry_search_write_part(search, "load:K", 0, true));
            qry_sim *sim = qry_sim_new(ctx, search->circuit, &(qry_sim_options){.mode = modes[m], .threads = threads});
            double first = 0, plain = shot_seconds(sim, &first);
            print_line(&shot, m, qry_sim_mode_name(sim), threads, first - plain,
                       measured_shot_seconds(ctx, sim, search->circuit));
            write_queries(ctx, program);
            double many = shot_seconds(sim, &first);
            print_line(&query, m, qry_sim_mode_name(sim), threads, first - many, many / REPEATS);
            qry_sim_free(sim);
        }
    qry_search_free(search);
}

/* ---- the search ---- */

static void check_success(qry_ctx *ctx, qry_sim *sim, qry_search *search, uint64_t iterations)
{
    qry_qubit address[12];
    double *p = qry_alloc(ctx, (size_t)1 << search->address, sizeof *p), found = 0;
    for (uint32_t i = 0; i < search->address; i++)
        address[i] = search->first + i;
    qry_sim_probabilities(sim, address, search->address, p);
    for (uint64_t j = 0; j < (uint64_t)1 << search->address; j++)
        found += qry_search_matches(search, j) ? p[j] : 0;
    double theta = asin(sqrt(ldexp((double)qry_search_count_matches(search), -(int)search->address)));
    double theory = pow(sin((2 * (double)iterations + 1) * theta), 2);
    printf("  success %.12f, in theory %.12f\n", found, theory);
    qry_must(fabs(found - theory) < 1e-9);
    qry_free(ctx, p);
}

static void bench_grover(qry_ctx *ctx, int most_threads)
{
    enum { ITERATIONS = 50 };
    static const char text[] = "table K[4096][32] : fixed(4,0) = csv(\"bound\");\n"
                               "const q[32] : fixed(8,0) = csv(\"bound\");\nparam tau = 0;\nqram bucket_brigade;\n"
                               "found: search one j in K where dot(q, K[j]) >= tau;\n";
    int64_t constants[FIELDS];
    qry_random random;
    qry_random_seed(&random, 3, 0);
    for (int i = 0; i < FIELDS; i++)
        constants[i] = (int64_t)qry_random_below(&random, 256) - 128;
    qry_search *search = compile(ctx, text, 4096, FIELDS, 4, constants);
    qry_must(qry_search_count_matches(search) == 1);
    qry_search_write_round(search, ITERATIONS);
    const qry_definition *program = qry_circuit_program(search->circuit);
    qry_tally tally;
    qry_definition_tally(program, &tally);
    struct line line = {"grover 4096 x 32 x 4, 50 iterations", (double)qry_tally_gates(&tally), 0, {0}};
    line.yardstick = yardstick_seconds(ctx, &tally, program->width, 4096 / 512);
    printf("\ngrover: %u qubits, %.0f gates, %.0f CSWAP, %.0f CCX; yardstick %.1f ms\n", program->width, line.gates,
           (double)tally.gate[QRY_GATE_cswap], (double)tally.gate[QRY_GATE_ccx], 1e3 * line.yardstick);
    print_head();
    for (int threads = 1; threads <= most_threads; threads++)
        for (int m = 0; m < 3; m++) {
            qry_sim *sim = qry_sim_new(ctx, search->circuit, &(qry_sim_options){.mode = modes[m], .threads = threads});
            double first, seconds = shot_seconds(sim, &first);
            print_line(&line, m, qry_sim_mode_name(sim), threads, first - seconds, seconds);
            if (threads == 1)
                check_success(ctx, sim, search, ITERATIONS);
            qry_sim_free(sim);
        }
    qry_search_free(search);
}

int main(int argc, char **argv)
{
    const char *which = argc > 1 ? argv[1] : "";
    int threads = argc > 2 ? atoi(argv[2]) : 2;
    qry_ctx *ctx = qry_ctx_new();
    qry_sim *sim = qry_sim_new(ctx, qry_circuit_new(ctx), NULL);
    printf("column kernels: %s\n", qry_sim_simd_name(sim));
    qry_sim_free(sim);
    if (strcmp(which, "grover") != 0)
        bench_query(ctx, threads);
    if (strcmp(which, "query") != 0)
        bench_grover(ctx, threads);
    qry_ctx_free(ctx);
    return 0;
}
