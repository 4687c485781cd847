/*
 * Shows the document of the endpoint "unicorn", which it asks for once a second, and what changes between one document
 * and the next. Texts of the document are never parsed as HTML.
 */

const ENDPOINT = new URL(document.body.dataset.endpoint, document.baseURI).href;
const WRITABLE = document.body.dataset.writable === "true";
const INTERVAL = 1000;
const HISTORY_SECONDS = 300;
const SHORTEST_HISTORY_SECONDS = 60;
/** Workers report their counters once a second, so the rate of a single second would jump. */
const RATE_SECONDS = 5;
const EVENTS = 300;
const PHASES = ["preparing", "booting", "observing", "rolling", "watching", "succeeded"];
const EXPECTED_EXITS = ["max-requests", "retired", "reload", "scaled-down", "shutdown", "ended"];
const TONES = {
  running: "good", ready: "good", succeeded: "good",
  starting: "warn", reloading: "warn", booting: "warn", draining: "warn", preparing: "warn", observing: "warn",
  rolling: "warn", watching: "warn",
  stopping: "bad", exiting: "bad", "rolling-back": "bad", "rolled-back": "bad", aborted: "bad",
};

const $ = id => document.getElementById(id);

function element(name, { text, className, ...attributes } = {}, ...children) {
  const created = document.createElement(name);
  if (text !== undefined) created.textContent = text;
  if (className) created.className = className;
  for (const [attribute, value] of Object.entries(attributes)) created.setAttribute(attribute, value);
  created.append(...children);
  return created;
}

/** Leaves an equal text alone, so that a selection or a screen reader is not disturbed. */
function setText(target, text) {
  if (target.textContent !== String(text)) target.textContent = text;
}

function setState(target, state) {
  setText(target, state);
  target.className = `state ${TONES[state] ?? ""}`;
  target.hidden = false;
}

/* ---- Formats ---- */

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const number = value => value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 });

function bytes(value) {
  if (!value) return "–";
  return value < 1024 ** 3 ? `${Math.round(value / 1024 ** 2)} MiB` : `${(value / 1024 ** 3).toFixed(1)} GiB`;
}

