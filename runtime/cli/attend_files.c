/* attend_files.c: --qasm-dir. The search of a row is written as a program beside its table, and every circuit is what
 * `quarry compile` makes of that program: the head of each file says how. */
#include "attend.h"
#include "circuit.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { FEW_ROWS = 16 };

/* ---- names ---- */

static const char keys_name[] = "keys.npy";

static const char *const estimate_names[] = {"normaliser", "energy"};

/* What all rows share: parts of `compile`, and the certificate; and the files' names. */
static const char *const parts[][2] = {{"load:K", "load_K.qasm"},
                                       {"load:alive", "load_alive.qasm"},
                                       {"diffusion", "diffusion.qasm"},
                                       {"certificate", "certificate.qasm"}};
enum { PARTS = sizeof parts / sizeof *parts };

/* Whether a file of that name is written, of some row. */
static bool is_written(const char *name)
{
    static const char row[] = "row_";
    for (size_t i = 0; i < PARTS; i++)
        if (strcmp(name, parts[i][1]) == 0)
            return true;
    if (strncmp(name, row, sizeof row - 1) != 0)
        return strcmp(name, keys_name) == 0;
    const char *end = name + sizeof row - 1;
    end += strspn(end, "0123456789");
    for (size_t i = 0; i < sizeof estimate_names / sizeof *estimate_names; i++) {
        size_t length = strlen(estimate_names[i]);
        if (*end == '_' && strncmp(end + 1, estimate_names[i], length) == 0)
            end += 1 + length;
    }
    return strcmp(end, ".qry") == 0 || strcmp(end, ".qasm") == 0;
}

static bool is_in_folder(cli *cli, const char *folder, const char *path)
{
    struct stat x, y;
    const char *slash = strrchr(path, '/');
    const char *parent = slash ? qry_arena_text(cli->arena, path, (size_t)(slash - path) + 1) : ".";
    return stat(folder, &x) == 0 && stat(parent, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool cli_attend_overwrites(cli *cli, const char *folder, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (is_written(slash ? slash + 1 : path) && is_in_folder(cli, folder, path))
        return true;
    DIR *entries = opendir(folder);
    bool found = false;
    for (struct dirent *entry; entries && !found && (entry = readdir(entries));)
        found = is_written(entry->d_name) &&
                cli_same_file(qry_arena_printf(cli->arena, "%s/%s", folder, entry->d_name), path);
    if (entries)
        closedir(entries);
    return found;
}

/* ---- writing ---- */

bool cli_attend_make_folder(cli *cli, const char *path)
{
    struct stat state;
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && stat(path, &state) == 0 && S_ISDIR(state.st_mode)))
        return true;
    qry_error(cli->ctx, "cannot make the folder %s: %s", path, strerror(errno == EEXIST ? ENOTDIR : errno));
    return false;
}

static bool write_text(cli *cli, const char *path, const char *text)
{
    qry_output *output = qry_output_open(cli->ctx, path);
    if (!output)
        return false;
    qry_output_write(output, text, strlen(text));
    return qry_output_commit(output);
}

/* A part of the search in a program's file: one of `compile`, or "certificate". */
static bool write_circuit(cli *cli, cli_attention *a, const char *program, const char *part, const char *path)
{
    bool certifies = strcmp(part, "certificate") == 0, is_part = !certifies && strcmp(part, "round") != 0;
    cli_circuit_settings settings = {.part = is_part ? part : NULL};
    cli_circuit circuit;
    uint64_t bytes;
    const qry_source *source = qry_source_read(cli->ctx, program);
    if (!source || cli_make_circuit(cli, &settings, source, program, &circuit) != CLI_DONE)
        return false;
    if (certifies) {
        circuit.part = part;
        qry_search_write_certificate(circuit.search, circuit.search->failure);
    }
    if (!cli_print_circuit(cli, &circuit, path, &bytes))
        return false;
    qry_program *read = circuit.search->program;
    qry_search_free(circuit.search);
    qry_program_free(read);
    a->file_count++;
    a->file_bytes += bytes;
    return true;
}

/* A program, and a round of it. */
static bool write_program(cli *cli, cli_attention *a, const char *stem, const char *text)
{
    const char *program = qry_arena_printf(cli->arena, "%s.qry", stem);
    return write_text(cli, program, text) &&
           write_circuit(cli, a, program, "round", qry_arena_printf(cli->arena, "%s.qasm", stem));
}

static bool write_row(cli *cli, cli_attention *a, const qry_attend_row *row)
{
    const char *stem = qry_arena_printf(cli->arena, "%s/row_%zu", a->settings->qasm_dir, row->row);
    bool written = write_program(cli, a, stem, qry_attend_program(a->attend, row, keys_name, cli->arena));
    for (int i = 0; i < 2 && written; i++) {
        const char *text = qry_attend_estimate_program(a->attend, row, i == 1, keys_name, cli->arena);
        written = !text || write_program(cli, a, qry_arena_printf(cli->arena, "%s_%s", stem, estimate_names[i]), text);
    }
    return written;
}

/* What no row changes, and an example of a certificate, from the program of a row that reads the table: where all keys
 * match, or none, there is nothing to read. */
static bool write_parts(cli *cli, cli_attention *a, const qry_attend_row *row)
{
    const char *folder = a->settings->qasm_dir;
    const char *program = qry_arena_printf(cli->arena, "%s/row_%zu.qry", folder, row->row);
    bool written = true;
    for (size_t i = 0; i < PARTS && written; i++)
        written =
            write_circuit(cli, a, program, parts[i][0], qry_arena_printf(cli->arena, "%s/%s", folder, parts[i][1]));
    return written;
}

/* The first whose search reads both tables. */
static const qry_attend_row *reading_row(const cli_attention *a)
{
    for (size_t i = 0; i < a->row_count; i++)
        for (size_t k = 0; k < a->row[i].ledger.query_count; k++)
            if (strcmp(a->row[i].ledger.query[k].table, "alive") == 0)
                return &a->row[i];
    return NULL;
}

bool cli_attend_write_files(cli *cli, cli_attention *a)
{
    const qry_attend_row *reader = reading_row(a);
    bool all = a->row_count <= FEW_ROWS;
    const qry_attend_row *first = all || !reader ? a->row : reader;
    if (!qry_attend_write_keys(a->attend, qry_arena_printf(cli->arena, "%s/%s", a->settings->qasm_dir, keys_name)))
        return false;
    for (size_t i = 0; i < (all ? a->row_count : 1); i++)
        if (!write_row(cli, a, &first[i]))
            return false;
    if (reader)
        return write_parts(cli, a, reader);
    qry_warning(cli->ctx, "no circuits of queries are written to %s: no row reads the quantum memory",
                a->settings->qasm_dir);
    return true;
}
