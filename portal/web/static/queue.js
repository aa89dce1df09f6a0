// What is typed but not acknowledged yet: kept on this machine, item by item, until the server says it has it.

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;

export class Queue {
  /** `send(changes, isLast)` gives {status, body}; `answered(status, body, sent)` handles an acknowledged answer. */
  constructor(assessment, { send, answered, state }) {
    this.prefix = `portal:${assessment}:`;
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

  /** Entries of earlier visits, by item. */
  kept() {
    const found = new Map();
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(this.prefix)) found.set(key.slice(this.prefix.length), JSON.parse(localStorage[key]));
      }
    } catch {
      this.isStored = false;
    }
    return found;
  }

  /** Put an item's typed values aside and send them soon. */
  put(item, entry, soon = 600) {
    entry.serial = ++this.serial;
    this.waiting.set(item, entry);
    try {
      localStorage[this.prefix + item] = JSON.stringify(entry);
    } catch {
      this.isStored = false;
    }
    this.later(soon);
  }

  /** The server has it, or the person decided against it. */
  drop(item) {
    this.waiting.delete(item);
    try {
      localStorage.removeItem(this.prefix + item);
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
