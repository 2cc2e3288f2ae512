// The carriers near an event, held in memory: by DOT number at once, by name in a few milliseconds.
const plain = (name) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

export class Market {
  constructor({ columns, rows, equipment, day, leftOut }) {
    this.columns = Object.fromEntries(columns.map((name, at) => [name, at]));
    Object.assign(this, { rows, equipment, day, leftOut });
    this.byDot = new Map(rows.map((row) => [Number(row[this.columns.dotNumber]), row]));
    this.names = rows.map((row) => ` ${plain(row[this.columns.name])}`);
  }

  get size() { return this.rows.length; }

  // A row by its names; the bits of `equipment` are the families in their order.
  as(row) {
    if (!row) return null;
    const found = Object.fromEntries(Object.entries(this.columns).map(([name, at]) => [name, row[at]]));
    return { ...found, equipment: this.equipment.filter((_, bit) => found.equipment & (1 << bit)) };
  }

  find(dot) { return this.as(this.byDot.get(Number(dot))); }

  // Names in which every word begins with what was typed; those that begin with it come first, then the best.
  suggest(typed, most = 6) {
    const asked = plain(typed).split(" ").filter(Boolean);
    if (plain(typed).length < 2) return [];
    const found = [];
    for (const [at, name] of this.names.entries())
      if (asked.every((word) => name.includes(` ${word}`))) found.push([name.startsWith(` ${asked[0]}`) ? 0 : 1, at]);
    const score = (at) => this.rows[at][this.columns.score] ?? -1;
    found.sort((one, other) => one[0] - other[0] || score(other[1]) - score(one[1]) || one[1] - other[1]);
    return found.slice(0, most).map(([, at]) => this.as(this.rows[at]));
  }
}

// "USDOT 123456", "DOT# 123456" or seven digits: a number of the register. A telephone number is longer.
export const dotIn = (typed) => /^\s*(?:us\s*)?(?:dot)?\s*(?:no\.?|number)?\s*[#:]?\s*(\d{1,8})\s*$/i.exec(typed)?.[1] ?? null;
