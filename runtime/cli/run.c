#include "circuit.h"
const cli_command cli_run_command = {.name = "run"};
