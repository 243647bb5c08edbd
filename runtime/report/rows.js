/* rows.js: the plots in which every row has its place. Where there are more rows than a plot can show one by one, a
 * mark stands for neighbours, from the least of them to the greatest. */

const mostMarks = 1200;

/* Neighbours in groups so that there are at most about as many as the plot is wide; alone where they have room. */
function groups(rows, width) {
  const each = rows.length <= mostMarks ? 1 : Math.ceil(rows.length / Math.max(60, width / 3));
  return d3.range(0, rows.length, each).map(from => rows.slice(from, from + each));
}

const crowded = rows => rows.length > mostMarks ?
    "A mark stands for neighbours, from the least to the greatest; the stroke in it is their median" :
    "";

/* What is known of a row, for the line of text below a plot. */
function rowText(row) {
  const parts = [];
  if (known(row.error)) parts.push(`error ${real(row.error)} (${percent(row.relative_error)} of the row’s length)`);
  if (known(row.bound))
    parts.push(`bound ${real(row.bound)}`);
  else if (row.bound_reason)
    parts.push(`no bound: ${escaped(row.bound_reason)}`);
  if (known(row.hits)) parts.push(some(row.hits, "hit"));
  if (known(row.residual)) parts.push(`residual ${real(row.residual)}`);
  if (row.rest) parts.push(`other keys by ${escaped(row.rest)}`);
  if (row.fallback) parts.push(`fell back: ${escaped(row.fallback)}`);
  if (row.missed === true) parts.push("known to have missed a key");
  if (known(row.oracle_calls) && row.oracle_calls > 0) parts.push(some(row.oracle_calls, "oracle call"));
  return `<b>Row ${whole(row.row)}</b>: ${parts.join("; ")}`;
}

function groupText(group, fields) {
  if (group.length === 1) return rowText(group[0]);
  const range = name => {
    const [low, high] = d3.extent(group.map(row => row[name]).filter(known).map(Number));
    return low === undefined ? "" : `; ${name} ${real(low)} to ${real(high)}`;
  };
  const ends = `${whole(group[0].row)} to ${whole(group[group.length - 1].row)}`;
  return `<b>${some(group.length, "row")}</b>, ${ends} in this order` + fields.map(range).join("");
}

/* ---- error and bound ---- */

const numbers = (rows, name) => rows.map(row => row[name]).filter(known).map(Number);

function byBound(rows) {
  const bound = row => known(row.bound) ? Number(row.bound) : Infinity;
  return rows.slice().sort((a, b) => d3.ascending(bound(a), bound(b)));
}

function drawErrors(figure, rows, order, width) {
  const wide = width > 560, height = wide ? 360 : 320, checked = rows.some(row => known(row.error));
  const lacking = !exact && rows.some(row => !known(row.bound));
  const margin = {left: 46, right: 12, top: lacking ? 44 : 28, bottom: 44};
  const parts = groups(order === "bound" ? byBound(rows) : rows, width - margin.left - margin.right);
  const says = `${checked ? "Error and bound" : "Bound"} of ${some(rows.length, "row")}, on a logarithmic axis`;
  const {svg, readout} = canvas(figure, "error", width, height, says);
  const x = d3.scaleLinear().domain([-0.5, parts.length - 0.5]).range([margin.left + 6, width - margin.right]);
  const y = logScale([...numbers(rows, "error"), ...numbers(rows, "bound")], [height - margin.bottom, margin.top]);
  const text = {
    x: order === "bound" ? "rows, those of the smallest bound first" : "rows, in order",
    y: "distance from the exact row (2-norm, units of V)"
  };
  axes(svg, x.copy().domain([-0.5, rows.length - 0.5]), y, text, {x: wide ? 8 : 4, y: 6});
  const place = value => Math.min(y.range()[0], y(Math.max(value, y.domain()[0])));
  const half = Math.max(1.2, Math.min(6, (x(1) - x(0)) * 0.42)), points = [];
  parts.forEach((group, i) => {
    const bound = numbers(group, "bound"), error = numbers(group, "error"), at = x(i);
    if (parts.length <= 160 && bound.length === 1 && error.length === 1)
      stroke(svg, "gap", at, at, place(error[0]), place(bound[0]));
    markRange(svg, "bound", at, half, bound, place);
    markRange(svg, "error", at, half, error, place);
    if (!exact) markLacking(svg, at, Math.min(4, half), margin.top, group.length - bound.length);
    const places = [error, bound].filter(list => list.length).map(list => place(d3.max(list)));
    if (lacking) places.push(margin.top - 8);
    const say = () => groupText(group, ["error", "bound"]);
    places.slice(0, 2).forEach(where => points.push({x: at, y: where, say}));
  });
  reader(svg, readout, points, width);
}

