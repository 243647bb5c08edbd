/* oracle.c: loads, oracle and diffusion. See lower.h for the order of calls in an oracle and of registers. */
#include "compiler/lower.h"

#include <math.h>
#include <string.h>

/* ---- loads ---- */

/* The address going in, once for all tables of an architecture; the query mark names the first. */
static void write_address(qry_lowered *l, const struct qry_load *load, struct qry_tree *tree)
{
    if (tree->bits != load->words.address) {
        if (l->counter)
            qry_definition_count(l->long_draft, l->counter);
        qry_qram_write_address(load->qram, &load->words, l->long_draft);
        if (l->counter)
            qry_definition_counted(l->long_draft);
        qry_lowered_settle(l, l->long_draft, &tree->address, "address in");
        tree->bits = load->words.address;
    }
    qry_qram_mark(load->qram, &load->words, false, tree->address);
}

/* "load T": the address in, if this load brings it, and the words. */
static void write_calls(qry_lowered *l, struct qry_load *load, const struct qry_tree *tree)
{
    qry_definition *d = l->draft[0];
    uint32_t m = load->words.address, w = (uint32_t)qry_words_width(&load->words);
    qry_qram_groups(load->qram, &load->words, true, d);
    qry_qubit *operands = qry_arena_alloc(l->arena, d->width, sizeof *operands);
    for (uint32_t i = 0; i < d->width; i++)
        operands[i] = i < m ? i : i + w;
    if (load->brings_address)
        qry_add_call(d, tree->address, false, operands, NULL);
    for (uint32_t i = 0; i < d->width; i++)
        operands[i] = i;
    qry_add_call(d, load->fetch, false, operands, NULL);
    qry_lowered_settle(l, l->draft[0], &load->load, qry_arena_printf(l->arena, "load %s", load->words.table->name));
    load->linked = true;
}

static void count_fetch(qry_lowered *l, const struct qry_load *load, const qry_words *words, qry_definition *d)
{
    qry_definition_count(d, l->counter);
    qry_qram_write_words(load->qram, words, d);
    qry_definition_counted(d);
}

/* The plane of rows still looked for changes with every row that is found, and is one bit. */
static void count_cells(qry_lowered *l, struct qry_load *load, qry_definition *d)
{
    if (!load->has_blank) {
        const qry_table empty = {.name = load->words.table->name, .columns = 1, .type = load->words.table->type};
        const qry_words blank = {&empty, load->words.columns, 1, load->words.address};
        count_fetch(l, load, &blank, d);
        qry_digest_read(l->counter, d, &load->blank);
        qry_definition_clear(d);
        load->has_blank = true;
    }
    qry_digest digest = load->blank;
    load->qram->count_cells(&load->words, &digest);
    qry_qram_groups(load->qram, &load->words, true, d);
    qry_definition_set_digest(d, &digest);
}

void qry_write_fetch(qry_lowered *l, struct qry_load *load)
{
    const qry_table *table = load->words.table;
    if (load->written && load->version == table->version)
        return;
    if (!l->counter)
        qry_qram_write_words(load->qram, &load->words, l->long_draft);
    else if (load->qram->count_cells && qry_words_width(&load->words) == 1)
        count_cells(l, load, l->long_draft);
    else
        count_fetch(l, load, &load->words, l->long_draft);
    qry_lowered_settle(l, l->long_draft, &load->fetch,
                       load->fetch ? NULL : qry_arena_printf(l->arena, "words %s", table->name));
    qry_qram_mark(load->qram, &load->words, true, load->fetch);
    load->written = true;
    load->version = table->version;
}

void qry_write_load(qry_lowered *l, struct qry_load *load)
{
    struct qry_tree *tree = qry_tree_of(l, load->qram);
    bool brings = load->qram->write_address && !tree->brought;
    qry_write_fetch(l, load);
    if (brings) {
        write_address(l, load, tree);
        tree->brought = true;
    }
    load->linked = load->linked && load->brings_address == brings;
    load->brings_address = brings;
    if (!load->linked)
        write_calls(l, load, tree);
}

