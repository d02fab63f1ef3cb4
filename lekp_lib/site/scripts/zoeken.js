// Search in lekp.index: a combobox with a list (WAI-ARIA 1.2, "list autocomplete with manual selection").
// Classic script without requests, so that it also works by double click from a folder.
(function () {
  "use strict";
  var lekp = window.lekp || {};
  var SHOWN = 12;
  var ALIAS_WORDS = { d: "deelgemeente", f: "voormalige gemeente", n: "NIS-code", s: "" };

  // Accents, hyphens, apostrophes, small figures: what people do not type alike.
  function fold(text) {
    return text
      .normalize("NFKD")
      .replace(/[\u0300-\u036f]/g, "")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, " ")
      .trim()
      .replace(/(^| )st(?= |$)/g, "$1sint");
  }

  // Letters to add, drop, change or swap with their neighbour; gives up above the limit.
  function distance(a, b, limit) {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    var before = [], last = [], row, i, j;
    for (j = 0; j <= b.length; j += 1) last[j] = j;
    for (i = 1; i <= a.length; i += 1) {
      row = [i];
      var best = i;
      for (j = 1; j <= b.length; j += 1) {
        var cost = a[i - 1] === b[j - 1] ? 0 : 1;
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
        best = Math.min(best, row[j]);
      }
      if (best > limit) return limit + 1;
      before = last;
      last = row;
    }
    return last[b.length];
  }

  function startsWord(term, query) {
    return (" " + term).indexOf(" " + query) >= 0;
  }

  function near(term, query, limit) {
    var found = distance(term, query, limit);
    term.split(" ").forEach(function (word) {
      if (word.length >= 4) found = Math.min(found, distance(word, query, limit));
    });
    return found;
  }

  var entries = (lekp.index || []).map(function (row, order) {
    var aliases = [];
    Object.keys(row[4]).forEach(function (kind) {
      row[4][kind].forEach(function (name) {
        aliases.push({ kind: kind, name: name, folded: fold(name) });
      });
    });
    return { kind: row[0], name: row[1], path: row[2], nis: row[3], order: order, folded: fold(row[1]), aliases: aliases };
  });

  // Lower is better: exact, start of the name, start of a word, other name, inside.
  function rankName(folded, query) {
    if (folded === query || folded.replace(/ /g, "") === query.replace(/ /g, "")) return 0;
    if (folded.indexOf(query) === 0) return 1;
    if (startsWord(folded, query)) return 2;
    return folded.indexOf(query) >= 0 ? 6 : 99;
  }

  function rankAlias(folded, query, kind) {
    if (folded === query) return kind === "f" ? 2.5 : 3;
    if (folded.indexOf(query) === 0) return 4;
    if (startsWord(folded, query)) return 5;
    return folded.indexOf(query) >= 0 ? 7 : 99;
  }

  // Only whole codes: four digits are a postcode, and that is something else.
  function byCode(entry, digits) {
    if (entry.nis === digits) return { entry: entry, rank: 0, via: "NIS-code " + digits };
    var old = entry.aliases.some(function (alias) { return alias.kind === "n" && alias.name === digits; });
    return old && { entry: entry, rank: 1, via: "vroegere NIS-code " + digits };
  }

  function viaWords(alias) {
    return (alias.name + (ALIAS_WORDS[alias.kind] ? ", " + ALIAS_WORDS[alias.kind] : ""));
  }

  function byText(entry, query) {
    var best = { entry: entry, rank: rankName(entry.folded, query), via: "" };
    entry.aliases.forEach(function (alias) {
      var rank = alias.kind === "n" ? 99 : rankAlias(alias.folded, query, alias.kind);
      if (rank < best.rank) best = { entry: entry, rank: rank, via: viaWords(alias) };
    });
    return best.rank < 99 ? best : null;
  }

  function byLikeness(entry, query, limit) {
    var best = { entry: entry, rank: near(entry.folded, query, limit), via: "" };
    entry.aliases.forEach(function (alias) {
      if (alias.kind === "n") return;
      var rank = near(alias.folded, query, limit) + 0.5;
      if (rank < best.rank) best = { entry: entry, rank: rank, via: viaWords(alias) };
    });
    return best.rank <= limit + 0.5 ? best : null;
  }

  function ordered(found) {
    return found.filter(Boolean).sort(function (a, b) {
      return a.rank - b.rank || a.entry.order - b.entry.order;
    });
  }

  function search(text) {
    var query = fold(text);
    if (!query) return [];
    if (/^\d+$/.test(query)) {
      return ordered(entries.map(function (entry) { return byCode(entry, query); }));
    }
    var found = ordered(entries.map(function (entry) { return byText(entry, query); }));
    var limit = query.length >= 8 ? 2 : query.length >= 4 ? 1 : 0;
    if (found.length || !limit) return found;
    return ordered(entries.map(function (entry) { return byLikeness(entry, query, limit); }));
  }
  lekp.search = search;
  window.lekp = lekp;

  var box = document.querySelector("[data-zoeken]");
  if (!box) return;
  var input = document.getElementById("zoek");
  var list = document.getElementById("zoek-lijst");
  var status = document.getElementById("zoek-status");
  var results = [];
  var active = -1;

  function element(name, text, look) {
    var made = document.createElement(name);
    made.textContent = text;
    if (look) made.className = look;
    return made;
  }

  function option(found, number) {
    var item = document.createElement("li");
    item.id = "zoek-" + number;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.appendChild(element("span", found.entry.name, "site-found"));
    var kind = found.entry.kind === "d" ? "doel" : "gemeente";
    item.appendChild(document.createTextNode(" "));
    item.appendChild(element("span", found.via ? kind + ", via " + found.via : kind, "site-found-via"));
    item.addEventListener("mousedown", function (event) { event.preventDefault(); });
    item.addEventListener("click", function () { go(number); });
    return item;
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  function mark(number) {
    active = number;
    Array.prototype.forEach.call(list.children, function (item, place) {
      item.setAttribute("aria-selected", place === number ? "true" : "false");
    });
    if (number < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", "zoek-" + number);
      list.children[number].scrollIntoView({ block: "nearest" });
    }
  }

  function tell(text, found) {
    if (!text.trim()) return "";
    if (found.length === 1) return "1 resultaat";
    if (found.length > SHOWN) return found.length + " resultaten, hier de eerste " + SHOWN;
    if (found.length) return found.length + " resultaten";
    if (/^[\s\d]+$/.test(text)) return "Geen resultaat. Zoeken op postcode kan niet; een NIS-code telt vijf cijfers.";
    return "Geen resultaat. Kies hieronder uit de lijst.";
  }

  function show() {
    var found = search(input.value);
    results = found.slice(0, SHOWN);
    list.textContent = "";
    results.forEach(function (item, number) { list.appendChild(option(item, number)); });
    list.hidden = !results.length;
    input.setAttribute("aria-expanded", results.length ? "true" : "false");
    status.textContent = tell(input.value, found);
    mark(-1);
  }

  function go(number) {
    var found = results[number];
    if (found) window.location.href = found.entry.path;
  }

  input.addEventListener("input", show);
  input.addEventListener("focus", function () { if (input.value) show(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", function (event) {
    var last = results.length - 1;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && results.length) {
      event.preventDefault();
      if (list.hidden) show();
      if (event.key === "ArrowDown") mark(active < last ? active + 1 : 0);
      else mark(active > 0 ? active - 1 : last);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (list.hidden) { input.value = ""; show(); } else close();
    }
  });
  document.querySelector("[data-zoeken-formulier]").addEventListener("submit", function (event) {
    event.preventDefault();
    if (!results.length) show();
    go(active < 0 ? 0 : active);
  });
  box.hidden = false;
})();
