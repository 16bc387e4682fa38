// The picture of the network on a canvas: pan, zoom, find, open. The table below the picture has the same and needs no JavaScript.
const TONES = { "k-city": "--city", "k-person": "--person", "k-visit": "--visit", "k-event": "--event", "k-agreement": "--agreement", "k-org": "--org" };

function start() {
  const host = document.getElementById("network"), source = document.getElementById("network-data");
  if (!host || !source || !host.dataset.worker) return;
  const { nodes, links } = JSON.parse(source.textContent);
  const canvas = document.createElement("canvas"), finder = document.createElement("input"), label = document.createElement("label");
  finder.type = "search";
  label.append(host.dataset.find, finder);
  label.className = "finder";
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", host.dataset.label);
  host.append(label, canvas);
  const pen = canvas.getContext("2d"), dark = matchMedia("(prefers-color-scheme: dark)");
  const view = { x: 0, y: 0, scale: 1, fitted: false };
  let places = nodes.map((node) => [node[4], node[5]]), lit = -1, queued = false, colours = {};

  const near = nodes.map(() => []);
  links.forEach(([a, b]) => { near[a].push(b); near[b].push(a); });
  const radius = (node) => 3 + Math.sqrt(node[3]) * 1.3;
  const wide = () => canvas.clientWidth, high = () => canvas.clientHeight;

  function restyle() {
    const style = getComputedStyle(document.documentElement);
    colours = Object.fromEntries(Object.entries(TONES).map(([tone, name]) => [tone, style.getPropertyValue(name)]));
    Object.assign(colours, { ink: style.getPropertyValue("--ink"), rule: style.getPropertyValue("--ink2"), bg: style.getPropertyValue("--sf") });
    ask();
  }
  function resize() {
    const ratio = devicePixelRatio || 1;
    canvas.height = Math.round(Math.min(640, innerHeight * 0.7) * ratio);
    canvas.width = Math.round(host.clientWidth * ratio);
    ask();
  }
  function fit() {
    const xs = places.map((p) => p[0]), ys = places.map((p) => p[1]);
    const [left, right] = [Math.min(...xs), Math.max(...xs)], [top, bottom] = [Math.min(...ys), Math.max(...ys)];
    view.scale = Math.min(2, 0.92 * Math.min(wide() / (right - left || 1), high() / (bottom - top || 1)));
    view.x = wide() / 2 - ((left + right) / 2) * view.scale;
    view.y = high() / 2 - ((top + bottom) / 2) * view.scale;
  }
  function ask() {
    if (!queued) requestAnimationFrame(draw);
    queued = true;
  }
  function draw() {
    queued = false;
    const ratio = canvas.width / (wide() || 1);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, wide(), high());
    const at = (n) => [places[n][0] * view.scale + view.x, places[n][1] * view.scale + view.y];
    const shown = lit < 0 ? null : new Set([lit, ...near[lit]]);
    pen.strokeStyle = colours.rule;
    pen.lineWidth = 0.7;
    for (const [a, b] of links) {
      pen.globalAlpha = shown ? (a === lit || b === lit ? 0.8 : 0.06) : 0.22;
      const [x1, y1] = at(a), [x2, y2] = at(b);
      pen.beginPath(); pen.moveTo(x1, y1); pen.lineTo(x2, y2); pen.stroke();
    }
    nodes.forEach((node, number) => {
      const [x, y] = at(number);
      pen.globalAlpha = shown && !shown.has(number) ? 0.15 : 1;
      pen.fillStyle = colours[node[2]] || colours["k-org"];
      pen.beginPath(); pen.arc(x, y, radius(node) * Math.max(0.7, Math.min(1.4, view.scale)), 0, 7); pen.fill();
    });
    pen.globalAlpha = 1;
    pen.font = "12px " + getComputedStyle(document.body).fontFamily;
    pen.fillStyle = colours.ink;
    pen.strokeStyle = colours.bg;
    pen.lineWidth = 3;
    const limit = Math.min(nodes.length, Math.round(14 + 26 * view.scale * view.scale));
    nodes.forEach((node, number) => {
      if (shown ? !shown.has(number) : number >= limit) return;
      const [x, y] = at(number), text = node[0].slice(0, 26);
      if (x < -90 || y < 0 || x > wide() || y > high()) return;
      pen.strokeText(text, x + radius(node) + 3, y + 4);
      pen.fillText(text, x + radius(node) + 3, y + 4);
    });
  }
  function hit(event) {
    const box = canvas.getBoundingClientRect(), px = event.clientX - box.left, py = event.clientY - box.top;
    let best = -1, least = 144;
    places.forEach(([x, y], number) => {
      const d = (x * view.scale + view.x - px) ** 2 + (y * view.scale + view.y - py) ** 2;
      if (d < least) [best, least] = [number, d];
    });
    return best;
  }
  function zoom(factor, px = wide() / 2, py = high() / 2) {
    const scale = Math.max(0.05, Math.min(8, view.scale * factor));
    view.x = px - ((px - view.x) * scale) / view.scale;
    view.y = py - ((py - view.y) * scale) / view.scale;
    view.scale = scale;
    ask();
  }
  function open(number) {
    if (number >= 0 && nodes[number][1]) location.href = host.dataset.root + nodes[number][1] + host.dataset.suffix;
  }

  let grip = null, moved = false;
  canvas.addEventListener("pointerdown", (event) => { grip = [event.clientX, event.clientY]; moved = false; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    if (!grip) { const now = hit(event); if (now !== lit) { lit = now; ask(); } canvas.classList.toggle("over", now >= 0); return; }
    view.x += event.clientX - grip[0];
    view.y += event.clientY - grip[1];
    moved = moved || Math.hypot(event.clientX - grip[0], event.clientY - grip[1]) > 2;
    grip = [event.clientX, event.clientY];
    ask();
  });
  canvas.addEventListener("pointerup", (event) => { grip = null; if (!moved) open(hit(event)); });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 1.15 : 0.87, event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
    if (step) { view.x += step[0]; view.y += step[1]; ask(); event.preventDefault(); }
    if (event.key === "+" || event.key === "=") zoom(1.2);
    if (event.key === "-") zoom(0.83);
    if (event.key === "Enter") open(lit);
  });
  finder.addEventListener("input", () => {
    const wanted = finder.value.trim().toLowerCase();
    lit = wanted ? nodes.findIndex((node) => node[0].toLowerCase().includes(wanted)) : -1;
    if (lit >= 0) { view.x = wide() / 2 - places[lit][0] * view.scale; view.y = high() / 2 - places[lit][1] * view.scale; }
    ask();
  });
  finder.addEventListener("keydown", (event) => { if (event.key === "Enter") open(lit); });

  const worker = opened(host.dataset.worker);
  if (worker) worker.onmessage = ({ data }) => {
    places = nodes.map((_, number) => [data.positions[number * 2], data.positions[number * 2 + 1]]);
    if (!view.fitted) fit();
    view.fitted = data.done;
    canvas.dataset.done = data.done ? "yes" : "";
    ask();
  };
  worker?.postMessage({ nodes: nodes.map((node) => [node[4], node[5], node[3]]), links });
  dark.addEventListener("change", restyle);
  addEventListener("resize", () => { resize(); fit(); });
  restyle();
  resize();
  fit();
}

// A page from a disk may start no worker: the first places, which the page gives, stay.
function opened(address) {
  try {
    return new Worker(address);
  } catch {
    return null;
  }
}

start();