/* ---- operands ---- */

static qry_role register_role(bool program, qry_role role) { return program ? role : QRY_ROLE_WORK; }

void qry_write_state_registers(const qry_lowered *l, qry_definition *d)
{
    qry_definition_group(d, "addr", l->search.address, QRY_ROLE_ADDRESS);
    if (l->search.uniform)
        qry_definition_group(d, "uniform", l->search.uniform, QRY_ROLE_DATA);
    if (l->search.flags)
        qry_definition_group(d, "flags", l->search.flags, QRY_ROLE_DATA);
}

void qry_write_registers(const qry_lowered *l, qry_definition *d, bool program)
{
    qry_write_state_registers(l, d);
    for (size_t i = 0; i <= l->load_count; i++) {
        const struct qry_load *load = i < l->load_count ? &l->loads[i] : &l->alive;
        if (i < l->load_count ? load->used : l->has_alive)
            qry_definition_group(d, qry_arena_printf(l->arena, "word_%s", load->words.table->name),
                                 (uint32_t)qry_words_width(&load->words), register_role(program, QRY_ROLE_WORD));
    }
    for (int i = 0; i < QRY_TREES; i++)
        for (int k = 0; l->trees[i].used && k < 2; k++) {
            const qry_qram_machine *machine = &l->trees[i].qram->machine[k];
            uint32_t size = machine->name ? (uint32_t)machine->size(l->search.address) : 0;
            if (size)
                qry_definition_group(d, machine->name, size, QRY_ROLE_WORK);
        }
    if (l->has_mark)
        qry_definition_group(d, "flag", 1, register_role(program, QRY_ROLE_DATA));
    qry_must(d->width == l->work);
    if (l->work_size)
        qry_definition_group(d, "work", l->work_size, QRY_ROLE_WORK);
}

/* A qubit of the arithmetic in the program. */
static qry_qubit placed(const qry_lowered *l, qry_qubit qubit)
{
    if (qubit < l->search.address)
        return l->copies_address ? l->work + l->copy + qubit : l->search.first + qubit;
    if (qubit < l->arith.first_work)
        return qubit;
    return l->work + l->result + l->score.place[qubit - l->arith.first_work];
}

static void call_load(const qry_lowered *l, qry_definition *d, const struct qry_load *load, bool inverse)
{
    const struct qry_tree *tree = qry_tree_in_use(l, load->qram);
    qry_qubit *operands = qry_arena_alloc(l->arena, load->load->width, sizeof *operands);
    uint32_t count = 0, m = l->search.address, w = (uint32_t)qry_words_width(&load->words);
    bool from_copy = l->copies_address && !load->qram->moves_address;
    for (uint32_t i = 0; i < m; i++)
        operands[count++] = from_copy ? placed(l, i) : l->search.first + i;
    for (uint32_t i = 0; i < w; i++)
        operands[count++] = load->word + i;
    for (uint32_t i = 0; count < load->load->width; i++)
        operands[count++] = tree->machine[0] + i; /* the second machine follows the first */
    qry_add_call(d, load->load, inverse, operands, NULL);
}

static void call_score(const qry_lowered *l, qry_definition *d, bool inverse)
{
    const qry_definition *score = l->score.definition;
    qry_qubit *operands = qry_arena_alloc(l->arena, score->width, sizeof *operands);
    uint32_t count = 0, address = l->search.address;
    for (qry_qubit q = 0; q < l->arith.first_work; q++)
        if (q < address ? l->score.reads_address
                        : q >= l->state || (l->score.reads_uniform && q < address + l->search.uniform))
            operands[count++] = placed(l, q);
    for (uint32_t i = 0; count < score->width; i++)
        operands[count++] = l->work + l->result + i;
    qry_add_call(d, score, inverse, operands, NULL);
}

