pragma one two
#pragma three
pragma
x q;
