/* Plain text as the blocks of a paper: one paragraph a line, headings by their numbering, tables by the mark between cells. */

const { words, levels } = JSON.parse(document.getElementById("paper-templates").textContent);
const headings = levels.map((pattern) => new RegExp(`^(?:${pattern})`));

export const filledIn = (text, byLabel) => text.replace(/\{([^{}]*)\}/g, (_gap, label) => byLabel.get(label) ?? "");

export function blocks(text) {
  const made = [];
  let table = null;
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (line.startsWith(words.cell)) {
      table ??= made[made.push(document.createElement("table")) - 1];
      const cells = line.split(words.cell).slice(1, line.endsWith(words.cell) ? -1 : undefined);
      const row = table.insertRow();
      for (const cell of cells) row.insertCell().textContent = cell.trim();
      continue;
    }
    table = null;
    if (!line) continue;
    const paragraph = document.createElement("p");
    const level = line.endsWith(words.stop) ? -1 : headings.findIndex((pattern) => pattern.test(line));
    if (level >= 0) paragraph.className = `p-heading-${level + 1}`;
    paragraph.textContent = line;
    made.push(paragraph);
  }
  return made;
}
