/* gates_test.c: the table against the definitions of the OpenQASM 3 standard library, all by numbers. */
#include "support.h"

#include "qasm/walk.h"

#include <complex.h>
#include <math.h>
#include <string.h>

static const double angles[] = {0, 0.1, -2.5, M_PI / 3, M_PI, 7};
enum { ANGLES = sizeof angles / sizeof *angles };

static void matrix_at(qry_gate gate, const double *all, double complex m[4])
{
    double numbers[8];
    qry_gate_matrix(gate, all, numbers);
    for (int k = 0; k < 4; k++)
        m[k] = numbers[2 * k] + I * numbers[2 * k + 1];
}

/* Angles for a gate that has up to three, from one number. */
static const double *three(double angle, double all[QRY_MAX_ANGLES])
{
    all[0] = angle;
    all[1] = 0.3 - 2 * angle;
    all[2] = 1.1 * angle + 0.7;
    return all;
}

static void matrix_of(qry_gate gate, double angle, double complex m[4])
{
    double all[QRY_MAX_ANGLES];
    matrix_at(gate, three(angle, all), m);
}

static void assert_near(double complex a, double complex b) { assert_true(cabs(a - b) < 1e-14); }

static void test_unitary(void **state)
{
    (void)state;
    for (int g = 0; g < QRY_GATES; g++)
        for (int i = 0; i < ANGLES; i++) {
            double complex m[4];
            matrix_of((qry_gate)g, angles[i], m);
            assert_near(m[0] * conj(m[0]) + m[1] * conj(m[1]), 1);
            assert_near(m[2] * conj(m[2]) + m[3] * conj(m[3]), 1);
            assert_near(m[0] * conj(m[2]) + m[1] * conj(m[3]), 0);
        }
}

static void test_inverse(void **state)
{
    (void)state;
    for (int g = 0; g < QRY_GATES; g++) {
        const qry_gate_info *info = &qry_gate_table[g], *other = &qry_gate_table[info->inverse];
        assert_int_equal(other->inverse, g);
        assert_int_equal(other->qubits, info->qubits);
        assert_int_equal(other->angles, info->angles);
        assert_int_equal(other->swaps, info->swaps);
        assert_true(info->angles || !info->negate);
        for (int i = 0; i < ANGLES; i++) {
            double complex m[4], n[4];
            double all[QRY_MAX_ANGLES];
            qry_angle undone[QRY_MAX_ANGLES];
            matrix_of((qry_gate)g, angles[i], m);
            three(angles[i], all);
            for (int k = 0; k < QRY_MAX_ANGLES; k++)
                undone[k] = (qry_angle){all[k], -1};
            assert_int_equal(qry_gate_invert((qry_gate)g, undone), info->inverse);
            for (int k = 0; k < QRY_MAX_ANGLES; k++)
                all[k] = undone[k].factor;
            matrix_at(info->inverse, all, n);
            for (int row = 0; row < 2; row++)
                for (int column = 0; column < 2; column++)
                    assert_near(m[2 * row] * n[column] + m[2 * row + 1] * n[2 + column], row == column);
        }
    }
}

/* The class, from the matrix: what a gate does to basis states at every angle. */
static void test_class(void **state)
{
    (void)state;
    for (int g = 0; g < QRY_GATES; g++) {
        bool diagonal = !qry_gate_table[g].swaps, permutes = true;
        for (int i = 0; i < ANGLES; i++) {
            double complex m[4];
            matrix_of((qry_gate)g, angles[i], m);
            diagonal &= cabs(m[1]) < 1e-14 && cabs(m[2]) < 1e-14;
            permutes &= cabs(m[0]) < 1e-14 || cabs(m[1]) < 1e-14;
        }
        qry_gate_class class = diagonal ? QRY_DIAGONAL : permutes ? QRY_PERMUTE : QRY_DENSE;
        assert_int_equal(qry_gate_table[g].class, class);
    }
}

