/* page.js: from the data to the page. */

const data = JSON.parse(document.getElementById("data").textContent);
const exact = data.attend.method === "exact",
      searches = data.attend.method === "sparse" || data.attend.method === "hybrid";
const kernel = data.attend.nystrom || null; /* low-rank, with its landmarks */
const stages = data.attend.ledger.preprocess.stages || [];

/* Rows as they were columns; the numbers that matter to plots are numbers. */
const rows = data.columns.row.map((_, i) => {
  const row = {};
  for (const name of Object.keys(data.columns)) row[name] = data.columns[name][i];
  return row;
});

/* The scores of a row by a scan; rows of causal attention differ. */
const scan = data.attend.ledger.classical_score_evaluations / rows.length;

const ruleText = ({rule, value}) => ({
  tau: `the keys that score at least ${real(value)}`,
  drop: `the keys that score at most ${real(value)} below the row’s highest`,
  top: `the keys of highest score, about ${real(value)}`,
  target: `keys of highest score, as many as it takes for a bound of ${real(value)} times the row’s length`
})[rule];

const methodText = {
  sparse: "a search finds the keys that score high, one constant stands in for the others",
  hybrid: "a search finds the keys that score high, what is known of their groups stands in for the others",
  nystrom: "a low-rank kernel from sampled landmarks; no key is touched any more",
  halfspace: "a classical tree reports the keys that score high, one constant stands in for the others",
  exact: "every score is computed"
};

function engineText(a) {
  if (!a.engine) return "Nothing quantum in it: no engine was used.";
  if (kernel && kernel.loaded) return "From a saved state: what circuits do was done when it was made.";
  if (Number(a.ledger.rows.shots) === 0 && onceOf("shots") === 0) return "No circuit was run.";
  if (a.engine === "gates")
    return `Engine: gates${a.engine_mode === "none" ? "" : ` (mode ${a.engine_mode})`}: every circuit was simulated. ` +
        `Seed ${a.seed}.`;
  return "Engine: oracle. Outcomes are drawn from the exact distributions of the circuits; no gate was run. " +
      `Seed ${a.seed}.`;
}

function heading() {
  const a = data.attend, name = a.method === "nystrom" ? "Nyström" : a.method[0].toUpperCase() + a.method.slice(1);
  const all = rows.length === data.queries, of = some(data.queries, "row");
  const title = `${name} attention${a.causal ? ", causal" : ""}: ` +
      `${all ? "all" : `${whole(rows.length)} of`} ${of} over ${some(a.n, "key")}`;
  document.title = title;
  document.getElementById("title").textContent = title;
  const files = Object.entries(data.files)
                    .map(([name, path]) => `${name.length === 1 ? name.toUpperCase() : "state"} from ${path}`)
                    .join(", ");
  document.getElementById("what").textContent =
      `softmax(Q Kᵀ · ${real(a.scale)}) V by ${a.method}: ${methodText[a.method]}. ` +
      (a.threshold ? `Searched for: ${ruleText(a.threshold)}. ` : "") +
      `Keys have ${some(a.d, "entry").replace("entrys", "entries")}, values ${whole(a.dv)}. ${files}.`;
  document.getElementById("engine").textContent = engineText(a);
}

function tiles() {
  const s = data.attend.summary, total = data.attend.ledger.rows, list = [];
  const lacking = exact ? 0 : Number(s.rows_without_bound);
  const scanText = data.attend.causal ? `${real(scan)} scores, on average` : some(data.attend.n, "score");
  const add = (name, value, note) => list.push({name, value, note});
  if (s.relative_error && known(s.relative_error.median))
    add("error, median", percent(s.relative_error.median),
        `at most ${percent(s.relative_error.max)} of the row’s length`);
  if (known(s.bound.median))
    add("bound, median", real(s.bound.median),
        lacking ? `of the ${some(rows.length - lacking, "row")} that have one` : "distance from the exact row");
  if (lacking) add("without a bound", some(lacking, "row"), "each says why");
  if (Number(total.oracle_calls) > 0)
    add("oracle calls a row", real(s.oracle_calls.median), `median; a scan: ${scanText}`);
  else if (known(total.score_evaluations) && data.attend.method === "halfspace")
    add("scores a row", real(quantile(rows.map(row => row.score_evaluations), 0.5)), `median; a scan: ${scanText}`);
  if (kernel)
    add("landmarks", whole(kernel.landmarks),
        `they leave ${percent(kernel.residual_trace / kernel.key_trace)} of the kernel’s diagonal`);
  if (Number(s.rows_fallen_back) > 0) add("fallen back", some(s.rows_fallen_back, "row"), "each says why");
  if (onceOf("oracle_calls") > 0) add("oracle calls, once", brief(onceOf("oracle_calls")), "before any row");
  if (Number(total.gates) > 0)
    add("gates a row", brief(Math.round(Number(total.gates) / rows.length)),
        `T: ${brief(Math.round(Number(total.t) / rows.length))}`);
  if (mostQubits() > 0) add("qubits", whole(mostQubits()), "of the widest circuit");
  add("time", seconds(data.attend.seconds), `${real(rows.length / data.attend.seconds)} rows a second`);
  const tile = d3.select("#summary .tiles").selectAll("div").data(list).join("div");
  tile.append("dt").text(each => each.name);
  tile.append("dd").text(each => each.value).append("small").text(each => each.note);
}

