let a = q[0:2] ++ q[{4, 6}];
let b = q[-1];
let d = q[::2];
let e = q[:3];
let f = q[1:];
let g = q[:];
let h = q[{0, 3, 5, }];
bit[4] c = a ++ b;
