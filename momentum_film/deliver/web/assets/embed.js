// The chapter links move the film above; without this script they open it at their time.
(() => {
  const video = document.currentScript.closest("figure").querySelector("video");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  for (const link of document.currentScript.parentElement.querySelectorAll("a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      video.currentTime = Number(link.hash.slice(3));
      if (!still.matches) video.play().catch(() => {}); // a pause may come first
    });
  }
})();
