/* numbers.js: numbers as people read them, and small statistics. What JSON has no number for is null, or digits in a
 * string. */

const known = value => value !== null && value !== undefined && Number.isFinite(Number(value));

const whole = value => known(value) ? d3.format(",")(Math.round(Number(value))) : "–";

const raised = text => text.replace(/[-0-9]/g, digit => digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]);

function scientific(number) {
  const [digits, exponent] = number.toExponential(1).split("e");
  return `${Number(digits)} × 10${raised(String(Number(exponent)))}`;
}

/* Three digits: 0.0143, 513, 1.2 × 10⁻⁷. */
function real(value) {
  if (!known(value)) return "–";
  const number = Number(value), size = Math.abs(number);
  if (size >= 1e6) return brief(number);
  if (size > 0 && size < 1e-3) return scientific(number);
  return size >= 1000 ? whole(number) : String(Number(number.toPrecision(3)));
}

const percent = value => known(value) ? real(100 * Number(value)) + " %" : "–";

/* 41,959,218,377 is "42 billion". */
function brief(value) {
  if (!known(value)) return "–";
  const number = Number(value);
  if (Math.abs(number) >= 1e15) return scientific(number);
  for (const [size, name] of [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"]])
    if (Math.abs(number) >= size) return `${Number((number / size).toPrecision(3))} ${name}`;
  return Number.isInteger(number) ? whole(number) : real(number);
}

const some = (count, noun) => whole(count) + " " + noun + (Number(count) === 1 ? "" : "s");

/* A tick of a logarithmic axis: powers of ten, and 2 and 5 where there is room for them. */
function power(value) {
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(value / Math.pow(10, exponent) - 1) < 1e-9)
    return exponent >= -2 && exponent <= 4 ? d3.format(",")(Number(value.toPrecision(1))) :
                                             "10" + raised(String(exponent));
  return real(value);
}

function quantile(values, part) {
  const sorted = values.filter(known).map(Number).sort((a, b) => a - b);
  return sorted.length ? d3.quantile(sorted, part) : null;
}

const seconds = value =>
    known(value) ? (Number(value) < 1 ? real(1000 * Number(value)) + " ms" : real(value) + " s") : "–";
