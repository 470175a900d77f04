(() => {
  "use strict";
  const one = (selector) => document.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const root = document.documentElement;
  const search = one("#search"), environment = one("#environment"), pipeline = one("#pipeline");
  const found = one("#found"), nothing = one("#nothing"), theme = one("#theme"), keys = one("#keys");
  const chips = all(".chip");

  // What can be found, each with what the filters ask. Its text is read when it is first searched for.
  const items = all(".item").map((element) => ({
    element,
    severities: (element.dataset.severity ?? "").split(" "),
    pipeline: element.dataset.pipeline ?? "",
    environment: element.dataset.environment ?? "",
    text: null,
  }));
  const textOf = (item) =>
    (item.text ??= `${item.element.dataset.words ?? ""} ${item.element.textContent}`.toLowerCase());
  // Whatever holds items is shown while one of them is; the innermost first.
  const holders = all(".merged, .part, .group, .panel.table, .panel.unknown, .panel.rows, ul.rows.panel, main > section")
    .filter((element) => element.querySelector(".item"))
    .reverse();

  const show = (element, yes) => {
    if (element.hidden === yes) element.hidden = !yes;
  };

  const chosen = () => chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.severity);
  const filters = () => search.value.trim() || environment.value || pipeline.value || chosen().length;

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = new Set(chosen());
    let count = 0;
    for (const item of items) {
      const fits =
        (!severities.size || item.severities.some((severity) => severities.has(severity))) &&
        (!environment.value || item.environment === environment.value) &&
        (!pipeline.value || item.pipeline === pipeline.value) &&
        (!words.length || words.every((word) => textOf(item).includes(word)));
      show(item.element, fits);
      count += fits;
    }
    for (const holder of holders) show(holder, all(".item", holder).some((element) => !element.hidden));
    const filtered = filters();
    found.textContent = filtered ? `${count.toLocaleString("en")} of ${items.length.toLocaleString("en")} shown` : "";
    if (filtered) root.dataset.filtered = search.value;
    else delete root.dataset.filtered;
    show(nothing, Boolean(filtered) && count === 0);
    highlight(words);
  };

  // Marks what was searched for without touching the document, where the browser can.
  const highlight = (words) => {
    if (!window.Highlight) return;
    CSS.highlights.delete("found");
    if (!words.length) return;
    const ranges = [];
    for (const element of all("main .message, main .resource > summary")) {
      if (ranges.length > 400) break;
      if (element.closest("[hidden]")) continue;
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode, text = node.data.toLowerCase();
        // A letter that is two in lower case would shift all places behind it.
        if (text.length !== node.data.length) continue;
        for (const word of words) {
          for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + word.length);
            ranges.push(range);
          }
        }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  };

  const clear = () => {
    search.value = environment.value = pipeline.value = "";
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    filter();
  };

  // A link leads to what it names, whatever is folded or filtered away.
  const reveal = () => {
    let id = location.hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch {
      return; // no id of this page has a per cent sign that encodes nothing
    }
    const target = id && document.getElementById(id);
    if (!target) return;
    if (target.closest("[hidden]")) clear();
    for (let at = target; at; at = at.parentElement) if (at.localName === "details") at.open = true;
    target.scrollIntoView({ block: "start" });
    (target.matches(".stop") ? target : target.querySelector(".stop"))?.focus({ preventScroll: true });
  };

  const visible = (element) => !element.closest("[hidden]") && element.getClientRects().length > 0;
  const step = (by) => {
    const stops = all("main .stop").filter((element) => !element.closest("[hidden]"));
    const at = stops.indexOf(document.activeElement.closest?.(".stop") ?? null);
    for (let next = at < 0 && by < 0 ? stops.length - 1 : at + by; next >= 0 && next < stops.length; next += by) {
      if (!visible(stops[next])) continue;
      stops[next].focus();
      stops[next].scrollIntoView({ block: "nearest" });
      return;
    }
  };

  const fold = (open) => {
    for (const element of all("main details")) if (!element.closest("[hidden]")) element.open = open;
  };

  const addressOf = (element) => `${location.href.split("#")[0]}#${element.closest("[id]").id}`;
  const copy = async (element) => {
    const address = addressOf(element);
    try {
      await navigator.clipboard.writeText(address);
      found.textContent = "The link is copied.";
    } catch {
      // Without the right to the clipboard, the address bar has it.
      found.textContent = "The link is in the address bar.";
    }
    history.replaceState(null, "", address);
  };

  // Remembered for this page alone: a page that somebody else made looks as the system says.
  const remembered = `fairlead-theme ${location.pathname}`;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const named = () => {
    theme.textContent = dark() ? "Light" : "Dark";
  };
  const turn = () => {
    root.dataset.theme = dark() ? "light" : "dark";
    named();
    try {
      sessionStorage.setItem(remembered, root.dataset.theme);
    } catch {
      // A browser that stores nothing forgets it with the page.
    }
  };
  try {
    const before = sessionStorage.getItem(remembered);
    if (before === "dark" || before === "light") root.dataset.theme = before;
  } catch {
    // As above: nothing is remembered.
  }
  system.addEventListener("change", named);
  named();

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, items.length > 2000 ? 250 : 60);
  });
  for (const select of [environment, pipeline]) select.addEventListener("change", filter);
  for (const chip of chips)
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  one("#clear").addEventListener("click", clear);
  one("#expand").addEventListener("click", () => fold(true));
  one("#collapse").addEventListener("click", () => fold(false));
  one("#help").addEventListener("click", () => keys.showModal());
  one("#close").addEventListener("click", () => keys.close());
  theme.addEventListener("click", turn);
  addEventListener("hashchange", reveal);
  for (const button of all(".size")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const actual = button.closest(".graph").querySelector(".picture").classList.toggle("actual");
      button.setAttribute("aria-pressed", String(actual));
    });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.link");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    copy(link);
  });

  const actions = {
    "/": () => search.select(),
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    e: () => fold(true),
    w: () => fold(false),
    d: turn,
    c: () => copy(document.activeElement.closest("main .stop") ?? one("main")),
    "?": () => keys.showModal(),
    Escape: clear,
  };
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || keys.open) return;
    const typing = event.target.matches?.("input, select");
    if (event.key === "Escape" && typing) event.target.blur();
    // Inside of what scrolls, and of what is typed or chosen, a key means what it always means.
    if (typing && event.key !== "Escape") return;
    if (event.key.startsWith("Arrow") && event.target.closest?.("[tabindex='0']")) return;
    const action = Object.hasOwn(actions, event.key) && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // What a link leads to stands below the tools, however many lines they take.
  const tools = one(".tools");
  tools.hidden = items.length === 0;
  new ResizeObserver(() => {
    const height = getComputedStyle(tools).position === "sticky" ? tools.offsetHeight : 0;
    root.style.setProperty("--tools", `${height}px`);
  }).observe(tools);
  root.dataset.script = "";
  // The browser goes there by itself when everything is loaded, and takes the focus away.
  addEventListener("load", () => location.hash && reveal());
})();
