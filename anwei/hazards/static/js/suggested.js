// Takes a suggested sector over into the form when somebody clicks it; nothing is filled in by itself.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-sector]");
  const field = document.getElementById("id_sector");
  if (!button || !field) return;
  field.value = button.dataset.sector;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
