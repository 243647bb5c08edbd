/* help.c: --help, from the tables of the commands. */
#include "cli.h"

#include <string.h>

enum { USUAL_WIDTH = 80, WIDEST = 100, OPTION_COLUMN = 28 };

static size_t help_width(void)
{
    size_t width = cli_width(USUAL_WIDTH);
    return width < WIDEST ? width : WIDEST;
}

char cli_letter(const cli_command *command, const cli_option *option)
{
    for (size_t i = 0; i < sizeof command->options / sizeof *command->options; i++)
        for (const cli_option *o = command->options[i]; o && o->name; o++)
            if (o->letter == option->letter)
                return o == option ? option->letter : 0;
    return option->letter;
}

static void write_option(qry_arena *arena, qry_output *output, const cli_option *option, char short_name, size_t width)
{
    char letter[] = {short_name ? '-' : ' ', short_name ? short_name : ' ', short_name ? ',' : ' ', 0};
    const char *value = option->value ? option->value : option->words;
    const char *head =
        qry_arena_printf(arena, "  %s --%s%s%s", letter, option->name, value ? " " : "", value ? value : "");
    size_t used = strlen(head);
    qry_output_printf(output, "%s", head);
    if (used + 2 > OPTION_COLUMN) {
        qry_output_printf(output, "\n");
        used = 0;
    }
    cli_write_wrapped(output, option->help, used, OPTION_COLUMN, width);
    qry_output_printf(output, "\n");
}

static void write_options(qry_arena *arena, qry_output *output, const cli_command *command, const cli_option *table,
                          size_t width)
{
    for (const cli_option *o = table; o && o->name; o++)
        if (o->help)
            write_option(arena, output, o, cli_letter(command, o), width);
}

static void write_examples(qry_output *output, const cli_example *examples, size_t width)
{
    qry_output_printf(output, "\nExamples:\n");
    for (const cli_example *e = examples; e->command; e++) {
        qry_output_printf(output, "  %s\n", e->command);
        cli_write_wrapped(output, e->text, 0, 6, width);
        qry_output_printf(output, "\n");
    }
}

static void write_command(cli *cli, const cli_command *command, qry_output *output)
{
    size_t width = help_width();
    qry_output_printf(output, "Usage: quarry %s [options] %s\n\n", command->name, command->arguments);
    cli_write_wrapped(output, command->text, 0, 0, width);
    qry_output_printf(output, "\n\nOptions:\n");
    for (size_t i = 0; i < sizeof command->options / sizeof *command->options; i++)
        write_options(cli->arena, output, command, command->options[i], width);
    write_options(cli->arena, output, command, cli_common_options, width);
    write_examples(output, command->examples, width);
}

const char cli_program_text[] = "Compiles queries over tables in quantum memory (QRAM) to OpenQASM 3 circuits, runs "
                                "those circuits gate by gate, and counts what they cost.";

static void write_program(qry_output *output)
{
    qry_output_printf(output, "Usage: quarry COMMAND [options] FILE...\n\n");
    cli_write_wrapped(output, cli_program_text, 0, 0, help_width());
    qry_output_printf(output, "\n\nCommands:\n");
    for (const cli_command *const *c = cli_commands; *c; c++)
        if ((*c)->run)
            qry_output_printf(output, "  %-10s%s\n", (*c)->name, (*c)->line);
    qry_output_printf(output, "\nquarry COMMAND --help has the options of a command, and examples.\n"
                              "quarry --version prints the version.\n\n"
                              "Exit status: 0 success, 1 error in the input or the run, 2 wrong usage.\n");
}

void cli_write_help(cli *cli, const cli_command *command, qry_output *output)
{
    if (command)
        write_command(cli, command, output);
    else
        write_program(output);
}
