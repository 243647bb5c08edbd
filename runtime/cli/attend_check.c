/* attend_check.c: which options of `quarry attend` go together, and what they come to. */
#include "attend.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SPARSE = 1 << QRY_ATTEND_SPARSE,
    HYBRID = 1 << QRY_ATTEND_HYBRID,
    NYSTROM = 1 << QRY_ATTEND_NYSTROM,
    HALFSPACE = 1 << QRY_ATTEND_HALFSPACE,
    SEARCHED = SPARSE | HYBRID,
    CIRCUITS = SEARCHED | NYSTROM,
    LOW_RANK = HYBRID | NYSTROM
};

/* Options that not every method takes. */
static const struct {
    const char *name;
    unsigned methods;
} uses[] = {
    {"tau", SEARCHED | HALFSPACE},
    {"drop", SEARCHED | HALFSPACE},
    {"top", SEARCHED | HALFSPACE},
    {"target", SEARCHED},
    {"epsilon", CIRCUITS},
    {"clusters", SEARCHED | HALFSPACE},
    {"rest", HYBRID},
    {"bits", SEARCHED},
    {"failure", CIRCUITS},
    {"landmarks", LOW_RANK},
    {"lambda", LOW_RANK},
    {"value-samples", LOW_RANK},
    {"kernel", LOW_RANK},
    {"probabilities", LOW_RANK},
    {"save", NYSTROM},
    {"load", NYSTROM},
    {"engine", CIRCUITS},
    {"engine-mode", CIRCUITS},
    {"qasm-dir", SEARCHED},
};

/* What rows of a saved state may be asked with. */
static const char *const with_state[] = {"queries", "method", "rows",  "load",  "threads", "output",
                                         "report",  "json",   "quiet", "color", "help"};

static bool is_given(const cli *cli, const char *name)
{
    for (size_t i = 0; i < cli->given_count; i++)
        if (strcmp(cli->given[i]->name, name) == 0)
            return true;
    return false;
}

/* ---- methods ---- */

/* "sparse, hybrid or halfspace" */
static const char *methods_text(qry_arena *arena, unsigned methods)
{
    const char *text = "";
    for (int m = 0; methods; m++) {
        unsigned rest = methods & ~(1u << m);
        if (methods != rest)
            text = qry_arena_printf(arena, "%s%s%s", text,
                                    !*text ? ""
                                    : rest ? ", "
                                           : " or ",
                                    cli_word_at(arena, CLI_ATTEND_METHODS, (size_t)m));
        methods = rest;
    }
    return text;
}

static int check_method(cli *cli, const cli_attend_settings *s)
{
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++)
        if (!(uses[i].methods & 1u << s->method) && is_given(cli, uses[i].name))
            return cli_misuse(cli, NULL, "--%s goes with --method %s", uses[i].name,
                              methods_text(cli->arena, uses[i].methods));
    return CLI_DONE;
}

/* Why an option does not go with a saved state. */
static const char *why_without(const char *name)
{
    if (strcmp(name, "check") == 0)
        return "a state has no keys to compute exact rows from";
    if (strcmp(name, "keys") == 0 || strcmp(name, "values") == 0)
        return "a state stands for keys and values";
    if (strcmp(name, "save") == 0)
        return "a state is saved when it is made";
    if (strcmp(name, "causal") == 0)
        return "a state has sums over all keys, and none up to each";
    return "it was settled when the state was made";
}

static int check_state(cli *cli, const cli_attend_settings *s)
{
    if (!s->q)
        return cli_misuse(cli, "quarry attend -q q.npy --load state.npz", "-q is needed: Q");
    for (size_t i = 0; i < cli->given_count; i++) {
        const char *name = cli->given[i]->name;
        size_t k = 0;
        while (k < sizeof with_state / sizeof *with_state && strcmp(with_state[k], name) != 0)
            k++;
        if (k == sizeof with_state / sizeof *with_state)
            return cli_misuse(cli, "rows of a saved state need it and -q", "--%s goes without --load: %s", name,
                              why_without(name));
    }
    return CLI_DONE;
}

/* ---- files ---- */

/* By its name: what mpirun connects it to differs from rank to rank. */
static bool is_standard_input(const char *path)
{
    static const char *const names[] = {"/dev/stdin", "/dev/fd/", "/proc/self/fd/"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(path, names[i], strlen(names[i])) == 0)
            return true;
    return strcmp(path, "-") == 0;
}

struct named {
    const char *option, *path; /* path NULL: not given */
};

enum { INPUTS = 4, OUTPUTS = 3 };