static void call_copy(const qry_lowered *l, qry_definition *d, bool inverse)
{
    qry_qubit *operands = qry_arena_alloc(l->arena, l->copy_address->width, sizeof *operands);
    uint32_t m = l->search.address;
    for (uint32_t i = 0; i < m; i++) {
        operands[i] = l->search.first + i;
        operands[m + i] = l->work + l->copy + i;
    }
    qry_add_call(d, l->copy_address, inverse, operands, NULL);
}

/* ---- phases ---- */

/* What is done where all marks are 1. */
enum effect { PHASE, ANGLE, FLIP };

/* On one qubit or two. */
static void write_effect(qry_definition *d, enum effect effect, size_t count, qry_qubit x, qry_qubit y,
                         qry_qubit target)
{
    const qry_angle formal = {1, 0};
    if (effect == ANGLE)
        qry_add_angle(d, count == 1 ? QRY_GATE_p : QRY_GATE_cp, formal, x, y);
    else if (effect == PHASE)
        qry_add(d, count == 1 ? QRY_GATE_z : QRY_GATE_cz, x, y, 0);
    else if (count == 1)
        qry_add(d, QRY_GATE_cx, x, target, 0);
    else
        qry_add(d, QRY_GATE_ccx, x, y, target);
}

/* No marks: everywhere; a phase by one on either value of a qubit. */
static void write_everywhere(qry_definition *d, enum effect effect, qry_qubit target)
{
    for (int value = 0; effect != FLIP && value < 2; value++) {
        write_effect(d, effect, 1, 0, 0, 0);
        qry_add(d, QRY_GATE_x, 0, 0, 0);
    }
    if (effect == FLIP)
        qry_add(d, QRY_GATE_x, target, 0, 0);
}

/* A phase of -1, or e^(i angle 0), where all bits are 1, or the target flipped there: a tree of ANDs down to two, then
 * one gate on those, and the tree undone. Takes count - 2 clean work qubits. */
static void write_where(qry_arena *arena, qry_definition *d, const qry_bit *bits, size_t count, qry_qubit work,
                        enum effect effect, qry_qubit target)
{
    qry_qubit *queue = qry_arena_alloc(arena, 2 * count + 2, sizeof *queue);
    size_t first = 0, last = 0, begin = d->op_count;
    if (count == 0) {
        write_everywhere(d, effect, target);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (bits[i].inverted)
            qry_add(d, QRY_GATE_x, bits[i].qubit, 0, 0);
        queue[last++] = bits[i].qubit;
    }
    for (; last - first > 2; first += 2) {
        qry_add(d, QRY_GATE_ccx, queue[first], queue[first + 1], work);
        queue[last++] = work++;
    }
    size_t end = d->op_count;
    write_effect(d, effect, count, queue[first], queue[last - 1], target);
    qry_add_inverse(d, begin, end);
}

/* The score's marks, flags that are 0, the plane of rows still looked for, in the program's qubits; room for another. */
static qry_bit *find_marks(const qry_lowered *l, size_t *count)
{
    const struct qry_score *score = &l->score;
    qry_bit *marks = qry_arena_alloc(l->arena, score->mark_count + l->search.flags + 2, sizeof *marks);
    *count = score->mark_count;
    for (size_t i = 0; i < *count; i++)
        marks[i] = (qry_bit){placed(l, score->marks[i].qubit), score->marks[i].inverted};
    for (uint32_t i = 0; i < l->search.flags; i++)
        marks[(*count)++] = (qry_bit){l->state - l->search.flags + i, true};
    if (l->has_alive)
        marks[(*count)++] = qry_bit_on(l->alive.word);
    return marks;
}

/* ---- the oracle ---- */

/* Tables whose architecture leaves the address where it is are loaded before it moves. */
static void call_loads(const qry_lowered *l, qry_definition *d)
{
    for (int moves = 0; moves < 2; moves++)
        for (size_t i = 0; i < l->load_count; i++)
            if (l->loads[i].used && l->loads[i].qram->moves_address == moves)
                call_load(l, d, &l->loads[i], false);
}

