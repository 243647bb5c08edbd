if (a) x q;
if (a) x q; else y q;
if (a) { } else if (b) { x q; } else { end; }
if (a) if (b) x q; else y q;
if (a) { if (b) x q; } else y q;
{ int i; { } }
