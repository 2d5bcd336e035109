// Arrow keys in the org chart: up and down through what is shown, right opens a branch, left closes it or goes up.
"use strict";

(() => {
  const BRANCH = ".tree-toggle";

  const shown = (tree) => [...tree.querySelectorAll(BRANCH)].filter((one) => one.offsetParent !== null);

  const parent = (branch) => branch.closest("li")?.parentElement?.closest("li")?.querySelector(BRANCH);

  const target = (branch, key) => {
    const all = shown(branch.closest(".tree"));
    const at = all.indexOf(branch);
    const open = branch.getAttribute("aria-expanded") === "true";
    if (key === "ArrowDown") return all[at + 1];
    if (key === "ArrowUp") return all[at - 1];
    if (key === "Home") return all[0];
    if (key === "End") return all[all.length - 1];
    if (key === "ArrowRight") return open ? all[at + 1] : branch.click();
    return open ? branch.click() : parent(branch);
  };

  document.addEventListener("keydown", (event) => {
    const keys = ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "Home", "End"];
    const branch = event.target.closest?.(BRANCH);
    if (!branch || !keys.includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    target(branch, event.key)?.focus();
  });
})();
