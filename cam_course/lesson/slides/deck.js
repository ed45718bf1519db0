// Lays the parts of each topic out on sheets of 1280 by 720 pixels, before reveal.js takes over: a part stands on one
// sheet if it can, in the largest of its sizes that has room; what has none goes on, line by line, on the next sheet.
"use strict";

const SIZES = {text: [28, 26, 24, 22], code: [22, 20, 18], output: [26, 24, 22, 20, 18]}; // pixels of type, best first
const TABLES = 20; // the last size of a text with a table, which is hard to read in two pieces
const FLOWING = {text: 24, code: 18, output: 20}; // of what goes on over several sheets
const LARGEST = 2; // how many times its own size a picture may grow
const LEAST = {share: 0.86, own: 1.2}; // beside other things a picture keeps this share of its best size, or that many times its own

const bench = document.createElement("div");

function make(tag, name, ...children) {
  const element = document.createElement(tag);
  element.className = name;
  element.append(...children);
  return element;
}

// A new sheet of a topic; returns the place for its parts.
function open(topic) {
  const body = make("div", "body");
  const sheet = make("div", "sheet");
  const title = topic.dataset.title;
  if (title && (topic.sheets.length || !topic.dataset.headed)) sheet.append(make("p", "running", title));
  sheet.append(body);
  topic.sheets.push(sheet);
  bench.replaceChildren(sheet);
  return body;
}

const room = body => body.clientHeight;
const used = body => {
  const last = body.lastElementChild;
  return last ? Math.ceil(last.getBoundingClientRect().bottom - body.getBoundingClientRect().top) : 0;
};

// Equations do not wrap: one that is too wide gets smaller type.
function narrow(body) {
  for (const math of body.querySelectorAll("mjx-container")) {
    math.style.fontSize = "";
    const space = math.parentElement.clientWidth || body.clientWidth;
    const width = math.firstElementChild.getBoundingClientRect().width;
    if (width > space) math.style.fontSize = `${(parseFloat(getComputedStyle(math).fontSize) * space) / width - 0.2}px`;
  }
}

function pictures(body) {
  return [...body.querySelectorAll(".picture")].map(figure => {
    const drawn = figure.firstElementChild;
    const box = drawn.viewBox?.baseVal;
    const width = drawn.naturalWidth || box?.width || drawn.clientWidth || 1;
    const height = drawn.naturalHeight || box?.height || drawn.clientHeight || 1;
    const full = Math.min((body.clientWidth * height) / width, LARGEST * height, room(body));
    return {drawn, full, least: Math.min(full * LEAST.share, height * LEAST.own)};
  });
}

// Whether everything has room; pictures take what the rest leaves them.
function settle(body) {
  narrow(body);
  const drawn = pictures(body);
  for (const one of drawn) one.drawn.style.height = `${one.least}px`;
  if (used(body) > room(body) || body.scrollWidth > body.clientWidth) return false;
  for (const one of drawn) {
    const height = Math.min(one.full, one.least + room(body) - used(body));
    one.drawn.style.height = `${Math.floor(height)}px`;
  }
  return true;
}

// A table of plain text loses its columns where a line of it goes on in the next.
function torn(part) {
  const table = [...part.querySelectorAll(".line")].filter(line => /\S {3,}\S/.test(line.textContent));
  return table.some(line => line.offsetHeight > 2 * parseFloat(getComputedStyle(line).fontSize));
}

function fits(part, body) {
  const sizes = SIZES[part.classList[1]].concat(part.querySelector("table") ? TABLES : []);
  body.append(part);
  for (const size of sizes) {
    part.style.fontSize = `${size}px`;
    if (settle(body) && (size === sizes.at(-1) || !torn(part))) return true;
  }
  part.remove();
  settle(body);
  return false;
}

// What can be cut between two of its children, and where these are.
function pieces(element) {
  if (element.matches("ul, ol, .lines, .output, .answer")) return element;
  if (element.matches("table")) return element.tBodies[0];
  return null;
}

// Moves the end of an element into a copy of it until the rest has room; null where not even a beginning has.
function cut(element, body) {
  const holder = pieces(element);
  if (!holder) return null;
  const rest = element.cloneNode(holder !== element);
  const place = holder === element ? rest : rest.tBodies[0];
  place.replaceChildren();
  while (holder.children.length > 1 && !settle(body)) place.prepend(holder.lastElementChild);
  if (settle(body) && place.children.length) {
    if (element.matches("ol")) rest.start = element.start + holder.children.length;
    return rest;
  }
  holder.append(...place.children);
  return null;
}

const leads = element => element && (element.matches("h1, h2, h3, h4") || /:$/.test(element.textContent.trim()));

