/* What every page does: the menu on phones, the clock in the top bar, ages that grow, confirmation that needs no script elsewhere. */

const menu = document.getElementById("menu");
const toggle = document.querySelector("[data-menu-toggle]");
toggle?.addEventListener("click", () => {
  const open = menu.classList.toggle("open");
  toggle.setAttribute("aria-expanded", String(open));
});

/* Tabs that do not fit scroll sideways: begin where one is, and leave the page at its top. */
const tab = document.querySelector(".tabs [aria-current]");
if (tab) {
  const strip = tab.parentElement;
  strip.scrollLeft = tab.offsetLeft - strip.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
}

/* The clock shows the server's time: offices' computers are often minutes off. */
const clock = document.querySelector("[data-clock]");
export const skew = clock ? Number(clock.dataset.clock) - Date.now() : 0;
if (clock) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  const draw = () => {
    const part = Object.fromEntries(format.formatToParts(Date.now() + skew).map(({ type, value }) => [type, value]));
    clock.textContent = `${part.year}-${part.month}-${part.day} ${part.weekday} ${part.hour}:${part.minute}`;
  };
  draw();
  setInterval(draw, 10_000);
}

/* A form is sent once; the key of the form makes a second send harmless, the button shows that the first is on its way. */
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button[type=submit]")) {
    setTimeout(() => (button.disabled = true));
    setTimeout(() => (button.disabled = false), 5_000);
  }
});

/* What lies on this device of somebody who signed out, or of another person, is not shown on the phone page until they sign in again. */
const known = document.querySelector("[data-person]");
const phonePerson = localStorage.getItem("anwei-phone-person");
if (known && phonePerson && phonePerson !== known.dataset.person) localStorage.setItem("anwei-phone-locked", "yes");
known?.querySelector('form[action*="logout"]')?.addEventListener("submit", () => localStorage.setItem("anwei-phone-locked", "yes"));
