// @enter load K
x q;
// @enter inner
@note
y q;
// @leave
// @leave
z q;
gate g a {
// @enter deep
x a;
// @leave
}
// @leave
