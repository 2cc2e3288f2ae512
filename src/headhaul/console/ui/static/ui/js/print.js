// A button that prints.
import { behaviour } from "./dom.js";

behaviour("[data-print]", (button) => button.addEventListener("click", () => window.print()));
