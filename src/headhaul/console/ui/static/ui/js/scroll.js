// A table that is wider than its place can be scrolled by keys too.
import { behaviour } from "./dom.js";

behaviour(".table-frame, .chart-table", (frame) => {
  const settle = () => {
    if (frame.scrollWidth > frame.clientWidth + 1 && !frame.querySelector("a, button, input, select")) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  };
  new ResizeObserver(settle).observe(frame);
  settle();
});
