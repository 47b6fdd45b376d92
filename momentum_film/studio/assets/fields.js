// The fields of a form, one for each kind of single value that a JSON Schema knows. Each is made of
// {made: its element, mark: shows what is wrong, show: shows a value}.
"use strict";

const Fields = (() => {
  const { element } = Talk;
  const form = document.getElementById("form");
  // What the fields are of: the file's values, and who is told of a change of them.
  const desk = { values: {}, change: () => {} };
  let gestures = 0;

  const key = (path) => JSON.stringify(path);
  const id = (path) => `f-${path.join("-")}`;
  const at = (values, path) => path.reduce((place, step) => place?.[step], values);
  const isTable = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  // Where a value may lie, in words; an end so far away that nobody comes near it is not said.
  function range(kind) {
    const is = (end) => end !== undefined && Math.abs(end) < 1e6;
    const [low, high] = [kind.minimum ?? kind.exclusiveMinimum, kind.maximum ?? kind.exclusiveMaximum];
    const isOpen = kind.exclusiveMinimum !== undefined;
    const isTiny = low > 0 && low < 1e-6; // which nobody tells from 0
    const least = isOpen || isTiny ? `above ${isTiny ? 0 : Chart.written(low ?? 0)}` : `${Chart.written(low ?? 0)} or more`;
    const most = kind.exclusiveMaximum === undefined ? `at most ${Chart.written(high ?? 0)}` : `below ${Chart.written(high ?? 0)}`;
    return [is(low) && least, is(high) && most].filter(Boolean).join(", ");
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
    if (value !== "" || at(desk.values, path) !== undefined) {
      desk.change([edit], gesture ?? `${key(path)} ${gestures}`);
    }
  }

  function row(path, kind, isRequired, input, more = []) {
    const name = String(path.at(-1)).replaceAll("_", " ");
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
    const unsaid = input.placeholder;
    const show = (value) => {
      const isNumbers = isTable(value); // where a file's name may stand, too
      input.placeholder = isNumbers ? "numbers, in the text" : unsaid;
      input.show(isNumbers ? "" : value);
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
    const now = Number(at(desk.values, path)) || 0.1;
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

  // What makes a field of a kind; a value of another shape is left to the text.
  function maker(kind, value) {
    const options = kind.anyOf ?? kind.oneOf ?? [];
    const isObject = value !== null && typeof value === "object";
    if (isObject && !options.length && !(Array.isArray(value) && isList(kind))) {
      return elsewhere;
    }
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
    const table = options.find((one) => one.properties && Object.values(one.properties).every(isPlain));
    if (table && isTable(value)) {
      return (path, whole, isRequired) => small(path, whole, isRequired, table);
    }
    const simple = options.find(isPlain);
    if (simple && (!isObject || simple.type === "string")) {
      return (path, whole, isRequired) => single(path, { ...simple, ...whole }, isRequired);
    }
    return elsewhere;
  }

  return { desk, key, id, at, isTable, row, maker };
})();
