(function () {
  "use strict";
  const slides = [...document.querySelectorAll("main > section")];
  const nav = document.querySelector(".controls");
  const [back, on, full] = nav.querySelectorAll("button");
  const stage = window.matchMedia("screen and (min-width: 52rem) and (min-height: 29rem)");
  let at = -1;
  let touch = null;

  // The slide that holds the middle of the window.
  function visible() {
    return Math.max(0, slides.findLastIndex((slide) => slide.getBoundingClientRect().top <= window.innerHeight / 2));
  }

  function tell(number) {
    if (number === at) return;
    const first = at < 0;
    at = number;
    nav.querySelector(".place").textContent = `${at + 1} / ${slides.length}`;
    back.setAttribute("aria-disabled", String(at === 0));
    on.setAttribute("aria-disabled", String(at === slides.length - 1));
    if (!first) history.replaceState(null, "", `#${slides[at].id}`);
  }

  function go(number) {
    number = Math.min(Math.max(number, 0), slides.length - 1);
    slides[number].scrollIntoView({ block: "start", behavior: "instant" });
    tell(number);
    // A pressed button keeps the focus; otherwise a screen reader goes on from the new slide.
    if (!nav.contains(document.activeElement)) slides[number].focus({ preventScroll: true });
  }

  function fullScreen() {
    const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    if (done) done.catch(() => {});
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { key } = event;
    if (nav.contains(event.target) && (key === " " || key === "Enter")) return;
    // A slide that is higher than the window, as on a telephone, still scrolls with the keys for up and down.
    const fits = slides[at].offsetHeight <= window.innerHeight + 1;
    let step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (fits && !step) step = { ArrowDown: 1, PageDown: 1, ArrowUp: -1, PageUp: -1, " ": event.shiftKey ? -1 : 1 }[key];
    if (step) go(at + step);
    else if (key === "Home") go(0);
    else if (key === "End") go(slides.length - 1);
    else if (key === "f" || key === "F") fullScreen();
    else return;
    event.preventDefault();
  });

  back.addEventListener("click", () => go(at - 1));
  on.addEventListener("click", () => go(at + 1));
  full.addEventListener("click", fullScreen);
  full.hidden = !document.fullscreenEnabled;

  document.addEventListener("touchstart", (event) => {
    touch = event.touches.length === 1 ? event.touches[0] : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!touch) return;
    const x = event.changedTouches[0].clientX - touch.clientX;
    const y = event.changedTouches[0].clientY - touch.clientY;
    touch = null;
    if (Math.abs(x) > 50 && Math.abs(x) > 2 * Math.abs(y)) go(at + (x < 0 ? 1 : -1));
  }, { passive: true });

  window.addEventListener("scroll", () => tell(visible()), { passive: true });
  window.addEventListener("resize", () => {
    if (stage.matches) slides[at].scrollIntoView({ block: "start", behavior: "instant" });
  });
  document.documentElement.classList.add("script");
  nav.hidden = false;
  tell(visible());
})();
