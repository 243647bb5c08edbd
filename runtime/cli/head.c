/* head.c: the comment at the head of a printed circuit: what made it, what its registers are, what it costs and what to
 * expect of it. The same input gives the same text: no dates, no folders. */
#include "circuit.h"

#include <string.h>

enum { WIDTH = 100 };

struct head {
    const cli_circuit *circuit;
    qry_arena *arena;
    const char **lines;
    size_t count, room;
};

static void add_line(struct head *h, const char *line)
{
    if (h->count == h->room) {
        size_t room = 2 * h->room + 16;
        const char **lines = qry_arena_alloc(h->arena, room, sizeof *lines);
        for (size_t i = 0; i < h->count; i++)
            lines[i] = h->lines[i];
        h->lines = lines;
        h->room = room;
    }
    h->lines[h->count++] = line;
}

/* Text in as many lines as it needs; those behind the first begin with `indent` blanks. */
static void add(struct head *h, int indent, const char *text)
{
    for (int before = 0;; before = indent) {
        size_t room = (size_t)(WIDTH - before), length = strlen(text), cut = length;
        if (length > room) {
            for (cut = room; cut > 0 && text[cut] != ' '; cut--)
                ;
            cut = cut ? cut : strcspn(text, " ");
        }
        add_line(h, qry_arena_printf(h->arena, "%*s%.*s", before, "", (int)cut, text));
        text += cut;
        text += strspn(text, " ");
        if (!*text)
            break;
    }
}

/* ---- what it is ---- */

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : strcmp(path, "-") == 0 ? "standard input" : path;
}

/* The options that change what is printed, as they could be given again. */
static const char *options_text(const struct head *h)
{
    const cli_circuit_settings *s = h->circuit->settings;
    qry_arena *arena = h->arena;
    const char *text = "";
    for (size_t i = 0; i < s->program.defines.count; i++)
        text = qry_arena_printf(arena, "%s -D %s", text, s->program.defines.text[i]);
    if (s->program.statement)
        text = qry_arena_printf(arena, "%s --statement %s", text, s->program.statement);
    if (s->program.qram)
        text = qry_arena_printf(arena, "%s --qram %s", text, s->program.qram);
    if (s->iterations.given)
        text = qry_arena_printf(arena, "%s --iterations %llu", text, (unsigned long long)s->iterations.value);
    if (s->part)
        text = qry_arena_printf(arena, "%s --part %s", text, s->part);
    if (s->superpose)
        text = qry_arena_printf(arena, "%s --superpose", text);
    if (s->max_operands.given)
        text = qry_arena_printf(arena, "%s --max-operands %llu", text, (unsigned long long)s->max_operands.value);
    if (s->profile == QRY_PROFILE_FULL)
        text = qry_arena_printf(arena, "%s --profile full", text);
    return text;
}

static void add_origin(struct head *h)
{
    const char *options = options_text(h);
    add(h, 2,
        qry_arena_printf(h->arena, "Made by quarry %s from %s: %s of the statement", QRY_VERSION,
                         file_name(h->circuit->path), cli_part_text(h->circuit, h->arena)));
    add(h, 4, qry_arena_printf(h->arena, "  %s", cli_statement_text(h->circuit->search, h->arena)));
    if (*options)
        add(h, 2, qry_arena_printf(h->arena, "with the options%s", options));
}

/* ---- what it does ---- */

static void add_success(struct head *h)
{
    const cli_circuit *c = h->circuit;
    qry_arena *arena = h->arena;
    const char *more = "", *rows = cli_some(arena, c->search->high - c->search->low + 1, "row");
    uint64_t marked = cli_marked_rows(c), best = qry_search_best_iterations(c->search->address, marked);
    if (cli_success_probability(c, best) > cli_success_probability(c, qry_search_rounds(c->search)) + 1e-9)
        more = qry_arena_printf(arena, ", with %s %.6f", cli_some(arena, best, "iteration"),
                                cli_success_probability(c, best));
    add(h, 2,
        qry_arena_printf(arena, "%s of %s %s, at %s addresses: a shot finds one with probability %.6f%s.",
                         cli_number(arena, marked), rows, marked == 1 ? "matches" : "match",
                         cli_number(arena, (qry_u128)1 << c->search->address),
                         cli_success_probability(c, qry_search_rounds(c->search)), more));
}