/* Marks, or what turns flags. */
static bool marks_read_address(const qry_lowered *l)
{
    bool reads = false;
    for (size_t i = 0; i < l->score.mark_count; i++)
        reads |= l->score.marks[i].qubit < l->search.address;
    for (int i = 0; i < l->score.code.width; i++)
        reads |= l->score.code.bits[i].qubit < l->search.address;
    return reads;
}

/* Whether score, plane or phase read the address when it has moved into a tree. */
static bool needs_copy(const qry_lowered *l)
{
    bool moved = false, plane_moves = l->has_alive && l->alive.qram->moves_address;
    for (size_t i = 0; i < l->load_count; i++)
        moved |= l->loads[i].used && l->loads[i].qram->moves_address;
    return (moved && (l->score.reads_address || (l->has_alive && !plane_moves))) ||
           ((moved || plane_moves) && marks_read_address(l));
}

/* Work: the copy of the address, what the score keeps, then what score, phase or diffusion need for a while. */
static void place_work(qry_lowered *l)
{
    const struct qry_score *score = &l->score;
    uint32_t m = l->search.address, counting = l->has_mark; /* qubits that control all, in phase estimation */
    uint32_t marks = (uint32_t)score->mark_count + l->search.flags + l->has_alive + counting;
    uint32_t reflected = l->state + counting;
    l->copies_address = needs_copy(l);
    l->copy = 0;
    l->result = l->copies_address ? m : 0;
    uint32_t needs[] = {l->result + score->work, l->result + score->kept + (marks > 2 ? marks - 2 : 0),
                        reflected > 2 ? reflected - 2 : 0};
    l->work_size = 0;
    for (int i = 0; i < 3; i++)
        l->work_size = needs[i] > l->work_size ? needs[i] : l->work_size;
}

static void write_copy(qry_lowered *l)
{
    qry_definition *d = l->draft[0];
    uint32_t m = l->search.address;
    qry_qubit from = qry_definition_group(d, "addr", m, QRY_ROLE_ADDRESS);
    qry_qubit to = qry_definition_group(d, "result", m, QRY_ROLE_DATA);
    for (uint32_t i = 0; i < m; i++)
        qry_add(d, QRY_GATE_cx, from + i, to + i, 0);
    qry_lowered_settle(l, l->draft[0], &l->copy_address, "copy address");
}

/* ry(turn) where the control is 1: halves that undo each other but for a CX on either side of the second. Half a turn is
 * a CX alone. */
static void write_turn(qry_definition *d, qry_bit control, qry_qubit flag, double turn, bool flips)
{
    if (control.inverted)
        qry_add(d, QRY_GATE_x, control.qubit, 0, 0);
    if (flips) {
        qry_add(d, QRY_GATE_cx, control.qubit, flag, 0);
    } else {
        qry_add_angle(d, QRY_GATE_ry, (qry_angle){turn / 2, -1}, flag, 0);
        qry_add(d, QRY_GATE_cx, control.qubit, flag, 0);
        qry_add_angle(d, QRY_GATE_ry, (qry_angle){-turn / 2, -1}, flag, 0);
        qry_add(d, QRY_GATE_cx, control.qubit, flag, 0);
    }
    if (control.inverted)
        qry_add(d, QRY_GATE_x, control.qubit, 0, 0);
}

/* Every bit of the code turns its flag. */
static void write_turns(const qry_lowered *l, qry_definition *d)
{
    qry_begin_section(d, "rotate");
    for (int i = 0; i < l->score.code.width; i++) {
        qry_bit bit = l->score.code.bits[i];
        qry_qubit flag = l->state - l->search.flags + qry_flag_of(l, i);
        double turn = l->encoder.turn[i];
        if (!qry_bit_is_constant(bit))
            write_turn(d, (qry_bit){placed(l, bit.qubit), bit.inverted}, flag, turn, l->encoder.flips[i]);
        else if (bit.inverted)
            qry_add_angle(d, QRY_GATE_ry, (qry_angle){turn, -1}, flag, 0);
    }
    qry_end(d);
}

