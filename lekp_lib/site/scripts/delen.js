// What the scripts of several pages share. Classic scripts without requests, so that they also work from a folder.
"use strict";
window.lekp = window.lekp || {};

// Accents, hyphens, apostrophes, capitals and small figures make no difference.
lekp.folded = function (text) {
  const plain = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, " ").trim();
};

// An element with its attributes and what stands in it; text stays text.
lekp.element = function (tag, attributes, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
};
