// Puts a chart that answers to a pointer in the place of its still drawing, where that can be done.
"use strict";

const told = (row) => {
  const day = new Date(row.at).toISOString().slice(0, 10);
  const show = (value) => Number(value.toPrecision(4)).toLocaleString();
  if (row.low !== undefined) return `${day}: between ${show(row.low)} and ${show(row.high)}`;
  if (row.made !== undefined) return `${day}: ${show(row.made)} of ${show(row.goal)}`;
  if (row.value !== undefined) return `${day}: ${show(row.value)} expected`;
  return day;
};

// One picture with one description; its parts have none of their own.
const painted = (figure, inks) => {
  for (const part of figure.querySelectorAll("svg *")) {
    for (const name of part.getAttributeNames()) {
      if (name === "role" || name.startsWith("aria-")) part.removeAttribute(name);
    }
    for (const name of ["fill", "stroke"]) {
      const ink = inks[part.getAttribute(name)];
      if (ink) part.style.setProperty(name, ink);
    }
  }
};

const nearest = (rows, at) => rows.reduce((best, row) => Math.abs(row.at - at) < Math.abs(best.at - at) ? row : best);

const enliven = async (figure) => {
  const answer = await fetch(figure.dataset.chart);
  if (!answer.ok || !window.vegaEmbed) return;
  const { spec, inks } = await answer.json();
  const stage = document.createElement("div");
  stage.className = "live";
  const options = { mode: "vega", ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: false };
  const { view } = await window.vegaEmbed(stage, spec, options);
  const described = figure.querySelector("svg").getAttribute("aria-label");
  const readout = document.createElement("p");
  readout.className = "readout";
  readout.setAttribute("role", "status");
  readout.textContent = "Point at the chart to read it.";
  figure.replaceChildren(stage, readout);
  painted(stage, inks);
  const rows = Object.fromEntries(spec.data.filter((one) => Array.isArray(one.values)).map((one) => [one.name, one.values]));
  const svg = stage.querySelector("svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", described);
  svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width - view.origin()[0];
    const at = view.scale("x").invert(x);
    const ahead = rows.fan0 && rows.fan0.length > 1 && at > rows.fan0[0].at ? rows.fan0 : rows.past;
    readout.textContent = told(nearest(ahead, at));
  });
};

for (const figure of document.querySelectorAll("figure[data-chart]")) {
  enliven(figure).catch(() => {});
}