// Lays a part out on as many sheets as it needs.
function flow(part, topic) {
  const queue = [...part.children];
  const copy = () => part.cloneNode(false);
  let body = open(topic);
  let piece = copy();
  body.append(piece);
  while (queue.length) {
    const child = queue.shift();
    piece.append(child);
    if (settle(body)) continue;
    let rest = cut(child, body);
    if (!rest && piece.children.length === 1) { // alone, and still too large: as large as there is room
      shrink(child, body);
      continue;
    }
    const carried = [];
    if (!rest) {
      rest = child;
      child.remove();
      while (piece.children.length > 1 && leads(piece.lastElementChild)) {
        carried.unshift(piece.lastElementChild);
        piece.lastElementChild.remove();
      }
      settle(body);
    }
    queue.unshift(...carried, rest);
    body = open(topic);
    piece = copy();
    body.append(piece);
  }
  return body;
}

function shrink(element, body) {
  for (const {drawn, full} of pictures(body)) drawn.style.height = `${full}px`;
  const box = element.getBoundingClientRect();
  const scale = Math.min(room(body) / box.height, body.clientWidth / Math.max(element.scrollWidth, 1));
  if (scale < 1) element.style.zoom = scale;
}

function lay(topic) {
  topic.sheets = [];
  if (topic.querySelector("h1, h2")) topic.dataset.headed = "yes";
  let body = null;
  for (const part of [...topic.children]) {
    const shares = body && !("begins" in part.dataset);
    if (shares) bench.replaceChildren(body.parentElement);
    if (shares && fits(part, body)) {
      if ("fragment" in part.dataset) part.classList.add("fragment");
      continue;
    }
    body = open(topic);
    if (!fits(part, body)) {
      body.parentElement.remove();
      topic.sheets.pop();
      part.style.fontSize = `${FLOWING[part.classList[1]]}px`;
      body = flow(part, topic);
    }
  }
  topic.replaceChildren(...topic.sheets.map(sheet => make("section", "page", sheet)));
}

// Hints and answers: folded; opened in their place if there is room, else on a card above the sheet.
function foldable(details) {
  const answer = make("div", "answer", ...[...details.childNodes].filter(node => node.nodeName !== "SUMMARY"));
  details.append(answer);
  details.open = false;
  answer.addEventListener("click", event => {
    if (details.classList.contains("card") && !event.target.closest("a")) details.open = false;
  });
  details.addEventListener("toggle", () => {
    details.classList.remove("card");
    answer.style.fontSize = "";
    const body = details.closest(".body");
    if (!details.open || !body || used(body) <= room(body)) return;
    details.classList.add("card");
    const space = room(body);
    for (const size of [26, 24, 22, 20, DECK.smallest]) {
      answer.style.fontSize = `${size}px`;
      narrow(answer);
      if (answer.offsetHeight <= space) return;
    }
  });
}

function number(pages) {
  pages.forEach((page, index) => {
    const foot = make("div", "foot", DECK.number);
    foot.append(make("span", "", `${index + 1} / ${pages.length}`));
    page.firstElementChild.append(foot);
  });
}

// The key A: opens what is folded on this slide, one after the other, then folds it again.
function answers() {
  const folded = [...Reveal.getCurrentSlide().querySelectorAll("details")];
  const next = folded[folded.findIndex(details => details.open) + 1];
  for (const details of folded) details.open = details === next;
}

// A comma or a full stop stays beside the equation that it follows.
function together() {
  for (const math of document.querySelectorAll("mjx-container:not([display])")) {
    const mark = math.nextSibling?.nodeType === Node.TEXT_NODE && math.nextSibling.data.match(/^[^\s\w([]+/);
    if (!mark) continue;
    math.nextSibling.splitText(mark[0].length);
    const both = make("span", "together");
    math.before(both);
    both.append(math, both.nextSibling);
  }
}

// A slider that was dragged gives the keyboard, and so the clicker, back to the slides.
document.addEventListener("pointerup", event => event.target.matches?.("input[type=range]") && event.target.blur());

async function start() {
  await MathJax.startup.promise;
  await MathJax.typesetPromise();
  together();
  await Promise.all([...document.images].map(image => image.decode().catch(() => {})));
  await document.fonts.ready;
  document.querySelectorAll(".text details").forEach(foldable);
  bench.className = "bench";
  document.querySelector(".reveal").append(bench);
  document.querySelectorAll("section.topic").forEach(lay);
  bench.remove();
  number([...document.querySelectorAll("section.page")]);
  const printed = new Promise(done => Reveal.on("pdf-ready", done));
  await Reveal.initialize({
    width: DECK.width,
    height: DECK.height,
    margin: 0,
    minScale: 0.1,
    maxScale: 8,
    center: false,
    hash: true,
    controls: false,
    progress: true,
    transition: "none",
    navigationMode: "linear",
    pdfSeparateFragments: false,
    pdfMaxPagesPerSlide: 1,
    keyboard: {65: answers},
    plugins: [RevealZoom],
  });
  if (Reveal.isPrintView()) await printed;
  document.documentElement.dataset.ready = "true";
}

start().catch(error => {
  console.error(error);
  document.documentElement.dataset.ready = "failed";
});
