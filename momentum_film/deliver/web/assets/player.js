// Chapter buttons, the caption under the picture, and respect for reduced motion.
// Without this script the film plays, and the chapter links open it at their time.
"use strict";

(() => {
  const film = document.getElementById("film");
  const video = film.querySelector("video");
  const links = [...film.querySelectorAll(".chapters a")];
  const saying = film.querySelector(".saying");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const start = (link) => Number(link.dataset.start);

  // What the browser cannot play natively would leave a bare link; then the links stay links.
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      video.currentTime = start(link);
      if (!still.matches) {
        video.play().catch(() => {});
      }
    });
  }

  function mark() {
    const now = video.currentTime + 0.01;
    const current = links.findLast((link) => start(link) <= now);
    for (const link of links) {
      const share = (now - start(link)) / (Number(link.dataset.end) - start(link));
      link.style.setProperty("--played", String(Math.min(Math.max(share, 0), 1)));
      if (link === current && video.currentTime > 0) {
        link.setAttribute("aria-current", "true");
      } else {
        link.removeAttribute("aria-current");
      }
    }
  }

  // Captions stand under the picture, where they hide nothing; the player's own are off.
  const captions = [...video.textTracks].find((track) => track.kind === "captions");
  captions.mode = "hidden";
  saying.hidden = false;
  captions.addEventListener("cuechange", () => {
    saying.textContent = [...captions.activeCues]
      .map((cue) => cue.getCueAsHTML().textContent)
      .join(" ");
  });
  video.addEventListener("timeupdate", mark);
  video.addEventListener("seeking", mark);
})();
