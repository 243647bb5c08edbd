box { x q; }
box[100ns] { nop; nop q, r[0],; }
delay[2 * d] q, r;
delay[1us];
barrier;
barrier q, r[0:2];
reset q;
measure q;
measure q[1:2] -> c[0:1];
c = measure q;
bit m = measure $0;
end;
