// Filters the checks, unfolds what a link points at, and shows everything on paper. It only ever reads and hides
// elements: what a session said never becomes markup here.
"use strict";

const form = document.querySelector(".filter");
const checks = [...document.querySelectorAll(".check")].map((element) => ({
  element,
  details: element.querySelector("details"),
  text: [...element.querySelectorAll(".id, .reasons, .promise, .promised, .because, .done, .call, .answer, .difference dd")]
    .map((part) => part.textContent)
    .join(" ")
    .toLowerCase(),
}));

function chosen(name) {
  return new Set([...form.querySelectorAll(`[name="${name}"]:checked`)].map((box) => box.value));
}

function visible() {
  return checks.filter(({ element }) => !element.hidden);
}

function filter() {
  const verdicts = chosen("verdict");
  const levels = chosen("level");
  const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { element, text } of checks) {
    const matches =
      verdicts.has(element.dataset.verdict) &&
      levels.has(element.dataset.level) &&
      words.every((word) => text.includes(word));
    element.hidden = !matches;
  }
  const count = visible().length;
  form.querySelector(".shown").textContent = `${count} of ${checks.length} checks`;
  document.querySelector(".nothing").hidden = count > 0;
  nameTheButton();
}

function allUnfolded() {
  return visible().every(({ details }) => details.open);
}

function nameTheButton() {
  form.elements.unfold.textContent = allUnfolded() ? "Fold all" : "Unfold all";
}

function unfoldOrFold() {
  const open = !allUnfolded();
  for (const { details } of visible()) details.open = open;
}

/** Unfolds the check that the address names, as in report.html#minimum/persists. */
function unfoldTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = target?.querySelector("details");
  if (!details) return;
  target.hidden = false;
  details.open = true;
  target.scrollIntoView();
}

form.addEventListener("input", filter);
// The fields have their first values again only after the event.
form.addEventListener("reset", () => setTimeout(filter));
form.addEventListener("submit", (event) => event.preventDefault());
form.elements.unfold.addEventListener("click", unfoldOrFold);
document.querySelector(".checks").addEventListener("toggle", nameTheButton, true);
addEventListener("hashchange", unfoldTarget);

// On paper nothing can be unfolded; afterwards everything is as it was.
let folded = [];
addEventListener("beforeprint", () => {
  folded = visible().filter(({ details }) => !details.open);
  for (const { details } of folded) details.open = true;
});
addEventListener("afterprint", () => {
  for (const { details } of folded) details.open = false;
});

/** Puts a value on the clipboard; where the browser does not permit that, it is at least selected. */
async function copy(button) {
  const value = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(value.textContent);
    button.textContent = "copied";
  } catch {
    getSelection().selectAllChildren(value);
    button.textContent = "selected";
  }
  setTimeout(() => (button.textContent = "copy"), 1500);
}

for (const value of document.querySelectorAll(".copied")) {
  // A name that stands for an id is of no use to anybody.
  if (/<\d+>/.test(value.textContent)) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "copy";
  button.addEventListener("click", () => copy(button));
  value.append(button);
}

form.hidden = false;
filter();
unfoldTarget();
