/* tree.js: the bucket brigade of this run: routers, and below them the cells of the table. Levels that have no room are
 * one mark. */

const mostLevels = 4;

/* The nodes that are drawn: routers by level, and what is below the last level: a cell, or a subtree of them. */
function treeNodes(address) {
  const levels = Math.min(address, mostLevels), nodes = [];
  for (let level = 0; level < levels; level++)
    for (let i = 0; i < 1 << level; i++) nodes.push({level, i, router: true});
  for (let i = 0; i < 1 << levels; i++) nodes.push({level: levels, i, router: false});
  return nodes;
}

const bitsOf = (value, length) => length === 0 ? "" : value.toString(2).padStart(length, "0");

/* What flows at a place of the tree; tables have address bits and bits of a word. */
function treeText(node, tables, keys) {
  const below = tables[0].address - node.level, span = Math.pow(2, below), first = node.i * span;
  const inside = first >= keys ? "none, only zeros" : `${whole(first)} to ${whole(Math.min(first + span, keys) - 1)}`;
  const begins = node.level ? `an address that begins with ${bitsOf(node.i, node.level)}` : "every address";
  if (node.router)
    return `<b>Router ${whole(node.i)} of level ${whole(node.level)}</b>, on the way to the keys ${inside}. ` +
        `Of ${begins} it holds bit ${whole(below - 1)}. ` + routerText(below, wordsText(tables));
  if (below === 0 && node.i >= keys) return `<b>Cell ${whole(node.i)}</b>: behind the last key; it reads as zeros.`;
  if (below === 0)
    return `<b>Cell ${whole(node.i)}</b>: the words of key ${whole(node.i)} (${wordsText(tables)}). ` +
        "They are classical: a bit that comes by is turned where the word has a 1.";
  return `<b>${whole(span)} cells</b>, below ${whole(span - 1)} more routers in ${some(below, "level")}: ` +
      `the keys ${inside}. Here ${begins} is steered.`;
}

const wordsText = tables => tables.map(table => `${escaped(table.name)} ${some(table.word, "bit")}`).join(", ");

function routerText(below, words) {
  if (below === 1)
    return `It is of the last level: its qubit and that of its port, where the bits of the words (${words}) arrive, ` +
        "are turned by the two cells below; nothing moves farther down.";
  return `Later bits pass it, then the bits of the words (${words}), down and up again: ` +
      "to the left where it holds 0, to the right where it holds 1.";
}

/* Where the nodes are, and which are on the way to the chosen one. */
function treePlan(address, state, width) {
  const levels = Math.min(address, mostLevels), step = 64, top = 22, chosen = state.chosen;
  return {
    address,
    levels,
    width,
    folded: address > levels,
    height: top + step * levels + (address > levels ? 64 : 34),
    size: Math.min(13, width / (1 << levels) * 0.42),
    nodes: treeNodes(address),
    x: node => width * (node.i + 0.5) / (1 << node.level),
    y: node => top + step * node.level,
    on: node => chosen && chosen.level >= node.level && chosen.i >> (chosen.level - node.level) === node.i,
    parent: node => ({level: node.level - 1, i: node.i >> 1})
  };
}

function drawLinks(svg, {nodes, x, y, on, parent}) {
  const links = nodes.filter(node => node.level > 0);
  svg.selectAll("line.link")
      .data(links)
      .join("line")
      .attr("class", node => "link" + (on(node) ? " active" : ""))
      .attr("x1", node => x(parent(node)))
      .attr("y1", node => y(parent(node)))
      .attr("x2", x)
      .attr("y2", y);
  svg.selectAll("text.way")
      .data(links.filter(node => node.level <= 2 || on(node)))
      .join("text")
      .attr("class", "way soft halo")
      .attr("text-anchor", "middle")
      .attr("x", node => (x(parent(node)) + x(node)) / 2)
      .attr("y", node => (y(parent(node)) + y(node)) / 2 + 4)
      .text(node => node.i & 1);
}

