// What a link refers to, in place: a term's entry, a formula, a figure, a table, a work. It appears
// when the mouse rests on the link or the keyboard reaches it, and goes with Escape.
(() => {
  const pages = new Map([[location.href.split("#")[0], Promise.resolve(document)]]);
  const pageAt = (address) => {
    if (!pages.has(address))
      pages.set(address, fetch(address).then((answer) => answer.text())
        .then((text) => new DOMParser().parseFromString(text, "text/html")));
    return pages.get(address);
  };

  const referred = (page, identifier) => {
    const target = page.getElementById(identifier);
    const found = target?.closest("dt, figure, div.math, div.citation, table, .exercise")
      ?? (target?.matches("span") ? target.nextElementSibling : null);
    if (!found) return [];
    if (found.matches("dt")) return found.closest("dl.glossary") ? [found, found.nextElementSibling] : [];
    return found.matches("figure, div.math, div.citation, table, .exercise") ? [found] : [];
  };

  const copy = (element, address) => {
    const made = document.importNode(element, true);
    for (const one of [made, ...made.querySelectorAll("[id]")]) one.removeAttribute("id");
    for (const one of made.querySelectorAll(".headerlink, .glossary-uses, button, details")) one.remove();
    for (const image of made.querySelectorAll("img")) {
      image.src = new URL(image.getAttribute("src"), address);
      image.loading = "eager";
    }
    for (const link of made.querySelectorAll("a[href]"))
      link.href = new URL(link.getAttribute("href"), address);
    for (const one of made.querySelectorAll("[tabindex]")) one.removeAttribute("tabindex");
    return made;
  };

  let box, owner, waiting;
  const hide = () => {
    clearTimeout(waiting);
    box?.remove();
    owner?.removeAttribute("aria-describedby");
    box = owner = undefined;
  };
  const place = () => {
    const line = owner.getClientRects()[0], size = box.getBoundingClientRect();
    box.style.left = `${Math.max(8, Math.min(line.left, innerWidth - size.width - 8))}px`;
    const below = line.bottom + 6, above = line.top - size.height - 6;
    box.style.top = `${below + size.height < innerHeight || above < 8 ? below : above}px`;
  };
  const show = async (link) => {
    const address = link.href.split("#")[0], identifier = decodeURIComponent(link.hash.slice(1));
    let parts = [];
    try { parts = referred(await pageAt(address), identifier); }
    catch { return; }  // a page on the disk reads no other
    if (!parts.length || link !== wanted) return;
    hide();
    owner = link;
    box = document.createElement("div");
    box.className = "preview";
    box.id = "preview";
    box.setAttribute("role", "tooltip");
    for (const part of parts) box.append(copy(part, address));
    document.querySelector("article").append(box);
    link.setAttribute("aria-describedby", "preview");
    place();
    box.addEventListener("pointerleave", leave);
    box.addEventListener("pointerenter", () => clearTimeout(waiting));
  };

  let wanted;
  const come = (link, delay) => {
    clearTimeout(waiting);
    if (link === owner) return;
    wanted = link;
    waiting = setTimeout(() => show(link), delay);
  };
  function leave() {
    wanted = undefined;
    clearTimeout(waiting);
    waiting = setTimeout(hide, 200);
  }
  const linkOf = (event) => event.target.closest?.("article a.reference.internal[href*='#']:not(.preview a)");

  addEventListener("pointerover", (event) => {
    const link = event.pointerType === "mouse" && linkOf(event);
    if (link) come(link, 250);
  });
  addEventListener("pointerout", (event) => {
    const link = linkOf(event);
    if (link && !link.contains(event.relatedTarget)) leave();
  });
  addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link?.matches(":focus-visible")) come(link, 0);
    else if (box && !box.contains(event.target)) { wanted = undefined; hide(); }
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") { wanted = undefined; hide(); }
  });
  addEventListener("scroll", () => {
    // The keyboard scrolls to the link that it reaches: its box goes along.
    if (box && owner === document.activeElement) place();
    else if (box && !box.matches(":hover")) hide();
  }, { passive: true });
})();
