// The answers of a review that was sent as a file: gathered here, and given back as a file or a text. Nothing is sent.
"use strict";
(() => {
  const sheet = document.getElementById("sheet");
  if (!sheet) return;
  const field = (name) => sheet.elements.namedItem(name);
  const one = (id) => document.getElementById(id);
  const tell = (text) => { one("told").textContent = text; };
  const answers = () => {
    const found = [];
    for (let n = 0; field(`post-${n}`); n += 1) {
      const comment = field(`comment-${n}`).value.trim();
      const verdict = field(`verdict-${n}`).value || (comment && "comment");
      if (verdict) found.push({ post: field(`post-${n}`).value, verdict, text: field(`text-${n}`).value, comment });
    }
    return found;
  };
  const save = (text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = "review-answers.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    tell(sheet.dataset.saved);
  };
  const copy = async (text) => {
    const shown = one("text");
    shown.value = text;
    shown.hidden = one("text-of").hidden = false;
    shown.select();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      document.execCommand("copy"); // a file has no clipboard in some browsers
    }
    tell(sheet.dataset.copied);
  };
  sheet.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = answers();
    if (!field("by").value.trim()) return tell(sheet.dataset.name);
    if (!said.length) return tell(sheet.dataset.none);
    const text = JSON.stringify({ token: sheet.dataset.token, name: field("by").value.trim(), answers: said }, null, 1);
    return event.submitter?.value === "copy" ? copy(text) : save(text);
  });
  one("send").hidden = false;
})();
