/* flame.js: what one round of a row's circuits costs, subroutine by subroutine: every bar is as long as what it costs with all its
 * parts, which stand below it. */

const measures = [
  { text: "Gates", value: "gates", unit: "gates" },
  { text: "T gates", value: "t", unit: "T gates" },
  { text: "Depth", value: "depth", unit: "steps" },
  { text: "Reads", value: "loads", unit: "reads of a word" }];

/* Depth is that of a call times the calls; parts that run side by side count both, so that they may exceed the whole. */
const ownCost = (part, measure) => Number(part[measure] || 0) * (measure === "depth" ? Number(part.calls) : 1);

const kindOf = name => /^(load|words|address)/.test(name) ? "memory" : /^(whole|round|oracle|measure)/.test(name) ? "frame"
  : /^(prepare|diffusion|phase|reflect)/.test(name) ? "reflection" : "arithmetic";

const kinds = [["memory", "quantum memory", "bound"], ["arithmetic", "arithmetic", "error"], ["reflection", "preparation and reflections", "third"],
  ["frame", "what holds them", "classical"]];

/* The parts as a hierarchy whose sizes hold those of their parts. */
function partition(circuit, measure) {
  const root = d3.hierarchy(circuit.whole, part => part.parts);
  root.eachAfter(node => { node.value = Math.max(ownCost(node.data, measure), d3.sum(node.children || [], child => child.value)); });
  root.each(node => { node.path = node.ancestors().reverse().map(part => part.data.name).join(" / "); });
  return root;
}

function drawFlame(figure, state, width) {
  const circuit = state.circuit, measure = measures.find(each => each.value === state.measure), root = partition(circuit, state.measure);
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
  const say = node => readout.html(`<b>${escaped(node.path)}</b>: ${whole(node.value)} ${measure.unit}, ${percent(root.value ? node.value / root.value : 0)} of the whole; `
    + `${some(node.data.calls, "call")} with ${whole(node.data.width)} qubits${known(node.data.depth) ? `, ${whole(node.data.depth)} deep each` : ""}`);
  const go = node => { state.path = node === focus && node.parent ? node.parent.path : node.path; drawFlame(figure, state, width); say(node); };
  const shown = root.descendants();
  const bars = svg.selectAll("g").data(shown).join("g").attr("class", "mark").attr("tabindex", node => node.right - node.left > 0 ? 0 : null).attr("role", "button")
    .attr("aria-label", node => `${node.path}: ${whole(node.value)} ${measure.unit}`);
  bars.append("rect").attr("class", node => node.data.kind || kindOf(node.data.name)).attr("x", node => node.left).attr("y", node => node.depth * line)
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
  box.textContent = "";
  const rows = d3.hierarchy(circuit.whole, part => part.parts).descendants();
  table(box, [{ head: "subroutine", left: true, text: node => "\u2003".repeat(node.depth) + node.data.name },
    { head: "calls", text: node => whole(node.data.calls) }, { head: "qubits", text: node => whole(node.data.width) },
    { head: "gates", text: node => whole(node.data.gates) }, { head: "T gates", text: node => whole(node.data.t) },
    { head: "depth of a call", text: node => whole(node.data.depth) }, { head: "reads", text: node => whole(node.data.loads) }], rows);
}

const circuitNames = { stages: "Once, by stage", search: "Search", normaliser: "Estimate of the normaliser", energy: "Estimate of the energy" };

function costsLead(section, circuit) {
  if (circuit.name === "stages")
    return lead(section, "What circuits did once, before any row, stage by stage: all their shots together.");
  const of = circuit.name === "search" ? "the search" : `the estimate of the ${circuit.name}`;
  d3.select(section).select(".lead").html(`One round of ${of} of row ${whole(circuit.row)}, the median row by oracle calls: ${some(circuit.iterations, "iteration")} on ${some(circuit.qubits, "qubit")}. `
    + kinds.map(([name, text, color]) => key(color, text)).join("; ") + ". "
    + "Depth is that of a call times the calls: what runs side by side counts twice.");
}

/* What was done once, as if it were a circuit with the stages as its parts; none where no stage ran circuits. */
function stageCircuits() {
  const parts = stages.filter(stage => stage.ledger).map(({ name, ledger }) => ({ name, kind: "reflection", calls: 1, width: ledger.qubits, gates: ledger.gates, t: ledger.t, depth: ledger.depth,
    loads: d3.sum(Object.values(ledger.queries), Number), parts: [] }));
  const sum = field => d3.sum(parts, part => Number(part[field]));
  return !parts.length ? [] : [{ name: "stages", whole: { name: "once", kind: "frame", calls: 1, width: d3.max(parts, part => Number(part.width)), gates: sum("gates"), t: sum("t"),
    depth: sum("depth"), loads: sum("loads"), parts } }];
}

function costsSection(section, circuits, reason) {
  if (!circuits.length) {
    if (!searches) return section.remove();
    section.querySelectorAll("figure, details, .buttons").forEach(element => element.remove());
    return lead(section, `There is no circuit to show: ${reason}.`);
  }
  const figure = section.querySelector("figure"), state = { measure: "gates", path: "", circuit: circuits[0] };
  const tell = () => { costsLead(section, state.circuit); costsTable(section.querySelector("details .wide"), state.circuit); };
  const redraw = plot(figure, width => drawFlame(figure, state, width)), [which, what] = section.querySelectorAll(".buttons");
  tell();
  if (circuits.length > 1)
    choose(which, circuits.map(circuit => ({ text: circuitNames[circuit.name], value: circuit })), value => { state.circuit = value; state.path = ""; tell(); redraw(); });
  choose(what, measures, value => { state.measure = value; redraw(); });
}
