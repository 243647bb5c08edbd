/* search.c: what a compiled search does after lowering: programs written, rows taken out of the search, rows checked. */
#include "compiler/state.h"

#include <math.h>
#include <string.h>

/* k + 1/2 next to pi / (4 theta), the smaller k where two are equally near. */
uint64_t qry_search_best_iterations(uint32_t address, uint64_t marked)
{
    qry_must(marked > 0);
    double share = (double)marked / ldexp(1, (int)address);
    if (share >= 0.5)
        return 0;
    return (uint64_t)ceil(qry_pi / (4 * asin(sqrt(share))) - 1 - 1e-9);
}

static bool lower(qry_search *search, const qry_statement *statement)
{
    qry_program *program = search->program;
    program->statement = statement;
    program->search = search;
    return qry_program_run(program, QRY_PASS_lower, QRY_PASS_lower);
}

/* As many as the statement says, else the best for the rows that it expects to match, or for one of them. How probable a
 * mark is where numbers are estimated is not said: one. */
static uint64_t default_rounds(const qry_statement *statement)
{
    if (statement->iterations || qry_is_estimate(statement->kind) || statement->kind == QRY_SAMPLE_ONE)
        return statement->iterations ? statement->iterations : 1;
    uint64_t expect = statement->expect ? statement->expect : 1;
    return qry_search_best_iterations(qry_address_bits(statement->high), expect);
}

qry_search *qry_search_new(qry_program *program, const qry_statement *statement)
{
    qry_lowered *l = qry_alloc(program->ctx, 1, sizeof *l);
    l->ctx = program->ctx;
    l->search.program = program;
    l->statement = (size_t)(statement - program->statements);
    l->keep_found = program->keep_found;
    l->counter = program->count_memory ? qry_digester_new(l->ctx) : NULL;
    l->bar = QRY_NO_BAR;
    l->narrow.ctx = l->ctx;
    l->summand = statement->kind == QRY_COUNT ? QRY_SUMMAND_ROWS : QRY_SUMMAND_POSITIVE;
    l->rounds = default_rounds(statement);
    if (lower(&l->search, statement))
        return &l->search;
    qry_search_free(&l->search);
    return NULL;
}

qry_search *qry_program_compile(qry_program *program, const qry_compile_options *options)
{
    static const qry_compile_options as_written = {0};
    if (!options)
        options = &as_written;
    if (!qry_program_run_passes(program, options))
        return NULL;
    const qry_statement *statement = qry_program_find_statement(program, options->statement);
    program->keep_found = options->keep_found;
    program->count_memory = options->count_memory;
    return statement ? qry_search_new(program, statement) : NULL;
}

void qry_search_free(qry_search *search)
{
    if (!search)
        return;
    qry_lowered *l = qry_lowered_of(search);
    qry_ctx *ctx = l->ctx;
    qry_circuit_free(search->circuit);
    for (size_t i = 0; i < l->load_count; i++)
        qry_free(ctx, l->loads[i].columns);
    qry_free(ctx, l->loads);
    qry_free(ctx, l->plane.mantissas);
    qry_free(ctx, l->draws.mantissas);
    qry_free(ctx, l->masks);
    qry_free(ctx, l->place);
    qry_free(ctx, l->pool.parts);
    qry_free(ctx, l->pool.slots);
    qry_free(ctx, l->pool.at);
    qry_free(ctx, l->calls);
    qry_digester_free(l->counter);
    qry_narrow_free(&l->narrow);
    qry_arith_free(&l->arith);
    qry_arena_free(l->arena);
    qry_arena_free(l->formulas);
    qry_free(ctx, l);
}

bool qry_search_refresh(qry_search *search)
{
    qry_program *program = search->program;
    if (!qry_program_run_passes(program, NULL))
        return false;
    return lower(search, &program->statements[qry_lowered_of(search)->statement]);
}

/* ---- programs ---- */

/* All values of the first qubits alike. */
static void write_uniform(qry_definition *d, uint32_t qubits)
{
    qry_begin_section(d, "prepare");
    for (uint32_t i = 0; i < qubits; i++)
        qry_add(d, QRY_GATE_h, i, 0, 0);
    qry_end(d);
}

