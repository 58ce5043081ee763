/* The visits of today and the next days, each with how far it is and what of it still waits to be sent. */

import { packageOf, room, visitsOf } from "./package.js";
import { isBegun, isEnded, load, progress } from "./state.js";
import { drawn, filled, moment, part, today, word } from "./words.js";

export async function listScreen(person, { update }) {
  const screen = drawn("list");
  const visits = await visitsOf(person.pk);
  const days = [...new Set(visits.map((visit) => visit.planned_on))].sort();
  for (const day of days) {
    part(screen, "days").append(drawn("day", { day: day === today() ? word("today") : day === today(1) ? word("tomorrow") : day }));
    for (const visit of visits.filter((one) => one.planned_on === day)) part(screen, "days").append(await card(person, visit));
  }
  part(screen, "none").hidden = visits.length > 0;
  const { at } = (await packageOf(person.pk)) ?? {};
  const { free, persisted } = await room();
  filled(screen, {
    who: person.fullName, updated: at ? word("updatedAt", { at: moment(at).slice(5) }) : "",
    room: word(persisted ? "roomKept" : "roomFree", { free: (free / 1024 ** 3).toFixed(1) }),
  });
  part(screen, "update").addEventListener("click", update);
  return { screen, title: word("title"), refresh: null };
}

async function card(person, visit) {
  const state = await load(person.pk, visit.pk);
  const counts = progress(state);
  const standing = isEnded(state) ? "ended" : isBegun(state) ? "begun" : "planned";
  const link = drawn("visit-card", {
    whom: visit.whom, address: visit.address, bodies: visit.bodies.join(word("and")), reason: visit.reason,
    announced: visit.announced ? "" : word("unannounced"), merged: visit.bodies.length > 1 ? word("merged") : "",
    standing: word(standing), progress: standing === "planned" ? "" : `${counts.done}/${counts.all}`,
  });
  link.href = `#/visit/${visit.pk}`;
  return link;
}
