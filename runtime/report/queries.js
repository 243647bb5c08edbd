/* queries.js: what the rows of this run asked, and what other numbers of keys would take if the constant measured here
 * held. The calls of a run with estimates are of searches and of estimates, which grow by laws of their own: no curve
 * is drawn.
 *
 * A search for k of n rows uses the oracle about c sqrt(n (k + 1)) times. c is measured: the median, over the rows, of
 * their oracle calls by sqrt(n (hits + 1)). Then one curve keeps k as it is, and the other lets it grow as n does. */

function schedule(rows, n) {
  const asked = rows.filter(row => known(row.oracle_calls) && row.oracle_calls > 0 && known(row.hits));
  if (!asked.length || rows.some(row => Number(row.a_calls) > 0)) return null;
  const c = quantile(asked.map(row => row.oracle_calls / Math.sqrt(n * (Number(row.hits) + 1))), 0.5);
  const k = quantile(asked.map(row => row.hits), 0.5);
  return {
    c,
    k,
    fixed: keys => c * Math.sqrt(keys * (k + 1)),
    grows: keys => c * Math.sqrt(keys * (k * keys / n + 1)),
    crossing: c * c * (k + 1)
  };
}

/* The rows of one kind of count, side by side around n: dots, or the range and the median of many. */
function drawCounts(svg, name, values, center, y, noun, points) {
  const shown = values.filter(row => row.count > 0);
  if (shown.length > mostMarks) {
    const [low, high] = d3.extent(shown, row => row.count);
    svg.append("rect")
        .attr("class", name + " mark")
        .attr("data-count", shown.length)
        .attr("x", center - 4)
        .attr("width", 8)
        .attr("y", y(high))
        .attr("height", Math.max(2, y(low) - y(high)));
    points.push({
      x: center,
      y: y(quantile(shown.map(row => row.count), 0.5)),
      say: () =>
          `<b>${some(shown.length, "row")}</b> at n = ${whole(data.attend.n)}: ${whole(low)} to ${whole(high)} ${noun}s`
    });
    return;
  }
  shown.forEach((row, i) => {
    const at = center + (shown.length > 1 ? ((i * 0.618034) % 1 - 0.5) * 14 : 0);
    svg.append("circle")
        .attr("class", name + " mark")
        .attr("data-count", 1)
        .attr("cx", at)
        .attr("cy", y(row.count))
        .attr("r", shown.length > 60 ? 2 : 3.5)
        .attr("fill-opacity", 0.6);
    points.push({
      x: at,
      y: y(row.count),
      say: () => `<b>Row ${whole(row.row)}</b> at n = ${whole(data.attend.n)}, measured: ${some(row.count, noun)}`
    });
  });
}

function drawQueries(figure, rows, law, quantum, width) {
  const n = data.attend.n, wide = width > 560, height = wide ? 400 : 360,
        margin = {left: 46, right: wide ? 150 : 68, top: 28, bottom: 44};
  const far = Math.max(n * 64, law ? Math.min(law.crossing * 8, n * 1e6) : 0), near = Math.max(2, n / 32);
  const kinds = quantum ? [["calls", "oracle_calls", "oracle call"], ["acalls", "a_calls", "use of A"]] :
                          [["calls", "score_evaluations", "score"]];
  const series =
      kinds.map(([name, field, noun]) => ({
                  name,
                  noun,
                  values: rows.map(row => ({row: row.row, count: Number(row[field])})).filter(row => row.count > 0)
                }));
  const all = series.flatMap(kind => kind.values.map(row => row.count))
                  .concat([near, far], law ? [law.fixed(near), law.fixed(far), law.grows(near), law.grows(far)] : []);
  const {svg, readout} = canvas(
      figure, "queries", width, height,
      "Oracle calls a row against the number of keys, beside a classical scan; both axes are logarithmic");
  const x = d3.scaleLog().domain([near, far]).range([margin.left + 6, width - margin.right]);
  const y = logScale(all, [height - margin.bottom, margin.top]);
  axes(svg, x, y, {x: "keys n", y: quantum ? "queries of a row" : "scores of a row"}, {x: wide ? 8 : 4, y: 7});
  const path = d3.line().x(p => x(p[0])).y(p => y(p[1]));
  const along = d3.range(0, 65).map(i => near * Math.pow(far / near, i / 64)), points = [];
  const curve = (name, law, text) => {
    svg.append("path").attr("class", name).attr("d", path(along.map(keys => [keys, law(keys)])));
    along.forEach(keys => points.push({
      x: x(keys),
      y: y(law(keys)),
      say: () => `<b>${text}</b>: at n = ${brief(Math.round(keys))}, ${brief(Math.round(law(keys)))}`
    }));
  };
  curve("classical", keys => keys, "A classical scan");
  if (law) {
    curve("curve grows", law.grows, "Extrapolated, hits growing as n does");
    curve("curve", law.fixed, `Extrapolated, ${real(law.k)} hits whatever n is`);
    if (law.crossing > near && law.crossing < far)
      svg.append("circle")
          .attr("class", "crossing")
          .attr("cx", x(law.crossing))
          .attr("cy", y(law.crossing))
          .attr("r", 4.5);
  }
  series.forEach((kind, i) => drawCounts(svg, kind.name, kind.values, x(n) + 18 * i, y, kind.noun, points));
  labelCurves(svg, x.range()[1] + 6, y, law, far, wide);
  reader(svg, readout, points, width);
}

