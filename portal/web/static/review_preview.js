// A file of evidence beside the item that it shall prove; without this script it opens in a window of its own.

const preview = document.querySelector("#preview");
const image = document.querySelector("#preview-image");
const count = document.querySelector("#preview-count");
const back = document.querySelector("#preview-back");
const next = document.querySelector("#preview-next");
let file = null;
let page = 1;

function turn(to) {
  const pages = Number(file.dataset.pages);
  page = Math.min(Math.max(to, 1), pages);
  image.src = `${file.dataset.preview}?n=${page}`;
  image.alt = `${file.dataset.title} 第 ${page} 页`;
  count.textContent = pages > 1 ? `${page}/${pages} 页` : "";
  back.hidden = next.hidden = pages < 2;
  back.disabled = page === 1;
  next.disabled = page === pages;
}

function close() {
  preview.hidden = true;
  document.body.classList.remove("previewing");
  file?.focus();
}

document.addEventListener("click", (event) => {
  const wanted = event.target.closest?.("[data-preview]");
  // On a small screen there is no beside.
  if (!wanted || event.ctrlKey || event.metaKey || event.shiftKey || matchMedia("(max-width: 60rem)").matches) return;
  event.preventDefault();
  file = wanted;
  document.querySelector("#preview-title").textContent = file.dataset.title;
  document.querySelector("#preview-link").href = file.href;
  preview.hidden = false;
  document.body.classList.add("previewing");
  turn(1);
  file.closest(".review-item")?.scrollIntoView({ block: "start" });
});
document.querySelector("#preview-close").addEventListener("click", close);
back.addEventListener("click", () => turn(page - 1));
next.addEventListener("click", () => turn(page + 1));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !preview.hidden && !event.target.matches("textarea, select, input")) close();
});
if (matchMedia("(max-width: 75rem)").matches) {
  for (const fold of document.querySelectorAll(".review-side > details")) fold.open = false;
}