/* The standard's U(theta, phi, lambda) but for its global phase: rows [cos, -e^il sin], [e^ip sin, e^i(p+l) cos]. */
static void test_standard(void **state)
{
    (void)state;
    static const struct {
        qry_gate gate;
        double theta, phi, lambda, phase, per_angle[4];
    } rows[] = {
        {QRY_GATE_id, 0, 0, 0, 0, {0}},
        {QRY_GATE_x, M_PI, 0, M_PI, 0, {0}},
        {QRY_GATE_y, M_PI, M_PI_2, M_PI_2, 0, {0}},
        {QRY_GATE_z, 0, 0, M_PI, 0, {0}},
        {QRY_GATE_h, M_PI_2, 0, M_PI, 0, {0}},
        {QRY_GATE_s, 0, 0, M_PI_2, 0, {0}},
        {QRY_GATE_sdg, 0, 0, -M_PI_2, 0, {0}},
        {QRY_GATE_t, 0, 0, M_PI_4, 0, {0}},
        {QRY_GATE_tdg, 0, 0, -M_PI_4, 0, {0}},
        {QRY_GATE_sx, M_PI_2, -M_PI_2, M_PI_2, M_PI_4, {0}},
        {QRY_GATE_sxdg, -M_PI_2, -M_PI_2, M_PI_2, -M_PI_4, {0}},
        {QRY_GATE_rx, 0, -M_PI_2, M_PI_2, 0, {1, 0, 0, 0}},
        {QRY_GATE_ry, 0, 0, 0, 0, {1, 0, 0, 0}},
        {QRY_GATE_rz, 0, 0, 0, 0, {0, 0, 1, -0.5}},
        {QRY_GATE_p, 0, 0, 0, 0, {0, 0, 1, 0}},
    };
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        for (int i = 0; i < ANGLES; i++) {
            const double *per = rows[r].per_angle, a = angles[i];
            double theta = rows[r].theta + per[0] * a, phi = rows[r].phi + per[1] * a;
            double lambda = rows[r].lambda + per[2] * a;
            double complex u = cexp(I * (rows[r].phase + per[3] * a)), m[4];
            matrix_of(rows[r].gate, a, m);
            assert_near(m[0], u * cos(theta / 2));
            assert_near(m[1], -u * cexp(I * lambda) * sin(theta / 2));
            assert_near(m[2], u * cexp(I * phi) * sin(theta / 2));
            assert_near(m[3], u * cexp(I * (phi + lambda)) * cos(theta / 2));
        }
}

/* The specification's U has a phase of its own, that of OpenQASM 2 has not. */
static void test_universal(void **state)
{
    (void)state;
    for (int i = 0; i < ANGLES * ANGLES * ANGLES; i++) {
        const double all[] = {angles[i % ANGLES], angles[i / ANGLES % ANGLES], angles[i / ANGLES / ANGLES]};
        double complex u = cexp(I * all[0] / 2), m[4];
        matrix_at(QRY_GATE_U, all, m);
        assert_near(m[0], u * cos(all[0] / 2));
        assert_near(m[1], -u * cexp(I * all[2]) * sin(all[0] / 2));
        assert_near(m[2], u * cexp(I * all[1]) * sin(all[0] / 2));
        assert_near(m[3], u * cexp(I * (all[1] + all[2])) * cos(all[0] / 2));
        matrix_at(QRY_GATE_gphase, all, m);
        assert_near(m[0], cexp(I * all[0]));
        assert_near(m[3], m[0]);
    }
}

/* A gate called c... is the gate without the c, with one qubit more. */
static void test_controlled(void **state)
{
    (void)state;
    int found = 0;
    for (int g = 0; g < QRY_GATES; g++) {
        const qry_gate_info *info = &qry_gate_table[g];
        qry_gate plain = info->name[0] == 'c' ? qry_gate_find(info->name + 1) : QRY_GATES;
        if (plain == QRY_GATES)
            continue;
        found++;
        assert_int_equal(qry_gate_under_control(plain), g);
        assert_int_equal(info->targets, qry_gate_table[plain].targets);
        assert_int_equal(info->qubits, qry_gate_table[plain].qubits + 1);
        assert_int_equal(info->angles, qry_gate_table[plain].angles);
        assert_int_equal(info->swaps, qry_gate_table[plain].swaps);
        for (int i = 0; i < ANGLES; i++) {
            double complex m[4], n[4];
            matrix_of((qry_gate)g, angles[i], m);
            matrix_of(plain, angles[i], n);
            for (int k = 0; k < 4; k++)
                assert_near(m[k], n[k]);
        }
    }
    assert_int_equal(found, 10);
    int controlled = 0;
    for (int g = 0; g < QRY_GATES; g++)
        controlled += qry_gate_under_control((qry_gate)g) != QRY_GATES;
    assert_int_equal(controlled, 11); /* and the phase of everything, which becomes p */
    assert_int_equal(qry_gate_under_control(QRY_GATE_gphase), QRY_GATE_p);
}

/* What gates cost under controls, by another way of reckoning; and that of those in the table as the table says. */
static void test_controlled_costs(void **state)
{
    (void)state;
    for (int g = 0; g < QRY_GATES; g++)
        for (uint32_t k = 0; k < 6; k++) {
            const cost_by_base expected = cost_of((qry_gate)g, k);
            const qry_controlled_cost cost = qry_cost_of_controlled((qry_gate)g, k);
            assert_true(cost.toffoli == expected.toffoli && cost.t == expected.t);
            assert_true(cost.t_depth == expected.t_depth && cost.rotation == expected.rotation);
        }
    assert_int_equal(qry_cost_of_controlled(QRY_GATE_x, 5).toffoli, 7);
    assert_int_equal(qry_cost_of_controlled(QRY_GATE_ccx, UINT32_MAX).toffoli, 2 * (UINT64_C(2) + UINT32_MAX) - 3);
}

