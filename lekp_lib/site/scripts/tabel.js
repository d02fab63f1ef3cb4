// Sorts grids, and sorts and filters the table of all municipalities. Without it both are alphabetical and whole.
// Municipalities without a figure, and those for whom the target does not hold, stay at the end in that table.
(function () {
  "use strict";
  const { element, folded } = window.lekp;
  const collator = new Intl.Collator("nl", { sensitivity: "base", numeric: true });

  function tellOrder(heads, place, direction) {
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[place].setAttribute("aria-sort", direction);
  }

  // A grid by the verdict on one target, best first, equal ones by name: the class of a cell is m0 for the best.
  function order(select) {
    const grid = document.getElementById(select.dataset.rooster);
    const place = Number(select.value);
    const rank = (row) => (place ? Number(row.cells[place].className.slice(1)) : 0);
    const name = (row) => row.cells[0].textContent;
    tellOrder([...grid.tHead.rows[0].cells], place, "ascending");
    const rows = [...grid.tBodies[0].rows];
    grid.tBodies[0].append(
      ...rows.sort((one, other) => rank(one) - rank(other) || collator.compare(name(one), name(other))),
    );
  }
  document.querySelectorAll("select[data-rooster]").forEach((select) => {
    select.parentNode.hidden = false;
    select.value = "";
    select.addEventListener("change", () => order(select));
  });

  const table = document.getElementById("gemeenten-tabel");
  if (!table) return;
  const form = document.getElementById("tabel-filter");
  const status = document.getElementById("tabel-melding");
  const bodies = [...table.tBodies].map((body) => ({ body, rows: [...body.querySelectorAll("[data-nis]")] }));
  const heads = [...table.tHead.rows[0].cells];

  function byName(one, other) {
    return collator.compare(one.dataset.name, other.dataset.name);
  }

  // A cell without a key is at the end in both directions: a missing value is not the lowest one.
  function compare(one, other, place, turn) {
    const [a, b] = [one, other].map((row) => row.cells[place].dataset.key ?? "");
    if (a === "" || b === "") return (a === "") - (b === "");
    return turn * (heads[place].dataset.sort === "number" ? Number(a) - Number(b) : collator.compare(a, b));
  }

  function sort(place) {
    const turn = heads[place].getAttribute("aria-sort") === "ascending" ? -1 : 1;
    tellOrder(heads, place, turn === 1 ? "ascending" : "descending");
    bodies.forEach(({ body, rows }) => {
      const fixed = body.hasAttribute("data-fixed");
      rows.sort((one, other) => {
        if (place === 0) return turn * byName(one, other);
        return (!fixed && compare(one, other, place, turn)) || byName(one, other);
      });
      body.append(...rows);
    });
  }

  function filter() {
    const name = folded(document.getElementById("filter-naam").value);
    const province = document.getElementById("filter-provincie").value;
    const verdict = document.getElementById("filter-oordeel").value;
    bodies.forEach(({ body, rows }) => {
      rows.forEach((row) => {
        const { name: own, province: there, verdict: judged } = row.dataset;
        const fits = (!province || there === province) && (!verdict || judged === verdict);
        row.hidden = !fits || !folded(own).includes(name);
      });
      body.hidden = rows.every((row) => row.hidden);
    });
    const all = bodies.flatMap(({ rows }) => rows);
    const shown = all.filter((row) => !row.hidden).length;
    const told = `De tabel toont ${shown} van de ${all.length} gemeenten.`;
    status.textContent = shown ? told : "Geen enkele gemeente past bij deze keuze.";
  }

  heads.forEach((head, place) => {
    const button = element("button", { type: "button", class: "sort" }, head.textContent);
    button.addEventListener("click", () => sort(place));
    head.replaceChildren(button);
  });
  tellOrder(heads, 0, "ascending");
  form.hidden = false;
  status.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => window.setTimeout(filter, 0));
  filter();
})();
