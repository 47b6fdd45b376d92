// A form of any JSON Schema that is made of tables, variants of tables, and lists of these. What it
// does not know is left to the text.
"use strict";

const Form = (() => {
  const { element } = Talk;
  const { desk, key, id, at, isTable, row, maker } = Fields;
  const form = document.getElementById("form");
  let about = null;
  let shape = "";
  let last = null; // what was shown
  let fields = new Map(); // path as JSON -> how to show a value and a problem there

  // --- schemas ---------------------------------------------------------------------------------

  // The key whose word decides between variants: the one that is a single word in each of them.
  const selector = (variants) =>
    Object.keys(variants[0].properties).find((name) =>
      variants.every((one) => one.properties[name]?.enum?.length === 1),
    );

  function chosen(variants, value) {
    const name = selector(variants);
    const own = (one) => one.properties[name].enum[0];
    const implied = (one) => !one.required.includes(name) && one.required.some((k) => k in value);
    return variants.find((one) => own(one) === value?.[name]) ?? variants.find((one) => value && implied(one));
  }

  function field(path, kind, isRequired) {
    const { made, mark, show } = maker(kind, at(desk.values, path))(path, kind, isRequired);
    fields.set(key(path), { mark, show });
    return made;
  }

  // --- tables ----------------------------------------------------------------------------------

  function part(title, path, children, tools = []) {
    const said = element("p", { class: "said" });
    const holder = element("div", { class: "field wrong" }, said);
    fields.set(key(path), { show() {}, mark: (problem) => { said.textContent = problem; holder.hidden = !problem; } });
    const head = element("div", { class: "head" }, element("h2", { class: "title" }, ...title), element("div", { class: "tools" }, ...tools));
    return element("section", { class: "part", "aria-label": title.at(-1).textContent ?? title.at(-1) }, head, holder, ...children);
  }

  const tableFields = (table, path, apart = []) =>
    Object.entries(table.properties)
      .filter(([name]) => !apart.includes(name))
      .map(([name, kind]) => field([...path, name], kind, table.required.includes(name)));

  function variantSelect(variants, path, chooses) {
    const name = selector(variants);
    const words = variants.map((one) => one.properties[name].enum[0]);
    const table = chosen(variants, at(desk.values, path));
    const kind = { ...variants[0].properties[name], enum: words };
    const input = element("select", { id: id([...path, name]) }, ...words.map((w) => element("option", { value: w }, w)));
    input.addEventListener("change", () => chooses(variants[words.indexOf(input.value)], input.value));
    const { made, mark } = row([...path, name], kind, true, input);
    const own = table?.properties[name].enum[0];
    fields.set(key([...path, name]), { mark, show: () => (input.value = own ?? "") });
    return { made, table, name };
  }

  // A run of one's own as long as there is no file of it: a few steps from where the others begin.
  function someSteps() {
    const start = at(desk.values, ["start"]) ?? [1, 1];
    const on = (share) => [0, 1].map((k) => Number((share * Number(start[k])).toPrecision(12)));
    return { points: [1, 0.9, 0.8, 0.7].map(on) };
  }

  // The edits that turn a table into another variant, which is right at once: what both have stays.
  function turned(table, path, value, word, name) {
    const samples = about.samples[word];
    const edits = Object.keys(value)
      .filter((k) => !(k in table.properties))
      .map((k) => ({ kind: "remove", path: [...path, k] }));
    edits.push({ kind: "set", path: [...path, name], value: word });
    for (const needed of table.required) {
      if (needed !== name && (!(needed in value) || isTable(samples[needed]))) {
        const isRun = samples[needed].points?.length === 0;
        edits.push({ kind: "set", path: [...path, needed], value: isRun ? someSteps() : samples[needed] });
      }
    }
    return edits;
  }

  function landscape(variants, path) {
    const choose = (table, word) => {
      const value = at(desk.values, path) ?? {};
      const fresh = Object.keys(value).filter((k) => k in table.properties && k !== selector(variants) && !table.required.includes(k));
      const edits = turned(table, path, value, word, selector(variants));
      edits.push(...fresh.map((k) => ({ kind: "remove", path: [...path, k] })));
      if (about.starts[word]) {
        edits.push({ kind: "set", path: ["start"], value: about.starts[word] });
      }
      const isBatched = at(desk.values, ["noise", "batch"]) !== undefined; // of samples that were there
      for (const gone of ["map", "threshold", ...(isBatched ? ["noise"] : [])]) {
        if (gone in desk.values) {
          edits.push({ kind: "remove", path: [gone] });
        }
      }
      desk.change(edits, "");
    };
    const { made, table, name } = variantSelect(variants, path, choose);
    return part([path.at(-1)], path, [made, ...(table ? tableFields(table, path, [name]) : [])]);
  }

  function contenders(kind, path) {
    const count = at(desk.values, path)?.length ?? 0;
    const made = Array.from({ length: count }, (_, k) => contender(kind, [...path, k], k, count));
    const add = element("button", { type: "button", class: "add", id: "add-contender" }, "Add a contender");
    add.disabled = count >= kind.maxItems;
    add.addEventListener("click", () => {
      const values = at(desk.values, path) ?? []; // as they are by now
      const copy = Object.fromEntries(Object.entries(values.at(-1) ?? {}).filter(([k]) => k !== "label" && k !== "baseline"));
      const fresh = "beta" in copy ? { ...copy, beta: 0.5 } : copy;
      desk.change([{ kind: "insert", path: [...path, values.length], value: fresh }], "");
    });
    return element("div", {}, ...made, add);
  }

  function contender(kind, path, k, count) {
    const variants = kind.items.oneOf;
    const button = (text, label, edit, disabled) => {
      const made = element("button", { type: "button", "aria-label": `${label} contender ${k + 1}` }, text);
      made.disabled = disabled;
      made.addEventListener("click", () => desk.change([edit], ""));
      return made;
    };
    const tools = [
      button("↑", "Move up", { kind: "move", path, value: k - 1 }, k === 0),
      button("↓", "Move down", { kind: "move", path, value: k + 1 }, k === count - 1),
      button("×", "Remove", { kind: "remove", path }, count === 1),
    ];
    const choose = (table, word) => desk.change(turned(table, path, at(desk.values, path), word, selector(variants)), "");
    const { made, table, name } = variantSelect(variants, path, choose);
    const marker = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    marker.setAttribute("class", `marker contender-${k}`);
    marker.setAttribute("width", 16);
    marker.setAttribute("height", 16);
    marker.setAttribute("aria-hidden", "true");
    marker.append(Chart.element("use", { href: `#contender-${k}` }));
    const title = [marker, element("span", { class: "name" }, `Contender ${k + 1}`)];
    return part(title, path, [made, ...(table ? tableFields(table, path, [name]) : [])], tools);
  }

  // --- the whole -------------------------------------------------------------------------------

  // What decides which fields there are; as long as it is the same they are only filled anew.
  function signature(values) {
    const deciding = new Set(["name", "optimizer", "formula"]);
    const kind = (value, name) =>
      Array.isArray(value) ? value.map((one) => kind(one))
      : isTable(value) ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, kind(v, k)]).filter(([, v]) => v))
      : deciding.has(name) ? (name === "formula" ? 1 : value)
      : typeof value === "object" ? 1 : 0;
    return JSON.stringify(kind(values));
  }

  function build() {
    const { properties, required } = about.schema;
    fields = new Map();
    const plain = [];
    const parts = [];
    for (const [name, kind] of Object.entries(properties)) {
      if (kind.oneOf) {
        parts.push(landscape(kind.oneOf, [name]));
      } else if (kind.items?.oneOf) {
        parts.push(contenders(kind, [name]));
      } else if (kind.properties) {
        parts.push(part([name], [name], tableFields(kind, [name])));
      } else {
        plain.push(field([name], kind, required.includes(name)));
      }
    }
    form.replaceChildren(part(["The experiment"], [], plain), ...parts);
  }

  // Who types in a field goes on there when it was made anew.
  function focusKept() {
    const { id: focused, selectionStart: from, selectionEnd: to } = document.activeElement ?? {};
    return () => {
      const again = focused && document.getElementById(focused);
      if (again && form.contains(again) && again !== document.activeElement) {
        again.focus();
        if (typeof from === "number") {
          again.setSelectionRange(from, to);
        }
      }
    };
  }

  function applied(values, edits) {
    const copy = structuredClone(values);
    for (const { kind, path, value } of edits) {
      const step = path.at(-1);
      const place = path.slice(0, -1).reduce((table, name) => (table[name] ??= {}), copy);
      if (kind === "set") {
        place[step] = value;
      } else if (kind === "insert") {
        place.splice(step, 0, value);
      } else if (kind === "move") {
        place.splice(value, 0, ...place.splice(step, 1));
      } else if (Array.isArray(place)) {
        place.splice(step, 1);
      } else {
        delete place[step];
      }
    }
    return copy;
  }

  function show(told) {
    last = told;
    form.inert = !told.is_toml; // what the text said last stays in sight
    if (!told.values) {
      return;
    }
    desk.values = told.values;
    const now = signature(told.values);
    const keepFocus = focusKept();
    if (now !== shape) {
      shape = now;
      build();
    }
    const problems = new Map();
    for (const { path, text } of told.problems) {
      let near = path;
      while (near.length && !fields.has(key(near))) {
        near = near.slice(0, -1);
      }
      problems.set(key(near), [...(problems.get(key(near)) ?? []), text]);
    }
    for (const [name, one] of fields) {
      one.mark((problems.get(name) ?? []).join("; "));
      one.show(at(told.values, JSON.parse(name)));
    }
    keepFocus();
    (told.view?.runs ?? []).forEach(({ label }, k) => {
      document.getElementById(id(["contenders", k, "label"]))?.setAttribute("placeholder", label);
    });
  }

  function begin(known, changed) {
    about = known;
    // The form does not wait for Python: who changes two things in a row changes what there is.
    desk.change = (edits, gesture) => {
      desk.values = applied(desk.values, edits);
      changed(edits, gesture);
      if (signature(desk.values) !== shape) {
        show({ ...last, values: desk.values });
      }
    };
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  return { begin, show };
})();
