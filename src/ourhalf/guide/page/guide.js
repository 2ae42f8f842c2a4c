"use strict";
(() => {
  const root = document.documentElement, button = document.getElementById("theme"), menu = document.querySelector(".menu");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const kept = () => { try { return localStorage.getItem("ourhalf-theme"); } catch { return null; } };
  const show = (theme) => {
    if (theme) root.dataset.theme = theme;
    button.textContent = (theme || (dark.matches ? "dark" : "light")) === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", `Use ${button.textContent.toLowerCase()} colours`);
  };
  show(kept());
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = button.textContent.toLowerCase();
    try { localStorage.setItem("ourhalf-theme", theme); } catch { /* a browser that keeps nothing */ }
    show(theme);
  });
  if (matchMedia("(max-width: 58rem)").matches) menu.open = false;
  const unfold = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const place = id && document.getElementById(id);
    if (!place) return;
    for (let one = place; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    place.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();
})();
