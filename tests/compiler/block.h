/* block.h: for tests of arithmetic: a writer with some given qubits, and what it wrote run on every input at once. */
#ifndef BLOCK_H
#define BLOCK_H

#include "compiler/arith/arith.h"
#include "tests/compiler/rows.h"

enum adder { CARRY_SAVE, RIPPLE };

typedef struct block {
    qry_ctx *ctx;
    qry_arena *arena;
    qry_arith arith;
    uint32_t inputs; /* given qubits: row r has the value r on them */
    rows *rows;      /* after block_run */
    rows *before;
    qry_circuit *circuit;
} block;

/** A fresh block with that many given qubits; the way of adding up is forced by what the writer is told is around. */
void block_begin(block *b, qry_ctx *ctx, uint32_t inputs, enum adder adder);
/** A number on given qubits first .. first + width - 1. */
qry_number block_number(block *b, qry_qubit first, int width, bool is_signed);
/** Runs what was written on all 2^inputs rows. The given qubits must be as before. */
void block_run(block *b);
/** Values in a row after block_run. */
bool block_bit(const block *b, qry_bit bit, size_t row);
int64_t block_value(const block *b, const qry_number *number, size_t row);
/** CCX written; work qubits taken. */
uint64_t block_toffoli(const block *b);
/** Runs the inverse and expects everything as it was; frees the block. */
void block_end(block *b);
/** The integer that `width` low bits of `bits` mean. */
int64_t meaning(uint64_t bits, int width, bool is_signed);

#endif
