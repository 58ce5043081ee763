/* Choosing several cases of the desk: all at once, and how many are chosen. Without scripts the boxes work too. */

const form = document.querySelector("[data-batch]");
const all = form.querySelector("[data-choose-all]");
const words = form.querySelector("[data-chosen]");
const boxes = [...document.querySelectorAll('input[name="case"]')];
const hint = words.textContent;

function show() {
  const chosen = boxes.filter((box) => box.checked).length;
  all.checked = chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
  words.textContent = chosen ? `${chosen} / ${boxes.length}` : hint;
  for (const button of form.querySelectorAll("button")) button.disabled = chosen === 0;
}

all.hidden = false;
all.addEventListener("change", () => {
  for (const box of boxes) box.checked = all.checked;
  show();
});
for (const box of boxes) box.addEventListener("change", show);
show();
