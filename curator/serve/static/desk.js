// Keys, and forms that are sent without loading the page anew. Every page works without this file.
"use strict";
(() => {
  const one = (query, from = document) => from.querySelector(query);
  const all = (query, from = document) => [...from.querySelectorAll(query)];
  const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

  // --- pages that come in pieces ---

  const parsed = async (response) => {
    const text = await response.text();
    if (!(response.headers.get("Content-Type") || "").startsWith("text/html")) throw new Error(text);
    return new DOMParser().parseFromString(text, "text/html");
  };

  const swap = (page, names) => {
    for (const name of names) {
      const mine = document.getElementById(name), theirs = page.getElementById(name);
      if (mine && theirs) mine.replaceChildren(...theirs.childNodes);
    }
    if (names.includes("notice")) one("#notice").className = page.getElementById("notice")?.className || "";
  };

  const say = (text, problem = false) => {
    const line = document.createElement("p");
    line.textContent = text;
    one("#notice").replaceChildren(line);
    one("#notice").className = problem ? "problem" : "done";
  };

  const focus = (id, fallback) => {
    const there = (id && document.getElementById(id)) || (fallback && document.getElementById(fallback)) || one("#main");
    const closed = there.closest("details:not([open])");
    if (closed) closed.open = true;
    there.focus({ preventScroll: true });
    there.scrollIntoView({ block: "nearest", behavior: "auto" });
  };

  let busy = false;
  const send = async (form, button, changes = {}) => {
    if (busy) return;
    busy = true;
    const fields = new URLSearchParams(new FormData(form, button)), held = document.activeElement?.id;
    for (const [name, value] of Object.entries(changes)) fields.set(name, value);
    document.body.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(button?.getAttribute("formaction") || form.getAttribute("action"), { method: "POST", body: fields });
      swap(await parsed(answer), ["main", "notice", "undo"]);
      if (answer.redirected) history.replaceState(null, "", answer.url);
      follow();
      focus((fields.get("back") || "").split("#")[1] || held, held);
    } catch (error) {
      say(error.message, true);
    } finally {
      busy = false;
      document.body.removeAttribute("aria-busy");
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-live]")) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  // --- what answers while one types ---

  const waiting = new WeakMap();
  const ask = async (form, target) => {
    const posted = form.dataset.typed === "post";
    if (posted && form.asking) return void (form.again = true); // what is posted may take long, and the server goes on with it
    form.asking = true;
    waiting.get(form)?.abort();
    const stop = new AbortController();
    waiting.set(form, stop);
    const fields = new URLSearchParams(new FormData(form));
    const address = form.dataset.asks || form.getAttribute("action");
    try {
      const answer = await fetch(posted ? address : `${address}?${fields}`, { signal: stop.signal, ...(posted && { method: "POST", body: fields }) });
      const page = await parsed(answer);
      if (!form.isConnected) return; // another page is shown by now
      swap(page, [target, ...all("[data-told]", form).map((each) => each.id)]);
      if (!posted) history.replaceState(null, "", `${address}?${fields}`);
    } catch (error) {
      if (error.name !== "AbortError") say(error.message, true);
    } finally {
      form.asking = false;
    }
    if (form.again) {
      form.again = false;
      ask(form, target);
    }
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-typed]");
    if (!form) return;
    clearTimeout(form.timer);
    form.timer = setTimeout(() => ask(form, form.dataset.shows), Number(form.dataset.wait || 50));
  });

  // --- the run in the background ---

  let following = null;
  const follow = () => {
    if (following || !one("#run[data-running]")) return;
    following = new EventSource(`${document.body.dataset.root}/run/events?language=${document.documentElement.lang}`);
    following.addEventListener("message", (event) => {
      const state = JSON.parse(event.data), bar = one("#run progress"), stage = one("#stage");
      if (!bar || !stage) return;
      stage.textContent = state.text;
      if (state.total) Object.assign(bar, { max: state.total, value: state.done });
      else bar.removeAttribute("value");
    });
    following.addEventListener("end", async () => {
      following.close();
      following = null;
      const held = document.activeElement?.id;
      swap(await parsed(await fetch(`${document.body.dataset.root}/`)), ["main", "notice", "undo"]);
      if (held) focus(held);
    });
    following.addEventListener("error", () => { following?.close(); following = null; });
  };
  follow();

  // --- files that are dropped on the page ---

  const meant = (file) => all("[data-drop]").find((form) => form.dataset.drop.split(" ").some((end) => file.name.toLowerCase().endsWith(end)));
  document.addEventListener("dragover", (event) => {
    if (one("[data-drop]") && event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer.files;
    if (!file || !one("[data-drop]")) return;
    event.preventDefault();
    const form = meant(file), input = form && one("input[type=file]", form);
    if (!form) return say(file.name, true);
    input.files = event.dataTransfer.files;
    if (all("select", form).length) input.focus();
    else form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-bookmarklet]")) event.preventDefault();
  });

  document.addEventListener("focusin", (event) => {
    if (event.target.matches("input[readonly]")) event.target.select(); // a link that is shown to be copied
  });

  // --- posts that are dragged to another day, or into an open slot of their network ---

  let dragged = null;
  const under = (event) => dragged && (event.target.closest(`[data-slot][data-network="${CSS.escape(dragged.dataset.network)}"]`) || event.target.closest("[data-day]"));
  const mark = (place) => {
    for (const each of all(".over")) each.classList.toggle("over", each === place);
    place?.classList.add("over");
  };
  const put = (post, place) => {
    const moves = one("form[data-moves]", post), from = post.closest("[data-day]")?.dataset.day, to = place.dataset.day;
    if (!to || !from) return send(one("form[data-places]", post), null, { when: place.dataset.slot || to });
    const days = (Date.parse(to) - Date.parse(from)) / 864e5; // dates alone are read as UTC, whose days are equally long
    if (days) send(moves, null, { days });
  };
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.matches?.("[data-post]") ? event.target : null;
    if (dragged) event.dataTransfer.setData("text/plain", dragged.getAttribute("aria-label"));
  });
  document.addEventListener("dragover", (event) => {
    const place = under(event);
    mark(place);
    if (place) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const place = under(event);
    if (!place) return;
    event.preventDefault();
    put(dragged, place);
  });
  document.addEventListener("dragend", () => {
    mark(null);
    dragged = null;
  });

  // --- keys ---

  const cards = () => all("[data-card], [data-post]");
  const current = () => document.activeElement?.closest("[data-card], [data-post]");
  const go = (step) => {
    const list = cards(), at = list.indexOf(current());
    const next = at < 0 ? list.find((card) => !card.matches(".decided")) || list[0] : list[Math.min(Math.max(at + step, 0), list.length - 1)];
    if (next) focus(next.id);
  };
  const press = (key) => {
    const card = current() || (key === "u" ? null : one("[data-card]:not(.decided)"));
    const found = (card && one(`[data-key="${key}"]`, card)) || (key === "u" && one(`[data-key="${key}"]`));
    if (!found) return;
    if (found.tagName === "A") return focus(found.hash.slice(1));
    if (found.tagName === "SUMMARY") {
      found.parentElement.open = true;
      return one("input:not([type=hidden])", found.parentElement)?.focus();
    }
    found.click();
  };
  const open = () => one("a.open", current() || cards()[0])?.click();
  const keys = {
    j: () => go(1), k: () => go(-1), o: open,
    p: () => press("p"), s: () => press("s"), l: () => press("l"), n: () => press("n"), u: () => press("u"),
    "/": () => one("#q")?.focus() ?? one("nav a[href$='/search']")?.click(),
    "?": () => one("#keys").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target)) return event.target.closest("[data-card], [data-post]")?.focus();
    if (typing(event.target) || one("dialog[open]")) return;
    const arrow = event.key.startsWith("Arrow") && event.target.matches("[data-post]") && one(`[data-key="${event.key}"]`, event.target);
    const does = arrow ? () => arrow.click() : keys[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });
})();
