// Behaviours are found by a data- attribute and attached once, whenever their element appears. Several may share one.
const behaviours = [];

const attachWithin = (root) => {
  for (const [selector, attach] of behaviours) {
    const found = root.matches?.(selector) ? [root, ...root.querySelectorAll(selector)] : root.querySelectorAll(selector);
    for (const element of found) attachOnce(element, attach);
  }
};

const seen = new WeakMap();

const attachOnce = (element, attach) => {
  const done = seen.get(element) ?? new Set();
  if (done.has(attach)) return;
  seen.set(element, done.add(attach));
  attach(element);
};

export const behaviour = (selector, attach) => {
  behaviours.push([selector, attach]);
  for (const element of document.querySelectorAll(selector)) attachOnce(element, attach);
};

export const remember = (name, value) => {
  const life = value ? 31536000 : 0;
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${life}; samesite=lax`;
};

export const isTyping = (target) =>
  target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

export const announce = (detail) => document.dispatchEvent(new CustomEvent("toast", { detail }));

new MutationObserver((changes) => {
  for (const change of changes)
    for (const node of change.addedNodes) if (node.nodeType === Node.ELEMENT_NODE) attachWithin(node);
}).observe(document.documentElement, { childList: true, subtree: true });
