/* Keeps the time beside a live value true: [data-at] inside the element that carries data-tag. */

const clock = new Intl.DateTimeFormat("zh-CN", {
  timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

document.body.addEventListener("live:samples", ({ detail }) => {
  for (const [number, [at]] of Object.entries(detail)) {
    for (const place of document.querySelectorAll(`[data-tag="${number}"] [data-at]`)) place.textContent = clock.format(at);
  }
});
