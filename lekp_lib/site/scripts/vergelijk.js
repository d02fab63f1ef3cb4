// Puts up to four municipalities side by side. The choice stands in the fragment of the address
// (#gemeenten=gent,aalst), so that it can be shared, reloaded and walked back to, also from file://.
(function () {
  "use strict";
  const { element, folded, vergelijk: data } = window.lekp;
  const form = document.getElementById("vergelijk-kiezer");
  const result = document.getElementById("vergelijking");
  const status = document.getElementById("vergelijk-melding");
  const inputs = [...form.querySelectorAll("input")];
  const targets = data.doelen.flatMap(([, ofWerf]) => ofWerf);
  const siteTitle = document.title;
  const joined = new Intl.ListFormat("nl");
  let submitted = false;

  // One name as typed or as in an address: its municipality, and what there is to tell about it.
  function found(text) {
    const key = folded(text);
    const row = data.gemeenten.find(([slug, name]) => slug === text || folded(name) === key);
    if (row) return { row };
    const former = data.vroeger.find(([, name]) => folded(name) === key);
    if (former) {
      const now = data.gemeenten.find(([slug]) => slug === former[2]);
      return { row: now, note: `${former[1]} is nu deel van ${now[1]}.` };
    }
    const starts = data.gemeenten.filter(([, name]) => key && folded(name).startsWith(key));
    if (starts.length === 1) return { row: starts[0] };
    return { fault: `Geen gemeente met de naam \u201c${text}\u201d. Kies een naam uit de lijst.` };
  }

  function asked() {
    const place = location.hash.startsWith("#gemeenten=") ? location.hash.slice(1) : location.search;
    const text = new URLSearchParams(place).get("gemeenten") || "";
    return text.split(",").map((name) => name.trim()).filter(Boolean);
  }

  // What the page says of one municipality and one target.
  function cell([verdict, share, figure, pace, date]) {
    const lines = [
      ["compare-share", share && `${share} van het doel`],
      ["compare-figure", figure],
      ["compare-pace", pace && `tempo volstaat: ${pace}`],
      ["cell-note", date ? `peildatum ${date}` : "geen peildatum"],
    ];
    const word = element("strong", {}, data.oordelen[verdict]);
    const told = lines.filter(([, text]) => text).map(([look, text]) => element("span", { class: look }, text));
    return element("td", {}, element("span", { class: `merk merk-${verdict}` }, word), ...told);
  }

  function head(scope, text, path) {
    return element("th", { scope }, element("a", { href: `../${path}` }, text));
  }

  function line(target, rows) {
    const cells = rows.map((row) => cell(row[3][targets.indexOf(target)]));
    return element("tr", {}, head("row", ...target), ...cells);
  }

  function table(rows, caption) {
    const places = rows.map(([, name, path]) => head("col", name, path));
    const bodies = data.doelen.map(([werf, ofWerf]) => {
      const group = element("th", { scope: "rowgroup", colspan: rows.length + 1 }, werf);
      return element("tbody", {}, element("tr", { class: "groep" }, group), ...ofWerf.map((target) => line(target, rows)));
    });
    const made = element("table", { class: "lekp compare-table" },
      element("caption", {}, element("span", {}, caption)),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Doel"), ...places)),
      ...bodies);
    return element("div", { class: "tabelkader", role: "group", "aria-label": caption, tabindex: 0 }, made);
  }

  function address() {
    const shown = element("input", { id: "vergelijk-adres", readonly: "", value: location.href });
    const print = element("button", { type: "button" }, "Druk af");
    const label = element("label", { for: "vergelijk-adres" }, "Adres van deze vergelijking");
    shown.addEventListener("focus", () => shown.select());
    print.addEventListener("click", () => window.print());
    return element("p", { class: "compare-address compare-buttons" }, label, shown, print);
  }

  function draw(rows, notes) {
    const chosen = joined.format(rows.map(([, name]) => name));
    result.replaceChildren(
      element("h2", { id: "vergelijking-titel", tabindex: -1 }, chosen),
      ...notes.map((note) => element("p", { class: "small" }, note)),
      address(),
      element("div", {}, table(rows, `De 17 doelen in ${chosen}`)),
    );
    document.title = `${chosen}: ${siteTitle}`;
  }

  // Fills form and table from the address: the only place where the choice is kept.
  function show(moveFocus) {
    const names = asked();
    const answers = inputs.map((_, number) => (names[number] ? found(names[number]) : {}));
    inputs.forEach((input, number) => {
      const { row, fault } = answers[number];
      input.value = row ? row[1] : names[number] || "";
      document.getElementById(`fout-${number + 1}`).textContent = fault || "";
      if (fault) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    });
    const rows = [...new Set(answers.map(({ row }) => row).filter(Boolean))];
    const notes = answers.map(({ note }) => note).filter(Boolean);
    if (names.length > inputs.length) {
      const beyond = joined.format(names.slice(inputs.length));
      notes.push(`Er is plaats voor ${inputs.length} gemeenten. Niet getoond: ${beyond}.`);
    }
    result.hidden = rows.length === 0;
    result.replaceChildren();
    document.body.classList.toggle("compares", rows.length > 0);
    document.title = siteTitle;
    if (rows.length) draw(rows, notes);
    const told = rows.length === 1 ? "1 gemeente getoond." : `${rows.length} gemeenten naast elkaar getoond.`;
    status.textContent = rows.length ? told : "";
    const wrong = inputs.find((_, number) => answers[number].fault);
    if (moveFocus) (wrong || result.firstChild)?.focus();
  }

  // Slugs in the address, so that it stays readable; a name that is not known stays as it was typed.
  function go(names) {
    const written = names.map((name) => {
      const { row, note } = found(name);
      return encodeURIComponent(row && !note ? row[0] : name.replaceAll(",", " "));
    });
    const wanted = `#gemeenten=${written.join(",")}`;
    submitted = location.hash !== wanted;
    if (submitted) location.hash = wanted;
    else show(true);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const names = inputs.map((input) => input.value.trim()).filter(Boolean);
    if (names.length) {
      go(names);
    } else {
      status.textContent = "Vul eerst een gemeente in.";
      inputs[0].focus();
    }
  });
  document.getElementById("vergelijk-wis").addEventListener("click", () => {
    location.hash = "#gemeenten=";
    show(false);
    inputs[0].focus();
  });
  window.addEventListener("hashchange", () => {
    show(submitted);
    submitted = false;
  });
  form.hidden = false;
  status.hidden = false;
  show(false);
})();
