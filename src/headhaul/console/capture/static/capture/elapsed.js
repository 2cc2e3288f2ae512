// The time by the server's clock, as far as this device can tell, so that a clock that jumps locks nobody out. While a
// page lives it counts by the clock that cannot be set, between two pages by the one on the wall, never backwards from
// what was noted; the server's own word puts it right.
let here = null; // of which word of the server, what time it was then, and what the steady clock showed

export const heard = (time) => {
  here = { word: time, time, at: performance.now() };
  return { word: time, seen: time, wall: Date.now() };
};

// `noted` as it was written last: the server's word it rests on, what time it was when it was noted, and the wall clock.
export const now = ({ word, seen, wall }) => {
  if (here?.word !== word) here = { word, time: seen + Math.max(0, Date.now() - wall), at: performance.now() };
  return Math.max(seen, here.time + performance.now() - here.at);
};
