// Puts fresh content into the page every five seconds, and leaves alone what somebody is using.
"use strict";

const interval = 5000;

async function refresh() {
  const stale = document.getElementById("stale");
  try {
    const response = await fetch(location.origin + "/", { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(part.id);
      if (next && !part.contains(document.activeElement) && !part.querySelector("input:checked") && next.innerHTML !== part.innerHTML) {
        part.replaceWith(document.adoptNode(next));
      }
    }
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
}

// A sentence about what a button did is shown once.
if (location.search) {
  history.replaceState(null, "", "/");
}
setInterval(() => {
  if (!document.hidden) {
    refresh();
  }
}, interval);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    refresh();
  }
});
