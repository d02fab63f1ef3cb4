// Sorts grids, and sorts and filters the table of all municipalities. Without it both are alphabetical and whole.
// Municipalities without a figure, and those for whom the target does not hold, stay at the end in that table.
(function () {
  "use strict";
  // A grid by the verdict on one target, best first, equal ones by name: the class of a cell is m0 for the best.
  function order(select) {
    var body = document.getElementById(select.dataset.rooster).tBodies[0], place = Number(select.value);
    var heads = body.parentNode.tHead.rows[0].cells, names = new Intl.Collator("nl", { sensitivity: "base" });
    Array.prototype.forEach.call(heads, function (head) { head.removeAttribute("aria-sort"); });
    heads[place].setAttribute("aria-sort", "ascending");
    Array.prototype.slice.call(body.rows).sort(function (one, other) {
      var first = names.compare(one.cells[0].textContent, other.cells[0].textContent);
      return place ? one.cells[place].className.slice(1) - other.cells[place].className.slice(1) || first : first;
    }).forEach(function (row) { body.appendChild(row); });
  }
  document.querySelectorAll("select[data-rooster]").forEach(function (select) {
    select.parentNode.hidden = false;
    select.value = "";
    select.addEventListener("change", function () { order(select); });
  });
})();

(function () {
  "use strict";
  var table = document.getElementById("gemeenten-tabel");
  var form = document.getElementById("tabel-filter");
  var status = document.getElementById("tabel-melding");
  if (!table || !form || !status) { return; }
  var bodies = Array.prototype.slice.call(table.tBodies);
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
  var collator = new Intl.Collator("nl", { sensitivity: "base", numeric: true });

  // Accents, hyphens, apostrophes and capitals make no difference.
  function folded(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
  }

  function rowsOf(body) {
    return Array.prototype.filter.call(body.rows, function (row) { return row.dataset.nis; });
  }

  function key(row, place) {
    if (place === 0) { return row.dataset.name; }
    var cell = row.cells[place];
    return cell.dataset.key === undefined ? (heads[place].dataset.sort === "text" ? cell.textContent : "") : cell.dataset.key;
  }

  // A cell without a key is at the end in both directions: a missing value is not the lowest one.
  function compare(one, other, place, kind, turn) {
    var a = key(one, place), b = key(other, place);
    if (a === "" || b === "") { return (a === "" ? 1 : 0) - (b === "" ? 1 : 0); }
    return turn * (kind === "number" ? Number(a) - Number(b) : collator.compare(a, b));
  }

  function byName(one, other) { return collator.compare(one.dataset.name, other.dataset.name); }

  function sort(place) {
    var head = heads[place], kind = head.dataset.sort;
    var turn = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", turn === 1 ? "ascending" : "descending");
    bodies.forEach(function (body) {
      var fixed = body.hasAttribute("data-fixed") && place !== 0;
      rowsOf(body).sort(function (one, other) {
        return fixed ? byName(one, other) : compare(one, other, place, kind, turn) || byName(one, other);
      }).forEach(function (row) { body.appendChild(row); });
    });
  }

  function filter() {
    var name = folded(document.getElementById("filter-naam").value);
    var province = document.getElementById("filter-provincie").value;
    var verdict = document.getElementById("filter-oordeel").value;
    var shown = 0, all = 0;
    bodies.forEach(function (body) {
      var here = 0;
      rowsOf(body).forEach(function (row) {
        var fits = folded(row.dataset.name).indexOf(name) !== -1 &&
          (!province || row.dataset.province === province) && (!verdict || row.dataset.verdict === verdict);
        row.hidden = !fits;
        here += fits ? 1 : 0;
        all += 1;
      });
      body.hidden = here === 0;
      shown += here;
    });
    status.textContent = shown === 0 ? "Geen enkele gemeente past bij deze keuze."
      : "De tabel toont " + shown + " van de " + all + " gemeenten.";
  }

  heads.forEach(function (head, place) {
    if (!head.dataset.sort) { return; }
    var button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("click", function () { sort(place); });
  });
  heads[0].setAttribute("aria-sort", "ascending");
  form.hidden = false;
  status.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { window.setTimeout(filter, 0); });
  filter();
})();
