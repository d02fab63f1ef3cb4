// Search in lekp.index: a combobox with a list (WAI-ARIA 1.2, "list autocomplete with manual selection").
(function () {
  "use strict";
  const { element, folded } = window.lekp;
  const SHOWN = 12;
  // Kinds of names: what they are called, and their rank as the whole name, its start, the start of a word, or inside.
  const KINDS = {
    own: { word: "", ranks: [0, 1, 2, 6] },
    d: { word: "deelgemeente", ranks: [3, 4, 5, 7] },
    f: { word: "voormalige gemeente", ranks: [2.5, 4, 5, 7] },
    s: { word: "", ranks: [3, 4, 5, 7] },
  };

  // People type "st" for "sint".
  function fold(text) {
    return folded(text).replace(/(^| )st(?= |$)/g, "$1sint");
  }

  const entries = window.lekp.index.map(([kind, name, path, nis, { n: formerCodes = [], ...others }]) => {
    const names = Object.entries({ own: [name], ...others }).flatMap(([of, texts]) => {
      return texts.map((text) => ({ text, folded: fold(text), ...KINDS[of] }));
    });
    return { kind, name, path, nis, formerCodes, names };
  });

  function rankOf(name, query) {
    const [whole, start, word, inside] = name.ranks;
    if (name.folded.replaceAll(" ", "") === query.replaceAll(" ", "")) return whole;
    if (name.folded.startsWith(query)) return start;
    if (` ${name.folded}`.includes(` ${query}`)) return word;
    return name.folded.includes(query) ? inside : Infinity;
  }

  // Letters to add, drop, change or swap with their neighbour; endless above the limit.
  function distance(a, b, limit) {
    if (a === b) return 0;
    if (limit === 0) return Infinity;
    let same = 0;
    while (a[same] === b[same]) same += 1;
    const one = a.slice(same);
    const other = b.slice(same);
    const left = [[one.slice(1), other], [one, other.slice(1)], [one.slice(1), other.slice(1)]];
    if (one[0] === other[1] && one[1] === other[0]) left.push([one.slice(2), other.slice(2)]);
    return 1 + Math.min(...left.map(([x, y]) => distance(x, y, limit - 1)));
  }

  // Of the name or one of its longer words; the name itself goes before other names.
  function likeness(name, query, limit) {
    const words = name.folded.split(" ").filter((word) => word.length >= 4);
    const nearest = Math.min(...[name.folded, ...words].map((text) => distance(text, query, limit)));
    return name.ranks[0] === 0 ? nearest : nearest + 0.5;
  }

  function byName(entry, measure) {
    const ranks = entry.names.map(measure);
    const rank = Math.min(...ranks);
    const { text, word, ranks: [whole] } = entry.names[ranks.indexOf(rank)];
    return { entry, rank, via: whole === 0 ? "" : [text, word].filter(Boolean).join(", ") };
  }

  // Only whole codes: four digits are a postcode, and that is something else.
  function byCode(entry, digits) {
    if (entry.nis === digits) return { entry, rank: 0, via: `NIS-code ${digits}` };
    return { entry, rank: entry.formerCodes.includes(digits) ? 1 : Infinity, via: `vroegere NIS-code ${digits}` };
  }

  // The lowest rank first, equal ones in the order of the index.
  function ranked(measure) {
    return entries.map(measure).filter((found) => found.rank < Infinity).sort((a, b) => a.rank - b.rank);
  }

  function search(text) {
    const query = fold(text);
    if (!query) return [];
    if (/^\d+$/.test(query)) return ranked((entry) => byCode(entry, query));
    const found = ranked((entry) => byName(entry, (name) => rankOf(name, query)));
    const limit = query.length >= 8 ? 2 : query.length >= 4 ? 1 : 0;
    return found.length ? found : ranked((entry) => byName(entry, (name) => likeness(name, query, limit)));
  }

  const input = document.getElementById("zoek");
  const list = document.getElementById("zoek-lijst");
  const status = document.getElementById("zoek-status");
  let results = [];
  let active = -1;

  function option({ entry, via }, number) {
    const kind = entry.kind === "d" ? "doel" : "gemeente";
    const item = element("li", { id: `zoek-${number}`, role: "option", "aria-selected": "false" },
      element("span", { class: "site-found" }, entry.name), " ",
      element("span", { class: "site-found-via" }, via ? `${kind}, via ${via}` : kind));
    item.addEventListener("mousedown", (event) => event.preventDefault());
    item.addEventListener("click", () => go(number));
    return item;
  }

  function unfold(shown) {
    list.hidden = !shown;
    input.setAttribute("aria-expanded", shown);
    mark(-1);
  }

  function mark(number) {
    active = number;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", place === number));
    if (number < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", `zoek-${number}`);
      list.children[number].scrollIntoView({ block: "nearest" });
    }
  }

  function tell(text, found) {
    if (!text.trim()) return "";
    if (found.length === 1) return "1 resultaat";
    if (found.length > SHOWN) return `${found.length} resultaten, hier de eerste ${SHOWN}`;
    if (found.length) return `${found.length} resultaten`;
    if (/^[\s\d]+$/.test(text)) return "Geen resultaat. Zoeken op postcode kan niet; een NIS-code telt vijf cijfers.";
    return "Geen resultaat. Kies hieronder uit de lijst.";
  }

  function show() {
    const found = search(input.value);
    results = found.slice(0, SHOWN);
    list.replaceChildren(...results.map(option));
    status.textContent = tell(input.value, found);
    unfold(results.length > 0);
  }

  function go(number) {
    if (results[number]) window.location.href = results[number].entry.path;
  }

  input.addEventListener("input", show);
  input.addEventListener("focus", () => input.value && show());
  input.addEventListener("blur", () => unfold(false));
  input.addEventListener("keydown", (event) => {
    const last = results.length - 1;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && results.length) {
      event.preventDefault();
      if (list.hidden) show();
      if (event.key === "ArrowDown") mark(active < last ? active + 1 : 0);
      else mark(active > 0 ? active - 1 : last);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (list.hidden) input.value = "";
      if (list.hidden) show();
      else unfold(false);
    }
  });
  document.querySelector("[data-zoeken-formulier]").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!results.length) show();
    go(active < 0 ? 0 : active);
  });
  document.querySelector("[data-zoeken]").hidden = false;
})();
