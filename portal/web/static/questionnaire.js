// A section of the questionnaire that saves itself. Without this script the form still works by its buttons.

import { askWhich, fill, itemsOf, reveal, seen, tell, typedIn } from "./item.js";
import { Queue } from "./queue.js";

const form = document.querySelector("#questionnaire");
const stateLine = document.querySelector("#save-state");
const fold = document.querySelector("#panel-fold");
const address = `/assessments/${form.dataset.assessment}`;
const items = itemsOf(form);
const PATIENCE = 20000;

const failure = (kind) => Object.assign(new Error(kind), { kind });

function state(kind, clock = "") {
  const texts = {
    saving: "正在保存…",
    saved: `已自动保存 ${clock}`,
    retrying: navigator.onLine ? "保存失败，正在重试" : "网络已断开，内容已存在本机，恢复后自动保存",
    "signed-out": "登录已过期，内容已存在本机。",
    closed: "这份自评价已经提交，不能再修改。",
    mend: `其余已自动保存 ${clock}，标出的内容还没有保存`,
  };
  stateLine.textContent = texts[kind];
  stateLine.dataset.state = kind;
  stateLine.classList.toggle("is-bad", !["saving", "saved"].includes(kind));
  if (kind === "signed-out") stateLine.append(link(`/sign-in?next=${encodeURIComponent(location.pathname)}`, "重新登录"));
  if (kind === "closed") stateLine.append(link(`${address}/result`, "查看结果"));
}

function link(to, text) {
  const one = document.createElement("a");
  one.href = to;
  one.textContent = text;
  return one;
}

const token = () => document.querySelector('meta[name="csrf-token"]').content;

async function freshToken() {
  const page = await (await fetch(location.pathname)).text();
  const found = new DOMParser().parseFromString(page, "text/html").querySelector('meta[name="csrf-token"]');
  if (found) document.querySelector('meta[name="csrf-token"]').content = found.content;
}

async function send(sent, isLast, isSecond = false) {
  if (!isLast) state("saving");
  // What another tab left behind is sent under no name: it must not pass for a save of this tab.
  const nameOf = (entry) => (entry.tab === queue.tab ? queue.tab : "");
  const changes = [...sent].map(([item, entry]) => ({ item, ...entry.typed, revision: entry.revision, tab: nameOf(entry) }));
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), PATIENCE);
  let reply;
  try {
    reply = await fetch(`${address}/answers`, {
      method: "POST",
      keepalive: isLast,
      signal: stop.signal,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
      body: JSON.stringify({ changes }),
    });
  } finally {
    clearTimeout(patience);
  }
  if (reply.status === 401) throw failure("signed-out");
  const body = await reply.json();
  if (reply.status === 200 || (reply.status === 409 && body.conflicts)) return { status: reply.status, body };
  if (reply.status === 409) throw failure("closed");
  if (reply.status === 400 && !isSecond) {
    await freshToken();
    return send(sent, isLast, true);
  }
  throw failure("retrying");
}

function answered(status, body, sent) {
  for (const [item, entry] of sent) {
    const box = items.get(item);
    const conflict = body.conflicts.find((one) => one.item === item);
    const problems = body.problems[item] ?? [];
    const isCurrent = queue.waiting.get(item)?.serial === entry.serial;
    if (box) tell(box, { problems, warning: body.warnings[item] });
    if (item in body.saved || (!conflict && problems.length === 0)) {
      if (item in body.saved && box) seen(box, body.saved[item], body.marks[item]);
      if (isCurrent) {
        queue.drop(item);
        box?.querySelector(".carried")?.remove();
      } else if (queue.waiting.has(item)) queue.waiting.get(item).revision = body.saved[item] ?? entry.revision;
    } else if (isCurrent) queue.hold(item);
    if (conflict && box) askWhich(box, conflict, (which) => settle(item, box, conflict, which));
  }
  show(body);
  state([...queue.waiting.values()].some((entry) => entry.isHeld) ? "mend" : "saved", body.clock);
}

function settle(item, box, conflict, which) {
  seen(box, conflict.theirs.revision);
  if (which === "mine") return keep(item, box, 0);
  fill(box, conflict.theirs);
  tell(box, {});
  queue.drop(item);
  return state("saved", "");
}

function show(body) {
  document.querySelector("#panel").innerHTML = body.panel;
  document.dispatchEvent(new CustomEvent("portal:saved", { detail: body }));
  const points = body.points ?? "–";
  document.querySelector("#panel-short").textContent =
    `得分 ${points}${body.is_provisional ? "（暂定）" : ""} · 完整度 ${body.completeness}%`;
  const hidden = new Set(body.hidden);
  for (const [item, box] of items) {
    box.hidden = hidden.has(item);
    const output = box.querySelector("[data-computed]");
    if (output && item in body.computed) output.textContent = body.computed[item] || "数据不全，暂不能计算";
  }
  for (const count of document.querySelectorAll("[data-progress]")) {
    const text = body.progress[count.dataset.progress];
    const [answers, asked] = text.split("/").map(Number);
    count.textContent = asked ? text : "–";
    count.classList.toggle("full", asked > 0 && answers >= asked);
  }
}

function keep(item, box, soon) {
  queue.put(item, { typed: typedIn(box), revision: Number(box.dataset.revision) }, soon);
}

const queue = new Queue(form.dataset.assessment, { send, answered, state });

function changed(event, soon) {
  const box = event.target.closest("[data-item]");
  if (!box || event.target.name?.endsWith("-choice")) return;
  if (box.querySelector(".conflict") && event.target.type === "button") return;
  reveal(box);
  keep(box.dataset.item, box, soon);
}

form.addEventListener("input", (event) => changed(event, 700));
form.addEventListener("change", (event) => changed(event, 100));

form.addEventListener("click", (event) => {
  const button = event.target.closest(".clear");
  if (!button) return;
  event.preventDefault();
  const box = button.closest("[data-item]");
  fill(box, { value: [] });
  keep(box.dataset.item, box, 0);
});

let isFlushed = false;

form.addEventListener("submit", async (event) => {
  const to = event.submitter?.dataset.to;
  const isPlain = "plain" in (event.submitter?.dataset ?? {});
  if ((!to && !isPlain) || isFlushed) return; // "confirm all" goes the plain way
  event.preventDefault();
  const submitter = event.submitter;
  await queue.flush();
  for (let tries = 0; queue.isPending && tries < 20 && stateLine.dataset.state === "saving"; tries++) {
    await new Promise((done) => setTimeout(done, 150));
  }
  const wrong = form.querySelector(".has-error, .conflict");
  if (wrong) wrong.scrollIntoView({ block: "center" });
  else if (isPlain) {
    // What could not be saved yet goes along with the form.
    isFlushed = true;
    setTimeout(() => form.requestSubmit(submitter)); // not while this submission is still being handled
  } else if (!queue.isPending) location.assign(to);
});

addEventListener("online", () => queue.flush());
addEventListener("offline", () => state("retrying"));
addEventListener("pagehide", () => queue.flush(true));
document.addEventListener("visibilitychange", () => document.hidden && queue.flush(true));
addEventListener("beforeunload", (event) => {
  if (queue.isPending && !queue.isStored) event.preventDefault();
});

document.documentElement.classList.add("scripted");
form.elements.tab.value = queue.tab;
if (matchMedia("(max-width: 75rem)").matches) fold.open = false;
for (const box of items.values()) reveal(box);
for (const [item, entry] of queue.waiting) {
  const box = items.get(item);
  entry.isHeld = false;
  if (box) fill(box, entry.typed);
}
if (queue.isPending) queue.flush();
