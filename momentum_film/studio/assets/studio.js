// The page as a whole: what is on the desk, and every way to change it.
"use strict";

(async () => {
  const part = (id) => document.getElementById(id);
  const main = document.querySelector("main");
  const toml = part("toml");
  const about = await Talk.get("about");
  let desk = await Talk.get("state");

  history.replaceState(null, "", location.pathname); // the token is in a cookie by now

  // --- changes: one on its way, the rest waiting, newer ones instead of older --------------------

  let sent = null; // the change that is on its way
  let waiting = [];
  let afterwards = []; // what is counted from what an undo brings back

  // A change of one gesture takes the place of the one before, if that still waits.
  function ask(content, gesture) {
    const same = gesture && waiting.at(-1)?.gesture === gesture;
    waiting = [...(same ? waiting.slice(0, -1) : waiting), { ...content, gesture }];
    pump();
  }

  async function pump() {
    if (sent || !waiting.length) {
      return;
    }
    const [next, ...rest] = waiting;
    [sent, waiting] = [next, rest];
    const told = await Talk.post("edit", { base: desk.revision, ...next });
    sent = null;
    if (told.status === 409) {
      const newest = await Talk.get("state");
      if (next.text === undefined) {
        waiting = [];
        take(newest, told.error);
      } else {
        desk.revision = newest.revision; // the other text is one step back in the history
        waiting = [next, ...waiting];
      }
    } else if (told.error) {
      notice(told.error);
      if (!told.lost) {
        take(await Talk.get("state"), told.error);
      }
    } else {
      take(told);
    }
    settled();
    pump();
  }

  // Do it now, or when every undo and redo is back.
  function settled(act) {
    afterwards.push(...(act ? [act] : []));
    if (![sent, ...waiting].some((one) => one?.step)) {
      afterwards.splice(0).forEach((one) => one());
    }
  }

  const edit = (edits, gesture) => {
    Stage.foresee(edits);
    ask({ edits }, gesture);
  };

  // --- what is on the desk -----------------------------------------------------------------------

  function take(told, said = "") {
    const isOther = told.text !== desk.text || said;
    desk = told;
    const isLast = !waiting.length;
    Stage.show(told, isLast);
    if (isLast) {
      Form.show(told);
      showText(told);
    }
    showFile(told);
    notice(said);
    if (isOther) {
      Film.changed();
    }
  }

  function notice(said) {
    part("notice").textContent = said;
  }

  function showText(told) {
    const plain = told.text.replaceAll("\r\n", "\n");
    if (toml.value !== plain && !(document.activeElement === toml && typing)) {
      toml.value = plain;
    }
    const lines = told.problems.map(({ path, text }) => {
      const place = path.slice(0, -1).map((step) => (typeof step === "number" ? step + 1 : step)).join(" ");
      return Talk.element("li", {}, place ? `${place}: ${text}` : text);
    });
    part("toml-problems").replaceChildren(...lines);
    toml.setAttribute("aria-invalid", String(told.problems.length > 0));
  }

  function showFile(told) {
    document.title = `${told.name} · Studio`;
    part("file-name").textContent = told.name;
    const count = told.problems.length;
    const wrong = count ? `not saved: ${count === 1 ? "one thing" : `${count} things`} to mend` : "";
    const own = told.is_saved ? "saved" : "not saved: the file cannot be written";
    const plain = told.path ? own : told.is_saved ? "example" : "draft: save it under a name";
    const many = told.has_sweep ? "; without its [sweep], which makes several films" : "";
    part("file-status").textContent = wrong || plain + many;
    part("file-status").classList.toggle("wrong", Boolean(wrong));
    part("undo").disabled = !told.can_undo;
    part("redo").disabled = !told.can_redo;
  }

  // --- the text ----------------------------------------------------------------------------------

  let typing = null;

  toml.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      typing = null;
      ask({ text: toml.value }, "text");
    }, 250);
  });

  document.addEventListener("to-text", ({ detail }) => {
    show("edit", "text");
    const name = detail.at(-1);
    const at = toml.value.search(new RegExp(`^\\s*"?${name}"?\\s*=|^\\[+${name}\\]`, "m"));
    toml.focus();
    if (at >= 0) {
      toml.setSelectionRange(at, at);
    }
  });

  // --- switches, keys, history ---------------------------------------------------------------------

  function show(what, value) {
    main.dataset[what] = value;
    for (const button of document.querySelectorAll(`.switch [data-${what}]`)) {
      button.ariaPressed = String(button.dataset[what] === value);
    }
  }

  for (const button of document.querySelectorAll(".switch button")) {
    const [what] = Object.keys(button.dataset);
    button.addEventListener("click", () => show(what, button.dataset[what]));
  }
  document.addEventListener("to-film", () => show("stage", "film"));
  part("play").addEventListener("click", () => show("stage", "film"));

  const step = (by) => ask({ step: by }, "");
  part("undo").addEventListener("click", () => step(-1));
  part("redo").addEventListener("click", () => step(1));
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) {
      return;
    }
    const pressed = event.key.toLowerCase();
    if (pressed === "z" || pressed === "y") {
      event.preventDefault();
      document.activeElement?.blur?.();
      step(pressed === "y" || event.shiftKey ? 1 : -1);
    } else if (pressed === "s") {
      event.preventDefault();
      if (!desk.path) {
        part("save-as").click();
      }
    }
  });

  // --- files ---------------------------------------------------------------------------------------

  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }

  part("save-as").addEventListener("click", () => {
    part("ask-name").value = desk.path ? "" : `my-${desk.name.replace(/\.toml$/, "")}`;
    part("ask-said").textContent = "It goes into the folder in which the studio was started.";
    part("ask").showModal();
  });
  part("ask-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = await Talk.post("save-as", { name: part("ask-name").value });
    if (told.error) {
      part("ask-said").textContent = told.error;
    } else {
      part("ask").close();
      take(told);
    }
  });

  part("open").append(...about.shipped.map((name) => Talk.element("option", { value: name }, name)));
  part("open").addEventListener("change", async () => {
    const name = part("open").value;
    part("open").value = "";
    const told = await Talk.post("open", { name });
    take(told.error ? await Talk.get("state") : told, told.error ?? "");
  });

  // --- handing over --------------------------------------------------------------------------------

  const ticked = () => [...part("formats").querySelectorAll("input:checked")].map((input) => input.value);
  const order = () => ({ ...Film.look(), formats: ticked() });

  part("formats").append(
    ...about.formats.map(({ name, about: said }) =>
      Talk.element("label", { for: `format-${name}` }, Talk.element("input", { type: "checkbox", id: `format-${name}`, value: name }), said.replace(/\.$/, "")),
    ),
  );

  async function showCommand() {
    const { quality, theme, aspect } = Film.look();
    part("desk-look").textContent = `${quality}, ${theme}, ${aspect}: as chosen for the film.`;
    const told = await Talk.post("command", order());
    part("line").value = told.command ?? told.error;
  }

  part("hand-over").addEventListener("click", () => {
    showCommand();
    part("desk").showModal();
  });
  part("formats").addEventListener("change", showCommand);
  part("copy").addEventListener("click", () => {
    part("line").select();
    navigator.clipboard?.writeText(part("line").value).catch(() => {});
  });
  part("make").addEventListener("click", async () => {
    const told = await Talk.post("make", order());
    part("work-text").textContent = told.error ?? "";
  });
  part("cancel").addEventListener("click", () => Talk.post("stop", {}));

  function showWork(work) {
    part("make").disabled = Boolean(work?.is_running);
    part("cancel").disabled = !work?.is_running;
    if (!work) {
      return;
    }
    part("work").max = work.total || 1;
    part("work").value = work.files.length ? work.total || 1 : work.drawn;
    const said = work.is_running ? `${work.drawn} of ${work.total} frames are drawn`
      : work.failure || (work.is_cancelled ? "Cancelled; finished chapters are kept" : `Done: ${work.folder}`);
    part("work-text").textContent = said;
    const film = work.folder.split(/[\\/]/).at(-1);
    const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
    part("files").replaceChildren(
      ...work.files.map(({ name, bytes }) =>
        Talk.element("li", {}, Talk.element("a", { href: `files/${encodeURIComponent(film)}/${encodeURIComponent(name)}`, target: "_blank", rel: "noopener" }, name), Talk.element("span", { class: "quiet" }, size(bytes))),
      ),
    );
  }

  // --- news ----------------------------------------------------------------------------------------

  let lastWork = "";

  async function heard(pulse) {
    Film.pulse(pulse);
    const work = JSON.stringify(pulse.work);
    if (work !== lastWork) {
      lastWork = work;
      showWork(pulse.work);
    }
    if (pulse.revision !== desk.revision && !sent && !waiting.length && !typing) {
      take(await Talk.get("state"));
    }
  }

  function lost() {
    setTimeout(async () => {
      try {
        await Talk.get("state");
        notice("");
      } catch {
        notice("The studio has ended. Start it again, and open the address that it prints; nothing is lost.");
      }
    }, 500);
  }

  Form.begin(about, edit);
  Stage.begin(edit, settled);
  Film.begin(about.looks);
  take(desk);
  show("edit", desk.is_toml ? "form" : "text");
  Film.changed(0);
  Talk.listen(heard, lost);
  // Seen when it is drawn, so that nothing moves any more.
  requestAnimationFrame(() => requestAnimationFrame(() => (document.body.dataset.ready = "true")));
})();