void qry_write_prepare(const qry_lowered *l, qry_definition *d) { write_uniform(d, l->state - l->search.flags); }

static void write_measure(const qry_lowered *l, qry_definition *d)
{
    qry_begin_section(d, "measure");
    if (l->has_mark)
        qry_add_measure(d, l->search.mark, 0);
    for (uint32_t i = 0; !l->has_mark && i < l->state; i++)
        qry_add_measure(d, l->search.first + i, i);
    qry_end(d);
}

/* The oracle has the program's registers for operands, one for one. */
static void call_oracle(const qry_lowered *l, qry_definition *d, const qry_angle *angle)
{
    const qry_definition *oracle = l->oracle[angle != NULL];
    qry_qubit *operands = qry_alloc(l->ctx, oracle->width, sizeof *operands);
    for (uint32_t i = 0; i < oracle->width; i++)
        operands[i] = i;
    qry_add_call(d, oracle, false, operands, angle);
    qry_free(l->ctx, operands);
}

static void call_diffusion(const qry_lowered *l, qry_definition *d, qry_qubit work, const qry_angle *angle)
{
    const qry_definition *diffusion = l->diffusion[angle != NULL];
    uint32_t n = l->state;
    qry_qubit *operands = qry_alloc(l->ctx, diffusion->width, sizeof *operands);
    for (uint32_t i = 0; i < diffusion->width; i++)
        operands[i] = i < n ? l->search.first + i : work + i - n;
    qry_add_call(d, diffusion, false, operands, angle);
    qry_free(l->ctx, operands);
}

void qry_settle_program(qry_lowered *l)
{
    qry_definition *program = qry_circuit_program(l->search.circuit);
    qry_lowered_settle(l, l->draft[0], &program, "program");
    l->has_round = false;
    l->queried = NULL;
}

void qry_search_write_round(qry_search *search, uint64_t iterations)
{
    qry_lowered *l = qry_lowered_of(search);
    l->rounds = iterations;
    if (l->has_round) {
        qry_set_repeat(qry_circuit_program(search->circuit), l->repeat, iterations);
        return;
    }
    qry_definition *d = l->draft[0];
    qry_write_registers(l, d, true);
    qry_begin_section(d, "round");
    qry_write_prepare(l, d);
    l->repeat = d->op_count;
    qry_begin_repeat(d, iterations);
    call_oracle(l, d, NULL);
    call_diffusion(l, d, l->work, NULL);
    qry_end(d);
    if (l->has_mark)
        qry_write_mark(l, d);
    qry_end(d);
    write_measure(l, d);
    qry_settle_program(l);
    l->has_round = true;
}

void qry_search_write_fixed_point(qry_search *search, size_t count, const double *alpha, const double *beta)
{
    qry_lowered *l = qry_lowered_of(search);
    qry_definition *d = l->draft[0];
    qry_write_registers(l, d, true);
    qry_begin_section(d, "fixed point");
    qry_write_prepare(l, d);
    const size_t first = d->op_count;
    for (size_t j = 0; j < count; j++)
        if (j == 0) {
            call_oracle(l, d, &(qry_angle){beta[j], -1});
            call_diffusion(l, d, l->work, &(qry_angle){-alpha[j], -1});
        } else {
            qry_add_call_again(d, first, &(qry_angle){beta[j], -1});
            qry_add_call_again(d, first + 1, &(qry_angle){-alpha[j], -1});
        }
    if (l->has_mark)
        qry_write_mark(l, d);
    qry_end(d);
    write_measure(l, d);
    qry_settle_program(l);
}

/* ---- rows ---- */

void qry_search_set_alive(qry_search *search, const uint8_t *alive)
{
    qry_lowered *l = qry_lowered_of(search);
    qry_must(l->has_alive);
    bool changed = false;
    for (uint64_t j = search->low; j <= search->high; j++) {
        int64_t bit = alive[j - search->low] != 0;
        changed |= l->plane.mantissas[j] != bit;
        l->plane.mantissas[j] = bit;
    }
    if (changed) {
        l->plane.version++;
        qry_write_fetch(l, &l->alive);
    }
}

bool qry_search_matches(qry_search *search, uint64_t j)
{
    qry_lowered *l = qry_lowered_of(search);
    if (j < search->low || j > search->high)
        return false;
    return qry_formula_evaluate(&l->where, l->matches, j, 0, l->scratch);
}

