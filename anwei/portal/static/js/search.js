/* The search box of the top bar: "/" goes to it, arrows walk the suggestions, Enter opens, Escape leaves. */

const box = document.querySelector("[data-search]");
const input = box?.querySelector("input");
const list = box?.querySelector("[role=listbox]");

function options() {
  return [...list.querySelectorAll("[role=option]")];
}

function mark(option) {
  for (const one of options()) one.removeAttribute("aria-selected");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
}

function close() {
  list.replaceChildren();
  box.classList.remove("open");
  input.setAttribute("aria-expanded", "false");
}

if (box) {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.classList.add("open");
      input.focus();
    }
  });
  box.querySelector("[data-search-open]").addEventListener("click", () => {
    box.classList.add("open");
    input.focus();
  });
  input.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.findIndex((one) => one.hasAttribute("aria-selected"));
    if (event.key === "Escape") {
      close();
      input.blur();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(all[(at + (event.key === "ArrowDown" ? 1 : all.length)) % all.length] ?? all[0]);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      all[at].click();
    }
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target === list) input.setAttribute("aria-expanded", String(options().length > 0));
  });
  document.addEventListener("click", (event) => {
    if (!box.contains(event.target)) close();
  });
}