function stroke(svg, name, left, right, top, bottom) {
  return svg.append("line").attr("class", name).attr("x1", left).attr("x2", right).attr("y1", top).attr("y2", bottom);
}

/* Of one row a dot, and of its bound a stroke; of several what lies between the least and the greatest, and the median.
 */
function markRange(svg, name, x, half, values, place) {
  if (!values.length) return;
  const top = place(d3.max(values)), middle = place(d3.median(values)), one = values.length === 1;
  const dash = () => stroke(svg, name, x - half, x + half, middle, middle).attr("stroke-width", 2);
  let mark;
  if (!one) {
    mark = svg.append("rect").attr("x", x - half).attr("width", 2 * half).attr("y", top).attr("fill-opacity", 0.35);
    mark.attr("height", Math.max(2, place(d3.min(values)) - top));
    dash();
  } else
    mark = name === "bound" ?
        dash() :
        svg.append("circle").attr("cx", x).attr("cy", top).attr("r", Math.max(1.6, Math.min(4, half)));
  mark.attr("class", name + " mark").attr("data-count", values.length);
}

function markLacking(svg, x, side, top, count) {
  if (count > 0)
    svg.append("path")
        .attr("class", "unbounded mark")
        .attr("data-count", count)
        .attr("d", `M${x - side},${top - 4}l${side},-7l${side},7z`);
}

function errorSection(section, rows) {
  const checked = rows.some(row => known(row.error)), bounded = rows.filter(row => known(row.bound));
  if (!checked && (exact || !rows.some(row => known(row.bound) || row.bound_reason))) return section.remove();
  const lacking = exact ? 0 : rows.length - bounded.length;
  const keys = [
    bounded.length ?
        key("bound",
            `bound: the row is no farther from the exact one${searches ? ", unless the search missed a key" : ""}`) :
        "",
    checked ? key("error", "true error, from the exact row that <code>--check</code> computed") : "",
    lacking ? `△ ${some(lacking, "row")} without a bound; tap one for the reason` : "",
    rows.some(row => row.error === 0) ? "An error of 0 lies on the axis" : "", crowded(rows)
  ].filter(text => text);
  d3.select(section).select(".lead").html(
      keys.join(". ") + "." + (checked ? "" : " With <code>--check</code>, the true errors would stand here, too."));
  let order = "row";
  const redraw =
      plot(section.querySelector("figure"), width => drawErrors(section.querySelector("figure"), rows, order, width));
  if (rows.length > 1 && bounded.length > 1)
    choose(
        section.querySelector(".buttons"), [{text: "In order", value: "row"}, {text: "By bound", value: "bound"}],
        value => {
          order = value;
          redraw();
        });
}

/* ---- one number a row ---- */