function duration(millis) {
  if (millis < 1000) return `${Math.max(0, Math.round(millis))} ms`;
  const seconds = Math.floor(millis / 1000);
  if (seconds < 10) return `${(millis / 1000).toFixed(1)} s`;
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d`;
}

/** A time that grows while one looks: without fractions. */
const age = millis => millis < 10000 ? `${Math.max(0, Math.floor(millis / 1000))} s` : duration(millis);

/** The time of the master, whose clock may differ from that of this machine. */
const masterTime = pool => Date.parse(pool.master.startedAt) + pool.master.uptimeSeconds * 1000;

/* ---- History and charts ---- */

const color = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Values over time, with the seconds of this browser. */
class History {

  samples = [];

  add(sample) {
    this.samples.push(sample);
    while (this.samples[0].time < sample.time - HISTORY_SECONDS) this.samples.shift();
  }

  /** How far back a chart shows it. */
  get seconds() {
    return Math.max(SHORTEST_HISTORY_SECONDS, this.samples.at(-1).time - this.samples[0].time);
  }

  column(name) {
    return this.samples.map(sample => sample[name]);
  }

  /** How much a counter grows in a second, over the last seconds. */
  rate(name) {
    const last = this.samples.at(-1);
    const first = this.samples.find(sample => sample.time >= last.time - RATE_SECONDS);
    return first.time < last.time ? Math.max(0, last[name] - first[name]) / (last.time - first.time) : 0;
  }
}

/** Lines over the last minutes. */
class Chart {

  static HEIGHT = 110;
  static STROKES = ["--accent", "--second"];

  /** Steps of an axis of bytes. */
  static BYTES = Array.from({ length: 24 }, (unused, power) => 2 ** (20 + power));

  /** Steps of an axis of things that are not divided. */
  static WHOLE = Array.from({ length: 7 }, (unused, power) => [1, 2, 5].map(digit => digit * 10 ** power)).flat();

  constructor(container, label, names, format, steps) {
    container.setAttribute("role", "img");
    container.setAttribute("aria-label", label);
    this.names = names;
    if (typeof uPlot === "undefined") return;
    this.plot = new uPlot(this.options(container, format, steps), [[], ...names.map(() => [])], container);
    new ResizeObserver(() => {
      if (container.clientWidth) this.plot.setSize({ width: container.clientWidth, height: Chart.HEIGHT });
    }).observe(container);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.plot.redraw());
  }

  options(container, format, steps) {
    const axis = { stroke: () => color("--quiet"), font: "11px system-ui, sans-serif", ticks: { show: false } };
    return {
      width: container.clientWidth || 280, height: Chart.HEIGHT, padding: [8, 16, 0, 0],
      legend: { show: false }, cursor: { show: false },
      scales: {
        x: { range: () => [this.now - this.seconds, this.now] },
        y: { range: (plot, least, most) => [0, most > 0 ? most * 1.15 : 1] },
      },
      axes: [
        { ...axis, size: 22, grid: { show: false }, splits: () => this.ticks(),
          values: (plot, ticks) => ticks.map(tick => this.ago(Math.round(this.now - tick))) },
        { ...axis, size: 52, space: 30, grid: { stroke: () => color("--line"), width: 1 }, ...(steps && { incrs: steps }),
          values: (plot, ticks) => ticks.map(tick => tick ? format(tick) : "0") },
      ],
      series: [{}, ...this.names.map((name, i) => ({
        stroke: () => color(Chart.STROKES[i]), fill: () => `${color(Chart.STROKES[i])}1f`, width: 2, points: { show: false },
      }))],
    };
  }

  ticks() {
    const step = this.seconds > 150 ? 60 : 30;
    return Array.from({ length: Math.floor(this.seconds / step) + 1 }, (unused, i) => this.now - i * step).reverse();
  }

  ago(seconds) {
    if (seconds === 0) return "now";
    return this.seconds > 150 ? `${seconds / 60} min` : `${seconds} s`;
  }

  show(history) {
    this.now = history.samples.at(-1).time;
    this.seconds = history.seconds;
    this.plot?.setData([history.column("time"), ...this.names.map(name => history.column(name))]);
  }
}

/* ---- Changes of the pool ---- */

const question = $("question");

/** Asks the user. Returns the number, true if none was asked for, or nothing. */
function ask(title, text, ok, workers) {
  $("question-title").textContent = title;
  $("question-text").textContent = text;
  $("question-ok").textContent = ok;
  $("question-field").hidden = workers === undefined;
  $("question-number").required = workers !== undefined;
  $("question-number").value = workers ?? "";
  question.returnValue = "";
  question.showModal();
  return new Promise(resolve => question.addEventListener("close", () => {
    resolve(question.returnValue === "ok" ? (workers === undefined || $("question-number").value) : undefined);
  }, { once: true }));
}

async function change(operation, parameters) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  let reply;
  try {
    const token = document.cookie.match(/(?:^|;\s*)XSRF-TOKEN=([^;]*)/);
    if (token) headers["X-XSRF-TOKEN"] = decodeURIComponent(token[1]);
    const response = await fetch(`${ENDPOINT}/${operation}`,
      { method: "POST", headers, credentials: "same-origin", redirect: "manual", body: JSON.stringify(parameters) });
    const body = await response.json().catch(() => ({}));
    if (response.ok) reply = body.message ?? `Roll-out ${body.id} begins.`;
    else reply = `Refused: ${body.reason ?? explain(response)}`;
  } catch (failure) {
    reply = "No connection: it is not known whether the pool got the request.";
  }
  $("reply").textContent = reply;
  $("reply").hidden = false;
  clearTimeout(change.timer);
  change.timer = setTimeout(() => $("reply").hidden = true, 15000);
}

function button(text, label, action) {
  const created = element("button", { type: "button", text, "aria-label": label });
  created.addEventListener("click", action);
  return created;
}

function addActions() {
  $("actions").append(
    button("Roll out", "Roll out", async () => {
      if (await ask("Roll out?", "All workers are replaced by new ones, which run the jar file as it is now.", "Roll out"))
        change("reload", {});
    }),
    button("Scale …", "Scale", async () => {
      const workers = await ask("Scale the pool", "Workers are started or drained.", "Scale", last?.target ?? 1);
      if (workers) change("scale", { workers });
    }));
}

function actions(worker) {
  const name = `worker ${worker.index}`, index = String(worker.index);
  return element("div", { className: "actions" },
    button("Retire", `Retire ${name}`, async () => {
      if (await ask(`Retire ${name}?`, "A new worker takes its place, and then it finishes its requests and exits.", "Retire"))
        change("retire", { index });
    }),
    button("Dump threads", `Dump the threads of ${name}`, async () => {
      if (await ask(`Dump the threads of ${name}?`, "It writes the stacks of all its threads.", "Dump"))
        change("dump", { index });
    }));
}

/* ---- Workers ---- */

class WorkerCard {

  static FIGURES = ["requests/s", "in flight", "errors", "oldest request", "CPU", "requests"];

  history = new History();

  constructor(worker) {
    this.state = element("span");
    this.leader = element("span", { text: "leader" });
    this.origin = element("p", { className: "quiet" });
    this.figures = WorkerCard.FIGURES.map(() => element("dd"));
    this.rss = element("span");
    this.heap = element("span");
    const chart = element("div", { className: "chart" });
    this.root = element("li", { className: "worker", "data-pid": worker.pid },
      element("header", {}, element("h3", { text: `worker ${worker.index}` }, this.leader), this.state),
      this.origin,
      element("dl", { className: "figures" },
        ...this.figures.map((figure, i) => element("div", {}, element("dt", { text: WorkerCard.FIGURES[i] }), figure))),
      element("p", { className: "key" }, this.rss, this.heap),
      chart);
    if (WRITABLE) this.root.append(actions(worker));
    $("workers").append(this.root);
    this.chart = new Chart(chart, `Memory of worker ${worker.index} in the last five minutes`, ["rss", "heap"], bytes, Chart.BYTES);
  }

  show(worker, time, pool) {
    this.history.add({ time, requests: worker.requests, rss: worker.rssBytes, heap: worker.heapUsedBytes });
    this.rate = this.history.rate("requests");
    setState(this.state, worker.state);
    this.leader.hidden = !worker.leader;
    const up = `up ${age(masterTime(pool) - Date.parse(worker.startedAt))}`;
    const silent = worker.lastHeartbeatMillis > 5000 ? ` · no heartbeat for ${age(worker.lastHeartbeatMillis)}` : "";
    setText(this.origin, `pid ${worker.pid} · generation ${worker.generation} · ${up}${silent}`);
    const values = [number(this.rate), worker.inFlight, number(worker.errors),
      worker.inFlight ? duration(worker.oldestRequestMillis) : "–", `${Math.round(worker.cpuPercent)} %`, number(worker.requests)];
    values.forEach((value, i) => setText(this.figures[i], value));
    this.figures[2].classList.toggle("alarm", worker.errors > 0);
    setText(this.rss, `RSS ${bytes(worker.rssBytes)}`);
    setText(this.heap, `heap ${bytes(worker.heapUsedBytes)} of ${bytes(worker.heapMaxBytes)}`);
    this.chart.show(this.history);
  }
}

const cards = new Map();

function showWorkers(pool, time) {
  const alive = new Set(pool.workers.map(worker => worker.id));
  for (const [id, card] of cards) {
    if (!alive.has(id)) {
      card.root.remove();
      cards.delete(id);
    }
  }
  let before = null;
  for (const worker of pool.workers) {
    if (!cards.has(worker.id)) cards.set(worker.id, new WorkerCard(worker));
    const card = cards.get(worker.id);
    card.show(worker, time, pool);
    // Moving an element takes the focus from its buttons.
    const place = before ? before.nextElementSibling : $("workers").firstElementChild;
    if (place !== card.root) $("workers").insertBefore(card.root, place);
    before = card.root;
  }
}

/* ---- The pool ---- */

const traffic = new History();
const rateChart = new Chart($("rate-chart"), "Requests per second in the last five minutes", ["rate"], number);
const inFlightChart = new Chart($("in-flight-chart"), "Requests in flight in the last five minutes", ["inFlight"], number, Chart.WHOLE);

function showTraffic(pool, time) {
  const rate = pool.workers.reduce((sum, worker) => sum + cards.get(worker.id).rate, 0);
  const inFlight = pool.workers.reduce((sum, worker) => sum + worker.inFlight, 0);
  traffic.add({ time, rate: traffic.samples.length ? rate : null, inFlight });
  setText($("rate"), number(rate));
  setText($("in-flight"), inFlight);
  rateChart.show(traffic);
  inFlightChart.show(traffic);
}

function showListeners(listeners) {
  $("listeners").replaceChildren(...listeners.map(({ name, address, waiting, backlog }) => {
    const text = waiting < 0 ? "cannot be counted" : `${waiting} of ${backlog} waiting`;
    const bar = element("meter", { min: 0, max: Math.max(1, backlog), high: backlog / 2, value: Math.max(0, waiting), "aria-label": text });
    return element("div", { className: "listener" },
      element("div", {}, element("span", { text: name }), element("strong", { text })),
      element("p", { className: "quiet", text: address }), bar);
  }));
}

function showRollout(rollout, pool) {
  $("rollout").hidden = !rollout;
  if (!rollout) return;
  const ended = rollout.endedAt !== null;
  const state = element("span");
  setState(state, rollout.state);
  const ready = pool.workers.filter(worker => worker.generation === rollout.to && worker.state === "ready").length;
  const reached = PHASES.indexOf(rollout.state);
  const children = [
    element("header", {}, element("h2", { id: "rollout-title", text: `Roll-out ${rollout.id}: generation ${rollout.from} to ${rollout.to}` }), state),
    element("p", { className: "quiet", text: [rollout.code, rollout.trigger,
      (ended ? "took " : "began ") + age((ended ? Date.parse(rollout.endedAt) : masterTime(pool)) - Date.parse(rollout.startedAt))
        + (ended ? "" : " ago")].filter(Boolean).join(" · ") }),
  ];
  if (!ended && reached >= 0) {
    children.push(element("ol", { className: "phases" }, ...PHASES.map((phase, i) =>
      element("li", { text: phase, className: i < reached ? "done" : "", ...(i === reached && { "aria-current": "step" }) }))));
  }
  if (!ended) {
    const text = `${ready} of ${pool.target} workers of generation ${rollout.to} are ready`;
    children.push(element("p", { text }), element("progress", { max: pool.target, value: ready, "aria-label": text }));
  }
  if (rollout.reason) children.push(element("p", { text: rollout.reason }));
  if (rollout.log.length) {
    const open = $("rollout").querySelector("details")?.open;
    children.push(element("details", open ? { open: "" } : {},
      element("summary", { text: "Last output of the process that failed" }), element("pre", { text: rollout.log.join("\n") })));
  }
  // Otherwise a selection would be lost every second.
  const next = element("section", {}, ...children);
  if (next.innerHTML !== $("rollout").innerHTML) $("rollout").replaceChildren(...next.childNodes);
}

function show(pool) {
  const time = performance.now() / 1000;
  const { pid, state, generation, version, jdk, uptimeSeconds } = pool.master;
  setState($("state"), state);
  setText($("summary"), [`${pool.ready} of ${plural(pool.target, "worker")} ready`, `generation ${generation}`, `master ${pid}`,
    `up ${age(uptimeSeconds * 1000)}`, version && `Unicorn ${version}`, jdk && `JDK ${jdk}`].filter(Boolean).join(" · "));
  setText($("problem"), pool.problem && `Workers are missing: ${pool.problem}`);
  $("problem").hidden = !pool.problem;
  $("pool").hidden = false;
  $("pool").classList.remove("stale");
  showWorkers(pool, time);
  showTraffic(pool, time);
  showListeners(pool.listeners);
  showRollout(pool.rollouts[0], pool);
  log(pool);
}

/* ---- Events ---- */

const names = new Map();
const logged = new Set();
let last;

/** Returns what has changed since the last document, each with a key by which it is known again. */
function* events(pool) {
  const now = masterTime(pool);
  for (const worker of pool.workers) {
    const name = `worker ${worker.index} (pid ${worker.pid})`;
    names.set(worker.id, name);
    yield { key: `start ${worker.id}`, at: Date.parse(worker.startedAt), text: `${name} started, generation ${worker.generation}` };
    if (worker.readyAt) yield { key: `ready ${worker.id}`, at: Date.parse(worker.readyAt), text: `${name} ready in ${duration(worker.bootMillis)}`, tone: "good" };
    if (worker.state === "draining" || worker.state === "exiting") yield { key: `${worker.state} ${worker.id}`, at: now, text: `${name} is ${worker.state}` };
    if (worker.leader) yield { key: `leader ${worker.id}`, at: worker.readyAt && !last ? Date.parse(worker.readyAt) : now, text: `${name} is the leader` };
  }
  for (const { id, pid, reason, detail, at, dumpFile } of pool.lastExits) {
    const text = `${names.get(id) ?? (pid ? `worker with pid ${pid}` : "a worker")} exited: ${reason}${detail && detail !== "exited" ? `, ${detail}` : ""}`
      + (dumpFile ? `; dump in ${dumpFile}` : "");
    yield { key: `exit ${id}`, at: Date.parse(at), text, tone: EXPECTED_EXITS.includes(reason) ? "" : "bad" };
  }
  for (const { id, to, trigger, state, startedAt, endedAt, reason, steps } of pool.rollouts) {
    yield { key: `rollout ${id}`, at: Date.parse(startedAt), text: `roll-out ${id} to generation ${to}: ${trigger}` };
    for (const [i, { at, what }] of steps.entries()) yield { key: `step ${id} ${i}`, at: Date.parse(at), text: `roll-out ${id}: ${what}` };
    if (endedAt) yield { key: `end ${id}`, at: Date.parse(endedAt), text: `roll-out ${id} ${state}${reason && `: ${reason}`}`, tone: TONES[state] };
  }
  if (last && last.target !== pool.target) yield { at: now, text: `the pool aims at ${plural(pool.target, "worker")}` };
  if (last && last.master.startedAt !== pool.master.startedAt) yield { at: now, text: `another master serves, pid ${pool.master.pid}` };
  if (last && last.problem !== pool.problem && pool.problem) yield { at: now, text: `workers are missing: ${pool.problem}`, tone: "bad" };
}

function log(pool) {
  const fresh = [...events(pool)].filter(({ key }) => !logged.has(key)).sort((one, other) => one.at - other.at);
  for (const { key, at, text, tone } of fresh) {
    if (key) logged.add(key);
    const time = new Date(at);
    $("events").prepend(element("li", { className: tone ?? "" },
      element("time", { datetime: time.toISOString(), text: time.toLocaleTimeString([], { hour12: false }) }), element("span", { text })));
  }
  while ($("events").childElementCount > EVENTS) $("events").lastElementChild.remove();
  // What was before the page was opened is not read aloud.
  if (!last) setTimeout(() => $("events").setAttribute("aria-live", "polite"));
  last = pool;
}

/* ---- Polling ---- */

function explain(response) {
  if (response.type === "opaqueredirect" || response.ok) return "the application asks you to sign in. Sign in, and load this page again.";
  switch (response.status) {
    case 401: return "the application asks you to sign in (401).";
    case 403: return "you are not allowed to do this (403).";
    case 404: return "there is no endpoint “unicorn” at this address (404): it is not exposed, or the application runs as a single process.";
    case 503: return "the master does not answer (503).";
    default: return `the endpoint answers with status ${response.status}.`;
  }
}

function fail(reason) {
  setText($("problem"), `The pool cannot be shown: ${reason}${last ? " What you see is what was known last." : ""} Trying again …`);
  $("problem").hidden = false;
  $("pool").classList.add("stale");
  if (!last) $("summary").textContent = "";
}

let timer, asking = false;

/** Returns the document, or why there is none. */
async function look() {
  try {
    const response = await fetch(ENDPOINT,
      { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store", redirect: "manual" });
    if (response.ok && response.headers.get("Content-Type")?.includes("json")) return { pool: await response.json() };
    return { reason: explain(response) };
  } catch (failure) {
    return { reason: "no connection to the application." };
  }
}

async function poll() {
  clearTimeout(timer);
  if (document.hidden || asking) return;
  asking = true;
  const { pool, reason } = await look();
  asking = false;
  timer = setTimeout(poll, pool ? INTERVAL : 3 * INTERVAL);
  if (pool) show(pool);
  else fail(reason);
}

if (WRITABLE) addActions();
document.addEventListener("visibilitychange", poll);
poll();
