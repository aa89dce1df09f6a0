// Watches a report that is being printed.

const box = document.querySelector("[data-report]");

async function look() {
  try {
    const reply = await fetch(`/reports/${box.dataset.report}/state`, { headers: { Accept: "application/json" } });
    const found = await reply.json();
    document.querySelector("#report-label").textContent = found.label;
    document.querySelector("#report-step").textContent = found.step ? `：${found.step}` : "";
    document.querySelector("#report-progress").value = found.progress;
    if (!found.is_waiting) return location.reload();
  } catch {
    // The page refreshes itself every few seconds anyway.
  }
  return setTimeout(look, 1000);
}

setTimeout(look, 700);
