/* pages.c: writes the manual pages and the bash completion of `quarry`, from the same tables as --help. A program of its
 * own, run when the project is built: quarry_pages FOLDER. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

/* ---- manual pages ---- */

/* Text as roff takes it. */
static void write_stretch(qry_output *page, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((text[i] == '.' || text[i] == '\'') && (i == 0 || text[i - 1] == '\n'))
            qry_output_printf(page, "\\&");
        if (text[i] == '\\')
            qry_output_printf(page, "\\e");
        else if (text[i] == '-')
            qry_output_printf(page, "\\-");
        else
            qry_output_printf(page, "%c", text[i]);
    }
}

static void write_roff(qry_output *page, const char *text) { write_stretch(page, text, strlen(text)); }

static void write_paragraphs(qry_output *page, const char *text)
{
    const char *end;
    for (; (end = strstr(text, "\n\n")); text = end + 2) {
        write_stretch(page, text, (size_t)(end - text));
        qry_output_printf(page, "\n.PP\n");
    }
    write_roff(page, text);
    qry_output_printf(page, "\n");
}

static void write_options(qry_output *page, const cli_command *command, const cli_option *table)
{
    for (const cli_option *o = table; o && o->name; o++) {
        if (!o->help)
            continue;
        qry_output_printf(page, ".TP\n");
        if (cli_letter(command, o))
            qry_output_printf(page, "\\fB\\-%c\\fR, ", o->letter);
        qry_output_printf(page, "\\fB\\-\\-");
        write_roff(page, o->name);
        qry_output_printf(page, "\\fR");
        const char *value = o->value ? o->value : o->words;
        if (value) {
            qry_output_printf(page, " \\fI");
            write_roff(page, value);
            qry_output_printf(page, "\\fR");
        }
        qry_output_printf(page, "\n");
        write_roff(page, o->help);
        qry_output_printf(page, "\n");
    }
}

static void write_end(qry_output *page)
{
    qry_output_printf(page, ".SH EXIT STATUS\n0 success, 1 error in the input or the run, 2 wrong usage.\n"
                            ".SH SEE ALSO\n\\fBquarry\\fR(1)");
    for (const cli_command *const *c = cli_commands; *c; c++)
        if ((*c)->run)
            qry_output_printf(page, ",\n\\fBquarry\\-%s\\fR(1)", (*c)->name);
    qry_output_printf(page, "\n");
}

static void write_title(qry_output *page, const char *name, const char *line)
{
    qry_output_printf(page, ".TH %s 1 \"\" \"quarry %s\" \"Quarry\"\n.SH NAME\n", name, QRY_VERSION);
    write_roff(page, name);
    qry_output_printf(page, " \\- %s\n.SH SYNOPSIS\n", line);
}

static void write_command_page(qry_arena *arena, qry_output *page, const cli_command *command)
{
    write_title(page, qry_arena_printf(arena, "quarry-%s", command->name), command->line);
    qry_output_printf(page, "\\fBquarry %s\\fR [options] \\fI%s\\fR\n.SH DESCRIPTION\n", command->name,
                      command->arguments);
    write_paragraphs(page, command->text);
    qry_output_printf(page, ".SH OPTIONS\n");
    for (size_t i = 0; i < sizeof command->options / sizeof *command->options; i++)
        write_options(page, command, command->options[i]);
    write_options(page, command, cli_common_options);
    qry_output_printf(page, ".SH EXAMPLES\n");
    for (const cli_example *e = command->examples; e->command; e++) {
        qry_output_printf(page, ".TP\n\\fB");
        write_roff(page, e->command);
        qry_output_printf(page, "\\fR\n");
        write_roff(page, e->text);
        qry_output_printf(page, "\n");
    }
    write_end(page);
}

static void write_program_page(qry_output *page)
{
    write_title(page, "quarry", "queries over quantum memory as OpenQASM 3 circuits, run and counted");
    qry_output_printf(page, "\\fBquarry\\fR \\fICOMMAND\\fR [options] \\fIFILE\\fR...\n.SH DESCRIPTION\n");
    write_paragraphs(page, cli_program_text);
    qry_output_printf(page, ".SH COMMANDS\n");
    for (const cli_command *const *c = cli_commands; *c; c++)
        if ((*c)->run) {
            qry_output_printf(page, ".TP\n\\fB%s\\fR\n", (*c)->name);
            write_roff(page, (*c)->line);
            qry_output_printf(page, "\n");
        }
    write_end(page);
}

