// Puts up to four municipalities side by side. The choice stands in the fragment of the address
// (#gemeenten=gent,aalst), so that it can be shared, reloaded and walked back to, also from file://.
(function () {
  "use strict";
  var data = window.lekp && window.lekp.vergelijk;
  var form = document.getElementById("vergelijk-kiezer");
  if (!data || !form) { return; }
  var result = document.getElementById("vergelijking");
  var status = document.getElementById("vergelijk-melding");
  var inputs = Array.prototype.slice.call(form.querySelectorAll("input"));
  var siteTitle = document.title;
  var bySlug = new Map(), byName = new Map(), moved = new Map();
  var submitted = false;

  // Accents, hyphens, apostrophes and capitals make no difference.
  function folded(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
  }

  function element(tag, look, text) {
    var made = document.createElement(tag);
    if (look) { made.className = look; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  function joined(names) {
    return names.length < 2 ? names.join("") : names.slice(0, -1).join(", ") + " en " + names[names.length - 1];
  }

  // One name as typed or as in an address: its place in the list, and what there is to tell about it.
  function found(text) {
    var key = folded(text);
    if (bySlug.has(text)) { return { place: bySlug.get(text) }; }
    if (byName.has(key)) { return { place: byName.get(key) }; }
    if (moved.has(key)) {
      var row = moved.get(key), now = bySlug.get(row[2]);
      return { place: now, note: row[1] + " is nu deel van " + data.gemeenten[now][1] + "." };
    }
    var starts = key ? Array.from(byName.keys()).filter(function (name) { return name.indexOf(key) === 0; }) : [];
    if (starts.length === 1) { return { place: byName.get(starts[0]) }; }
    return { fault: "Geen gemeente met de naam \u201c" + text + "\u201d. Kies een naam uit de lijst." };
  }

  function asked() {
    var text = location.hash.indexOf("#gemeenten=") === 0 ? location.hash.slice(11) : null;
    if (text === null) { return (new URLSearchParams(location.search).get("gemeenten") || "").split(",").filter(Boolean); }
    return text.split(",").filter(Boolean).map(function (name) {
      try { return decodeURIComponent(name).trim(); } catch (error) { return name; }
    });
  }

  // What the page says of one municipality and one target: verdict, share, figure, pace, date.
  function cell(row, number) {
    var made = element("td"), told = row[3][number], verdict = element("span", "merk merk-" + told[0]);
    verdict.append(element("strong", "", data.oordelen[told[0]]));
    made.append(verdict);
    if (told[1]) { made.append(element("span", "compare-share", told[1] + " van het doel")); }
    if (told[2]) { made.append(element("span", "compare-figure", told[2])); }
    if (told[3]) { made.append(element("span", "compare-pace", "tempo volstaat: " + told[3])); }
    made.append(element("span", "cell-note", told[4] ? "peildatum " + told[4] : "geen peildatum"));
    return made;
  }

  function head(scope, text, path) {
    var made = element("th");
    made.scope = scope;
    if (path) { made.append(element("a", "", text)); made.firstChild.href = "../" + path; } else { made.textContent = text; }
    return made;
  }

  function table(rows, caption) {
    var scroll = element("div", "tabelkader"), made = element("table", "lekp compare-table"), number = 0;
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", caption);
    scroll.tabIndex = 0;
    made.append(element("caption"));
    made.caption.append(element("span", "", caption));
    var top = made.createTHead().insertRow();
    top.append(head("col", "Doel"));
    rows.forEach(function (row) {
      var place = head("col", row[1], row[2]);
      top.append(place);
    });
    data.doelen.forEach(function (werf) {
      var body = made.createTBody(), group = body.insertRow(), label = head("rowgroup", werf[0]);
      group.className = "groep";
      label.colSpan = rows.length + 1;
      group.append(label);
      werf[1].forEach(function (target) {
        var line = body.insertRow();
        line.append(head("row", target[0], target[1]));
        rows.forEach(function (row) { line.append(cell(row, number)); });
        number += 1;
      });
    });
    scroll.append(made);
    return scroll;
  }

  function address() {
    var line = element("p", "compare-address compare-buttons"), shown = element("input");
    var label = element("label", "", "Adres van deze vergelijking"), print = element("button", "", "Druk af");
    shown.id = label.htmlFor = "vergelijk-adres";
    shown.readOnly = true;
    shown.value = location.href;
    shown.addEventListener("focus", function () { shown.select(); });
    print.type = "button";
    print.addEventListener("click", function () { window.print(); });
    line.append(label, shown, print);
    return line;
  }

  function draw(places, notes) {
    var rows = places.map(function (place) { return data.gemeenten[place]; });
    var chosen = joined(rows.map(function (row) { return row[1]; }));
    var title = element("h2", "", chosen), around = element("div");
    title.id = "vergelijking-titel";
    title.tabIndex = -1;
    around.append(table(rows, "De 17 doelen in " + chosen));
    result.replaceChildren(title);
    notes.forEach(function (note) { result.append(element("p", "small", note)); });
    result.append(address(), around);
    document.title = chosen + ": " + siteTitle;
    return title;
  }

  // Fills form and table from the address: the only place where the choice is kept.
  function show(moveFocus) {
    var names = asked(), places = [], notes = [], wrong = [], title = null;
    inputs.forEach(function (input, number) {
      var fault = document.getElementById("fout-" + (number + 1)), name = names[number] || "";
      var one = name ? found(name) : {};
      input.value = one.place === undefined ? name : data.gemeenten[one.place][1];
      fault.textContent = one.fault || "";
      input.toggleAttribute("aria-invalid", false);
      if (one.fault) { input.setAttribute("aria-invalid", "true"); wrong.push(input); }
      if (one.note) { notes.push(one.note); }
      if (one.place !== undefined && places.indexOf(one.place) < 0) { places.push(one.place); }
    });
    if (names.length > inputs.length) {
      notes.push("Er is plaats voor " + inputs.length + " gemeenten. Niet getoond: " + joined(names.slice(inputs.length)) + ".");
    }
    result.hidden = places.length === 0;
    document.body.classList.toggle("compares", places.length > 0);
    document.title = siteTitle;
    if (places.length) { title = draw(places, notes); } else { result.replaceChildren(); }
    status.textContent = places.length === 1 ? "1 gemeente getoond." :
      places.length ? places.length + " gemeenten naast elkaar getoond." : "";
    if (moveFocus && (wrong[0] || title)) { (wrong[0] || title).focus(); }
  }

  // Slugs in the address, so that it stays readable; a name that is not known stays as it was typed.
  function go(names) {
    var wanted = "#gemeenten=" + names.map(function (name) {
      var one = found(name), known = one.place !== undefined && !one.note;
      return encodeURIComponent(known ? data.gemeenten[one.place][0] : name.replace(/,/g, " "));
    }).join(",");
    if (location.hash === wanted) { show(true); return; }
    submitted = true;
    location.hash = wanted;
  }

  data.gemeenten.forEach(function (row, place) {
    bySlug.set(row[0], place);
    byName.set(folded(row[1]), place);
  });
  data.vroeger.forEach(function (row) { moved.set(folded(row[1]), row); });

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var names = inputs.map(function (input) { return input.value.trim(); }).filter(Boolean);
    if (names.length) { go(names); return; }
    status.textContent = "Vul eerst een gemeente in.";
    inputs[0].focus();
  });
  document.getElementById("vergelijk-wis").addEventListener("click", function () {
    location.hash = "#gemeenten=";
    show(false);
    inputs[0].focus();
  });
  window.addEventListener("hashchange", function () { show(submitted); submitted = false; });
  form.hidden = status.hidden = false;
  show(false);
}());
