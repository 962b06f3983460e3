// Load the script of a heavy demo when a reader comes near its place.

const { src } = document.currentScript;
const NEAR = "800px";

function load(box) {
  const script = document.createElement("script");
  script.src = new URL(`${box.dataset.demo}.js?v=${box.dataset.later}`, src);
  document.head.append(script);
}

addEventListener("DOMContentLoaded", () => {
  const waiting = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      waiting.unobserve(target);
      load(target);
    }
  }, { rootMargin: NEAR });
  for (const box of document.querySelectorAll(".demo[data-later]")) waiting.observe(box);
});
