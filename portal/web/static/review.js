// The review page: verdicts save themselves, the score follows, and everything works from the keyboard.
// Without this script each item's form is sent by its own button.

const items = [...document.querySelectorAll(".review-item")];
const forms = new Map(items.map((item) => [item, item.querySelector("[data-verdict]")]).filter(([, form]) => form));
const SOON = 900;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;
const waiting = new Map(); // form → what is to be sent
let isSending = false;
let wait = FIRST_WAIT;
let timer = 0;

const kindOf = (form) => form.querySelector('input[name="kind"]:checked')?.value ?? "";
const say = (form, text, isBad = false) => {
  const line = form.querySelector(".verdict-state");
  line.textContent = text;
  line.classList.toggle("is-bad", isBad);
};

/** Show only the fields that the chosen verdict wants. */
function reveal(form) {
  const kind = kindOf(form);
  for (const [part, kinds] of [
    [".more-lowered", ["lowered"]],
    [".more-reason", ["lowered", "returned"]],
    [".more-comment", ["confirmed", "lowered", "returned"]],
  ]) {
    const box = form.querySelector(part);
    if (box) box.hidden = !kinds.includes(kind);
  }
  const share = form.querySelector(".more-share");
  if (share) share.hidden = form.elements.counted.value !== "partial";
}

/** What the verdict still lacks: it is not sent before, so that nobody is scolded while typing. */
function lacks(form) {
  const field = (name) => form.elements[name]?.value.trim() ?? "";
  const kind = kindOf(form);
  if (kind === "lowered") {
    const counted = form.elements.counted;
    if (counted?.tagName === "SELECT" && !field("counted")) return "请选择核定为哪一级";
    if (field("counted") === "partial" && !field("share")) return "请填写覆盖比例";
    if (counted?.tagName === "INPUT" && !field("counted") && !counted.labels[0].textContent.includes("留空")) return "请填写核定值";
    if (!field("reason")) return "请选择理由";
    if (field("reason") === "other" && !field("comment")) return "请写明意见";
  }
  if (kind === "returned" && !field("comment")) return "请写明要求企业补正什么";
  return "";
}

function keep(form, soon = SOON) {
  if (!kindOf(form)) return;
  const missing = lacks(form);
  if (missing) return say(form, missing, true);
  waiting.set(form, new FormData(form));
  say(form, "正在保存…");
  later(soon);
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(flush, milliseconds);
}

async function flush() {
  clearTimeout(timer);
  if (isSending || waiting.size === 0) return;
  isSending = true;
  const [form] = waiting.keys();
  const sent = waiting.get(form);
  sent.set("seen", form.elements.seen.value);
  try {
    const reply = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(sent),
    });
    const body = await reply.json();
    if (waiting.get(form) === sent) waiting.delete(form);
    answered(form, reply.status, body, sent);
    wait = FIRST_WAIT;
  } catch {
    say(form, navigator.onLine ? "保存失败，正在重试" : "网络已断开，恢复后自动保存", true);
    later(wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
    isSending = false;
    return;
  }
  isSending = false;
  if (waiting.size) later(0);
}

function answered(form, status, body, sent) {
  if (status === 401) return say(form, "登录已过期，请在另一窗口重新登录后再保存", true);
  if (!body.scores) return say(form, body.message ?? "没有保存，请刷新页面", true);
  const problems = Object.values(body.problems ?? {});
  const error = form.querySelector(".verdict-error");
  error.hidden = problems.length === 0;
  error.textContent = problems.join("；");
  if (problems.length === 0) {
    form.elements.seen.value = body.seen;
    say(form, sent.has("clear") ? "已撤销" : `已保存 ${body.clock}`);
    form.querySelector(".verdict-clear").hidden = !body.seen;
    form.closest(".review-item").classList.toggle("is-left", body.is_left);
  } else say(form, "没有保存", true);
  show(body);
}

/** The new figures, everywhere on the page. */
function show(body) {
  document.querySelector("#review-panel").innerHTML = body.panel;
  for (const revision of document.querySelectorAll('input[name="revision"]')) revision.value = body.revision;
  for (const [id, [verified, difference, isLower]] of Object.entries(body.scores)) {
    const item = document.getElementById(id);
    const figure = item?.querySelector("[data-verified]");
    if (!figure) continue;
    figure.textContent = verified;
    const apart = item.querySelector("[data-difference]");
    apart.textContent = difference;
    apart.classList.toggle("alarm", isLower);
  }
  for (const count of document.querySelectorAll("[data-left]")) {
    const wanted = Number(count.dataset.wanted);
    const left = body.left[count.dataset.left];
    if (wanted) count.textContent = `${wanted - left}/${wanted}`;
    count.classList.toggle("full", wanted > 0 && left === 0);
  }
  for (const count of document.querySelectorAll("[data-sent-back]")) count.textContent = body.sent_back;
  for (const total of document.querySelectorAll("[data-verified-total]")) total.textContent = body.total;
  const rest = document.querySelector("[data-rest]");
  if (rest) for (const number of rest.querySelectorAll("[data-rest-count]")) number.textContent = body.rest;
  if (rest) rest.hidden = body.rest === 0;
}

