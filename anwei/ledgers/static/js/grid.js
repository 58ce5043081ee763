/* A grid one can paste into from a spreadsheet. The text area below it holds the same rows as tab-separated text:
   it is what is sent, and all there is without scripts. What was typed is kept in the browser until it is written. */

const SPARE_ROWS = 5, MAX_ROWS = 500;

/* Cells of tab-separated text as spreadsheets put it on the clipboard: quotes around tabs, quotes and line breaks. */
export function parse(text) {
  const rows = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at], row = rows[rows.length - 1];
    if (quoted) {
      if (letter !== '"') row[row.length - 1] += letter;
      else if (text[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; }
      else quoted = false;
    } else if (letter === '"' && row[row.length - 1] === "") quoted = true;
    else if (letter === "\t") row.push("");
    else if (letter === "\n") rows.push([""]);
    else if (letter !== "\r") row[row.length - 1] += letter;
  }
  while (rows.length && rows[rows.length - 1].every((cell) => cell === "")) rows.pop();
  return rows;
}

export function format(rows) {
  const kept = [...rows];
  while (kept.length && kept[kept.length - 1].every((cell) => cell.trim() === "")) kept.pop();
  const quoted = (cell) => (/["\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return kept.map((row) => row.map(quoted).join("\t")).join("\n");
}

function draw(form) {
  const { columns, faults, code } = JSON.parse(document.getElementById("grid").textContent);
  const area = form.querySelector("[data-grid-rows]"), draft = `grid:${code}`;
  if (!area.value) area.value = localStorage.getItem(draft) ?? "";
  const table = document.createElement("table");
  table.className = "grid-table";
  const body = table.createTBody();

  const cells = () => [...body.rows].map((row) => [...row.querySelectorAll("input")].map((input) => input.value));
  const keep = () => {
    area.value = format(cells());
    localStorage.setItem(draft, area.value);
  };
  const input = (row, place) => body.rows[row]?.querySelectorAll("input")[place];

  const addRow = (values = []) => {
    const row = body.insertRow(), number = document.createElement("th");
    number.textContent = String(body.rows.length);
    number.scope = "row";
    row.append(number);
    columns.forEach((column, place) => {
      const field = document.createElement("input");
      field.value = values[place] ?? "";
      field.setAttribute("aria-label", `${body.rows.length} ${column.label}`);
      if (column.options.length) field.setAttribute("list", `grid-${place}`);
      row.insertCell().append(field);
    });
  };

  const heading = table.createTHead().insertRow();
  for (const column of [{ label: "" }, ...columns]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = column.required ? `${column.label}*` : column.label;
    heading.append(cell);
  }
  columns.forEach((column, place) => {
    if (!column.options.length) return;
    const list = document.createElement("datalist");
    list.id = `grid-${place}`;
    for (const text of column.options) list.append(new Option(text, text));
    form.append(list);
  });
  for (const row of parse(area.value)) addRow(row);
  for (let n = 0; n < SPARE_ROWS; n += 1) addRow();

  for (const [row, place, kind, sentence] of faults) {
    const marked = place < 0 ? [...(body.rows[row]?.querySelectorAll("input") ?? [])] : [input(row, place)].filter(Boolean);
    for (const field of marked) {
      field.classList.add(kind);
      field.title = sentence;
      if (kind === "refused") field.setAttribute("aria-invalid", "true");
    }
  }

  const whereIs = (field) => {
    const row = field.closest("tr");
    return [[...body.rows].indexOf(row), [...row.querySelectorAll("input")].indexOf(field)];
  };
  const goTo = (row, place) => {
    while (row >= body.rows.length && body.rows.length < MAX_ROWS) addRow();
    input(row, place)?.focus();
    input(row, place)?.select();
  };

  body.addEventListener("paste", (event) => {
    const pasted = parse(event.clipboardData.getData("text/plain"));
    if (pasted.length < 2 && (pasted[0]?.length ?? 0) < 2) return;
    event.preventDefault();
    const labels = columns.map((column) => column.label);
    if (pasted[0].some((cell, place) => labels[place] === cell.trim()) && pasted[0].every((cell) => labels.includes(cell.trim()) || !cell)) pasted.shift();
    const [top, left] = whereIs(event.target);
    pasted.forEach((row, down) => {
      if (top + down >= MAX_ROWS) return;
      while (top + down >= body.rows.length) addRow();
      row.forEach((cell, across) => { const field = input(top + down, left + across); if (field) field.value = cell; });
    });
    if (body.rows.length < MAX_ROWS) addRow();
    keep();
  });
  body.addEventListener("input", (event) => {
    const [row] = whereIs(event.target);
    if (row === body.rows.length - 1 && body.rows.length < MAX_ROWS) addRow();
    keep();
  });
  body.addEventListener("keydown", (event) => {
    const [row, place] = whereIs(event.target), { selectionStart: start, selectionEnd: end, value } = event.target;
    const moves = {
      Enter: [row + 1, place],
      ArrowDown: event.target.list ? null : [row + 1, place],
      ArrowUp: event.target.list ? null : [row - 1, place],
      ArrowLeft: start === 0 && end <= value.length && start === end ? [row, place - 1] : null,
      ArrowRight: start === value.length ? [row, place + 1] : null,
    };
    if (event.isComposing || !moves[event.key]) return;
    event.preventDefault();
    goTo(Math.max(moves[event.key][0], 0), Math.min(Math.max(moves[event.key][1], 0), columns.length - 1));
  });

  form.querySelector("[data-grid-place]").append(table);
  area.hidden = true;
  keep();
  (form.querySelector("[aria-invalid]") ?? input(0, 0))?.focus();
}

const done = document.querySelector("[data-grid-done]");
if (done) localStorage.removeItem(`grid:${done.dataset.gridDone}`);
const form = document.querySelector("[data-grid]");
if (form) draw(form);