static void add_expectation(struct head *h)
{
    const cli_circuit *c = h->circuit;
    qry_arena *arena = h->arena;
    const char *rows = cli_some(arena, c->search->high - c->search->low + 1, "row");
    if (!c->counted) {
        add(h, 2,
            qry_arena_printf(arena, "How many of %s match was not counted: there are more than %s.", rows,
                             cli_number(arena, CLI_COUNTED_ROWS)));
    } else if (c->share == 0) {
        add(h, 2,
            qry_arena_printf(arena, "None of %s %s: %s.", rows, cli_marks_rows(c) ? "matches" : "is marked",
                             qry_is_estimate(c->search->kind) ? "the mark is never 1"
                                                              : "whatever is measured is no answer"));
    } else if (qry_is_estimate(c->search->kind) || !cli_marks_rows(c)) {
        add(h, 2,
            qry_arena_printf(arena,
                             "The state that it begins with is marked with probability p = %.10g, so a shot %s a mark "
                             "with sin^2(%s asin sqrt p) = %.6f.",
                             c->share, qry_is_estimate(c->search->kind) ? "measures" : "finds",
                             cli_number(arena, 2 * (qry_u128)qry_search_rounds(c->search) + 1),
                             cli_success_probability(c, qry_search_rounds(c->search))));
    } else {
        add_success(h);
    }
}

/* What rounds begin with and, unless they estimate, end with. */
static const char *state_text(const cli_circuit *c) { return c->search->uniform ? "addr and uniform" : "addr"; }

static void add_round(struct head *h)
{
    const cli_circuit *c = h->circuit;
    qry_arena *arena = h->arena;
    uint64_t rounds = qry_search_rounds(c->search);
    const char *iterations = rounds == 1 ? "once" : qry_arena_printf(arena, "%s times", cli_number(arena, rounds));
    const char *measured = qry_is_estimate(c->search->kind)
                               ? "then the mark, computed once more, and its measurement"
                               : qry_arena_printf(arena, "then the measurement of %s", state_text(c));
    add(h, 2,
        qry_arena_printf(arena, "H on %s, then %s the oracle and the diffusion, %s.", state_text(c), iterations,
                         measured));
    add_expectation(h);
}

static const char *part_meaning(const struct head *h)
{
    const cli_circuit *c = h->circuit;
    if (cli_is_certificate(c))
        return "A fixed-point search (Yoder, Low, Chuang, Phys. Rev. Lett. 113, 210501): if a row matches that is "
               "still "
               "looked for, it ends in one with a probability close to 1, however many there are. A search runs it "
               "before it says that no row is left; here all rows are still looked for.";
    if (cli_is_canonical(c))
        return "Amplitude estimation by phase estimation (Brassard, Hoyer, Mosca, Tapp 2002): with y the number "
               "in c, sin^2(pi y / 2^T) estimates the probability of a mark.";
    if (strcmp(c->part, "prepare") == 0)
        return qry_arena_printf(h->arena,
                                "A: H on %s, and the mark computed into flag, which is 1 with the probability that "
                                "estimates are about.",
                                state_text(c));
    if (strcmp(c->part, "oracle") == 0)
        return qry_arena_printf(h->arena, "The sign of every state of %s that is %s changes; no other register does.",
                                state_text(c), cli_marks_rows(c) ? "a row that matches" : "marked");
    if (strcmp(c->part, "diffusion") == 0)
        return qry_arena_printf(h->arena,
                                "The sign of the uniform superposition of %s changes; what is orthogonal to it stays.",
                                state_text(c));
    if (c->settings->superpose)
        return "H on addr, one query, then the measurement of addr and word: every address with its word.";
    return "The word at the address is added to word, bit by bit (XOR). Prepare addr, and word, before.";
}

static void add_meaning(struct head *h)
{
    if (cli_is_round(h->circuit))
        add_round(h);
    else
        add(h, 2, part_meaning(h));
}

/* ---- registers ---- */

static bool is_named(const qry_group *group, const char *name)
{
    return group->role == QRY_ROLE_DATA && strcmp(group->name, name) == 0;
}

