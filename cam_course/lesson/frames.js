// A slider over frames that were rendered when the page was saved; builds itself, so that without scripts none is there.
(({ key, name, start, alt, size, box, note, frames }) => {
  const root = document.querySelector(`[data-cam-frames="${key}"]:not([data-started])`);
  if (!root) return;
  root.dataset.started = "";
  const add = (tag, text, style) => {
    const made = document.createElement(tag);
    made.textContent = text;
    made.style.cssText = style;
    return made;
  };
  const bar = add("label", name + " ", "display:flex;flex-wrap:wrap;align-items:center;gap:.6em");
  const input = Object.assign(document.createElement("input"), { type: "range", min: 0, max: frames.length - 1, step: 1 });
  input.value = start;
  input.dataset.lmSuppressShortcuts = ""; // or JupyterLab takes the arrow keys
  input.style.cssText = "flex:0 1 20em;min-width:8em;margin:.5em 0";
  const output = add("output", "", "font-variant-numeric:tabular-nums");
  const numbers = root.querySelector("p");
  numbers.setAttribute("role", "status");
  const own = add("img", "", "display:none;max-width:100%;margin:.3em 0");
  bar.append(input, output);
  root.prepend(bar, own);
  if (note) root.append(add("p", note, "margin:.2em 0;font-size:85%"));
  matchMedia("print").addEventListener("change", ({ matches }) => (bar.style.display = matches ? "none" : "flex"));

  const patches = frames.map((frame) => Object.assign(new Image(), { src: frame.picture || "data:," }));
  // the still: in here, or the last picture above, if it has the right size; never one that a kernel draws
  const find = async () => {
    const above = (one) => root.contains(one) || root.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING;
    const fits = (one) => one !== own && !one.closest(".jupyter-widgets") && above(one);
    const last = [...document.querySelectorAll("img")].filter(fits).at(-1);
    await last?.decode().catch(() => {});
    return last?.naturalWidth === size[0] && last.naturalHeight === size[1] ? last : undefined;
  };
  let still, base, search;
  const ready = () =>
    (search ??= find().then((one) => {
      if (one) [still, base] = [one, Object.assign(new Image(), { src: one.src })];
      else search = undefined; // perhaps later
    }));
  const painted = (patch) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: size[0], height: size[1] });
    const pen = canvas.getContext("2d");
    pen.imageSmoothingQuality = "high";
    pen.drawImage(base, 0, 0);
    pen.drawImage(patch, ...box);
    return canvas.toDataURL();
  };
  const tell = ({ label, text }) => {
    output.textContent = label;
    input.setAttribute("aria-valuetext", label);
    if (numbers.textContent !== text) numbers.textContent = text;
  };
  const show = async (i) => {
    const { text, picture } = frames[i];
    tell(frames[i]);
    await ready();
    await Promise.allSettled([base?.decode(), picture && patches[i].decode()]);
    if (+input.value !== i) return; // moved on meanwhile
    try {
      if (!still) throw new Error("no still on this page");
      still.src = picture ? painted(patches[i]) : base.src;
      still.alt = picture ? text : alt;
    } catch {
      own.src = patches[i].src; // what changes, below the still
      own.alt = text;
      own.style.display = picture ? "block" : "none";
    }
  };
  input.addEventListener("input", () => show(+input.value));
  tell(frames[start]);
  setTimeout(() => show(+input.value), 200); // nbconvert writes no alternative text; JupyterLab still draws the still
})