/* ---- bash completion ---- */

static void write_words(qry_output *script, const char *words)
{
    for (const char *c = words; *c; c++)
        qry_output_printf(script, "%c", *c == '|' ? ' ' : *c);
}

static void write_names(qry_output *script, const cli_option *table)
{
    for (const cli_option *o = table; o && o->name; o++)
        if (o->help)
            qry_output_printf(script, " --%s", o->name);
}

/* A line for each option with a value: its words, or nothing where a shell cannot know. */
static void write_values(qry_output *script, const cli_command *command, const cli_option *table)
{
    for (const cli_option *o = table; o && o->name; o++) {
        if (!o->help || o->kind == CLI_FLAG)
            continue;
        qry_output_printf(script, "    '%s --%s'", command->name, o->name);
        if (cli_letter(command, o))
            qry_output_printf(script, " | '%s -%c'", command->name, o->letter);
        qry_output_printf(script, ") ");
        if (o->words) {
            qry_output_printf(script, "words='");
            write_words(script, o->words);
            qry_output_printf(script, "' ;;\n");
        } else
            qry_output_printf(script, "%s ;;\n", strcmp(o->value, "FILE") == 0 ? "files=1" : "return");
    }
}

static void write_completion(qry_output *script)
{
    enum { TABLES = sizeof(((cli_command *)NULL)->options) / sizeof(cli_option *) };
    qry_output_printf(
        script, "# bash completion for quarry, made from its tables of options\n_quarry()\n{\n"
                "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words= files=\n"
                "    COMPREPLY=()\n"
                "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words='");
    for (const cli_command *const *c = cli_commands; *c; c++)
        if ((*c)->run)
            qry_output_printf(script, "%s ", (*c)->name);
    qry_output_printf(script, "--help --version'\n    else case \"${COMP_WORDS[1]} $previous\" in\n");
    for (const cli_command *const *c = cli_commands; *c; c++)
        if ((*c)->run) {
            for (int i = 0; i < TABLES; i++)
                write_values(script, *c, (*c)->options[i]);
            write_values(script, *c, cli_common_options);
        }
    qry_output_printf(script, "    *) case \"${COMP_WORDS[1]} $current\" in\n");
    for (const cli_command *const *c = cli_commands; *c; c++)
        if ((*c)->run) {
            qry_output_printf(script, "        '%s -'*) words='", (*c)->name);
            for (int i = 0; i < TABLES; i++)
                write_names(script, (*c)->options[i]);
            write_names(script, cli_common_options);
            qry_output_printf(script, "' ;;\n");
        }
    qry_output_printf(script, "        *) files=1 ;;\n        esac ;;\n    esac\n    fi\n"
                              "    if [ -n \"$files\" ]; then\n"
                              "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
                              "    else\n"
                              "        COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
                              "    fi\n}\ncomplete -o filenames -F _quarry quarry\n");
}

/* ---- all of them ---- */

struct job {
    qry_ctx *ctx;
    const char *folder;
    bool done;
};

static bool write_pages(qry_ctx *ctx, qry_arena *arena, const char *folder)
{
    bool done = true;
    for (const cli_command *const *c = cli_commands; *c; c++) {
        if (!(*c)->run)
            continue;
        qry_output *page = qry_output_open(ctx, qry_arena_printf(arena, "%s/quarry-%s.1", folder, (*c)->name));
        if (!page)
            return false;
        write_command_page(arena, page, *c);
        done &= qry_output_commit(page);
    }
    qry_output *page = qry_output_open(ctx, qry_arena_printf(arena, "%s/quarry.1", folder));
    if (!page)
        return false;
    write_program_page(page);
    return qry_output_commit(page) && done;
}

static void body(void *state)
{
    struct job *job = state;
    qry_arena *arena = qry_arena_new(job->ctx);
    qry_output *script = qry_output_open(job->ctx, qry_arena_printf(arena, "%s/quarry", job->folder));
    if (!script)
        return;
    write_completion(script);
    job->done = qry_output_commit(script) && write_pages(job->ctx, arena, job->folder);
}

int main(int argc, char **argv)
{
    struct job job = {qry_ctx_new(), argc > 1 ? argv[1] : ".", false};
    if (!job.ctx)
        return EXIT_FAILURE;
    qry_protect(job.ctx, body, &job);
    qry_ctx_free(job.ctx);
    return job.done ? EXIT_SUCCESS : EXIT_FAILURE;
}
