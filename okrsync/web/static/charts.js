// Puts a chart that answers to pointer, finger and arrow keys in the place of its still drawing, where that can be done.
"use strict";

const NARROW = 560, LOW = 240, HIGH = 290, LETTERS = 15;
const SVG = "http://www.w3.org/2000/svg";

const made = (name, kind, inside) => {
  const one = name === "p" || name === "div" ? document.createElement(name) : document.createElementNS(SVG, name);
  one.setAttribute("class", kind);
  if (inside) inside.append(one);
  return one;
};

// One picture with one description; its parts have none of their own.
const painted = (stage, inks) => {
  for (const part of stage.querySelectorAll("svg, svg *")) {
    for (const name of part.getAttributeNames()) {
      if (name === "role" || name.startsWith("aria-")) part.removeAttribute(name);
    }
    for (const name of ["fill", "stroke"]) {
      const ink = inks[part.getAttribute(name)];
      if (ink) part.style.setProperty(name, ink);
    }
  }
  stage.querySelector("svg").setAttribute("aria-hidden", "true");
};

// As wide as the figure, and its letters in step with those of the page.
const zoom = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / LETTERS;

const room = (figure) => {
  const width = Math.floor(figure.clientWidth / zoom());
  return { width, height: width < NARROW ? LOW : HIGH };
};

const drawn = async (figure, stage, { spec, inks }) => {
  const options = { mode: "vega", ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: false };
  const { view } = await window.vegaEmbed(stage, { ...spec, ...room(figure) }, options);
  painted(stage, inks);
  const svg = stage.querySelector("svg"), cross = stage.nextElementSibling;
  cross.setAttribute("viewBox", svg.getAttribute("viewBox"));
  for (const name of ["width", "height"]) svg.setAttribute(name, svg.getAttribute(name) * zoom());
  return view;
};

const enliven = async (figure) => {
  const answer = await fetch(figure.dataset.chart);
  if (!answer.ok || !window.vegaEmbed) return;
  const chart = await answer.json();
  const live = made("div", "live"), stage = made("div", "stage", live), cross = made("svg", "cross", live);
  const rule = made("line", "", cross), dot = made("circle", "", cross);
  cross.setAttribute("aria-hidden", "true");
  let view = await drawn(figure, stage, chart);
  const readout = made("p", "readout");
  live.tabIndex = 0;
  live.setAttribute("role", "slider");
  live.setAttribute("aria-label", figure.querySelector("img").alt);
  live.setAttribute("aria-valuemin", 1);
  live.setAttribute("aria-valuemax", chart.spots.length);
  figure.replaceChildren(live, readout);

  let at = chart.spots.findLastIndex((one) => !one.said.includes("forecast"));
  const show = (place) => {
    at = Math.max(0, Math.min(chart.spots.length - 1, place));
    const spot = chart.spots[at], [left, top] = view.origin();
    const x = left + view.scale("x")(spot.at), bottom = top + view.scale("y").range()[0];
    const y = Math.max(top, Math.min(bottom, top + view.scale("y")(spot.value)));
    for (const [name, value] of Object.entries({ x1: x, x2: x, y1: top, y2: bottom })) rule.setAttribute(name, value);
    for (const [name, value] of Object.entries({ cx: x, cy: y, r: 4.5 })) dot.setAttribute(name, value);
    live.setAttribute("aria-valuenow", at + 1);
    live.setAttribute("aria-valuetext", spot.said);
    readout.textContent = spot.said;
  };
  const point = (event) => {
    const x = (event.clientX - live.getBoundingClientRect().left) / zoom();
    const when = view.scale("x").invert(x - view.origin()[0]);
    const away = chart.spots.map((one) => Math.abs(one.at - when));
    show(away.indexOf(Math.min(...away)));
  };
  const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -Infinity, End: Infinity };
  live.addEventListener("pointermove", point);
  live.addEventListener("pointerdown", point);
  live.addEventListener("keydown", (event) => {
    if (!(event.key in steps)) return;
    event.preventDefault();
    show(at + steps[event.key]);
  });
  show(at);

  let waiting, width = room(figure).width;
  new ResizeObserver(() => {
    if (room(figure).width === width) return;
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      width = room(figure).width;
      view.finalize();
      view = await drawn(figure, stage, chart);
      show(at);
    }, 150);
  }).observe(figure);
};

for (const figure of document.querySelectorAll("figure[data-chart]")) {
  enliven(figure).catch(() => {});
}
