// Everything the frame does. Charts bring their own module, only where there is one.
import "./theme.js";
import "./rail.js";
import "./menu.js";
import "./overlay.js";
import "./palette.js";
import "./keys.js";
import "./rows.js";
import "./toast.js";
import "./times.js";
import "./filters.js";
import "./export.js";
import "./live.js";
import "./lines.js";
import "./print.js";
import "./scroll.js";
import "./chart.js";
