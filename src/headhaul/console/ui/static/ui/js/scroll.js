// A table that is wider or longer than its place can be scrolled by keys too.
import { behaviour } from "./dom.js";

behaviour(".table-frame, .chart-table", (frame) => {
  const settle = () => {
    const overflows = frame.scrollWidth > frame.clientWidth + 1 || frame.scrollHeight > frame.clientHeight + 1;
    if (overflows && !frame.querySelector("a, button, input, select")) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  };
  new ResizeObserver(settle).observe(frame);
  settle();
});
