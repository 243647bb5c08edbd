/* dump_test.c: every kind of operation as a line. */
#include "support.h"

#include <stdlib.h>

static void test_dump(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *p = qry_circuit_program(circuit), *load = qry_circuit_define(circuit, "load K", 2);
    qry_definition_group(p, "address", 2, QRY_ROLE_ADDRESS);
    qry_definition_group(p, "spare", 1, QRY_ROLE_WORK);
    qry_definition_group(load, "word", 2, QRY_ROLE_WORD);
    qry_circuit_bits(circuit, 3);
    qry_definition_set_query(load, &(qry_query_part){"K", "select", 2, 8, true, false});
    qry_add_angle(load, QRY_GATE_crz, (qry_angle){-0.5, 1}, 1, 0);
    qry_add_angle(load, QRY_GATE_p, (qry_angle){3, -1}, 1, 0);
    qry_begin_section(p, "main");
    qry_begin_repeat(p, UINT64_C(5000000000));
    qry_add(p, QRY_GATE_cswap, 2, 1, 0);
    qry_add_call(p, load, true, (qry_qubit[]){2, 0}, (qry_angle[]){{0.25, -1}, {1, -1}});
    qry_end(p);
    qry_end(p);
    qry_add_measure(p, 0, 2);
    qry_begin_if(p, 2, true);
    qry_add_reset(p, 1);
    qry_end(p);
    qry_add_barrier(p, NULL, 0);
    qry_add_barrier(p, (qry_qubit[]){2, 0}, 2);
    qry_add_controlled(p, QRY_GATE_U, (qry_angle[]){{1, -1}, {0, -1}, {-2, -1}}, (qry_qubit[]){1},
                       (qry_qubit[]){0, 2 | QRY_NEGATIVE}, 2);
    qry_add_gate(p, QRY_GATE_gphase, &(qry_angle){0.5, -1}, NULL);
    char *text;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    qry_circuit_dump(circuit, stream);
    fclose(stream);
    assert_string_equal(text, "definition 0 \"program\", version 1, angles 0\n"
                              "  address address: 2 from 0\n"
                              "  work spare: 1 from 2\n"
                              "  section \"main\"\n"
                              "    repeat 5000000000\n"
                              "      cswap 2 1 0\n"
                              "      call inverse of 1 \"load K\" (0.25) (1) 2 0\n"
                              "    end\n"
                              "  end\n"
                              "  measure 0 to bit 2\n"
                              "  if bit 2 is 1\n"
                              "    reset 1\n"
                              "  end\n"
                              "  barrier all\n"
                              "  barrier 2 0\n"
                              "  controlled U (1) (0) (-2) if 0 not 2 1\n"
                              "  gphase (0.5)\n"
                              "definition 1 \"load K\", version 2, angles 2\n"
                              "  part of a query of K by select, 2 address bits, 8 word bits, moves the address\n"
                              "  word word: 2 from 0\n"
                              "  crz (-0.5 * angle 1) 1 0\n"
                              "  p (3) 1\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_dump)};
    return cmocka_run_group_tests_name("dump", tests, NULL, NULL);
}
