// Shows at once what a choice of measures comes to; without it the button 重新计算 does the same.

const form = document.querySelector("[data-outlook]");
const panel = document.querySelector("#outlook");
let waiting = 0;
let asked = 0;

document.body.classList.add("scripted");

function query() {
  const sent = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    // Only figures of measures that are taken matter here; addresses must stay short.
    if (name === "take") {
      sent.append(name, value);
      const quote = form.elements[`quote-${value}`].value.trim();
      if (quote) sent.append(`quote-${value}`, quote);
    }
  }
  return sent;
}

async function look() {
  const mine = ++asked;
  try {
    const reply = await fetch(`${form.dataset.outlook}?${query()}`, { headers: { Accept: "application/json" } });
    if (!reply.ok || mine !== asked) return;
    panel.innerHTML = (await reply.json()).panel;
  } catch {
    // The form's own button still works once the network is back.
  }
}

form.addEventListener("input", (event) => {
  if (event.target.id === "title") return;
  clearTimeout(waiting);
  waiting = setTimeout(look, 250);
});