for (const form of forms.values()) {
  reveal(form);
  form.addEventListener("input", (event) => {
    reveal(form);
    keep(form, event.target.tagName === "TEXTAREA" || event.target.type === "text" ? SOON : 100);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.name === "clear") {
      for (const one of form.querySelectorAll('input[name="kind"]')) one.checked = false;
      reveal(form);
      const sent = new FormData(form);
      sent.set("clear", "1");
      waiting.set(form, sent);
      return later(0);
    }
    if (!kindOf(form)) return say(form, "请先选择意见", true);
    return keep(form, 0);
  });
}

// ── Quick phrases ────────────────────────────────────────────────────────────

const phrases = [...document.querySelectorAll("[data-phrase]")];
let lastComment = null;
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.('textarea[name="comment"], textarea[name="remark"]')) lastComment = event.target;
});

function insert(text) {
  const field = lastComment?.isConnected && lastComment.offsetParent ? lastComment : currentForm()?.elements.comment;
  if (!field || field.closest("[hidden]")) return;
  field.focus();
  const gap = field.value && !/[\s，。；]$/u.test(field.value) ? "；" : "";
  field.setRangeText(gap + text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const phrase of phrases) phrase.addEventListener("click", () => insert(phrase.dataset.phrase));

// ── Keyboard ─────────────────────────────────────────────────────────────────

let current = null;
const currentForm = () => (current ? forms.get(current) : undefined);

function go(item) {
  if (!item) return;
  current?.classList.remove("is-current");
  current = item;
  item.classList.add("is-current");
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "start", behavior: "instant" });
}

document.addEventListener("focusin", (event) => {
  const item = event.target.closest?.(".review-item");
  if (item && item !== current) {
    current?.classList.remove("is-current");
    current = item;
    item.classList.add("is-current");
  }
});

function step(by) {
  const place = items.indexOf(current);
  go(items[Math.min(Math.max(place < 0 ? 0 : place + by, 0), items.length - 1)]);
}

/** The next item without a verdict, from the current one on and round again. */
function nextLeft() {
  const place = items.indexOf(current);
  go([...items.slice(place + 1), ...items.slice(0, place + 1)].find((item) => item.matches(".is-left")));
}

function choose(kind) {
  const radio = currentForm()?.querySelector(`input[name="kind"][value="${kind}"]`);
  if (!radio) return;
  radio.checked = true;
  radio.dispatchEvent(new Event("input", { bubbles: true }));
  const form = currentForm();
  const first = kind === "lowered" ? form.elements.counted : kind === "returned" ? form.elements.comment : null;
  if (first && first.type !== "hidden") first.focus();
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("textarea, select, input:not([type=radio])");
  if (event.altKey && /^Digit[1-9]$/.test(event.code)) {
    const phrase = phrases[Number(event.code.slice(5)) - 1];
    if (phrase) {
      event.preventDefault();
      insert(phrase.dataset.phrase);
    }
    return;
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = currentForm();
    if (!form) return;
    event.preventDefault();
    if (!kindOf(form)) return say(form, "请先选择意见", true);
    const missing = lacks(form);
    keep(form, 0);
    if (!missing) step(1);
    return;
  }
  if (event.key === "Escape" && isTyping) return event.target.blur();
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const deeds = { j: () => step(1), k: () => step(-1), n: nextLeft, 1: () => choose("confirmed"), 2: () => choose("lowered"), 3: () => choose("returned"), c: () => currentForm()?.elements.comment?.focus() };
  const deed = deeds[event.key];
  if (deed) {
    event.preventDefault();
    deed();
  }
});

addEventListener("online", flush);
// Back from another page the browser may show this one as it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
addEventListener("beforeunload", (event) => {
  if (waiting.size || isSending) event.preventDefault();
});
// A decision carries what was saved: it waits for the last verdict.
for (const decision of document.querySelectorAll("form.decision")) {
  decision.addEventListener("submit", async (event) => {
    if (decision.dataset.sent) return event.preventDefault(); // pressed twice
    decision.dataset.sent = "1";
    if (!waiting.size && !isSending) return;
    event.preventDefault();
    for (let tries = 0; (waiting.size || isSending) && tries < 40; tries++) {
      flush();
      await new Promise((done) => setTimeout(done, 150));
    }
    if (!waiting.size) decision.submit();
    else delete decision.dataset.sent;
  });
}
document.documentElement.classList.add("scripted");
