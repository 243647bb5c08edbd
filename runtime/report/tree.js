/* tree.js: the bucket brigade of this run: routers, and below them the cells of the table. Levels that have no room are one mark. */

const mostLevels = 4;

/* The nodes that are drawn: routers by level, and what is below the last level: a cell, or a subtree of them. */
function treeNodes(address) {
  const levels = Math.min(address, mostLevels), nodes = [];
  for (let level = 0; level < levels; level++)
    for (let i = 0; i < 1 << level; i++) nodes.push({ level, i, router: true });
  for (let i = 0; i < 1 << levels; i++) nodes.push({ level: levels, i, router: false });
  return nodes;
}

const bitsOf = (value, length) => length === 0 ? "" : value.toString(2).padStart(length, "0");

/* What flows at a place of the tree; `table` has address bits and the bits of a word. */
function treeText(node, tables, keys) {
  const table = tables[0], address = table.address, below = address - node.level;
  const span = Math.pow(2, below), first = node.i * span, last = first + span - 1, inside = first >= keys ? "none, only zeros" : `${whole(first)} to ${whole(Math.min(last, keys - 1))}`;
  const words = tables.map(each => `${escaped(each.name)} ${whole(each.word)} ${each.word === 1 ? "bit" : "bits"}`).join(", ");
  if (node.router)
    return `<b>Router ${whole(node.i)} of level ${whole(node.level)}</b>, on the way to the keys ${inside}. ${node.level ? `Of an address that begins with ${bitsOf(node.i, node.level)}` : "Of every address"} it holds bit ${whole(below - 1)}. `
      + (below > 1 ? `Later bits pass it, then the bits of the words (${words}), down and up again: to the left where it holds 0, to the right where it holds 1.`
        : `It is of the last level: its qubit and that of its port, where the bits of the words (${words}) arrive, are turned by the two cells below; nothing moves farther down.`);
  if (below === 0)
    return node.i < keys ? `<b>Cell ${whole(node.i)}</b>: the words of key ${whole(node.i)} (${words}). They are classical: a bit that comes by is turned where the word has a 1.`
      : `<b>Cell ${whole(node.i)}</b>: behind the last key; it reads as zeros.`;
  return `<b>${whole(span)} cells</b>, below ${whole(span - 1)} more routers in ${some(below, "level")}: the keys ${inside}. An address that begins with ${bitsOf(node.i, node.level)} is steered here.`;
}

function drawTree(figure, tables, keys, state, width) {
  const address = tables[0].address, levels = Math.min(address, mostLevels), folded = address > levels;
  const step = 64, top = 22, height = top + step * levels + (folded ? 64 : 34);
  const { svg, readout } = canvas(figure, "tree", width, height, `A binary tree of ${whole(Math.pow(2, address) - 1)} routers over ${whole(Math.pow(2, address))} cells`);
  svg.attr("role", "group");
  const nodes = treeNodes(address), across = node => width * (node.i + 0.5) / (1 << node.level), down = node => top + step * node.level;
  const on = node => state.chosen && state.chosen.level >= node.level && state.chosen.i >> (state.chosen.level - node.level) === node.i;
  const links = nodes.filter(node => node.level > 0);
  const parent = node => ({ level: node.level - 1, i: node.i >> 1 });
  svg.selectAll("line.link").data(links).join("line").attr("class", node => "link" + (on(node) ? " active" : ""))
    .attr("x1", node => across(parent(node))).attr("y1", node => down(parent(node))).attr("x2", across).attr("y2", down);
  svg.selectAll("text.way").data(links.filter(node => node.level <= 2 || on(node))).join("text").attr("class", "way soft halo").attr("text-anchor", "middle")
    .attr("x", node => (across(parent(node)) + across(node)) / 2).attr("y", node => (down(parent(node)) + down(node)) / 2 + 4).text(node => node.i & 1);
  const size = Math.min(13, width / (1 << levels) * 0.42);
  const marks = svg.selectAll("g.node").data(nodes).join("g").attr("tabindex", 0).attr("role", "button").attr("transform", node => `translate(${across(node)},${down(node)})`)
    .attr("class", node => "node mark" + (node.router ? "" : " cell") + (on(node) ? " active" : ""))
    .attr("aria-label", node => node.router ? `router ${node.i} of level ${node.level}` : folded ? `subtree ${node.i}` : `cell ${node.i}`);
  marks.append("rect").attr("class", "hit").attr("x", node => -Math.min(24, width / (2 << node.level))).attr("width", node => 2 * Math.min(24, width / (2 << node.level))).attr("y", -22).attr("height", 44);
  marks.filter(node => node.router).append("circle").attr("r", node => node.level < 3 ? 13 : size);
  marks.filter(node => node.router && (node.level < 3 || size > 10)).append("text").attr("text-anchor", "middle").attr("y", 4).text(node => address - 1 - node.level);
  const cells = marks.filter(node => !node.router);
  if (folded) cells.append("path").attr("d", `M0,-4L${size},24L${-size},24z`);
  else cells.append("rect").attr("x", -size * 0.8).attr("width", 1.6 * size).attr("y", -size * 0.8).attr("height", 1.6 * size);
  if (folded)
    svg.append("text").attr("class", "soft").attr("text-anchor", "middle").attr("x", width / 2).attr("y", height - 14)
      .text(`… ${some(address - levels, "more level")} of routers, 2${raised(String(address))} = ${whole(Math.pow(2, address))} cells`);
  marks.nodes().forEach((mark, i) => {
    const choose = () => { state.chosen = nodes[i]; drawTree(figure, tables, keys, state, width); };
    mark.onclick = choose;
    mark.onkeydown = event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } };
  });
  if (state.chosen) readout.html(treeText(state.chosen, tables, keys));
  else readout.text("Tap a router or what is below: the way to it, and what flows there. A number in a router is the bit of the address that it holds.");
}

function treeSection(section, circuits, keys) {
  const bits = data.attend.bits, asked = rows.some(row => Number(row.oracle_calls) > 0);
  const told = bits && asked ? [{ name: "K", address: Math.ceil(Math.log2(keys)), word: data.attend.d * bits.k, arch: "bucket_brigade" }] : [];
  const tables = (circuits ? circuits[0].tables : told).filter(each => each.arch === "bucket_brigade");
  if (!tables.length) return section.remove();
  const address = tables[0].address, cells = Math.pow(2, address);
  lead(section, `A bucket brigade: ${some(address, "address bit")}, ${some(cells - 1, "router")} with a port each, ${some(cells, "cell")} for ${some(keys, "key")}; a word has ${tables.map(each => `${whole(each.word)} ${each.word === 1 ? "bit" : "bits"} (${each.name})`).join(" or ")}. In each branch of the superposition ${some(address, "router")} hold the way; the gates of the others act all the same.`);
  const figure = section.querySelector("figure"), state = { chosen: null };
  plot(figure, width => drawTree(figure, tables, keys, state, width));
}