/* Whether a register is measured, and into which bit its first qubit. */
static bool is_measured(const cli_circuit *c, const qry_group *group, uint32_t *bit)
{
    bool whole = cli_is_round(c) || cli_is_certificate(c);
    *bit = group->first;
    if (whole && qry_is_estimate(c->search->kind)) {
        *bit = 0;
        return is_named(group, "flag");
    }
    if (group->role == QRY_ROLE_ADDRESS)
        return whole || c->settings->superpose;
    return group->role == QRY_ROLE_WORD ? c->settings->superpose : whole && is_named(group, "uniform");
}

/* The registers that a circuit does not leave as zero as it found them. */
static const char *nonzero_text(const struct head *h)
{
    const cli_circuit *c = h->circuit;
    const qry_definition *program = qry_circuit_program(c->search->circuit);
    const char *names = "addr", *last = NULL;
    if (cli_is_query(c))
        return "addr and word";
    for (size_t i = 0; i < program->group_count; i++) {
        const qry_group *group = &program->groups[i];
        if (!is_named(group, "uniform") && !is_named(group, "flags") && !is_named(group, "count"))
            continue;
        names = last ? qry_arena_printf(h->arena, "%s, %s", names, last) : names;
        last = group->name;
    }
    return last ? qry_arena_printf(h->arena, "%s and %s", names, last) : names;
}

/* A circuit that ends with a mark does not take back what the mark was computed from. */
static const char *zero_text(const struct head *h)
{
    const cli_circuit *c = h->circuit;
    if (qry_is_estimate(c->search->kind) && (cli_is_round(c) || strcmp(c->part, "prepare") == 0))
        return "Registers; bit i has the weight 2^i, and all are zero before:";
    return qry_arena_printf(
        h->arena, "Registers; bit i has the weight 2^i, and all but %s are zero before and after:", nonzero_text(h));
}

static const char *measured_text(const struct head *h, const qry_group *group)
{
    uint32_t bit, last = group->size - 1;
    if (cli_is_canonical(h->circuit) && is_named(group, "count"))
        return last ? qry_arena_printf(h->arena, "; measured into c[%u] to c[0]", last) : "; measured into c[0]";
    if (!is_measured(h->circuit, group, &bit))
        return "";
    return qry_arena_printf(h->arena, last ? "; measured into c[%u] to c[%u]" : "; measured into c[%u]", bit,
                            bit + last);
}

static void add_registers(struct head *h)
{
    const cli_circuit *c = h->circuit;
    const qry_definition *program = qry_circuit_program(c->search->circuit);
    int widest = 0;
    for (size_t i = 0; i < program->group_count; i++) {
        int width = (int)strlen(qry_arena_printf(h->arena, "%s[%u]", program->groups[i].name, program->groups[i].size));
        widest = width > widest ? width : widest;
    }
    add(h, 2, zero_text(h));
    for (size_t i = 0; i < program->group_count; i++) {
        const qry_group *group = &program->groups[i];
        const char *name = qry_arena_printf(h->arena, "%s[%u]", group->name, group->size);
        const char *text = qry_search_register(c->search, group, h->arena);
        add(h, widest + 4, qry_arena_printf(h->arena, "  %-*s  %s%s", widest, name, text, measured_text(h, group)));
    }
}

/* ---- costs ---- */

static void add_costs(struct head *h)
{
    enum { CHEAP = 1 << 24 }; /* operations walked for the depth */
    const qry_definition *program = qry_circuit_program(h->circuit->search->circuit);
    qry_arena *arena = h->arena;
    qry_tally tally;
    qry_definition_tally(program, &tally);
    qry_depth depth = qry_definition_depth_bound(program, CHEAP);
    const char *bound = depth.exact ? "" : "at most ";
    add(h, 2,
        qry_arena_printf(arena, "Costs: %s, %s, T count %s (7 for a ccx or cswap), depth %s%s, T-depth %s%s.",
                         cli_some(arena, program->width, "qubit"), cli_some(arena, qry_tally_gates(&tally), "gate"),
                         cli_number(arena, qry_tally_t(&tally)), bound, cli_number(arena, depth.depth), bound,
                         cli_number(arena, depth.t_depth)));
    add(h, 2, qry_arena_printf(arena, "Gates: %s.", cli_gates_text(arena, &tally)));
}

const char *const *cli_head(const cli_circuit *circuit, qry_arena *arena, size_t *count)
{
    struct head h = {.circuit = circuit, .arena = arena};
    add_origin(&h);
    add_meaning(&h);
    add_registers(&h);
    add_costs(&h);
    *count = h.count;
    return h.lines;
}