/* ---- parts ---- */

static const struct qry_load *find_load(const qry_lowered *l, const char *table)
{
    if (l->has_alive && strcmp(table, l->plane.name) == 0)
        return &l->alive;
    for (size_t i = 0; i < l->load_count; i++)
        if (l->loads[i].used && strcmp(table, l->loads[i].words.table->name) == 0)
            return &l->loads[i];
    return NULL;
}

/* Address in, words, address out, on registers of its own. */
static void write_query(qry_lowered *l, const struct qry_load *load, qry_definition *d)
{
    struct qry_tree *tree = qry_tree_of(l, load->qram);
    const qry_definition *address = tree->address;
    uint32_t m = load->words.address, w = (uint32_t)qry_words_width(&load->words);
    qry_qubit *operands = qry_alloc(l->ctx, d->width, sizeof *operands);
    for (uint32_t i = 0; i < d->width; i++)
        operands[i] = i < m ? i : i + w;
    qry_begin_section(d, load->load->name);
    if (load->qram->write_address) {
        qry_qram_mark(load->qram, &load->words, false, tree->address);
        qry_add_call(d, address, false, operands, NULL);
    }
    for (uint32_t i = 0; i < d->width; i++)
        operands[i] = i;
    qry_add_call(d, load->fetch, false, operands, NULL);
    for (uint32_t i = m; i < d->width; i++)
        operands[i] = i + w;
    if (load->qram->write_address)
        qry_add_call(d, address, true, operands, NULL);
    qry_end(d);
    qry_free(l->ctx, operands);
}

static void write_query_part(qry_lowered *l, const struct qry_load *load, bool superpose)
{
    qry_definition *d = l->draft[0];
    uint32_t bits = load->words.address + (uint32_t)qry_words_width(&load->words);
    qry_qram_groups(load->qram, &load->words, true, d);
    for (size_t i = 2; i < d->group_count; i++)
        d->groups[i].role = QRY_ROLE_WORK; /* what holds the address is empty again in the end */
    if (superpose)
        write_uniform(d, load->words.address);
    write_query(l, load, d);
    if (superpose) {
        qry_need_bits(l, bits);
        qry_begin_section(d, "measure");
        for (uint32_t i = 0; i < bits; i++) /* the word's qubits follow the address's */
            qry_add_measure(d, i, i);
        qry_end(d);
    }
    qry_settle_program(l);
    l->queried = load;
}

static void write_diffusion_part(qry_lowered *l)
{
    qry_definition *d = l->draft[0];
    qry_write_state_registers(l, d);
    if (l->state > 2)
        qry_definition_group(d, "work", l->state - 2, QRY_ROLE_WORK);
    call_diffusion(l, d, l->state, NULL);
    qry_settle_program(l);
}

/* What a round begins with, and the mark of it. */
static void write_prepare_part(qry_lowered *l)
{
    qry_definition *d = l->draft[0];
    qry_write_registers(l, d, true);
    qry_write_prepare(l, d);
    qry_write_mark(l, d);
    qry_settle_program(l);
}

bool qry_search_write_part(qry_search *search, const char *part, uint64_t iterations, bool superpose)
{
    qry_lowered *l = qry_lowered_of(search);
    const struct qry_load *load = NULL;
    if (strcmp(part, "round") == 0) {
        qry_search_write_round(search, iterations);
    } else if (strcmp(part, "oracle") == 0) {
        qry_write_registers(l, l->draft[0], true);
        call_oracle(l, l->draft[0], NULL);
        qry_settle_program(l);
    } else if (strcmp(part, "diffusion") == 0) {
        write_diffusion_part(l);
    } else if (strcmp(part, "prepare") == 0 && l->has_mark) {
        write_prepare_part(l);
    } else if (strncmp(part, "load:", 5) == 0 && (load = find_load(l, part + 5))) {
        write_query_part(l, load, superpose);
    } else {
        qry_error(l->ctx, "no part '%s': there are round, oracle, diffusion%s and load:TABLE for the tables it queries",
                  part, l->has_mark ? ", prepare" : "");
        return false;
    }
    return true;
}