/* Before anything is computed: it has files of its own names. */
static int check_folder(cli *cli, const char *folder, const struct named *inputs, const struct named *outputs)
{
    for (size_t i = 0; i < INPUTS; i++)
        if (inputs[i].path && cli_attend_overwrites(cli, folder, inputs[i].path))
            return cli_misuse(cli, NULL, "--qasm-dir %s would overwrite %s, which is read", folder, inputs[i].path);
    for (size_t i = 0; i < OUTPUTS; i++) {
        if (!outputs[i].path)
            continue;
        if (strcmp(folder, outputs[i].path) == 0)
            return cli_misuse(cli, NULL, "%s and --qasm-dir name the same file", outputs[i].option);
        if (cli_attend_overwrites(cli, folder, outputs[i].path))
            return cli_misuse(cli, NULL, "--qasm-dir %s would overwrite %s, which %s names", folder, outputs[i].path,
                              outputs[i].option);
    }
    return CLI_DONE;
}

static int check_files(cli *cli, const cli_attend_settings *s)
{
    const struct named outputs[OUTPUTS] = {{"-o", s->output}, {"--save", s->save}, {"--report", s->report}};
    const struct named inputs[INPUTS] = {{"-q", s->q}, {"-k", s->k}, {"-v", s->v}, {"--load", s->load}};
    for (size_t i = 0; i < INPUTS; i++)
        if (cli->ranks.count > 1 && inputs[i].path && is_standard_input(inputs[i].path))
            return cli_misuse(cli, "give a file that every rank can read", "%s %s: ranks cannot share standard input",
                              inputs[i].option, inputs[i].path);
    for (size_t i = 0; i < OUTPUTS; i++) {
        const char *path = outputs[i].path;
        if (!path)
            continue;
        if (strcmp(path, "-") == 0)
            return cli_misuse(cli, NULL, "%s needs a file: standard output is for the summary", outputs[i].option);
        for (size_t k = 0; k < INPUTS; k++)
            if (inputs[k].path && cli_same_file(path, inputs[k].path))
                return cli_misuse(cli, NULL, "%s %s would overwrite what is read", outputs[i].option, path);
        for (size_t k = 0; k < i; k++)
            if (outputs[k].path && (strcmp(path, outputs[k].path) == 0 || cli_same_file(path, outputs[k].path)))
                return cli_misuse(cli, NULL, "%s and %s name the same file", outputs[k].option, outputs[i].option);
    }
    return s->qasm_dir ? check_folder(cli, s->qasm_dir, inputs, outputs) : CLI_DONE;
}

/* ---- numbers ---- */

bool cli_attend_read_natural(const char **text, size_t *number)
{
    char *end;
    errno = 0;
    if (**text < '0' || **text > '9')
        return false;
    unsigned long long value = strtoull(*text, &end, 10);
    *text = end;
    *number = (size_t)value;
    return !errno;
}

static int check_bits(cli *cli, const char *text, qry_widths *bits)
{
    const char *at = text;
    size_t number[3] = {0}, count = 0;
    bool read = true;
    if (!text)
        return CLI_DONE;
    while (read && count < 3 && (count == 0 || *at == ',')) {
        at += count > 0;
        read = cli_attend_read_natural(&at, &number[count++]);
    }
    if (read && count == 3 && !*at)
        return cli_misuse(cli, NULL,
                          "--bits takes two numbers, as 8,8: values are in no circuit of a search, so that "
                          "they have no bits");
    for (size_t i = 0; i < 2; i++)
        read = read && number[i] >= 2 && number[i] <= 16;
    if (!read || count != 2 || *at)
        return cli_misuse(cli, NULL, "--bits takes two numbers from 2 to 16, as 8,8, not '%.60s'", text);
    *bits = (qry_widths){(int)number[0], (int)number[1]};
    return CLI_DONE;
}

/* Of nystrom the precision of what is estimated once, of the others that of their rows. */
static int check_epsilon(cli *cli, const cli_attend_settings *s, qry_attend_options *options)
{
    char *end;
    bool once = s->method == QRY_ATTEND_NYSTROM;
    if (!s->epsilon)
        return CLI_DONE;
    if (strcmp(s->epsilon, "auto") == 0) {
        options->automatic = !once;
        return CLI_DONE;
    }
    double epsilon = strtod(s->epsilon, &end);
    if (end == s->epsilon || *end || !(epsilon > 0 && epsilon <= 1))
        return cli_misuse(cli, NULL, "--epsilon takes a number above 0, at most 1, or auto, not '%.60s'", s->epsilon);
    *(once ? &options->nystrom.mean_epsilon : &options->epsilon) = epsilon;
    return CLI_DONE;
}

