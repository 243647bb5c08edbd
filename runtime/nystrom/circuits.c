/* circuits.c: statements of the language, compiled, run and charged; and random sets of rows. */
#include "runtime/nystrom/circuits.h"

#include <math.h>
#include <string.h>

/* Probabilities are told apart below what a row has on average, by this many bits. */
enum { LEAST_BITS = 16, SPARE_BITS = 4, MOST_BITS = 60 };

/* A round over a bucket brigade of N rows names about N^1.5 qubits: 9 GB at 2^19. */
static const size_t most_routers = (size_t)1 << 17;

/* ---- statements ---- */

qry_stage_circuit qry_stage_compile(const qry_stage_run *run, const qry_stage_program *program)
{
    const qry_source *source = qry_source_from_text(run->ctx, "low-rank.qry", program->text, strlen(program->text));
    qry_stage_circuit circuit = {.program = qry_program_read(run->ctx, source)};
    if (!circuit.program)
        qry_give_up(run->ctx);
    for (int t = 0; t < QRY_STAGE_TABLES && program->table[t].name; t++)
        if (!qry_program_bind(circuit.program, program->table[t].name, program->table[t].mantissas))
            qry_give_up(run->ctx);
    circuit.search = qry_program_compile(circuit.program, NULL);
    if (!circuit.search)
        qry_give_up(run->ctx);
    return circuit;
}

void qry_stage_circuit_free(qry_stage_circuit *circuit)
{
    qry_search_free(circuit->search);
    qry_program_free(circuit->program);
    *circuit = (qry_stage_circuit){0};
}

const char *qry_stage_memory(size_t rows) { return rows > most_routers ? "qram select;\n" : ""; }

uint64_t qry_stage_stream(qry_stage_use use, uint64_t number) { return (uint64_t)use << 56 | number; }

void qry_stage_charge(const qry_stage_run *run, const qry_ledger *ledger)
{
    qry_ledger_add(run->arena, &run->stage->ledger, ledger);
}

void qry_stage_progress(const qry_stage_run *run, size_t done, size_t total)
{
    qry_check_interrupt(run->ctx);
    if (run->progress)
        run->progress(run->progress_state, done, total);
}

qry_found qry_stage_draw(const qry_stage_run *run, const qry_stage_program *program, uint64_t stream)
{
    qry_result result;
    qry_stage_circuit circuit = qry_stage_compile(run, program);
    qry_runner *runner = qry_runner_new(run->ctx, circuit.search, &run->run, stream);
    if (!qry_runner_run(runner, run->arena, &result))
        qry_give_up(run->ctx);
    qry_stage_charge(run, qry_runner_ledger(runner));
    if (result.stopped)
        qry_warning(run->ctx, "a sample ended at the limit of %llu queries: rows may be missing",
                    (unsigned long long)run->run.max_queries);
    qry_runner_free(runner);
    qry_stage_circuit_free(&circuit);
    return result.rows;
}

/* ---- sets of rows ---- */

uint32_t *qry_stage_permutation(const qry_stage_run *run, size_t count, uint64_t number)
{
    qry_random random;
    uint32_t *order = qry_alloc(run->ctx, count, sizeof *order);
    qry_random_seed(&random, run->run.seed, qry_stage_stream(QRY_USE_ORDER, number));
    for (size_t i = 0; i < count; i++) {
        size_t j = qry_random_below(&random, i + 1);
        order[i] = order[j];
        order[j] = (uint32_t)i;
    }
    return order;
}

static double sum_at(const double *weight, size_t count, double c)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += fmin(1, c * weight[i]);
    return sum;
}

/* The sum rises with c, by ever less: from below, steps of Newton never go too far. */
double qry_stage_scale(const double *weight, size_t count, double wanted)
{
    enum { MOST_STEPS = 200 };
    size_t positive = 0;
    for (size_t i = 0; i < count; i++)
        positive += weight[i] > 0;
    if (wanted >= (double)positive)
        return INFINITY;
    double c = 0;
    for (int step = 0; step < MOST_STEPS; step++) {
        double free = 0;
        for (size_t i = 0; i < count; i++)
            free += c * weight[i] < 1 ? weight[i] : 0;
        double next = c + (wanted - sum_at(weight, count, c)) / free;
        if (!(next > c * (1 + 1e-12)))
            break;
        c = next;
    }
    return c;
}

int qry_stage_bits(size_t rows)
{
    int bits = (int)ceil(log2((double)rows)) + SPARE_BITS;
    return bits < LEAST_BITS ? LEAST_BITS : bits;
}

double qry_stage_round(double p, int bits)
{
    qry_must(p >= 0 && bits <= MOST_BITS);
    double unit = ldexp(1, -bits);
    return p > 0 ? fmin(1, fmax(floor(p / unit), 1) * unit) : 0;
}

/* Rows that are in any set, as far as the table goes, or in none: no circuit is asked. */
static bool is_certain(const double *p, size_t rows, qry_arena *arena, qry_found *found)
{
    size_t sure = 0;
    for (size_t j = 0; j < rows; j++) {
        if (p[j] > 0 && p[j] < 1)
            return false;
        sure += p[j] >= 1;
    }
    *found = (qry_found){.row = qry_arena_alloc(arena, sure + 1, sizeof *found->row)};
    for (size_t j = 0; j < rows; j++)
        if (p[j] >= 1)
            found->row[found->count++] = j;
    return true;
}

qry_found qry_stage_sample(const qry_stage_run *run, double *p, size_t rows, double failure, uint64_t stream)
{
    qry_found found;
    int bits = qry_stage_bits(rows);
    double expected = 0;
    int64_t *mantissas = qry_alloc(run->ctx, rows, sizeof *mantissas);
    for (size_t j = 0; j < rows; j++) {
        p[j] = qry_stage_round(p[j], bits);
        mantissas[j] = (int64_t)ldexp(p[j], bits);
        expected += p[j];
    }
    if (!is_certain(p, rows, run->arena, &found)) {
        const char *text = qry_arena_printf(run->arena,
                                            "%stable P[%zu] : ufixed(1,%d) = npy(\"probabilities.npy\");\n"
                                            "rows: sample set j in P with probability P[j]"
                                            " { expect = %.0f, failure = %.9g };\n",
                                            qry_stage_memory(rows), rows, bits, fmax(expected, 1), failure);
        found = qry_stage_draw(run, &(qry_stage_program){.text = text, .table = {{"P", mantissas}}}, stream);
    }
    qry_free(run->ctx, mantissas);
    return found;
}
