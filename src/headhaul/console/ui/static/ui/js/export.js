// The file that is taken is the list that is seen: filters may have changed since the page came.
import { behaviour } from "./dom.js";

behaviour("[data-export]", (link) => {
  link.addEventListener("click", () => (link.search = location.search));
});