/* Of the stages, which are done once: the sum, and the widest. */
const onceOf = field => d3.sum(stages, stage => Number((stage.ledger || {})[field] || 0));
const mostQubits = () =>
    d3.max([data.attend.ledger.rows, ...stages.map(stage => stage.ledger || {})], ledger => Number(ledger.qubits || 0));

/* What a reader should take away, in sentences. */
function boundText(s) {
  if (exact) return "";
  if (!known(s.bound.median)) return "No row has a bound.";
  if (!s.error) return `Every bound is certified: the row is no farther from the exact one${condition()}.`;
  const all = Number(s.rows_without_bound) === 0;
  const both = rows.filter(row => known(row.bound) && Number(row.error) > 0);
  const times = quantile(both.map(row => row.bound / row.error), 0.5);
  const no = all ? "is farther from the exact one than its bound" : "that has a bound is farther off than it says";
  return `No row ${no}. ` +
      "The bound is certified without knowing the exact row, and so it is wider than the error" +
      (times === null ? "." : `: ${real(times)} times, in the median row.`);
}

function costText(a) {
  if (a.method === "exact")
    return "Every score was computed classically: nothing is left to bound, and there is no circuit to count.";
  if (a.method === "halfspace")
    return `A row computes ${real(quantile(rows.map(row => row.score_evaluations), 0.5))} scores (median), ` +
        `of keys and of the middles of groups of keys, where a scan computes ${real(scan)}. Nothing in it is quantum.`;
  if (Number(a.ledger.rows.oracle_calls) === 0) return "";
  return `A row takes ${real(a.summary.oracle_calls.median)} oracle calls (median) where a classical scan computes ` +
      `${
             a.causal ?
                 `${real(scan)} scores (on average)` :
                 some(
                     a.n,
                     "score")}. A call computes and takes back all scores at once, and it has gates for every key: ` +
      "what the search saves is queries and depth, not gates, and the gates of a row grow faster than n.";
}

function onceText(a) {
  if (onceOf("shots") === 0) return "";
  return `Before any row, ${some(onceOf("oracle_calls"), "oracle call")} and ${some(onceOf("a_calls"), "use")} of A ` +
      `on ${some(a.n, "key")} made ${some(kernel ? kernel.landmarks : 0, "landmark")} and what goes with them` +
      (searches ? "." : "; a row then takes classical work that does not grow with n.");
}

function summary() {
  const a = data.attend, over = Number(a.summary.rows_over_bound || 0);
  const warning = over > 0 ? `The error of ${some(over, "row")} exceeds its bound.` : "";
  const text = [warning, over > 0 ? "" : boundText(a.summary), costText(a), onceText(a)].filter(each => each);
  d3.select("#summary .words")
      .selectAll("p")
      .data(text)
      .join("p")
      .attr("class", each => each === warning ? "warning" : null)
      .text(each => each);
}

/* Under which condition bounds hold. */
function condition() {
  const chance = known(data.attend.failure) ? `, which has probability ${real(data.attend.failure)} at most` : "";
  return searches ? `, unless the search missed a key${chance}` :
      chance ? `, unless an estimate is wrong${chance}` :
               "";
}

const section = name => document.getElementById(name);

heading();
tiles();
summary();
errorSection(section("error"), rows);
hitsSection(section("hits"), rows);
residualSection(section("residual"), rows);
queriesSection(section("queries"), rows);
costsSection(section("costs"), (data.circuits || []).concat(stageCircuits()), data.circuits_reason);
treeSection(section("tree"), data.circuits, data.attend.n);
billSection(section("bill"), rows.length);
section("made").textContent = `Written by quarry ${data.attend.quarry}. The page needs no network; ` +
    `its data are the JSON in the element #data. Plots: D3 ${d3.version}.`;

/* For the tests: nothing failed on the way here. */
document.documentElement.dataset.ready = "yes";
