const slides = [...document.querySelectorAll("section")];
const here = () => slides.reduce((best, slide, place) =>
  Math.abs(slide.getBoundingClientRect().top) < Math.abs(slides[best].getBoundingClientRect().top) ? place : best, 0);
const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
addEventListener("keydown", (event) => {
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  slides[Math.max(0, Math.min(slides.length - 1, here() + step))].scrollIntoView();
});
