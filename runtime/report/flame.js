/* flame.js: what one round of a row's circuits costs, subroutine by subroutine: every bar is as long as what it costs
 * with all its parts, which stand below it. */

const measures = [
  {text: "Gates", value: "gates", unit: "gates"}, {text: "T gates", value: "t", unit: "T gates"},
  {text: "Depth", value: "depth", unit: "steps"}, {text: "Reads", value: "loads", unit: "reads of a word"}
];

/* Depth is that of a call times the calls; parts that run side by side count both, so that they may exceed the whole.
 */
const ownCost = (part, measure) => Number(part[measure] || 0) * (measure === "depth" ? Number(part.calls) : 1);

const kindOf = name => /^(load|words|address)/.test(name) ? "memory" :
    /^(whole|round|oracle|measure)/.test(name)            ? "frame" :
    /^(prepare|diffusion|phase|reflect)/.test(name)       ? "reflection" :
                                                            "arithmetic";

const kinds = [
  ["memory", "quantum memory", "bound"], ["arithmetic", "arithmetic", "error"],
  ["reflection", "preparation and reflections", "third"], ["frame", "what holds them", "classical"]
];

/* The parts as a hierarchy whose sizes hold those of their parts. */
function partition(circuit, measure) {
  const root = d3.hierarchy(circuit.whole, part => part.parts);
  root.eachAfter(node => {
    node.value = Math.max(ownCost(node.data, measure), d3.sum(node.children || [], child => child.value));
  });
  root.each(node => {
    node.path = node.ancestors().reverse().map(part => part.data.name).join(" / ");
  });
  return root;
}

/* Left and right ends of the bars when one of them, in the focus, is as wide as all. */
function placeBars(root, focus, width) {
  const place = (node, left, right) => {
    const scale = node.value > 0 ? (right - left) / node.value : 0;
    Object.assign(node, {left, right});
    let at = left;
    for (const child of node.children || []) {
      place(child, at, at + child.value * scale);
      at = child.right;
    }
  };
  root.each(node => Object.assign(node, {left: 0, right: 0}));
  focus.ancestors().forEach(node => Object.assign(node, {left: 0, right: width}));
  place(focus, 0, width);
}

function drawBars(svg, root, focus, unit) {
  const line = 30, above = node => node !== focus && focus.ancestors().includes(node);
  const bars = svg.selectAll("g").data(root.descendants()).join("g");
  bars.attr("class", "mark")
      .attr("role", "button")
      .attr("tabindex", node => node.right > node.left ? 0 : null)
      .attr("aria-label", node => `${node.path}: ${whole(node.value)} ${unit}`);
  bars.append("rect")
      .attr("class", node => node.data.kind || kindOf(node.data.name))
      .attr("x", node => node.left)
      .attr("y", node => node.depth * line)
      .attr("width", node => node.right - node.left)
      .attr("height", line - 1)
      .attr("fill-opacity", node => above(node) ? 0.55 : 1);
  bars.append("text")
      .attr("x", node => node.left + 6)
      .attr("y", node => node.depth * line + line / 2 + 4)
      .text(node => fitting(node, node.right - node.left - 12));
  return bars;
}

function barText(node, root, unit) {
  const {calls, width, depth} = node.data, share = root.value ? node.value / root.value : 0;
  return `<b>${escaped(node.path)}</b>: ${whole(node.value)} ${unit}, ${percent(share)} of the whole; ` +
      `${some(calls, "call")} with ${some(width, "qubit")}` + (known(depth) ? `, ${whole(depth)} deep each` : "");
}

function drawFlame(figure, state, width) {
  const measure = measures.find(each => each.value === state.measure), root = partition(state.circuit, state.measure);
  const focus = root.descendants().find(node => node.path === state.path) || root;
  const says = `${measure.text} by subroutine, the whole above its parts`;
  const {svg, readout} = canvas(figure, "flame", width, 30 * (root.height + 1) + 4, says);
  svg.attr("class", "flame").attr("role", "group");
  placeBars(root, focus, width);
  const bars = drawBars(svg, root, focus, measure.unit), say = node => readout.html(barText(node, root, measure.unit));
  pressable(bars, node => {
    state.path = node === focus && node.parent ? node.parent.path : node.path;
    drawFlame(figure, state, width);
    say(node);
  });
  bars.each(function(node) {
    this.onpointerenter = this.onfocus = () => say(node);
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
  table(
      box,
      [
        {head: "subroutine", left: true, text: node => "\u2003".repeat(node.depth) + node.data.name},
        {head: "calls", text: node => whole(node.data.calls)}, {head: "qubits", text: node => whole(node.data.width)},
        {head: "gates", text: node => whole(node.data.gates)}, {head: "T gates", text: node => whole(node.data.t)},
        {head: "depth of a call", text: node => whole(node.data.depth)},
        {head: "reads", text: node => whole(node.data.loads)}
      ],
      rows);
}

const circuitNames = {
  stages: "Once, by stage",
  search: "Search",
  normaliser: "Estimate of the normaliser",
  energy: "Estimate of the energy"
};

function costsLead(section, circuit) {
  if (circuit.name === "stages")
    return lead(section, "What circuits did once, before any row, stage by stage: all their shots together.");
  const of = circuit.name === "search" ? "the search" : `the estimate of the ${circuit.name}`;
  d3.select(section).select(".lead").html(
      `One round of ${of} of row ${whole(circuit.row)}, the median row by oracle calls: ` +
      `${some(circuit.iterations, "iteration")} on ${some(circuit.qubits, "qubit")}. ` +
      kinds.map(([name, text, color]) => key(color, text)).join("; ") + ". " +
      "Depth is that of a call times the calls: what runs side by side counts twice.");
}

/* What was done once, as if it were a circuit with the stages as its parts; none where no stage ran circuits. */
function stageCircuits() {
  const parts = stages.filter(stage => stage.ledger).map(({name, ledger}) => ({
                                                           name,
                                                           kind: "reflection",
                                                           calls: 1,
                                                           width: ledger.qubits,
                                                           gates: ledger.gates,
                                                           t: ledger.t,
                                                           depth: ledger.depth,
                                                           loads: d3.sum(Object.values(ledger.queries), Number),
                                                           parts: []
                                                         }));
  const sum = field => d3.sum(parts, part => Number(part[field]));
  return !parts.length ? [] : [{
    name: "stages",
    whole: {
      name: "once",
      kind: "frame",
      calls: 1,
      width: d3.max(parts, part => Number(part.width)),
      gates: sum("gates"),
      t: sum("t"),
      depth: sum("depth"),
      loads: sum("loads"),
      parts
    }
  }];
}

function costsSection(section, circuits, reason) {
  if (!circuits.length) {
    if (!searches) return section.remove();
    section.querySelectorAll("figure, details, .buttons").forEach(element => element.remove());
    return lead(section, `There is no circuit to show: ${reason}.`);
  }
  const figure = section.querySelector("figure"), state = {measure: "gates", path: "", circuit: circuits[0]};
  const tell = () => {
    costsLead(section, state.circuit);
    costsTable(section.querySelector("details .wide"), state.circuit);
  };
  const redraw = plot(figure, width => drawFlame(figure, state, width)),
        [which, what] = section.querySelectorAll(".buttons");
  tell();
  if (circuits.length > 1)
    choose(which, circuits.map(circuit => ({text: circuitNames[circuit.name], value: circuit})), value => {
      state.circuit = value;
      state.path = "";
      tell();
      redraw();
    });
  choose(what, measures, value => {
    state.measure = value;
    redraw();
  });
}
