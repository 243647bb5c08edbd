defcalgrammar 'openpulse';
cal { any { thing } £ }
defcal x $0 { play; }
defcal rz(angle[20] t) q { a }
defcal rz(pi / 2, int[3] k) $1, $2 -> bit[2] { }
defcal measure $0 -> bit { }
defcal reset $0 { }
x $0;
