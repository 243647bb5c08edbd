// error: 5:1 the comment has no end
// hint: it ends with */
// A comment that never ends.
x q;
/* it goes on
