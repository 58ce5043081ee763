/* Shows the chosen photos before they are sent, with their number: what is handed in can be seen. */

for (const box of document.querySelectorAll(".photos")) {
  const preview = box.querySelector("[data-preview]");
  box.addEventListener("change", () => {
    preview.replaceChildren();
    for (const input of box.querySelectorAll("[data-photos]")) {
      for (const file of input.files) {
        if (!file.type.startsWith("image/")) continue;
        const picture = document.createElement("img");
        picture.alt = file.name;
        picture.src = URL.createObjectURL(file);
        picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
        preview.append(picture);
      }
    }
  });
}
