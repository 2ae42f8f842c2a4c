"use strict";
(() => {
  const CHUNK = 100;
  const data = JSON.parse(document.getElementById("data").textContent);
  const text = data.texts;
  const SEVERITIES = ["critical", "high", "medium", "low"];
  const STATUSES = Object.keys(data.statuses);
  const FIELDS = ["id", "control", "title", "topic", "severity", "status", "party", "reason", "remedy", "action", "name",
    "type", "service", "workload", "path", "line", "accepted", "evidence"];
  const AT = Object.fromEntries(FIELDS.map((name, number) => [name, number]));
  const rows = data.findings;
  const $ = (id) => document.getElementById(id);
  const of = (row, field) => text[row[AT[field]]];

  const make = (name, properties, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(properties || {})) {
      if (key === "class") element.className = value; else element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  };

  const copied = async (code, button) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };
  const withCopy = (snippet) => {
    const button = make("button", { type: "button" }, "Copy");
    button.addEventListener("click", () => copied(snippet.querySelector("code"), button));
    snippet.append(button);
    return snippet;
  };
  document.querySelectorAll(".snippet").forEach(withCopy);

  const wanted = { status: new Set(["fail"]), severity: new Set(SEVERITIES), topic: "", service: "", party: "", text: "" };
  const hay = [];
  const haystack = (number) => {
    if (hay[number] === undefined) {
      const row = rows[number];
      hay[number] = ["control", "title", "name", "path", "reason", "type", "id"].map((field) => of(row, field)).join("\n").toLowerCase();
    }
    return hay[number];
  };
  const matches = (row, number, words) =>
    (!wanted.topic || of(row, "topic") === wanted.topic) && (!wanted.service || of(row, "service") === wanted.service) &&
    (!wanted.party || of(row, "party") === wanted.party) && words.every((word) => haystack(number).includes(word));

  let found = [];
  let shown = 0;

  const spot = (path, line) => make("code", { class: "spot" }, `${path}:${line}`);
  const fill = (body, row) => {
    const [prose, ...lines] = of(row, "remedy").split("\n");
    body.append(make("p", { class: "reason" }, of(row, "reason")));
    const places = make("ul", { class: "places" });
    for (const [path, line, field, value] of row[AT.evidence]) {
      const what = make("span", {});
      if (text[field]) what.append(make("b", {}, text[field]), ": ");
      what.append(text[value]);
      places.append(make("li", {}, spot(text[path], line), what));
    }
    if (!places.children.length) places.append(make("li", {}, spot(of(row, "path"), row[AT.line])));
    body.append(places);
    if (of(row, "accepted")) body.append(make("p", { class: "note" }, `Accepted: ${of(row, "accepted")}`));
    if (of(row, "status") === "fail" || of(row, "status") === "unknown") {
      body.append(make("p", { class: "do" }, prose));
      if (lines.length) body.append(withCopy(make("div", { class: "snippet" }, make("pre", {}, make("code", {}, lines.join("\n"))))));
    }
    const facts = make("dl", { class: "facts" });
    const fact = (name, ...value) => facts.append(make("div", {}, make("dt", {}, name), make("dd", {}, ...value)));
    fact("Whose", make("span", { class: `party ${of(row, "party")}` }, data.parties[of(row, "party")] || of(row, "party")));
    if (of(row, "action")) fact("To apply", of(row, "action"));
    if (of(row, "workload")) fact("Workload", of(row, "workload"));
    fact("Subject", `${of(row, "type")} ${of(row, "name")}`);
    fact("Control", make("a", { href: `#control-${of(row, "control")}` }, of(row, "control")));
    fact("Finding", make("code", {}, of(row, "id")));
    body.append(facts);
  };
  const entry = (row) => {
    const status = of(row, "status");
    const label = status === "fail" ? of(row, "severity") : data.statuses[status];
    const card = make("details", { class: "card" },
      make("summary", {},
        make("span", { class: `badge ${status === "fail" ? of(row, "severity") : status}` }, label),
        make("span", { class: "what" }, of(row, "title")),
        make("span", { class: "about" }, of(row, "name")),
        make("span", { class: "count" }, `${of(row, "path").split("/").pop()}:${row[AT.line]}`)));
    card.addEventListener("toggle", () => {
      if (card.open && card.children.length === 1) {
        const body = make("div", { class: "body" });
        fill(body, row);
        card.append(body);
      }
    });
    return card;
  };
  const more = () => {
    const part = document.createDocumentFragment();
    for (const number of found.slice(shown, shown + CHUNK)) part.append(entry(rows[number]));
    shown = Math.min(found.length, shown + CHUNK);
    $("list").append(part);
    $("next").hidden = shown >= found.length;
    const said = (n) => n.toLocaleString("en");
    $("shown").textContent = found.length ? `${said(found.length)} of ${said(rows.length)} findings, ${said(shown)} shown` : "No finding matches.";
  };
  const apply = () => {
    const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
    found = [];
    const counts = { status: {}, severity: {} };
    rows.forEach((row, number) => {
      if (!matches(row, number, words)) return;
      const [status, severity] = [of(row, "status"), of(row, "severity")];
      if (wanted.severity.has(severity)) counts.status[status] = (counts.status[status] || 0) + 1;
      if (wanted.status.has(status)) counts.severity[severity] = (counts.severity[severity] || 0) + 1;
      if (wanted.status.has(status) && wanted.severity.has(severity)) found.push(number);
    });
    for (const field of ["status", "severity"]) {
      for (const button of $(`by-${field}`).children) {
        button.lastElementChild.textContent = (counts[field][button.dataset.value] || 0).toLocaleString("en");
      }
    }
    shown = 0;
    $("list").replaceChildren();
    more();
  };

  const counted = (field) => {
    const counts = new Map();
    for (const row of rows) counts.set(of(row, field), (counts.get(of(row, field)) || 0) + 1);
    return counts;
  };
  const chips = (field, values, labels) => {
    for (const value of values) {
      const button = make("button", { type: "button", "data-value": value }, `${labels[value] || value} `, make("small", {}));
      button.addEventListener("click", () => {
        if (!wanted[field].delete(value)) wanted[field].add(value);
        press();
        apply();
      });
      $(`by-${field}`).append(button);
    }
  };
  const press = () => {
    for (const field of ["status", "severity"]) {
      for (const button of $(`by-${field}`).children) button.setAttribute("aria-pressed", wanted[field].has(button.dataset.value));
    }
  };
  const options = (field, labels) => {
    const select = $(`by-${field}`);
    select.append(make("option", { value: "" }, "all"));
    for (const [value, count] of [...counted(field)].sort()) {
      if (value) select.append(make("option", { value }, `${labels[value] || value} (${count.toLocaleString("en")})`));
    }
    select.addEventListener("change", () => { wanted[field] = select.value; apply(); });
  };
  chips("status", STATUSES, data.statuses);
  chips("severity", SEVERITIES, {});
  options("topic", {});
  options("service", {});
  options("party", data.parties);
  let waiting;
  $("by-text").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { wanted.text = $("by-text").value; apply(); }, 150);
  });
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("reset", () => {
    Object.assign(wanted, { status: new Set(["fail"]), severity: new Set(SEVERITIES), topic: "", service: "", party: "", text: "" });
    press();
    apply();
  });
  $("next").addEventListener("click", more);
  $("filters").hidden = false;
  press();
  apply();

  const opened = () => {
    const target = location.hash.length > 1 && $(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", opened);
  opened();
  let wasClosed = [];
  addEventListener("beforeprint", () => {
    wasClosed = [...document.querySelectorAll("#half details:not([open])")];
    wasClosed.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => wasClosed.forEach((details) => { details.open = false; }));

  const why = $("why");
  const explain = (cell) => {
    const column = data.cells[cell.dataset.column];
    const [party, reason, action, candidates, sources] = column.cells[cell.dataset.layer];
    const close = make("button", { type: "button" }, "Close");
    close.addEventListener("click", () => { why.hidden = true; cell.focus(); });
    const label = make("p", {}, make("span", { class: `party ${party}` }, data.parties[party] || party), " ",
      make("b", {}, `${cell.closest("tr").querySelector("th").textContent}, ${column.title}`));
    why.replaceChildren(close, label, make("p", {}, reason));
    if (action) why.append(make("p", {}, `To apply: ${action}`));
    if (candidates.length) why.append(make("p", {}, `It may be ${candidates.map((c) => data.parties[c] || c).join(" or ")}.`));
    for (const source of sources) {
      why.append(make("p", {}, /^https:\/\//.test(source) ? make("a", { href: source, rel: "noreferrer" }, source) : `Source: ${source}`));
    }
    const names = column.workloads.slice(0, 12).join(", ");
    why.append(make("p", {}, make("small", {}, `Workloads: ${names}${column.count > 12 ? ` and ${column.count - 12} more` : ""}`)));
    why.hidden = false;
  };
  for (const cell of document.querySelectorAll(".matrix td .party")) {
    const button = make("button", { type: "button", class: cell.className, "data-column": cell.dataset.column, "data-layer": cell.dataset.layer, title: cell.title }, cell.textContent);
    button.addEventListener("click", () => explain(button));
    cell.replaceWith(button);
  }
})();
