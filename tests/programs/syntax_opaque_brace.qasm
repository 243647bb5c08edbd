// The text ends with the brace: there is not even a line break behind it.
// error: 4:5 the block has no end
// hint: every { in it needs a }, whatever else stands there
cal {