/* bill.js: everything that was used, and what is assumed. */

const ledgerLines = [
  ["oracle_calls", "oracle calls", "each computes the scores of all keys and takes them back"],
  ["a_calls", "uses of A", "of estimates: each computes a mark"], ["shots", "shots", "circuits run and measured"],
  ["gates", "gates", ""], ["cswap", "controlled swaps", "of these gates"],
  ["toffoli", "Toffoli gates", "controlled swaps included"], ["t", "T gates", "seven for each of those"],
  ["depth", "depth", "steps, one circuit after the other; at most"], ["t_depth", "T-depth", "steps; at most"],
  ["score_evaluations", "scores computed", "classically: of keys found, and to verify"],
  ["classical_score_evaluations", "scores of a scan", "for comparison: every key for every row"]
];

function ledgerTable(box, ledger, count) {
  const lines = ledgerLines.filter(([field]) => known(ledger[field]) && Number(ledger[field]) > 0)
                    .map(([field, name, note]) => ({name, note, all: Number(ledger[field])}));
  Object.entries(ledger.queries || {})
      .forEach(
          ([name, loads]) =>
              lines.push({name: `reads of table ${name}`, note: "words, in and out", all: Number(loads)}));
  table(
      box,
      [
        {head: "", left: true, text: line => line.name},
        {head: `all ${some(count, "row")}`, text: line => line.all >= 1e15 ? brief(line.all) : whole(line.all)},
        {head: "a row, on average", text: line => count > 0 ? brief(Math.round(line.all / count)) : "–"},
        {head: "", left: true, text: line => line.note}
      ],
      lines);
}

function stagesTable(box, once) {
  const has = field => stages.some(stage => Number((stage.ledger || {})[field]) > 0);
  const columns = [
    {head: "stage", left: true, text: stage => stage.name},
    {head: "operations, about", text: stage => brief(stage.operations)}
  ];
  for (const [field, name] of ledgerLines)
    if (has(field) && field !== "classical_score_evaluations")
      columns.push({
        head: name,
        text: stage => stage.ledger && Number(stage.ledger[field]) > 0 ? brief(stage.ledger[field]) : "–"
      });
  columns.push(
      {head: "time", text: stage => seconds(stage.seconds)}, {head: "", left: true, text: stage => stage.note || ""});
  const rows = stages.concat([{
    name: stages.length ? "all" : "groups and moments",
    operations: once.operations,
    seconds: once.seconds,
    ledger: Object.fromEntries(ledgerLines.map(([field]) => [field, onceOf(field)])),
    note: Number(once.qram_writes) > 0 ? `${whole(once.qram_writes)} words are written to load the quantum memory` : ""
  }]);
  table(box, columns, rows);
}

function assumptions(list) {
  const {method, engine, failure} = data.attend, items = [], quantum = searches || onceOf("shots") > 0;
  if (engine === "oracle")
    items.push(
        "No gate was run: outcomes were drawn from the exact distributions of the circuits, " +
        "found by a classical scan. " +
        "Counts are what running the circuits takes.");
  if (quantum)
    items.push(
        "Gates are perfect, qubits as many as it takes, and error correction costs nothing here: " +
            "the numbers are of logical gates.",
        "Loading the keys into the quantum memory costs one write a word, once, and is listed apart; " +
            "so is what is computed before any row.",
        "T gates: seven for a Toffoli gate or a controlled swap. " +
            "Depth: every gate one step, as early as its qubits are free.");
  if (known(failure) && method !== "halfspace" && method !== "exact")
    items.push(`Of each row the promise of its bound fails with probability ${real(failure)} at most.`);
  if (method === "exact") items.push("Every score was computed classically; no circuit was made.");
  if (method === "halfspace") items.push("All is classical: a tree reports the keys that score high.");
  if (method === "nystrom") items.push("Rows are classical: what is quantum is sampled once, before any row.");
  d3.select(list).selectAll("li").data(items).join("li").text(text => text);
}

function billSection(section, count) {
  const {ledger, method} = data.attend, total = ledger.rows, quantum = mostQubits() > 0;
  const before = seconds(ledger.preprocess.seconds), simulated = quantum && data.attend.engine === "gates";
  section.querySelector(".words").textContent =
      (quantum ? `The widest circuit has ${some(mostQubits(), "qubit")}. ` : "") +
      `Computing took ${seconds(data.attend.seconds)} here, after ${before} of preparation` +
      (simulated ? ", by simulating the circuits." : ".");
  ledgerTable(section.querySelector(".rows"), total, count);
  if (method === "exact")
    section.querySelectorAll("h3")[1].remove();
  else
    stagesTable(section.querySelector(".once"), ledger.preprocess);
  assumptions(section.querySelector(".assumptions"));
}
