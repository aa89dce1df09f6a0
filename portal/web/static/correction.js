// Answers to what was sent back, and drafts of objections: each text saves itself, on a bad network too.
// Without this script the form still works by its buttons.

const SOON = 800;
const AGAIN = 5000;
const boxes = [];

const token = () => document.querySelector('meta[name="csrf-token"]').content;

async function freshToken() {
  const page = await (await fetch(location.pathname)).text();
  const found = new DOMParser().parseFromString(page, "text/html").querySelector('meta[name="csrf-token"]');
  if (found) document.querySelector('meta[name="csrf-token"]').content = found.content;
}

class Text {
  constructor(box) {
    this.box = box;
    this.item = box.dataset.text;
    this.address = box.dataset.address;
    this.area = box.querySelector("textarea");
    this.seen = box.querySelector('input[type="hidden"]');
    this.line = box.querySelector(".text-state");
    // Of this round: what was left behind in an earlier one must not come back.
    this.key = `portal-text:${this.address}:${this.item}:${document.querySelector('input[name="round"]')?.value ?? ""}`;
    this.timer = 0;
    this.isSending = false;
    this.isPending = false;
    this.recall();
    this.area.addEventListener("input", () => this.changed(SOON));
    this.area.addEventListener("change", () => this.changed(50));
  }

  /** What was typed on this machine and never reached the server. */
  recall() {
    try {
      const kept = JSON.parse(localStorage[this.key] ?? "null");
      if (!kept || kept.text === this.area.value) return this.forget();
      this.area.value = kept.text;
      this.seen.value = kept.seen;
      this.changed(50);
    } catch {
      // no storage: the page's own text stands
    }
  }

  changed(soon) {
    this.isPending = true;
    try {
      localStorage[this.key] = JSON.stringify({ text: this.area.value, seen: this.seen.value });
    } catch {
      // a full or forbidden storage: the server still gets it
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), soon);
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // nothing was kept
    }
  }

  tell(text, isBad = false) {
    this.line.textContent = text;
    this.line.classList.toggle("is-bad", isBad);
    this.area.toggleAttribute("aria-invalid", isBad);
  }

  async save(isLast = false, isSecond = false) {
    clearTimeout(this.timer);
    if (!this.isPending || (this.isSending && !isLast)) return;
    this.isSending = true;
    this.isPending = false;
    const text = this.area.value;
    if (!isLast) this.tell("正在保存…");
    try {
      const reply = await fetch(this.address, {
        method: "POST",
        keepalive: isLast,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ item: this.item, text, seen: this.seen.value }),
      });
      if (reply.status === 400 && !isSecond) {
        await freshToken();
        this.isSending = false;
        this.isPending = true;
        return await this.save(isLast, true);
      }
      this.answered(reply.status, reply.status === 401 ? {} : await reply.json(), text);
    } catch {
      this.isPending = true;
      this.tell(navigator.onLine ? "保存失败，正在重试" : "网络已断开，内容已存在本机，恢复后自动保存", true);
      this.timer = setTimeout(() => this.save(), AGAIN);
    } finally {
      this.isSending = false;
    }
    if (this.isPending && !this.timer) this.save();
  }

  answered(status, body, text) {
    this.timer = 0;
    if (status === 200) {
      this.seen.value = body.seen;
      if (this.area.value === text) this.forget();
      else this.isPending = true;
      this.tell(`已自动保存 ${body.clock}`);
      progress(body);
    } else if (status === 409 && body.theirs) this.ask(body);
    else if (status === 401) {
      this.tell("登录已过期，内容已存在本机。", true);
      const link = document.createElement("a");
      link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
      link.textContent = "重新登录";
      this.line.append(link);
    } else if (status >= 500) throw new Error("retry");
    else this.tell(body.problem ?? body.message ?? "没有保存", true);
  }

  /** Somebody else wrote another text: nothing is overwritten until one of both is chosen. */
  ask(body) {
    this.box.querySelector(".conflict")?.remove();
    this.tell("还没有保存：请选择", true);
    const ask = document.createElement("div");
    ask.className = "conflict";
    ask.setAttribute("role", "alert");
    for (const [kind, text] of [["conflict-title", `${body.theirs.by} 在 ${body.theirs.at} 写了不同的内容：`], ["remark-text", body.theirs.text]]) {
      const line = document.createElement("p");
      line.className = kind;
      line.textContent = text;
      ask.append(line);
    }
    for (const [isMine, text] of [[false, "采用对方的"], [true, "采用我的"]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline-primary";
      button.textContent = text;
      button.addEventListener("click", () => {
        ask.remove();
        this.seen.value = body.seen;
        if (isMine) return this.changed(0);
        this.area.value = body.theirs.text;
        this.forget();
        return this.tell("已采用对方的内容");
      });
      ask.append(button);
    }
    this.line.before(ask);
  }
}

function progress(body) {
  const count = document.querySelector("#answered");
  if (!count || !body.answered) return;
  count.textContent = body.answered.length;
  for (const tag of document.querySelectorAll("[data-answered]")) {
    const isAnswered = body.answered.includes(tag.dataset.answered);
    tag.textContent = isAnswered ? "已答复" : "待答复";
    tag.classList.toggle("tag-original", isAnswered);
  }
}

for (const box of document.querySelectorAll("[data-text]")) boxes.push(new Text(box));
document.documentElement.classList.add("scripted");

// The form takes all texts along: what is still on its way need not be sent apart from it.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.querySelector("[data-text]")) return;
  for (const one of boxes) {
    clearTimeout(one.timer);
    one.isPending = false;
  }
});

// An answer was saved or a file came beside an item: the list of what is answered may be longer.
document.addEventListener("portal:saved", (event) => progress(event.detail));
document.addEventListener("portal:evidence", async () => {
  const reply = await fetch(location.pathname.replace(/[^/]+$/, "live"), { headers: { Accept: "application/json" } });
  if (reply.ok) progress(await reply.json());
});

addEventListener("online", () => boxes.forEach((one) => one.save()));
addEventListener("pagehide", () => boxes.forEach((one) => one.save(true)));
document.addEventListener("visibilitychange", () => document.hidden && boxes.forEach((one) => one.save(true)));