static void test_names(void **state)
{
    (void)state;
    for (int g = 0; g < QRY_GATES; g++)
        assert_int_equal(qry_gate_find(qry_gate_table[g].name), g);
    assert_int_equal(qry_gate_find("cswap"), QRY_GATE_cswap);
    assert_int_equal(qry_gate_find("CX"), QRY_GATES);
    assert_int_equal(qry_gate_find("ccz"), QRY_GATES);
    assert_int_equal(qry_gate_find(""), QRY_GATES);
}

static void test_costs(void **state)
{
    (void)state;
    for (int g = 0; g < QRY_GATES; g++) {
        const qry_gate_info *info = &qry_gate_table[g];
        assert_int_equal(info->toffoli, info->qubits == 3);
        if (info->toffoli)
            assert_true(info->t == 7 && info->t_depth == 3);
        assert_true(info->t_depth <= info->t && !info->t == !info->t_depth);
        assert_true(!info->clifford || !info->t);
        assert_true(info->angles <= QRY_MAX_ANGLES &&
                    (!info->angles || info->qubits <= 2)); /* an operation has room for these */
    }
    assert_int_equal(qry_gate_table[QRY_GATE_t].t + qry_gate_table[QRY_GATE_tdg].t, 2);
}

enum { MOST = 8 }; /* basis states of three qubits */

/* The gate on basis states, its last qubit the lowest bit. */
static void whole_matrix(qry_gate gate, double complex u[MOST][MOST])
{
    const qry_gate_info *info = &qry_gate_table[gate];
    double complex m[4];
    int moved = info->swaps ? 2 : 1, controls = (1 << info->qubits) - (1 << moved);
    matrix_of(gate, 0, m);
    for (int from = 0; from < 1 << info->qubits; from++) {
        for (int to = 0; to < MOST; to++)
            u[to][from] = to == from;
        if ((from & controls) != controls)
            continue;
        u[from][from] = 0;
        if (info->swaps)
            u[(from & controls) | (from & 1) << 1 | (from >> 1 & 1)][from] = 1;
        else
            for (int to = 0; to < 2; to++)
                u[(from & ~1) | to][from] = m[2 * to + (from & 1)];
    }
}

/* X on the qubits of x, then Z on those of z, column `from`: where it goes and with which sign. */
static int pauli(int x, int z, int from, double *sign)
{
    int to = from ^ x;
    *sign = __builtin_popcount((unsigned)(to & z)) % 2 ? -1 : 1;
    return to;
}

/* Whether U P U^-1 is a Pauli operator, up to a phase, for the operator X^x Z^z. */
static bool stays_pauli(double complex u[MOST][MOST], int size, int x, int z)
{
    double complex image[MOST][MOST] = {{0}};
    for (int row = 0; row < size; row++)
        for (int from = 0; from < size; from++)
            for (int column = 0; column < size; column++) {
                double sign;
                int to = pauli(x, z, from, &sign);
                image[row][column] += u[row][to] * sign * conj(u[column][from]);
            }
    for (int a = 0; a < size; a++)
        for (int b = 0; b < size; b++) {
            double complex overlap = 0;
            for (int from = 0; from < size; from++) {
                double sign;
                int to = pauli(a, b, from, &sign);
                overlap += image[to][from] * sign;
            }
            if (fabs(cabs(overlap) - size) < 1e-12)
                return true;
        }
    return false;
}

static void test_clifford(void **state)
{
    (void)state;
    int found = 0;
    for (int g = 0; g < QRY_GATES; g++) {
        const qry_gate_info *info = &qry_gate_table[g];
        if (info->angles) {
            assert_false(info->clifford);
            continue;
        }
        double complex u[MOST][MOST];
        whole_matrix((qry_gate)g, u);
        bool clifford = true;
        for (int k = 0; k < info->qubits; k++)
            clifford &= stays_pauli(u, 1 << info->qubits, 1 << k, 0) && stays_pauli(u, 1 << info->qubits, 0, 1 << k);
        assert_int_equal(info->clifford, clifford);
        found += clifford;
    }
    assert_int_equal(found, 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unitary),          cmocka_unit_test(test_inverse),  cmocka_unit_test(test_class),
        cmocka_unit_test(test_standard),         cmocka_unit_test(test_names),    cmocka_unit_test(test_costs),
        cmocka_unit_test(test_controlled),       cmocka_unit_test(test_clifford), cmocka_unit_test(test_universal),
        cmocka_unit_test(test_controlled_costs),
    };
    return cmocka_run_group_tests_name("gates", tests, NULL, NULL);
}
