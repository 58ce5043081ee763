/* Searching the criteria of the package without a network: all words, in text, source or code;
   those of the visit's own sectors first. */

const MOST = 20;

export function found(criteria, query, own) {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const text = ({ code, text: clause, source }) => `${code} ${clause} ${source}`.toLowerCase();
  const score = (row) => {
    const whole = text(row);
    if (words.every((one) => whole.includes(one))) return 2;
    return words.every((one) => pairs(one).some((pair) => whole.includes(pair))) ? likeness(words, whole) : 0;
  };
  const scored = criteria.map((row) => ({ row, points: score(row) })).filter(({ points }) => points > 0);
  const isForeign = ({ row }) => Number(isOfOthers(row, own));
  scored.sort((one, other) => isForeign(one) - isForeign(other) || other.points - one.points || Number(other.row.usable) - Number(one.row.usable));
  return scored.slice(0, MOST).map(({ row }) => row);
}

/* Whether a criterion is of other sectors than those of a visit. */
export const isOfOthers = (row, own = []) => own.length > 0 && !(row.sectors ?? own).some((code) => own.includes(code));

/* Neighbouring characters: what is typed on site is seldom the wording of the clause. */
function pairs(word) {
  return word.length < 3 ? [word] : [...word].slice(1).map((_letter, n) => word.slice(n, n + 2));
}

function likeness(words, whole) {
  const all = words.flatMap(pairs);
  return all.filter((pair) => whole.includes(pair)).length / all.length >= 0.5 ? 1 : 0;
}

export const byCode = (criteria) => new Map(criteria.map((row) => [row.code, row]));
