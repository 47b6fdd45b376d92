// Between the page and its server: one change at a time, and news as they come.
"use strict";

const Talk = (() => {
  // What the server says to a change: its answer, or what is wrong with it in one line.
  async function post(address, content) {
    let answer;
    try {
      answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(content),
      });
    } catch {
      return { error: "The studio has ended. What you see is kept; start it again and reload.", lost: true };
    }
    const text = await answer.text();
    try {
      return { status: answer.status, ...JSON.parse(text) };
    } catch {
      return { status: answer.status, error: text.trim() };
    }
  }

  async function get(address) {
    const answer = await fetch(address);
    if (!answer.ok && answer.status !== 422) {
      throw new Error((await answer.text()).trim());
    }
    return answer.json();
  }

  // News while somebody looks: a browser has only so many lines to one server.
  function listen(heard, lost) {
    let source = null;
    const open = () => {
      if (!source && document.visibilityState === "visible") {
        source = new EventSource("events");
        source.onmessage = (event) => heard(JSON.parse(event.data));
        source.onerror = () => {
          if (source?.readyState === EventSource.CLOSED) {
            source = null;
            setTimeout(open, 2000);
          }
          lost();
        };
      }
    };
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        source?.close();
        source = null;
      } else {
        open();
      }
    });
    open();
  }

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === true || (value !== false && value !== null && value !== undefined)) {
        made.setAttribute(key, value === true ? "" : value);
      }
    }
    made.append(...children);
    return made;
  };

  return { post, get, listen, element };
})();
