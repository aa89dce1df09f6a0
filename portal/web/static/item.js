// One item of the questionnaire in the page: what is typed in it, and showing what came back.

/** Every item of the form by its id. */
export function itemsOf(form) {
  return new Map([...form.querySelectorAll("[data-item]")].map((box) => [box.dataset.item, box]));
}

const part = (box, suffix) => box.querySelector(`[name="${box.dataset.item}${suffix}"]`);
const choices = (box) => [...box.querySelectorAll(`input[name="${box.dataset.item}"]`)];

/** What stands in the item's fields, in the form that the server reads. */
export function typedIn(box) {
  const typed = { share: part(box, "-share")?.value ?? "", reason: part(box, "-reason")?.value ?? "" };
  typed.na = part(box, "-na")?.checked ?? false;
  const inputs = choices(box);
  if (inputs[0]?.type === "checkbox") typed.value = inputs.filter((one) => one.checked).map((one) => one.value);
  else if (inputs[0]?.type === "radio") typed.value = inputs.find((one) => one.checked)?.value ?? "";
  else typed.value = inputs[0]?.value ?? "";
  return typed;
}

/** Put an answer into the item's fields: one kept on this machine, or a colleague's. */
export function fill(box, typed) {
  const values = [].concat(typed.value ?? []).filter((one) => one !== "");
  for (const input of choices(box)) {
    if (input.type === "radio" || input.type === "checkbox") {
      input.checked = values.includes(input.value) || (input.value === "na" && typed.na === true);
    } else input.value = values[0] ?? "";
  }
  const share = part(box, "-share");
  const reason = part(box, "-reason");
  const na = part(box, "-na");
  if (share) share.value = typed.share ?? "";
  if (reason) reason.value = typed.reason ?? "";
  if (na) na.checked = typed.na === true;
  reveal(box);
}

/** Show the share with the partial extent, the reason with "not applicable", and "clear" with anything. */
export function reveal(box) {
  const typed = typedIn(box);
  const isNa = typed.na || typed.value === "na";
  for (const more of box.querySelectorAll(".reveal")) {
    more.classList.toggle("is-open", more.dataset.when === "na" ? isNa : typed.value === "partial" && !isNa);
  }
  const clear = box.querySelector(".clear");
  if (clear) clear.hidden = !isNa && [].concat(typed.value).every((one) => one === "");
}

/** Say what is wrong or unusual below the item's fields; nothing clears it. */
export function tell(box, { problems = [], warning = "" }) {
  const notes = box.querySelector(".notes");
  const lines = problems.map((text) => line("field-error", text));
  if (warning) lines.push(line("field-warning", warning));
  notes.replaceChildren(...lines);
  box.classList.toggle("has-error", problems.length > 0);
  const input = choices(box)[0];
  if (input) input.toggleAttribute("aria-invalid", problems.length > 0);
}

/** Remember the revision that the page shows, for the script and for the plain form. */
export function seen(box, revision, mark) {
  box.dataset.revision = revision;
  const hidden = part(box, "-rev");
  if (hidden && mark) hidden.value = `${revision}:${mark}`;
}

/** Ask which of two answers shall stand; `choose` gets "mine" or "theirs". */
export function askWhich(box, conflict, choose) {
  box.querySelector(".conflict")?.remove();
  const ask = document.createElement("div");
  ask.className = "conflict";
  ask.setAttribute("role", "alert");
  ask.append(line("conflict-title", `${conflict.theirs.by} 在 ${conflict.theirs.at} 填了不同的内容`));
  for (const [which, text] of [["theirs", `${conflict.theirs.adopt}：${conflict.theirs.text}`], ["mine", `采用我的：${conflict.yours.text}`]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-outline-primary";
    button.textContent = text;
    button.addEventListener("click", () => {
      ask.remove();
      choose(which);
    });
    ask.append(button);
  }
  box.querySelector(".item-foot").before(ask);
}

function line(kind, text) {
  const one = document.createElement("p");
  one.className = kind;
  one.textContent = text;
  return one;
}
