/* flame.js: what one round of a row's search costs, subroutine by subroutine: every bar is as long as what it costs with all its
 * parts, which stand below it. */

const measures = [
  { text: "Gates", value: "gates", unit: "gates" },
  { text: "T gates", value: "t", unit: "T gates" },
  { text: "Depth", value: "depth", unit: "steps" },
  { text: "Reads", value: "loads", unit: "reads of a word" }];

/* Depth is that of a call times the calls; parts that run side by side count both, so that they may exceed the whole. */
const ownCost = (part, measure) => Number(part[measure] || 0) * (measure === "depth" ? Number(part.calls) : 1);

const kindOf = name => /^(load|words|address)/.test(name) ? "memory" : /^(round|oracle|measure)/.test(name) ? "frame"
  : /^(prepare|diffusion|phase|reflect)/.test(name) ? "reflection" : "arithmetic";

const kinds = [["memory", "quantum memory"], ["arithmetic", "arithmetic of the score"], ["reflection", "preparation and reflections"], ["frame", "what holds them"]];

/* The parts as a hierarchy whose sizes hold those of their parts. */
function partition(circuit, measure) {
  const root = d3.hierarchy(circuit.whole.parts.length ? circuit.whole : { parts: [] }, part => part.parts);
  root.eachAfter(node => { node.value = Math.max(ownCost(node.data, measure), d3.sum(node.children || [], child => child.value)); });
  root.each(node => { node.path = node.ancestors().reverse().map(part => part.data.name).join(" / "); });
  return root;
}

function drawFlame(figure, circuit, state, width) {
  const measure = measures.find(each => each.value === state.measure), root = partition(circuit, state.measure);
  const line = 30, height = line * (root.height + 1) + 4, gap = 1;
  const { svg, readout } = canvas(figure, "flame", width, height, `${measure.text} of one round by subroutine, the whole above its parts`);
  svg.attr("class", "flame").attr("role", "group");
  const focus = root.descendants().find(node => node.path === state.path) || root;
  const place = (node, left, right) => {
    node.left = left;
    node.right = right;
    let at = left;
    const scale = node.value > 0 ? (right - left) / node.value : 0;
    (node.children || []).forEach(child => { place(child, at, at + child.value * scale); at = child.right; });
  };
  root.each(node => { node.left = node.right = 0; });
  focus.ancestors().forEach(node => { node.left = 0; node.right = width; });
  place(focus, 0, width);
  const say = node => readout.html(`<b>${escaped(node.path)}</b>: ${whole(node.value)} ${measure.unit}, ${percent(root.value ? node.value / root.value : 0)} of the round; `
    + `${some(node.data.calls, "call")} with ${whole(node.data.width)} qubits${known(node.data.depth) ? `, ${whole(node.data.depth)} deep each` : ""}`);
  const go = node => { state.path = node === focus && node.parent ? node.parent.path : node.path; drawFlame(figure, circuit, state, width); say(node); };
  const shown = root.descendants();
  const bars = svg.selectAll("g").data(shown).join("g").attr("class", "mark").attr("tabindex", node => node.right - node.left > 0 ? 0 : null).attr("role", "button")
    .attr("aria-label", node => `${node.path}: ${whole(node.value)} ${measure.unit}`);
  bars.append("rect").attr("class", node => kindOf(node.data.name)).attr("x", node => node.left).attr("y", node => node.depth * line)
    .attr("width", node => Math.max(0, node.right - node.left)).attr("height", line - gap)
    .attr("fill-opacity", node => focus.ancestors().includes(node) && node !== focus ? 0.55 : 1);
  bars.append("text").attr("x", node => node.left + 6).attr("y", node => node.depth * line + line / 2 + 4)
    .text(node => fitting(node, node.right - node.left - 12));
  bars.nodes().forEach((bar, i) => {
    bar.onclick = () => go(shown[i]);
    bar.onpointerenter = () => say(shown[i]);
    bar.onfocus = () => say(shown[i]);
    bar.onkeydown = event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); go(shown[i]); } };
  });
  readout.text("Tap a bar to look into it, and the bar on top of it to come back.");
}

/* As much of the name, with its part of the parent, as there is room for; a letter is about 7 wide. */
function fitting(node, room) {
  const share = node.parent && node.parent.value ? " " + percent(node.value / node.parent.value) : "";
  const long = node.data.name + share;
  return room >= 7 * long.length ? long : room >= 7 * node.data.name.length ? node.data.name : "";
}

function costsTable(box, circuit) {
  const rows = d3.hierarchy(circuit.whole, part => part.parts).descendants().filter(node => node.depth > 0);
  table(box, [{ head: "subroutine", left: true, text: node => "\u2003".repeat(node.depth - 1) + node.data.name },
    { head: "calls", text: node => whole(node.data.calls) }, { head: "qubits", text: node => whole(node.data.width) },
    { head: "gates", text: node => whole(node.data.gates) }, { head: "T gates", text: node => whole(node.data.t) },
    { head: "depth of a call", text: node => whole(node.data.depth) }, { head: "reads", text: node => whole(node.data.loads) }], rows);
}

function costsSection(section, circuit, reason) {
  if (!circuit) {
    if (exact || !reason) return section.remove();
    section.querySelectorAll("figure, details").forEach(element => element.remove());
    return lead(section, `There is no circuit to show: ${reason}.`);
  }
  d3.select(section).select(".lead").html(`One round of the search of row ${whole(circuit.row)}, the median row by oracle calls: ${some(circuit.iterations, "iteration")} on ${some(circuit.qubits, "qubit")}. `
    + kinds.map(([name, text]) => `<span class="key" style="background: var(--${{ memory: "bound", arithmetic: "error", reflection: "third", frame: "classical" }[name]})"></span>${text}`).join("; ") + ". "
    + "Depth is that of a call times the calls: what runs side by side counts twice.");
  const figure = section.querySelector("figure"), state = { measure: "gates", path: "" };
  const redraw = plot(figure, width => drawFlame(figure, circuit, state, width));
  choose(section, measures, value => { state.measure = value; redraw(); });
  costsTable(section.querySelector("details .wide"), circuit);
}
