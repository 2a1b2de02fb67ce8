"use strict";
// Switches between the views of a figure.
for (const group of document.querySelectorAll(".switch")) {
  const buttons = [...group.querySelectorAll("button")];
  const views = [...group.parentElement.querySelectorAll(":scope > .view")];
  buttons.forEach((button, chosen) => button.addEventListener("click", () => {
    buttons.forEach((other, index) => other.setAttribute("aria-pressed", String(index === chosen)));
    views.forEach((view, index) => { view.hidden = index !== chosen; });
  }));
}

// Shows the values of all curves at the update under the pointer, or at the one chosen with the arrow keys.
for (const picture of document.querySelectorAll(".pointed")) {
  const chart = JSON.parse(picture.querySelector("script").textContent);
  const svg = picture.querySelector("svg");
  const values = picture.parentElement.querySelector(".values");
  const longest = chart.series.reduce((best, series) => (series.x.length > best.x.length ? series : best), chart.series[0]);
  let position = -1;

  const element = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const overlay = svg.appendChild(element("g", { "pointer-events": "none" }));

  const share = ([low, high], value, log) =>
    log ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low)) : (value - low) / (high - low);
  const column = (x) => chart.columns[0] + share(chart.x, x, false) * (chart.columns[1] - chart.columns[0]);
  const row = (y) => chart.rows[1] - share(chart.y, y, chart.log) * (chart.rows[1] - chart.rows[0]);
  const nearest = (xs, x) => {
    let low = 0, high = xs.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (xs[middle] < x) low = middle; else high = middle;
    }
    return Math.abs(xs[low] - x) <= Math.abs(xs[high] - x) ? low : high;
  };
  const number = (value) => Number(value.toPrecision(5)).toString();

  const hide = () => {
    position = -1;
    overlay.replaceChildren();
    values.replaceChildren();
  };
  const show = (index) => {
    position = Math.max(0, Math.min(longest.x.length - 1, index));
    const x = longest.x[position];
    const line = { x1: column(x), x2: column(x), y1: chart.rows[0], y2: chart.rows[1], stroke: "#555" };
    const marks = [element("line", { ...line, "stroke-dasharray": "3 3" })];
    const told = [Object.assign(document.createElement("span"), { textContent: `${chart.over} ${number(x)}` })];
    for (const series of chart.series) {
      const at = nearest(series.x, x);
      const y = series.y[at];
      marks.push(element("circle", { cx: column(series.x[at]), cy: row(y), r: 5, fill: series.color, stroke: "#fff" }));
      const span = document.createElement("span");
      const square = document.createElement("i");
      square.style.background = series.color;
      span.append(square, `${series.name}: ${number(y)}`);
      told.push(span);
    }
    overlay.replaceChildren(...marks);
    values.replaceChildren(...told);
  };

  picture.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const place = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    const along = (place - chart.columns[0]) / (chart.columns[1] - chart.columns[0]);
    if (along < -0.02 || along > 1.02) return hide();
    show(nearest(longest.x, chart.x[0] + along * (chart.x[1] - chart.x[0])));
  });
  picture.addEventListener("pointerleave", hide);
  picture.addEventListener("blur", hide);
  picture.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.round(longest.x.length / 20));
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageDown: page, PageUp: -page };
    if (event.key in steps) show(position + steps[event.key]);
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(longest.x.length - 1);
    else if (event.key === "Escape") return hide();
    else return;
    event.preventDefault();
  });
}