/* Names stand at the far ends of their curves, apart from each other. */
function labelCurves(svg, x, y, law, far, wide) {
  const labels = [{text: wide ? "a classical scan" : "a scan", at: far, name: "soft"}];
  if (law)
    labels.push(
        {text: wide ? "if hits grow as n does" : "hits grow", at: law.grows(far), name: "t-fourth"},
        {text: wide ? `if hits stay at ${real(law.k)}` : "hits stay", at: law.fixed(far), name: "t-bound"});
  labels.sort((a, b) => b.at - a.at);
  let last = -Infinity;
  labels.forEach(label => {
    last = Math.max(y(label.at) + 4, last + 15);
    svg.append("text").attr("class", label.name).attr("x", x).attr("y", last).text(label.text);
  });
}

function queriesText(n, law, quantum, estimated) {
  const at = `measured at n = ${whole(n)}`;
  if (!quantum) return `Dots: the scores that the rows of this run computed, ${at}. The line is a classical scan.`;
  const dots = estimated ?
      [key("bound", "oracle calls, of searches and estimates"), key("third", "uses of A, of estimates")].join("; ") :
      "Dots: oracle calls";
  const grow = law ? "Broken lines are not measured: they carry the constant of this run to other n." :
                     "How they grow with n is not said: searches and estimates have different laws.";
  const causal = " The lines are of the last row: a causal row attends to the keys up to its own.";
  return `${dots}: the rows of this run, ${at}. ${grow} ` +
      "An oracle call scores all keys at once and takes the scores back." + (data.attend.causal ? causal : "");
}

function lawText(n, {c, k, crossing}) {
  const from = size => `n = ${brief(Math.ceil(size))}`, part = real(c * Math.sqrt(k / n));
  return `Measured: oracle calls = ${real(c)} √(n (k + 1)), the median of the rows, with k hits (median ${real(k)}). ` +
      "If k stays as it is, a row takes fewer oracle calls than a scan takes scores from " +
      `${from(crossing)} on; counting two scores a call, from ${from(4 * crossing)} on. ` +
      `If k grows as n does, the calls grow as n does, too: to ${part} times the scores of a scan. ` +
      "In gates nothing is saved: every call has gates for all n keys.";
}

function queriesSection(section, rows) {
  const n = data.attend.n, law = schedule(rows, n), quantum = rows.some(row => Number(row.oracle_calls) > 0);
  if (!searches && data.attend.method !== "halfspace") return section.remove();
  if (searches && !quantum) {
    lead(section, "No row asked the quantum memory: that all keys are to be found, or none, was known beforehand.");
    return section.querySelector("figure").remove();
  }
  d3.select(section).select(".lead").html(queriesText(n, law, quantum, rows.some(row => Number(row.a_calls) > 0)));
  const figure = section.querySelector("figure");
  plot(figure, width => drawQueries(figure, rows, law, quantum, width));
  if (law) d3.select(section).select(".words").text(lawText(n, law));
}
