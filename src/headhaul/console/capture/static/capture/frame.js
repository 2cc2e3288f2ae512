// Of the frame, what a phone in a noisy hall needs: the rest would cost more than it is worth there.
import "../ui/js/theme.js";
import "../ui/js/rail.js";
import "../ui/js/menu.js";
import "../ui/js/overlay.js";
import "../ui/js/palette.js";
import "../ui/js/keys.js";
import "../ui/js/toast.js";
import "../ui/js/times.js";
import "../ui/js/bell.js";
import "../ui/js/leaving.js";
