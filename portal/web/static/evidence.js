// Uploading evidence: several at once, by dropping, by a photograph, each with its own progress. Plain forms work too.

const LARGEST = 20 * 1024 * 1024;
const LIMIT = "文件超过 20 MB，请压缩或拆分后再上传";
const CUT = "网络中断，文件没有传完";

// The questionnaire marks itself; where it is read-only its hidden parts must stay open.
if (document.querySelector("[data-upload]")) document.documentElement.classList.add("scripted");

const token = () => document.querySelector('meta[name="csrf-token"]').content;

/** Send one file; resolves to what the server says of it, whatever happens. */
function send(address, fields, file, progress) {
  return new Promise((resolve) => {
    if (file.size > LARGEST) return resolve({ problem: LIMIT });
    const body = new FormData();
    for (const [name, value] of fields) body.append(name, value);
    body.append("files", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.addEventListener("progress", (event) => progress(event.loaded / Math.max(event.total, 1)));
    request.addEventListener("error", () => resolve({ problem: CUT, mayRetry: true }));
    request.addEventListener("load", () => resolve(said(request)));
    request.send(body);
  });
}

function said(request) {
  let body;
  try {
    body = JSON.parse(request.responseText);
  } catch {
    return { problem: "服务器没有应答，请稍后再试", mayRetry: true };
  }
  if (body.files?.length) return { ...body.files[0], place: body.place };
  return { problem: body.message ?? "没有保存，请稍后再试", mayRetry: request.status >= 500 };
}

/** One after another: two cores behind a slow line gain nothing by more. */
async function sendAll(files, one) {
  for (const file of files) await one(file);
}

function element(tag, kind, text = "") {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}

// ── The upload box ──────────────────────────────────────────────────────────

function box(form) {
  const list = form.querySelector("[data-list]");
  const drop = form.querySelector("[data-drop]");
  for (const hidden of form.querySelectorAll(".drop-photo, .drop-hint")) hidden.hidden = false;
  let going = Promise.resolve();

  async function upload(file) {
    const line = element("li");
    const state = element("span", "state", "等待上传");
    const bar = element("progress");
    bar.max = 1;
    bar.value = 0;
    line.append(element("span", "name", file.name), state, bar);
    list.append(line);
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    const answer = await send(form.action, fields, file, (share) => {
      bar.value = share;
      state.textContent = share < 1 ? `${Math.floor(share * 100)}%` : "正在检查…";
    });
    bar.remove();
    if (answer.problem) {
      state.textContent = "没有保存";
      state.className = "state is-bad-mark";
      line.append(element("span", "is-bad", answer.problem));
      if (answer.mayRetry) {
        const again = element("button", "link-button", "再试一次");
        again.type = "button";
        again.addEventListener("click", () => {
          line.remove();
          start([file]);
        });
        line.append(again);
      }
      return false;
    }
    state.className = "is-good";
    state.textContent = answer.known ? "佐证库中已有相同文件" : "已保存";
    return true;
  }

  function start(files) {
    const results = [];
    going = going.then(() => sendAll(files, async (file) => results.push(await upload(file)))).then(() => {
      // Nothing to read: show the library as it is now. With a refusal the list stays until it was read.
      if (results.every(Boolean)) location.reload();
      else if (results.some(Boolean)) list.append(reloadLink());
    });
  }

  function reloadLink() {
    list.querySelector(".reload")?.remove();
    const line = element("li", "reload");
    const link = element("a", "", "刷新页面，查看已保存的文件");
    link.href = location.href;
    line.append(link);
    return line;
  }

  for (const input of form.querySelectorAll('input[type="file"]')) {
    input.addEventListener("change", () => {
      const chosen = [...input.files];
      input.value = "";
      start(chosen);
    });
  }
  dropping(drop, start);
  form.addEventListener("submit", (event) => event.preventDefault());
}

function dropping(zone, start) {
  zone.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    start([...event.dataTransfer.files]);
  });
}

// ── Beside an item of the questionnaire ─────────────────────────────────────

function place(spot) {
  const adder = spot.querySelector("[data-add]");
  if (!adder) return;
  const item = spot.dataset.place;
  const address = spot.querySelector(".evidence-head a").pathname;
  const input = element("input");
  Object.assign(input, { type: "file", multiple: true, id: `${item}-evidence`, accept: ".pdf,.docx,.xlsx,image/jpeg,image/png" });
  const label = element("label", "", "上传");
  label.htmlFor = input.id;
  adder.append(input, label);
  adder.hidden = false;

  async function start(files) {
    let current = spot;
    const problems = [];
    await sendAll(files, async (file) => {
      const state = current.querySelector(".evidence-state");
      const answer = await send(address, [["item", item]], file, (share) => {
        state.textContent = share < 1 ? `正在上传 ${file.name}：${Math.floor(share * 100)}%` : `正在检查 ${file.name}…`;
      });
      state.textContent = "";
      if (answer.problem) problems.push(`${file.name}：${answer.problem}`);
      if (answer.place) current = renew(current, answer.place);
    });
    const state = current.querySelector(".evidence-state");
    state.textContent = problems.join("；") || "佐证已保存";
    state.classList.toggle("is-bad", problems.length > 0);
  }

  // The questionnaire listens to changes of its fields; this one is none of them.
  input.addEventListener("change", (event) => {
    event.stopPropagation();
    const chosen = [...input.files];
    input.value = "";
    start(chosen);
  });
  dropping(spot, start);
}

function renew(old, markup) {
  const fresh = new DOMParser().parseFromString(markup, "text/html").querySelector("[data-place]");
  old.replaceWith(fresh);
  place(fresh);
  document.dispatchEvent(new Event("portal:evidence"));
  return fresh;
}

for (const form of document.querySelectorAll("[data-upload]")) box(form);
for (const spot of document.querySelectorAll("[data-place]")) place(spot);
