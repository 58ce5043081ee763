/* An alarm stands on the board as soon as it is raised; a moment later the server's own row takes its place. */

const SHOWN_MAX = 8;
const SIGNS = { hh: "≥", h: "≥", l: "≤", ll: "≤", rate: "≥" };
const template = document.getElementById("alarm-new");

function number(value, decimals) {
  return value === null ? "" : value.toFixed(decimals);
}

function row(alarm) {
  const made = template.content.firstElementChild.cloneNode(true);
  const badge = made.querySelector(".severity");
  badge.classList.add(`severity-${alarm.severity}`);
  badge.textContent = template.dataset[alarm.severity];
  made.dataset.severity = alarm.severity;
  made.dataset.unacknowledged = "";
  made.querySelector(".alarm-what").textContent = `${alarm.enterprise_name} ${alarm.name}`;
  const value = made.querySelector("[data-value]");
  value.dataset.decimals = alarm.decimals;
  value.textContent = number(alarm.value, alarm.decimals);
  if (alarm.tag) made.dataset.tag = alarm.tag;
  const limit = SIGNS[alarm.kind] && alarm.limit !== null ? `${SIGNS[alarm.kind]} ${number(alarm.limit, alarm.decimals)}` : "";
  made.querySelector("[data-limit]").textContent = `${alarm.unit} ${limit}`;
  return made;
}

document.body.addEventListener("live:episode", ({ detail }) => {
  if (detail.state !== "active" || detail.late) return;
  let list = document.querySelector("#alarm-board .alarms");
  if (!list) {
    list = document.createElement("ol");
    list.className = "alarms";
    document.getElementById("alarm-board").replaceChildren(list);
  }
  list.prepend(row(detail));
  while (list.children.length > SHOWN_MAX) list.lastElementChild.remove();
});
