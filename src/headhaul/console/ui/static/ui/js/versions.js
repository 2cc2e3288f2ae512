// Parts of one record that are edited each for itself: what is saved in one makes the others go on from the new version. One
// that somebody else made meanwhile is still a conflict, as the server never took it from this page.
import { behaviour } from "./dom.js";

let now = null;

behaviour("[data-record-version]", ({ dataset: { recordVersion: version } }) => {
  for (const input of now === null ? [] : document.querySelectorAll("input[name=version][data-follows]")) if (input.value === now) input.value = version;
  now = version;
});
