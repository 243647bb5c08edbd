/* progress.c: a line on the terminal that says how far long work is: label, done of total, rate, time left. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const double WAIT = 1, PERIOD = 0.1; /* seconds before the first drawing, and between two */

static void format_time(double seconds, char text[32])
{
    uint64_t whole = seconds < 359999 ? (uint64_t)(seconds + 0.5) : 359999;
    if (whole < 60)
        snprintf(text, 32, "%llu s", (unsigned long long)whole);
    else if (whole < 3600)
        snprintf(text, 32, "%llu:%02llu min", (unsigned long long)(whole / 60), (unsigned long long)(whole % 60));
    else
        snprintf(text, 32, "%llu:%02llu h", (unsigned long long)(whole / 3600), (unsigned long long)(whole / 60 % 60));
}

/* "[########                ] 33 of 100" or "33". */
static void format_amount(const struct cli_progress *p, uint64_t done, char text[96])
{
    enum { BAR = 24 };
    char bar[BAR + 1] = "";
    if (!p->total) {
        snprintf(text, 96, "%llu", (unsigned long long)done);
        return;
    }
    memset(bar, ' ', BAR);
    memset(bar, '#', done < p->total ? (size_t)(BAR * (double)done / (double)p->total) : BAR);
    snprintf(text, 96, "[%s] %llu of %llu", bar, (unsigned long long)done, (unsigned long long)p->total);
}

static void draw(struct cli_progress *p, uint64_t done, double time)
{
    struct winsize size;
    size_t width = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
    double elapsed = time - p->start, rate = (double)done / elapsed;
    bool can_tell = p->total && rate > 0 && done <= p->total;
    char line[256], amount[96], clock[32];
    format_amount(p, done, amount);
    format_time(can_tell ? (double)(p->total - done) / rate : elapsed, clock);
    if (p->unit)
        snprintf(line, sizeof line, "%s %s %s, %.3g/s, %s%s", p->label, amount, p->unit, rate, clock,
                 can_tell ? " left" : "");
    else
        snprintf(line, sizeof line, "%s, %s", p->label, clock);
    if (width <= sizeof line)
        line[width - 1] = 0;
    fprintf(stderr, "\r%s\033[K", line);
    p->drawn = true;
}

void cli_progress_begin(cli *cli, const char *label, const char *unit, uint64_t total)
{
    const char *terminal = getenv("TERM");
    cli->progress = (struct cli_progress){.label = label, .unit = unit, .total = total, .start = qry_seconds()};
    cli->progress.shown =
        !cli->quiet && cli->ranks.number == 0 && isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    cli->progress.last = cli->progress.start + WAIT - PERIOD;
}

void cli_progress_at(cli *cli, uint64_t done)
{
    struct cli_progress *p = &cli->progress;
    if (!p->shown)
        return;
    double time = qry_seconds();
    if (time - p->last >= PERIOD) {
        p->last = time;
        draw(p, done, time);
    }
}

static void pulse(void *state)
{
    cli *cli = state;
    cli_progress_at(cli, cli->progress.ask ? cli->progress.ask(cli->progress.state) : 0);
}

void cli_progress_watch(cli *cli, uint64_t (*ask)(void *state), void *state)
{
    cli->progress.ask = ask;
    cli->progress.state = state;
    if (cli->progress.shown)
        qry_ctx_on_pulse(cli->ctx, pulse, cli);
}

void cli_progress_end(cli *cli)
{
    qry_ctx_on_pulse(cli->ctx, NULL, NULL);
    cli_progress_hide(cli);
    cli->progress.shown = false;
}

void cli_progress_hide(cli *cli)
{
    if (cli->progress.drawn)
        fputs("\r\033[K", stderr);
    cli->progress.drawn = false;
}

void cli_progress_step(void *state, const char *label, size_t done, size_t total)
{
    cli *cli = state;
    if (!cli->progress.label || strcmp(cli->progress.label, label) != 0) {
        cli_progress_end(cli);
        cli_progress_begin(cli, label, "steps", total);
    }
    cli_progress_at(cli, done);
}
