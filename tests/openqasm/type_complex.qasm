// (3 + 4i)^2 = -7 + 24i; (3 + 4i) / (1 + i) = 3.5 + 0.5i.
// expect: output square_re = -7
// expect: output square_im = 24
// expect: output quotient_re = 3.5
// expect: output quotient_im = 0.5
// expect: output difference_im = 3
OPENQASM 3.0;
output float[64] square_re;
output float[64] square_im;
output float[64] quotient_re;
output float[64] quotient_im;
output float[64] difference_im;
complex[float[64]] z = 3.0 + 4.0im;
complex[float[64]] w = 1.0 + 1.0 im;
complex[float[64]] square = z * z;
square_re = real(square);
square_im = imag(square);
complex[float[64]] quotient = z / w;
quotient_re = real(quotient);
quotient_im = imag(quotient);
difference_im = imag(z - w);