/* A router is a circle, with the bit of the address that it holds; a cell a square; cells that have no room a triangle.
 */
function drawNodes(svg, {address, folded, width, size, nodes, x, y, on}) {
  const name = node =>
      node.router ? `router ${node.i} of level ${node.level}` : `${folded ? "subtree" : "cell"} ${node.i}`;
  const reach = node => Math.min(24, width / (2 << node.level));
  const marks = svg.selectAll("g.node").data(nodes).join("g");
  marks.attr("class", node => "node mark" + (on(node) ? " active" : ""))
      .attr("transform", node => `translate(${x(node)},${y(node)})`)
      .attr("tabindex", 0)
      .attr("role", "button")
      .attr("aria-label", name);
  marks.append("rect")
      .attr("class", "hit")
      .attr("x", node => -reach(node))
      .attr("width", node => 2 * reach(node))
      .attr("y", -22)
      .attr("height", 44);
  const routers = marks.filter(node => node.router), cells = marks.filter(node => !node.router);
  routers.append("circle").attr("r", node => node.level < 3 ? 13 : size);
  routers.filter(node => node.level < 3 || size > 10)
      .append("text")
      .attr("text-anchor", "middle")
      .attr("y", 4)
      .text(node => address - 1 - node.level);
  if (folded)
    cells.append("path").attr("d", `M0,-4L${size},24L${- size},24z`);
  else
    cells.append("path").attr("d", `M${- size},${- size}h${2 * size}v${2 * size}h${- 2 * size}z`);
  return marks;
}

function drawTree(figure, tables, keys, state, width) {
  const plan = treePlan(tables[0].address, state, width), cells = Math.pow(2, plan.address);
  const says = `A binary tree of ${whole(cells - 1)} routers over ${whole(cells)} cells`;
  const {svg, readout} = canvas(figure, "tree", width, plan.height, says);
  svg.attr("role", "group");
  drawLinks(svg, plan);
  const marks = drawNodes(svg, plan);
  if (plan.folded) {
    const more = some(plan.address - plan.levels, "more level");
    svg.append("text")
        .attr("class", "soft")
        .attr("text-anchor", "middle")
        .attr("x", width / 2)
        .attr("y", plan.height - 14)
        .text(`… ${more} of routers, 2${raised(String(plan.address))} = ${whole(cells)} cells`);
  }
  pressable(marks, node => {
    state.chosen = node;
    drawTree(figure, tables, keys, state, width);
  });
  if (state.chosen)
    readout.html(treeText(state.chosen, tables, keys));
  else
    readout.text(
        "Tap a router or what is below: the way to it, and what flows there. " +
        "A number in a router is the bit of the address that it holds.");
}

function treeSection(section, circuits, keys) {
  const bits = data.attend.bits, asked = rows.some(row => Number(row.oracle_calls) > 0);
  const told = bits && asked ?
      [{name: "K", address: Math.ceil(Math.log2(keys)), word: data.attend.d * bits.k, arch: "bucket_brigade"}] :
      [];
  const tables = (circuits ? circuits[0].tables : told).filter(each => each.arch === "bucket_brigade");
  if (!tables.length) return section.remove();
  const address = tables[0].address, cells = Math.pow(2, address);
  const words = tables.map(each => `${some(each.word, "bit")} (${each.name})`).join(" or ");
  lead(
      section,
      `A bucket brigade: ${some(address, "address bit")}, ${some(cells - 1, "router")} with a port each, ` +
          `${some(cells, "cell")} for ${some(keys, "key")}; a word has ${words}. In each branch of the superposition ` +
          `${some(address, "router")} hold the way; the gates of the others act all the same.`);
  const figure = section.querySelector("figure"), state = {chosen: null};
  plot(figure, width => drawTree(figure, tables, keys, state, width));
}