function drawStrip(figure, rows, field, text, width) {
  const height = 240, margin = {left: 46, right: 12, top: 28, bottom: 44};
  const parts = groups(rows, width - margin.left - margin.right);
  const {svg, readout} =
      canvas(figure, field + " by row", width, height, `${text} of ${some(rows.length, "row")}, in order`);
  const x = d3.scaleLinear().domain([-0.5, parts.length - 0.5]).range([margin.left + 6, width - margin.right]);
  const most = field === "residual" ? 1 : 1.05 * (d3.max(numbers(rows, field)) || 1);
  const y = d3.scaleLinear().domain([0, most]).range([height - margin.bottom, margin.top]);
  const ticks = field === "hits" ? Math.min(5, Math.max(1, y.domain()[1])) : 5;
  axes(
      svg, d3.scaleLinear().domain([-0.5, rows.length - 0.5]).range(x.range()), y, {x: "rows, in order", y: text},
      {x: 4, y: ticks});
  const half = Math.max(1.2, Math.min(4, (x(1) - x(0)) * 0.42)), points = [];
  parts.forEach((group, i) => {
    const [low, high] = d3.extent(group.map(row => row[field]).filter(known).map(Number));
    if (low === undefined) return;
    const mark = group.length === 1 ?
        svg.append("circle").attr("cx", x(i)).attr("cy", y(high)).attr("r", Math.max(1.6, half * 0.8)) :
        svg.append("rect")
            .attr("x", x(i) - half)
            .attr("width", 2 * half)
            .attr("y", y(high))
            .attr("height", Math.max(2, y(low) - y(high)));
    mark.attr("class", "plain mark").attr("data-count", group.filter(row => known(row[field])).length);
    points.push({x: x(i), y: y(high), say: () => groupText(group, [field])});
  });
  reader(svg, readout, points, width);
}

/* ---- hits ---- */

function drawHistogram(figure, rows, width) {
  const height = 240, margin = {left: 46, right: 12, top: 28, bottom: 44};
  const hits = rows.map(row => Number(row.hits)), [low, high] = d3.extent(hits);
  const step = Math.max(1, Math.ceil((high - low + 1) / 24)), first = Math.floor(low / step) * step;
  const bins = d3.range(first, high + 1, step).map(from => ({from, count: 0}));
  hits.forEach(count => bins[Math.floor((count - first) / step)].count++);
  const {svg, readout} =
      canvas(figure, "hits histogram", width, height, `How many of ${some(rows.length, "row")} have how many hits`);
  const x = d3.scaleLinear().domain([first, first + step * Math.max(bins.length, 4)]).range([
    margin.left + 6, width - margin.right
  ]);
  const y =
      d3.scaleLinear().domain([0, 1.05 * d3.max(bins, bin => bin.count)]).range([height - margin.bottom, margin.top]);
  const ticks = Math.min(5, d3.max(bins, bin => bin.count));
  axes(svg, x, y, {x: "hits: keys found, scored exactly", y: "rows"}, {x: 5, y: ticks});
  const points = bins.map(bin => {
    const left = x(bin.from), right = x(bin.from + step);
    if (bin.count > 0)
      svg.append("rect")
          .attr("class", "plain mark")
          .attr("data-count", bin.count)
          .attr("x", left + 0.5)
          .attr("width", Math.max(1, right - left - 1))
          .attr("y", y(bin.count))
          .attr("height", y(0) - y(bin.count));
    const name = step === 1 ? some(bin.from, "hit") : `${whole(bin.from)} to ${whole(bin.from + step - 1)} hits`;
    return {x: (left + right) / 2, y: y(bin.count), say: () => `<b>${some(bin.count, "row")}</b> with ${name}`};
  });
  reader(svg, readout, points, width);
}

function hitsSection(section, rows) {
  const searched = rows.filter(row => known(row.hits));
  if (exact || data.attend.method === "nystrom" || !searched.length) return section.remove();
  const median = quantile(searched.map(row => row.hits), 0.5), most = d3.max(searched, row => Number(row.hits));
  lead(
      section,
      `Median ${real(median)}, at most ${whole(most)} of ${some(data.attend.n, "key")}. ` +
          "These keys are scored exactly; the others enter by what stands in for them.");
  const [left, right] = section.querySelectorAll("figure");
  plot(left, width => drawHistogram(left, searched, width));
  plot(right, width => drawStrip(right, searched, "hits", "hits", width));
}

function residualSection(section, rows) {
  const placed = rows.filter(row => known(row.residual));
  if (!placed.length) return section.remove();
  lead(
      section,
      "The residual: what the landmarks leave of the query’s place on the kernel’s diagonal, from 0 (nothing) " +
          "to 1 (all). A row with a large one is far from every landmark, and its bound is wide.");
  const figure = section.querySelector("figure");
  plot(figure, width => drawStrip(figure, placed, "residual", "residual", width));
}
