/* plot.js: what the plots share: frames, axes, a line of text that says what is under the finger, buttons. A plot is a
 * function of its width, called again when the window changes. */

const plots = [];

/* Draws into the figure now and whenever its width changes. */
function plot(figure, draw) {
  let width = 0;
  const redraw = force => {
    const now = Math.floor(figure.getBoundingClientRect().width);
    if (now > 0 && (force || now !== width)) draw(width = now);
  };
  plots.push(redraw);
  redraw(true);
  return () => redraw(true);
}

let waiting = 0;
window.addEventListener("resize", () => {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => plots.forEach(redraw => redraw(false)), 100);
});

/* The drawing of a figure, empty, and the line of text below it. `says` describes it to who cannot see it. */
function canvas(figure, name, width, height, says) {
  const box = d3.select(figure);
  let readout = box.select("p.readout");
  if (readout.empty()) {
    box.append("svg").attr("role", "img");
    readout = box.append("p").attr("class", "readout").attr("aria-live", "polite");
  }
  const svg = box.select("svg").attr("viewBox", [0, 0, width, height]).attr("data-name", name).attr("aria-label", says);
  svg.selectAll("*").remove();
  return {svg, readout};
}

const hint = window.matchMedia("(pointer: coarse)").matches ? "Tap for the numbers." :
                                                              "Point at a mark for its numbers, or use the arrow keys.";

/* Axes around the plane; ticks behind the marks. x, y: scales; the texts are what they show. */
function axes(svg, x, y, text, ticks) {
  const [left, right] = x.range(), [bottom, top] = y.range();
  const log = scale => scale.base !== undefined;
  const side = (axis, scale, count, format) => {
    axis.tickSizeOuter(0).tickSize(4);
    if (log(scale))
      axis.tickValues(logTicks(scale, count)).tickFormat(power);
    else
      axis.ticks(count).tickFormat(format);
    return axis;
  };
  const vertical = side(d3.axisLeft(y), y, ticks.y, d3.format(",")),
        horizontal = side(d3.axisBottom(x), x, ticks.x, d3.format(","));
  const lines = log(y) ? logTicks(y, ticks.y) : y.ticks(ticks.y);
  svg.append("g")
      .attr("class", "grid")
      .selectAll("line")
      .data(lines)
      .join("line")
      .attr("x1", left)
      .attr("x2", right)
      .attr("y1", value => y(value))
      .attr("y2", value => y(value));
  svg.append("g").attr("class", "axis").attr("transform", `translate(0,${bottom})`).call(horizontal);
  svg.append("g")
      .attr("class", "axis")
      .attr("transform", `translate(${left},0)`)
      .call(vertical)
      .select(".domain")
      .remove();
  svg.append("text")
      .attr("class", "soft")
      .attr("x", right)
      .attr("y", bottom + 34)
      .attr("text-anchor", "end")
      .text(text.x);
  svg.append("text").attr("class", "soft").attr("x", 0).attr("y", 12).text(text.y);
}

/* Powers of ten, not more than about `count`; where there are few, what is between as well. */
function logTicks(scale, count) {
  const [low, high] = d3.extent(scale.domain());
  const first = Math.ceil(Math.log10(low) - 1e-9), last = Math.floor(Math.log10(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / count));
  const powers = d3.range(first, last + 1).filter(k => k % step === 0).map(k => Math.pow(10, k));
  if (powers.length > 2) return powers;
  const within = value => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const between = [[1, 2, 5], [1, 3], [1]].map(
      steps => d3.range(first - 1, last + 2).flatMap(k => steps.map(m => m * Math.pow(10, k))).filter(within));
  return between.find(ticks => ticks.length <= 1.6 * count) || powers;
}

/* A logarithmic scale around values above 0, at least a decade. */
function logScale(values, range) {
  let [low, high] = d3.extent(values.filter(value => known(value) && value > 0));
  if (low === undefined) [low, high] = [0.1, 1];
  low /= 1.3;
  high *= 1.3;
  const lack = Math.max(0, 1 - Math.log10(high / low)) / 2;
  return d3.scaleLog().domain([low / Math.pow(10, lack), high * Math.pow(10, lack)]).range(range);
}

/* The point nearest to the finger, or the next one by the arrow keys, is marked and said. points: {x, y, say()} in the
 * order in which the arrows go. The point that was said last stays when the plot is drawn anew. */
function reader(svg, readout, points, width) {
  const tree = d3.quadtree().x(p => p.x).y(p => p.y).addAll(points);
  const cursor = svg.append("circle").attr("class", "cursor").attr("r", 7).style("display", "none");
  let at = -1;
  const show = point => {
    at = points.indexOf(point);
    cursor.style("display", null).attr("cx", point.x).attr("cy", point.y);
    readout.html(point.say());
  };
  readout.text(hint);
  const point = event => {
    const box = svg.node().getBoundingClientRect(), scale = width / box.width;
    const near = tree.find((event.clientX - box.left) * scale, (event.clientY - box.top) * scale);
    if (near) show(near);
  };
  svg.attr("tabindex", 0);
  svg.node().onpointermove = point;
  svg.node().onpointerdown = point;
  svg.node().onkeydown = event => {
    const step = {ArrowRight: 1, ArrowLeft: -1, ArrowUp: 1, ArrowDown: -1}[event.key];
    if (!step || !points.length) return;
    event.preventDefault();
    show(points[Math.min(points.length - 1, Math.max(0, at < 0 ? 0 : at + step))]);
  };
}

/* Marks that are pressed, by finger, mouse or keys. */
function pressable(marks, press) {
  marks.each(function(datum) {
    this.onclick = () => press(datum);
    this.onkeydown = event => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press(datum);
    };
  });
}

/* A button for each choice, the first one pressed. box: where they stand. */
function choose(box, choices, change) {
  const buttons = d3.select(box)
                      .selectAll("button")
                      .data(choices)
                      .join("button")
                      .attr("type", "button")
                      .text(choice => choice.text)
                      .attr("aria-pressed", (_, i) => String(i === 0));
  buttons.nodes().forEach((button, i) => button.addEventListener("click", () => {
    buttons.attr("aria-pressed", (_, k) => String(k === i));
    change(choices[i].value);
  }));
}

/* A word of a legend, its colour before it; they stay on one line. */
function key(color, text) {
  const [first, ...others] = text.split(" "), square = `<span class="key" style="background: var(--${color})"></span>`;
  return `<span class="keyed">${square} ${first}</span>${others.map(word => " " + word).join("")}`;
}

/* Words of a section; what comes from outside is text, never HTML. */
const lead = (section, text) => d3.select(section).select(".lead").text(text);
const escaped = text =>
    String(text).replace(/[&<>"]/g, letter => ({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"})[letter]);

/* A table: columns {head, text(row), left}. */
function table(box, columns, rows) {
  const target = d3.select(box).append("table");
  target.append("thead")
      .append("tr")
      .selectAll("th")
      .data(columns)
      .join("th")
      .attr("scope", "col")
      .classed("text", column => column.left)
      .text(column => column.head);
  target.append("tbody")
      .selectAll("tr")
      .data(rows)
      .join("tr")
      .selectAll("td")
      .data(row => columns.map(column => ({text: column.text(row), left: column.left})))
      .join("td")
      .classed("text", cell => cell.left)
      .text(cell => cell.text);
}
