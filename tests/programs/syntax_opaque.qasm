// error: 4:5 the block has no end
// hint: every { in it needs a }, whatever else stands there
// Text of a calibration with a brace too few.
cal { a { b }
x q;
