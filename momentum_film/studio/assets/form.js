// A form of any JSON Schema that is made of tables, variants of tables, and lists of these. What it
// does not know is left to the text.
"use strict";

const Form = (() => {
  const { element } = Talk;
  const form = document.getElementById("form");
  let about = null;
  let change = () => {};
  let shape = "";
  let fields = new Map(); // path as JSON -> how to show a value and a problem there
  let gestures = 0;

  const key = (path) => JSON.stringify(path);
  const id = (path) => `f-${path.join("-")}`;
  const at = (values, path) => path.reduce((place, step) => place?.[step], values);
  const isTable = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

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

  function range(kind) {
    const low = kind.minimum ?? kind.exclusiveMinimum;
    const high = kind.maximum ?? kind.exclusiveMaximum;
    if (low === undefined || high === undefined || Math.abs(high) > 1e15) {
      return "";
    }
    const left = kind.exclusiveMinimum === undefined ? "[" : "(";
    const right = kind.exclusiveMaximum === undefined ? "]" : ")";
    return `${left}${Chart.written(low)}, ${Chart.written(high)}${right}`;
  }

  function explained(kind, isRequired) {
    const item = kind.items?.items ?? kind.items ?? kind;
    const parts = [kind.description, range(item)];
    if (kind.default !== undefined) {
      parts.push(`else ${written(kind.default)}`);
    } else if (!isRequired) {
      parts.push("may be left out");
    }
    return parts.filter(Boolean).join("; ");
  }

  const written = (value) => (typeof value === "string" ? value : JSON.stringify(value));

  // What somebody typed: a number where it is one, else the text, of which Python says what is wrong.
  function typed(text) {
    const plain = text.trim().replace("−", "-").replace(/^\./, "0.");
    return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : text.trim();
  }

  // --- one value -------------------------------------------------------------------------------

  function send(path, value, gesture) {
    const edit = value === "" ? { kind: "remove", path } : { kind: "set", path, value };
    if (value !== "" || at(state.values, path) !== undefined) {
      change([edit], gesture ?? `${key(path)} ${gestures}`);
    }
  }

  let state = { values: {} };

  function row(path, kind, isRequired, input, more = []) {
    const name = String(path.at(-1)).replaceAll("_", "_\u200b");
    const said = element("p", { class: "said", id: `${id(path)}-said` }, explained(kind, isRequired));
    const isGroup = input.classList.contains("many") || input.classList.contains("elsewhere");
    const label = isGroup
      ? element("span", { class: "label", id: `${id(path)}-label` }, name)
      : element("label", { for: id(path) }, name);
    if (isGroup) {
      input.setAttribute("role", "group");
      input.setAttribute("aria-labelledby", `${id(path)}-label`);
    }
    const made = element("div", { class: "field" }, label, input, ...more, said);
    const plain = said.textContent;
    const inputs = input.matches("input, select") ? [input] : [...input.querySelectorAll("input")];
    for (const one of inputs) {
      one.setAttribute("aria-describedby", said.id);
    }
    const mark = (problem) => {
      made.classList.toggle("wrong", Boolean(problem));
      said.textContent = problem || plain;
      for (const one of inputs) {
        one.setAttribute("aria-invalid", String(Boolean(problem)));
      }
    };
    return { made, mark };
  }

  function box(path, read, show, attributes = {}) {
    const input = element("input", { id: id(path), type: "text", autocomplete: "off", ...attributes });
    input.addEventListener("focus", () => (gestures += 1));
    input.addEventListener("input", () => read(input.value));
    input.show = (value) => {
      const isTyping = document.activeElement === input;
      if (!isTyping || String(typed(input.value)) !== String(value ?? "").trim()) {
        input.value = show(value);
      }
    };
    return input;
  }

  const number = (value) => (value === undefined || value === null ? "" : String(value));

  function single(path, kind, isRequired) {
    const isText = kind.type === "string";
    const input = box(path, (text) => send(path, isText ? text : typed(text)), number, {
      inputmode: isText ? "text" : "decimal",
      placeholder: kind.default === undefined ? "" : written(kind.default),
    });
    const slider = isText ? null : sliderFor(path, kind);
    const { made, mark } = row(path, kind, isRequired, input, slider ? [slider] : []);
    made.classList.toggle("share", kind.exclusiveMaximum === 1);
    const show = (value) => {
      input.show(value);
      slider?.show(value ?? kind.default);
    };
    return { made, mark, show };
  }

  // Shares go from 0 to 1; what is above zero and has no end nearby goes by factors.
  function sliderFor(path, kind) {
    const isShare = kind.minimum === 0 && kind.exclusiveMaximum === 1;
    const isRate = path.at(-1) === "lr" && kind.type === "number";
    if (!isShare && !isRate) {
      return null;
    }
    const now = Number(at(state.values, path)) || 0.1;
    const [low, high] = [now / 20, now * 20];
    const slider = element("input", {
      type: "range", "aria-label": `${path.at(-1)}, slider`,
      min: 0, max: isShare ? 0.999 : 1000, step: isShare ? 0.001 : 1,
    });
    const value = () =>
      isShare ? Number(slider.value) : Number((low * (high / low) ** (slider.value / 1000)).toPrecision(3));
    slider.addEventListener("pointerdown", () => (gestures += 1));
    slider.addEventListener("input", () => {
      document.getElementById(id(path)).value = String(value());
      send(path, value());
    });
    slider.show = (shown) => {
      if (typeof shown === "number" && value() !== shown) {
        slider.value = isShare ? shown : (1000 * Math.log(shown / low)) / Math.log(high / low);
      }
    };
    return slider;
  }

  function flag(path, kind, isRequired) {
    const input = element("input", { id: id(path), type: "checkbox" });
    input.addEventListener("change", () => send(path, input.checked));
    const show = (value) => (input.checked = value ?? kind.default ?? false);
    return { ...row(path, kind, isRequired, input), show };
  }

  function choice(path, kind, isRequired) {
    const options = kind.enum.map((word) => element("option", { value: word }, word));
    const input = element("select", { id: id(path) }, ...options);
    input.addEventListener("change", () => send(path, input.value));
    const show = (value) => (input.value = value ?? kind.default ?? kind.enum[0]);
    return { ...row(path, kind, isRequired, input), show };
  }

  // Numbers in a list, or in a list of lists, all of a fixed length.
  function list(path, kind, isRequired) {
    const isNested = kind.items.type === "array";
    const inner = isNested ? kind.items.maxItems : 1;
    const places = Array.from({ length: kind.maxItems * inner }, (_, k) =>
      isNested ? [Math.floor(k / inner), k % inner] : [k],
    );
    const names = { "1": ["x", "y"], "2": ["x from", "x to", "y from", "y to"] };
    const inputs = places.map((place, k) =>
      box([...path, ...place], () => read(), number, {
        inputmode: "decimal",
        "aria-label": `${path.at(-1)}, ${names[isNested ? 2 : 1][k] ?? k + 1}`,
      }),
    );
    const group = element("div", { class: "many" }, ...inputs);
    const read = () => {
      const flat = inputs.map((input) => typed(input.value));
      if (flat.every((value) => value === "")) {
        send(path, "");
        return;
      }
      const rows = Array.from({ length: kind.maxItems }, (_, k) => flat.slice(k * inner, (k + 1) * inner));
      send(path, isNested ? rows : flat);
    };
    const show = (value) => {
      const was = kind.default;
      inputs.forEach((input, k) => {
        input.show(at(value, places[k]));
        input.placeholder = was ? String(at(was, places[k])) : "";
      });
    };
    return { ...row(path, kind, isRequired, group), show };
  }

  // A small table of numbers, where the file has one.
  function small(path, kind, isRequired, table) {
    const names = Object.keys(table.properties);
    const inputs = names.map((name) =>
      box([...path, name], (text) => send([...path, name], typed(text)), number, {
        inputmode: "decimal", "aria-label": `${path.at(-1)}, ${name}`,
      }),
    );
    const group = element("div", { class: "many three" }, ...inputs);
    const show = (value) => inputs.forEach((input, k) => input.show(value?.[names[k]]));
    return { ...row(path, kind, isRequired, group), show };
  }

  // What the form does not know: shown as it is, and changed in the text.
  function elsewhere(path, kind, isRequired) {
    const button = element("button", { type: "button" }, "In the text");
    const group = element("div", { class: "elsewhere" }, button);
    button.addEventListener("click", () => document.dispatchEvent(new CustomEvent("to-text", { detail: path })));
    const show = (value) => (button.textContent = value === undefined ? "In the text" : `In the text: ${written(value)}`.slice(0, 40));
    return { ...row(path, kind, isRequired, group), show };
  }

  const isPlain = (kind) => ["number", "integer", "string"].includes(kind.type);
  const isList = (kind) =>
    kind.type === "array" && kind.maxItems <= 4 && kind.minItems === kind.maxItems &&
    (isPlain(kind.items) || isList(kind.items));

  function maker(kind, value) {
    if (kind.enum) {
      return choice;
    }
    if (kind.type === "boolean") {
      return flag;
    }
    if (isPlain(kind)) {
      return single;
    }
    if (isList(kind)) {
      return list;
    }
    const options = kind.anyOf ?? kind.oneOf ?? [];
    const table = options.find((one) => one.properties && Object.values(one.properties).every(isPlain));
    if (table && isTable(value)) {
      return (path, whole, isRequired) => small(path, whole, isRequired, table);
    }
    const simple = options.find(isPlain);
    if (simple && !isTable(value) && !Array.isArray(value)) {
      return (path, whole, isRequired) => single(path, { ...simple, ...whole }, isRequired);
    }
    return elsewhere;
  }

  function field(path, kind, isRequired) {
    const { made, mark, show } = maker(kind, at(state.values, path))(path, kind, isRequired);
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

  function variantSelect(variants, path, value, chooses) {
    const name = selector(variants);
    const words = variants.map((one) => one.properties[name].enum[0]);
    const table = chosen(variants, value);
    const kind = { ...variants[0].properties[name], enum: words };
    const input = element("select", { id: id([...path, name]) }, ...words.map((w) => element("option", { value: w }, w)));
    input.addEventListener("change", () => chooses(variants[words.indexOf(input.value)], input.value));
    const { made, mark } = row([...path, name], kind, true, input);
    const own = table?.properties[name].enum[0];
    fields.set(key([...path, name]), { mark, show: () => (input.value = own ?? "") });
    return { made, table, name };
  }

  // The edits that turn a table into another variant: what both have stays.
  function turned(table, path, value, word, name) {
    const edits = Object.keys(value)
      .filter((k) => !(k in table.properties))
      .map((k) => ({ kind: "remove", path: [...path, k] }));
    edits.push({ kind: "set", path: [...path, name], value: word });
    for (const needed of table.required) {
      if (!(needed in value) && needed !== name && about.samples[needed] !== undefined) {
        edits.push({ kind: "set", path: [...path, needed], value: about.samples[needed] });
      }
    }
    return edits;
  }

  function landscape(variants, path) {
    const value = at(state.values, path) ?? {};
    const choose = (table, word) => {
      const fresh = Object.keys(value).filter((k) => k in table.properties && table.properties[k].default !== undefined);
      const edits = turned(table, path, value, word, selector(variants));
      edits.push(...fresh.map((k) => ({ kind: "remove", path: [...path, k] })));
      edits.push({ kind: "set", path: ["start"], value: about.starts[word] });
      for (const gone of ["map", "threshold"]) {
        if (gone in state.values) {
          edits.push({ kind: "remove", path: [gone] });
        }
      }
      change(edits, "");
    };
    const { made, table, name } = variantSelect(variants, path, value, choose);
    return part([path.at(-1)], path, [made, ...(table ? tableFields(table, path, [name]) : [])]);
  }

  function contenders(kind, path) {
    const values = at(state.values, path) ?? [];
    const made = values.map((value, k) => contender(kind, [...path, k], value, k, values.length));
    const add = element("button", { type: "button", class: "add", id: "add-contender" }, "Add a contender");
    add.disabled = values.length >= kind.maxItems;
    add.addEventListener("click", () => {
      const last = values.at(-1) ?? {};
      const copy = Object.fromEntries(Object.entries(last).filter(([k]) => k !== "label" && k !== "baseline"));
      const fresh = "beta" in copy ? { ...copy, beta: 0.5 } : copy;
      change([{ kind: "insert", path: [...path, values.length], value: fresh }], "");
    });
    return element("div", {}, ...made, add);
  }

  function contender(kind, path, value, k, count) {
    const variants = kind.items.oneOf;
    const button = (text, label, edit, disabled) => {
      const made = element("button", { type: "button", "aria-label": `${label} contender ${k + 1}` }, text);
      made.disabled = disabled;
      made.addEventListener("click", () => change([edit], ""));
      return made;
    };
    const tools = [
      button("↑", "Move up", { kind: "move", path, value: k - 1 }, k === 0),
      button("↓", "Move down", { kind: "move", path, value: k + 1 }, k === count - 1),
      button("×", "Remove", { kind: "remove", path }, count === 1),
    ];
    const choose = (table, word) => change(turned(table, path, value, word, selector(variants)), "");
    const { made, table, name } = variantSelect(variants, path, value, choose);
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
    const focused = document.activeElement?.id;
    form.replaceChildren(part(["The experiment"], [], plain), ...parts);
    if (focused && form.contains(document.getElementById(focused))) {
      document.getElementById(focused).focus();
    }
  }

  function show(told) {
    form.inert = !told.is_toml; // what the text said last stays in sight
    if (!told.values) {
      return;
    }
    state = { values: told.values };
    const now = signature(told.values);
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
    (told.view?.runs ?? []).forEach(({ label }, k) => {
      document.getElementById(id(["contenders", k, "label"]))?.setAttribute("placeholder", label);
    });
  }

  function begin(known, changed) {
    about = known;
    change = changed;
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  return { begin, show };
})();
