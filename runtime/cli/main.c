/* main.c: the `quarry` program: descriptors, signals, and the way to a command. */
#include "cli.h"

#include "runtime/linalg.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A signal handler has no argument, so these are the process's. */
static volatile sig_atomic_t interrupted;
static double interrupted_at; /* the handler's own */

struct call {
    cli cli;
    int argc;
    const char *const *argv;
    int status;
};

/* ---- the process ---- */

/* A closed standard descriptor would be taken by the first file that is opened, which then got what is meant for the
 * terminal. What takes its place can be read or written only the wrong way round, so that using it is still an error. */
static void keep_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            _exit(CLI_FAILED);
}

/* The first signal asks for an orderly end, another one kills; not one that comes along with the first, as timeout(1) and
 * some shells send the same to the process and to its group. */
static void interrupt(int number)
{
    static const double TOGETHER = 0.2; /* seconds */
    double now = qry_seconds();
    if (!interrupted)
        interrupted_at = now;
    else if (now - interrupted_at > TOGETHER) {
        signal(number, SIG_DFL);
        raise(number); /* arrives when this handler returns */
    }
    interrupted = 1;
}

/* Who had them ignored (nohup) keeps it so. */
static void catch_signals(void)
{
    static const int asked[] = {SIGINT, SIGTERM};
    struct sigaction old, action = {.sa_handler = interrupt};
    sigaddset(&action.sa_mask, SIGINT);
    sigaddset(&action.sa_mask, SIGTERM);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        if (sigaction(asked[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(asked[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* a closed pipe, or a limit on the size of files, is a failed write, with a message */
    signal(SIGXFSZ, SIG_IGN);
}

/* ---- diagnostics ---- */

static bool terminal_takes_color(void)
{
    const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && !(none && *none) && terminal && strcmp(terminal, "dumb") != 0;
}

static void show(void *state, const qry_diagnostic *diagnostic)
{
    enum { AUTO, ALWAYS };
    cli *cli = state;
    if (cli->quiet && diagnostic->severity != QRY_ERROR)
        return;
    cli_progress_hide(cli);
    qry_diagnostic_print(cli->held ? cli->held : stderr, diagnostic,
                         cli->color == ALWAYS || (cli->color == AUTO && terminal_takes_color()));
}

/* ---- the way to a command ---- */

static int print_help(cli *cli, const cli_command *command)
{
    qry_output *output = qry_output_open(cli->ctx, "-");
    cli_write_help(cli, command, output);
    return qry_output_commit(output) ? CLI_DONE : CLI_FAILED;
}

static int print_version(cli *cli)
{
    qry_output *output = qry_output_open(cli->ctx, "-");
    qry_output_printf(output, "quarry %s\n", QRY_VERSION);
    return qry_output_commit(output) ? CLI_DONE : CLI_FAILED;
}

/* The words before a command. */
static int run_option(cli *cli, const char *option)
{
    static const char *const known[] = {"--help", "--version"};
    if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0)
        return print_help(cli, NULL);
    if (strcmp(option, "--version") == 0 || strcmp(option, "-V") == 0)
        return print_version(cli);
    return cli_misuse(cli, qry_nearest_word(cli->arena, option, known, 2), "unknown option '%.60s' before a command",
                      option);
}

static int help_with(cli *cli, const char *name)
{
    const cli_command *command = name ? cli_find_command(cli, name) : NULL;
    return name && !command ? CLI_MISUSED : print_help(cli, command);
}

static int run(struct call *call)
{
    cli *cli = &call->cli;
    if (cli_is_for_first_rank(cli, call->argv[1]))
        return CLI_DONE;
    if (call->argc < 2)
        return cli_misuse(cli, "quarry --help lists them", "a command is missing");
    const char *word = call->argv[1];
    if (word[0] == '-')
        return run_option(cli, word);
    if (strcmp(word, "help") == 0)
        return help_with(cli, call->argv[2]);
    cli->command = cli_find_command(cli, word);
    if (!cli->command)
        return CLI_MISUSED;
    const char **arguments;
    void *settings = qry_arena_alloc(cli->arena, 1, cli->command->settings);
    int status = cli_read_options(cli, call->argc - 1, call->argv + 1, settings, &arguments);
    if (status != CLI_DONE || (cli->help && cli->ranks.number > 0))
        return status;
    return cli->help ? print_help(cli, cli->command) : cli->command->run(cli, settings, arguments);
}

static void body(void *state)
{
    struct call *call = state;
    call->cli.arena = qry_arena_new(call->cli.ctx);
    call->status = run(call);
}

int main(int argc, char **argv)
{
    keep_descriptors();
    catch_signals();
    qry_ctx *ctx = qry_ctx_new();
    if (!ctx) {
        fputs("quarry: error: out of memory\n", stderr);
        return CLI_FAILED;
    }
    struct call call = {.cli = {.ctx = ctx}, .argc = argc, .argv = (const char *const *)argv, .status = CLI_FAILED};
    qry_ctx_set_interrupt(ctx, &interrupted);
    qry_ctx_on_diagnostic(ctx, show, &call.cli);
    qry_linalg_threads(1);
    if (!cli_join_ranks(&call.cli))
        call.status = qry_ranks_is_first_started() ? CLI_FAILED : CLI_DONE;
    else if (!qry_protect(ctx, body, &call))
        call.status = CLI_FAILED;
    call.status = cli_leave_ranks(&call.cli, call.status, interrupted != 0);
    qry_ctx_free(ctx);
    return call.status;
}