static int check_rule(cli *cli, const cli_attend_settings *s, qry_rule *rule, bool *given)
{
    if (s->tau.given + s->drop.given + s->top.given + s->target.given > 1)
        return cli_misuse(cli, NULL, "one of --tau, --drop, --top and --target is enough");
    if (s->target.given && !(s->target.value > 0))
        return cli_misuse(cli, NULL, "--target takes a number above 0, not %g", s->target.value);
    if (s->drop.given && s->drop.value < 0)
        return cli_misuse(cli, NULL, "--drop takes a number from 0, not %g", s->drop.value);
    *given = s->tau.given || s->drop.given || s->top.given || s->target.given;
    *rule = s->tau.given      ? (qry_rule){QRY_RULE_TAU, s->tau.value}
            : s->drop.given   ? (qry_rule){QRY_RULE_DROP, s->drop.value}
            : s->target.given ? (qry_rule){QRY_RULE_TARGET, s->target.value}
                              : (qry_rule){QRY_RULE_TOP, (double)s->top.value};
    return CLI_DONE;
}

/* ---- the low-rank kernel ---- */

static int check_value_samples(cli *cli, const char *text, size_t *samples)
{
    const char *at = text;
    if (!text || strcmp(text, "all") == 0)
        return CLI_DONE;
    if (!cli_attend_read_natural(&at, samples) || *at || *samples == 0)
        return cli_misuse(cli, NULL, "--value-samples takes a number from 1, or all, not '%.60s'", text);
    return CLI_DONE;
}

/* Of hybrid there is one only where it is asked for. */
static int check_has_kernel(cli *cli, const cli_attend_settings *s)
{
    static const char *const names[] = {"landmarks", "lambda", "value-samples", "kernel", "probabilities"};
    bool sized = s->landmarks.given || s->lambda.given;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (s->method != QRY_ATTEND_HYBRID || s->rest == QRY_ATTEND_REST_NYSTROM || !is_given(cli, names[i]))
            continue;
        if (s->rest != QRY_ATTEND_REST_BEST)
            return cli_misuse(cli, NULL, "--%s goes with --rest best or nystrom", names[i]);
        if (!sized)
            return cli_misuse(cli, NULL, "--%s needs --landmarks or --lambda, or --rest nystrom", names[i]);
    }
    return CLI_DONE;
}

static int check_kernel(cli *cli, const cli_attend_settings *s, qry_nystrom_options *options)
{
    if (s->landmarks.given && s->lambda.given)
        return cli_misuse(cli, NULL, "one of --landmarks and --lambda is enough");
    if (s->lambda.given && !(s->lambda.value > 0))
        return cli_misuse(cli, NULL, "--lambda takes a number above 0, not %g", s->lambda.value);
    if (s->save && s->causal)
        return cli_misuse(cli, NULL, "--save does not go with --causal: a row would need sums over the keys before it");
    options->landmarks = s->landmarks.value;
    options->lambda = s->lambda.value;
    options->raw = s->kernel != 0;
    options->probabilities = (qry_attend_probabilities)s->probabilities;
    int status = check_has_kernel(cli, s);
    return status != CLI_DONE ? status : check_value_samples(cli, s->value_samples, &options->value_samples);
}

/* ---- all of it ---- */

static int check_words(cli *cli, const cli_attend_settings *s)
{
    static const double least_failure = 1e-12;
    if (!s->load && (!s->q || !s->k || !s->v))
        return cli_misuse(cli, "quarry attend -q q.npy -k k.npy -v v.npy", "-q, -k and -v are needed: Q, K and V");
    if (s->failure.given && !(s->failure.value >= least_failure && s->failure.value < 1))
        return cli_misuse(cli, NULL, "--failure takes a probability from %g, below 1, not %g", least_failure,
                          s->failure.value);
    if (s->scale.given && s->scale.value == 0)
        return cli_misuse(cli, NULL, "--scale 0 would make all scores equal");
    if (s->engine == QRY_ENGINE_ORACLE && s->mode != QRY_SIM_AUTO)
        return cli_misuse(cli, NULL, "--engine-mode goes with --engine gates");
    return CLI_DONE;
}

int cli_attend_check(cli *cli, cli_attend_settings *s, qry_attend_options *options, qry_rule *rule)
{
    bool has_rule = false;
    if (s->load && !is_given(cli, "method"))
        s->method = QRY_ATTEND_NYSTROM;
    int status = check_method(cli, s);
    if (status == CLI_DONE && s->load)
        status = check_state(cli, s);
    if (status == CLI_DONE)
        status = check_words(cli, s);
    if (status == CLI_DONE)
        status = check_files(cli, s);
    if (status == CLI_DONE)
        status = check_rule(cli, s, rule, &has_rule);
    if (status == CLI_DONE)
        status = check_epsilon(cli, s, options);
    if (status == CLI_DONE)
        status = check_kernel(cli, s, &options->nystrom);
    if (status == CLI_DONE)
        status = check_bits(cli, s->bits, &options->bits);
    options->method = (qry_attend_method)s->method;
    options->rule = has_rule ? rule : NULL;
    return status;
}
