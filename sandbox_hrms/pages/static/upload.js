// Sends chosen files one after the other to the address of their field, and tells in words what became of them.
(() => {
  "use strict";

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  async function sendOne(box, file) {
    const at = new URL(box.dataset.url, location.href);
    at.searchParams.set("name", file.name);
    const answer = await fetch(at, { method: "POST", body: file });
    const told = await answer.json();
    if (!answer.ok) return { count: 0, refused: [{ name: file.name, ...told.error }] };
    return told;
  }

  async function send(field) {
    const box = field.closest("[data-url]");
    const status = box.querySelector('[role="status"]');
    const files = [...field.files];
    const refused = [];
    let count = 0;
    field.disabled = true;
    status.dataset.state = "sending";
    for (const [index, file] of files.entries()) {
      status.textContent = fill(box.dataset.sending, { done: index + 1, total: files.length });
      if (file.size > Number(box.dataset.most)) {
        refused.push({ name: file.name, message: box.dataset.large, hint: "" });
        continue;
      }
      try {
        const told = await sendOne(box, file);
        count += told.count;
        refused.push(...told.refused);
      } catch (error) {
        refused.push({ name: file.name, message: box.dataset.lost, hint: "" });
      }
    }
    const lines = [fill(box.dataset.taken, { count })];
    for (const one of refused.slice(0, 10)) lines.push(fill(box.dataset.refused, one));
    if (refused.length > 10) lines.push("…");
    status.textContent = lines.join("\n");
    status.dataset.state = refused.length ? "refused" : "done";
    field.disabled = false;
    field.value = "";
    document.dispatchEvent(new CustomEvent("hrms:uploaded", { detail: { count } }));
  }

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches?.('[data-url] input[type="file"]') && field.files.length) send(field);
  });
})();
