// What is typed but not acknowledged yet: kept on this machine, item by item, until the server says it has it.

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;

const TAB = "portal:tab";

/**
 * A name for this tab, by which the server tells its saves from those of another tab of the same person. It lives on
 * through reloads and the next section, and is taken out of the session's storage while the page is open: a duplicated
 * tab copies that storage and must not go by the same name.
 */
function nameOfTab() {
  const fresh = [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
  try {
    const name = sessionStorage.getItem(TAB) ?? fresh;
    sessionStorage.removeItem(TAB);
    addEventListener("pagehide", () => sessionStorage.setItem(TAB, name));
    addEventListener("pageshow", (event) => event.persisted && sessionStorage.removeItem(TAB));
    return name;
  } catch {
    return fresh;
  }
}

export class Queue {
  /** `send(changes, isLast)` gives {status, body}; `answered(status, body, sent)` handles an acknowledged answer. */
  constructor(assessment, { send, answered, state }) {
    this.prefix = `portal:${assessment}:`;
    this.tab = nameOfTab();
    this.adopted = new Map(); // item → the key under which another tab left it
    this.send = send;
    this.answered = answered;
    this.state = state;
    this.waiting = this.kept();
    this.wait = FIRST_WAIT;
    this.serial = 0;
    this.isSending = false;
    this.timer = 0;
    this.isStored = true;
  }

  keyOf(item) {
    return `${this.prefix}${item}:${this.tab}`;
  }

  /** Entries of earlier visits, by item: this tab's own before what other tabs have left. */
  kept() {
    const found = new Map();
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(this.prefix)) continue;
        const item = key.slice(this.prefix.length).split(":")[0];
        const isOwn = key === this.keyOf(item);
        if (!isOwn && found.has(item)) continue;
        found.set(item, JSON.parse(localStorage[key]));
        if (isOwn) this.adopted.delete(item);
        else this.adopted.set(item, key);
      }
    } catch {
      this.isStored = false;
    }
    return found;
  }

  /** Put an item's typed values aside and send them soon. */
  put(item, entry, soon = 600) {
    entry.serial = ++this.serial;
    entry.tab = this.tab;
    this.waiting.set(item, entry);
    try {
      localStorage[this.keyOf(item)] = JSON.stringify(entry);
    } catch {
      this.isStored = false;
    }
    this.later(soon);
  }

  /** The server has it, or the person decided against it. */
  drop(item) {
    this.waiting.delete(item);
    try {
      localStorage.removeItem(this.keyOf(item));
      if (this.adopted.has(item)) localStorage.removeItem(this.adopted.get(item));
      this.adopted.delete(item);
    } catch {
      this.isStored = false;
    }
  }

  /** Keep it on this machine without sending it again until it changes. */
  hold(item) {
    const entry = this.waiting.get(item);
    if (entry) entry.isHeld = true;
  }

  /** Whether something still has to be sent. */
  get isPending() {
    return [...this.waiting.values()].some((entry) => !entry.isHeld);
  }

  later(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), milliseconds);
  }

  /** Send everything that waits; with `isLast` the page is being left. */
  async flush(isLast = false) {
    clearTimeout(this.timer);
    if (this.isSending && !isLast) return;
    const sent = new Map([...this.waiting].filter(([, entry]) => !entry.isHeld).map(([item, entry]) => [item, { ...entry }]));
    if (sent.size === 0) return;
    this.isSending = true;
    try {
      const { status, body } = await this.send(sent, isLast);
      this.wait = FIRST_WAIT;
      this.answered(status, body, sent);
      if (this.isPending) this.later(200); // what was typed meanwhile
    } catch (error) {
      this.state(error.kind ?? "retrying");
      if (error.kind !== "signed-out" && error.kind !== "closed") {
        this.later(this.wait);
        this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
      }
    } finally {
      this.isSending = false;
    }
  }
}
