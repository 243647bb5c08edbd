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
    for (int t = 0; t < QRY_STAGE_TABLES && program->table[t].name; t++) {
        qry_stage_charge_words(run, program->table[t].words);
        if (!qry_program_bind(circuit.program, program->table[t].name, program->table[t].mantissas))
            qry_give_up(run->ctx);
    }
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

void qry_stage_charge_words(const qry_stage_run *run, size_t words) { run->stage->writes += words; }

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

const char *qry_stage_note(size_t by_oracle, size_t by_table)
{
    if (by_table == 0)
        return "probabilities computed by the oracle";
    if (by_oracle == 0)
        return "probabilities computed classically and loaded";
    return "probabilities computed by the oracle from small samples, else classically and loaded";
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

static qry_stage_set new_set(qry_arena *arena, size_t room)
{
    return (qry_stage_set){.row = qry_arena_alloc(arena, room, sizeof(uint64_t)),
                           .probability = qry_arena_alloc(arena, room, sizeof(double))};
}

static void put(qry_stage_set *set, uint64_t row, double probability)
{
    set->row[set->count] = row;
    set->probability[set->count++] = probability;
}

qry_stage_set qry_stage_draw(const qry_stage_run *run, const qry_stage_program *program, uint64_t stream)
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
    qry_stage_set set = new_set(run->arena, result.rows.count + 1);
    set.stopped = result.stopped;
    for (size_t i = 0; i < result.rows.count; i++) {
        uint64_t row = result.rows.row[i];
        put(&set, row, (double)qry_search_key(circuit.search, row) * qry_search_grain(circuit.search));
    }
    qry_runner_free(runner);
    qry_stage_circuit_free(&circuit);
    return set;
}

/* Where every probability is 0 or 1, no circuit is asked. */
static bool is_certain(const int64_t *mantissas, size_t rows, int bits)
{
    for (size_t j = 0; j < rows; j++)
        if (mantissas[j] > 0 && mantissas[j] < INT64_C(1) << bits)
            return false;
    return true;
}

static qry_stage_set certain_set(const int64_t *mantissas, size_t rows, qry_arena *arena)
{
    size_t count = 0;
    for (size_t j = 0; j < rows; j++)
        count += mantissas[j] > 0;
    qry_stage_set set = new_set(arena, count + 1);
    for (size_t j = 0; j < rows; j++)
        if (mantissas[j] > 0)
            put(&set, j, 1);
    return set;
}

qry_stage_set qry_stage_sample(const qry_stage_run *run, const double *p, size_t rows, double failure, uint64_t stream)
{
    int bits = qry_stage_bits(rows);
    double expected = 0;
    qry_stage_set set;
    int64_t *mantissas = qry_alloc(run->ctx, rows, sizeof *mantissas);
    for (size_t j = 0; j < rows; j++) {
        double rounded = qry_stage_round(p[j], bits);
        mantissas[j] = (int64_t)ldexp(rounded, bits);
        expected += rounded;
    }
    if (is_certain(mantissas, rows, bits)) {
        set = certain_set(mantissas, rows, run->arena);
    } else {
        const char *text = qry_arena_printf(run->arena,
                                            "%stable P[%zu] : ufixed(1,%d) = npy(\"probabilities.npy\");\n"
                                            "rows: sample set j in P with probability P[j]"
                                            " { expect = %.0f, failure = %.9g };\n",
                                            qry_stage_memory(rows), rows, bits, fmax(expected, 1), failure);
        set = qry_stage_draw(run, &(qry_stage_program){.text = text, .table = {{"P", mantissas, rows}}}, stream);
    }
    qry_free(run->ctx, mantissas);
    return set;
}