/* All that comes before the phase. */
static void compute(const qry_lowered *l, qry_definition *d)
{
    if (l->copies_address)
        call_copy(l, d, false);
    if (l->score.mark_count || l->coded)
        call_loads(l, d);
    if (l->score.used)
        call_score(l, d, false);
    if (l->coded)
        write_turns(l, d);
    if (l->has_alive)
        call_load(l, d, &l->alive, false);
}

static qry_qubit first_work(const qry_lowered *l) { return l->work + l->result + l->score.kept; }

/* controlled: with a last operand that must be 1. */
static void draft_oracle(qry_lowered *l, qry_definition *d, bool angle, bool controlled)
{
    size_t count;
    qry_bit *marks = find_marks(l, &count);
    qry_write_registers(l, d, false);
    if (controlled)
        marks[count++] = qry_bit_on(qry_definition_group(d, "control", 1, QRY_ROLE_DATA));
    if (l->score.never)
        return;
    size_t begin = d->op_count;
    compute(l, d);
    size_t end = d->op_count;
    qry_begin_section(d, "phase");
    write_where(l->arena, d, marks, count, first_work(l), angle ? ANGLE : PHASE, 0);
    qry_end(d);
    qry_add_inverse(d, begin, end);
}

void qry_write_mark(qry_lowered *l, qry_definition *d)
{
    size_t count;
    const qry_bit *marks = find_marks(l, &count);
    qry_must(l->has_mark);
    qry_begin_section(d, "mark");
    if (!l->score.never) {
        compute(l, d);
        write_where(l->arena, d, marks, count, first_work(l), FLIP, l->search.mark);
    }
    qry_end(d);
}

void qry_write_oracle(qry_lowered *l)
{
    place_work(l);
    if (l->copies_address)
        write_copy(l);
    for (int angles = 0; angles < 2; angles++) {
        draft_oracle(l, l->draft[angles], angles, false);
        qry_lowered_settle(l, l->draft[angles], &l->oracle[angles], angles ? "oracle phase" : "oracle");
    }
}

/* ---- the diffusion ---- */

static void draft_diffusion(qry_lowered *l, qry_definition *d, bool angle, bool controlled)
{
    uint32_t n = l->state, plus = n - l->search.flags, count = n + controlled;
    qry_bit *marks = qry_arena_alloc(l->arena, count, sizeof *marks);
    qry_write_state_registers(l, d);
    qry_qubit work = count > 2 ? qry_definition_group(d, "work", count - 2, QRY_ROLE_WORK) : 0;
    for (uint32_t i = 0; i < n; i++)
        marks[i] = (qry_bit){i, true};
    if (controlled)
        marks[n] = qry_bit_on(qry_definition_group(d, "control", 1, QRY_ROLE_DATA));
    for (uint32_t i = 0; i < plus; i++)
        qry_add(d, QRY_GATE_h, i, 0, 0);
    write_where(l->arena, d, marks, count, work, angle ? ANGLE : PHASE, 0);
    for (uint32_t i = 0; i < plus; i++)
        qry_add(d, QRY_GATE_h, i, 0, 0);
}

/* I - 2|s><s|, or I - (1 - e^(i angle 0))|s><s|, with s the state that a round begins with: all rows and values of the
 * uniform register alike, no flag turned. */
void qry_write_diffusion(qry_lowered *l)
{
    for (int angles = 0; angles < 2; angles++) {
        draft_diffusion(l, l->draft[angles], angles, false);
        qry_lowered_settle(l, l->draft[angles], &l->diffusion[angles], angles ? "diffusion phase" : "diffusion");
    }
}

void qry_write_controlled(qry_lowered *l)
{
    qry_must(l->has_mark); /* then there is work enough */
    draft_oracle(l, l->draft[0], false, true);
    qry_lowered_settle(l, l->draft[0], &l->controlled_oracle, "controlled oracle");
    draft_diffusion(l, l->draft[0], false, true);
    qry_lowered_settle(l, l->draft[0], &l->controlled_diffusion, "controlled diffusion");
}
