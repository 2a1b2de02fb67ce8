"use strict";
// Draws a scatter plot of three columns so that the reader can rotate it by dragging and with the arrow keys. The
// picture that the page came with is kept for printing. Projection and look are those of that picture.
{
  // Pixels between lines of the legend, and the width below which it goes under the box.
  const LINE = 26, NARROW = 608;
  // The most points that are drawn one by one, and sizes of text as in the other plots.
  const MANY = 1500;
  const TEXT = 18 / 1.24, TICK_TEXT = 16 / 1.24, TITLE_TEXT = 22 / 1.24;
  // Radians of a step with a key and of a dragged pixel, and the steepest view from above or below.
  const STEP = Math.PI / 36, PIXEL = 0.008, STEEPEST = 1.25;
  const pen = document.createElement("canvas").getContext("2d");

  const textWidth = (text, size) => {
    pen.font = `${size}px sans-serif`;
    return pen.measureText(text).width;
  };
  const fitted = (text, size, room) => {
    while (text.length > 1 && textWidth(text, size) > room) text = `${text.slice(0, -2)}…`;
    return text;
  };
  const element = (name, attributes, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const path = (places) => "M" + places.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");

  // Discs, triangles or crosses at some places, as in the other plots.
  const SHAPES = ["m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0", "m0-6l-6 11h12z", "m-5-5l10 10m0-10l-10 10"];
  const marks = (kind, colour, places) => {
    const d = places.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}${SHAPES[kind % 3]}`).join("");
    const ink = kind % 3 === 2 ? { fill: "none", stroke: colour, "stroke-width": 2 } : { fill: colour };
    return element("path", { d, opacity: 0.85, ...ink });
  };

  class Scatter {
    constructor(picture) {
      this.chart = JSON.parse(picture.querySelector("script").textContent);
      this.picture = picture;
      this.values = picture.parentElement.querySelector(".values");
      this.svg = element("svg", { class: "turned" });
      picture.prepend(this.svg);
      this.reset();
    }

    reset() {
      this.yaw = this.chart.yaw;
      this.pitch = this.chart.pitch;
      this.request();
    }

    turn(right, up) {
      this.yaw = (this.yaw - right) % (2 * Math.PI);
      this.pitch = Math.max(-STEEPEST, Math.min(STEEPEST, this.pitch + up));
      this.request();
    }

    request() {
      this.requested ??= requestAnimationFrame(() => {
        this.requested = null;
        this.draw();
      });
    }

    // Where the box and the legend are: side by side, or one below the other where there is little room.
    layout() {
      const { size: wide, center, side, legend } = this.chart;
      const box = (middle, length, room) => new ScatterBox(middle, length, room, this.yaw, this.pitch);
      if (this.picture.clientWidth >= NARROW) {
        return { size: wide, box: box(center, side, center[1] - 65), legend: [legend.left, 64], below: false };
      }
      const lines = legend.names.length + (legend.more ? 1 : 0), top = 545 + LINE / 2;
      const size = [500, top + LINE * (lines + 0.5)];
      return { size, box: box([250, 275], 275, 205), legend: [24, top], below: true };
    }

    panels() {
      const { box } = this.place, made = [];
      for (const axis of [0, 1, 2]) {
        const [one, other] = [(axis + 1) % 3, (axis + 2) % 3];
        const at = (a, b) => box.corner({ [axis]: box.far[axis], [one]: a, [other]: b });
        const lines = [[at(0, 0), at(1, 0), at(1, 1), at(0, 1), at(0, 0)]];
        for (const [share] of this.chart.axes[one].ticks) lines.push([at(share, 0), at(share, 1)]);
        for (const [share] of this.chart.axes[other].ticks) lines.push([at(0, share), at(1, share)]);
        made.push(element("path", { d: path(lines[0]), opacity: 0.02 }));
        made.push(element("path", { d: lines.map(path).join(""), fill: "none", stroke: "#000", opacity: 0.14 }));
      }
      return made;
    }

    // The name of an axis: above the end of the upward axis, beside the middle of the others.
    nameOf(axis, [start, end]) {
      const name = this.chart.axes[axis].name;
      if (axis === 1) {
        const [x, y] = start[1] < end[1] ? start : end;
        return this.text(name, x - 24, y - 22, TEXT, "start");
      }
      const [x, y] = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2];
      const [dx, dy] = this.place.box.outwards([start, end]);
      if (dx) return this.text(name, x + 10 * dx, y, TEXT, dx < 0 ? "end" : "start");
      const left = x < this.place.box.center[0];
      return this.text(name, left ? x - 16 : x + 36, y + 8.8 * dy, TEXT, left ? "end" : "start");
    }

    // A line with ticks and labels, as far as no label is over another text.
    axis(axis, { values, ends: [start, end] }) {
      const [dx, dy] = this.place.box.outwards([start, end]);
      const lines = [[start, end]];
      const labels = [];
      for (const [share, text] of this.chart.axes[axis].ticks) {
        const [x, y] = this.place.box.corner({ ...values, [axis]: share });
        lines.push([[x, y], [x + dx, y + dy]]);
        const anchor = dx ? (dx < 0 ? "end" : "start") : "middle";
        labels.push(this.text(text, x + 2 * dx, y + 2 * dy + (Math.sign(dy) * TICK_TEXT) / 2, TICK_TEXT, anchor));
      }
      const line = element("path", { d: lines.map(path).join(""), fill: "none", stroke: "#000", opacity: 0.8 });
      return [line, ...labels];
    }

    // A text that is centred vertically; nothing where it would cover another one.
    text(text, x, y, size, anchor) {
      const width = textWidth(text, size), room = this.place.size[0];
      const before = { start: 0, middle: width / 2, end: width }[anchor];
      const left = Math.max(4, Math.min(room - width - 4, x - before));
      const box = { left, right: left + width, top: y - size * 0.6, bottom: y + size * 0.6 };
      const beside = (other) => box.left >= other.right + 3 || other.left >= box.right + 3;
      const covers = (other) => !beside(other) && box.top < other.bottom && other.top < box.bottom;
      if (this.taken.some(covers)) return null;
      this.taken.push(box);
      const font = { "font-size": size, "font-family": "sans-serif", fill: "#000" };
      return element("text", { x: left, y, dy: "0.36em", ...font }, text);
    }

    legend() {
      const { legend: [left, top], below } = this.place, { names, more } = this.chart.legend;
      const first = below ? top + LINE : top;
      const made = [this.text("class", left, first - LINE, TEXT, "start")];
      names.forEach((name, index) => {
        made.push(marks(index, this.chart.colours[index], [[left + 10, first + LINE * index]]));
        made.push(this.text(name, left + 26, first + LINE * index, TEXT, "start"));
      });
      if (more) made.push(this.text(more, left, first + LINE * names.length, TEXT, "start"));
      return made;
    }

    title() {
      const { size, legend, below } = this.place, room = below ? size[0] : legend[0];
      return this.text(fitted(this.chart.title, TITLE_TEXT, room - 16), room / 2, 34, TITLE_TEXT, "middle");
    }

    // The marks, those far away first. So many that they take long to draw become one mark of each class.
    points() {
      const { points, colours } = this.chart;
      const places = points.map(([kind, ...point]) => ({ kind, at: this.place.box.project(point) }));
      if (places.length > MANY) {
        const of = (kind) => places.filter((place) => place.kind === kind).map(({ at }) => at);
        return colours.map((colour, kind) => marks(kind, colour, of(kind)));
      }
      places.sort((a, b) => b.at[2] - a.at[2]);
      return places.map(({ kind, at }) => marks(kind, colours[kind], [at]));
    }

    draw() {
      this.place = this.layout();
      this.taken = [];
      const edges = [0, 1, 2].map((axis) => this.place.box.edge(axis));
      const texts = [this.title(), ...this.legend(), ...edges.map(({ ends }, axis) => this.nameOf(axis, ends))];
      const axes = edges.flatMap((edge, axis) => this.axis(axis, edge));
      this.svg.setAttribute("viewBox", `0 0 ${this.place.size.join(" ")}`);
      const paper = element("rect", { width: "100%", height: "100%", fill: "#fff" });
      this.svg.replaceChildren(paper, ...this.panels(), ...[...axes, ...this.points(), ...texts].filter(Boolean));
    }

    tell() {
      const degrees = (angle) => Math.round((angle * 180) / Math.PI);
      const around = (degrees(this.yaw) % 360 + 360) % 360, above = degrees(this.pitch);
      this.values.textContent = `rotated by ${around}°, seen from ${Math.abs(above)}° ${above < 0 ? "below" : "above"}`;
    }
  }

  for (const picture of document.querySelectorAll(".rotated")) {
    const scatter = new Scatter(picture);
    picture.tabIndex = 0;
    picture.ariaLabel += ". The arrow keys rotate it, Home returns.";
    const hint = document.createElement("span");
    hint.className = "rotation-hint";
    hint.textContent = " Drag the picture, or use the arrow keys, to rotate it; Home returns.";
    picture.closest("figure").querySelector("figcaption").append(hint);
    let last = null;
    picture.addEventListener("pointerdown", (event) => {
      picture.setPointerCapture(event.pointerId);
      last = [event.clientX, event.clientY];
    });
    picture.addEventListener("pointermove", (event) => {
      if (!picture.hasPointerCapture(event.pointerId)) return;
      scatter.turn(PIXEL * (event.clientX - last[0]), PIXEL * (event.clientY - last[1]));
      last = [event.clientX, event.clientY];
    });
    picture.addEventListener("keydown", (event) => {
      const turns = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
      if (event.key === "Home") scatter.reset();
      else if (event.key in turns) scatter.turn(...turns[event.key]);
      else return;
      event.preventDefault();
      scatter.tell();
    });
    new ResizeObserver(() => scatter.request()).observe(picture);
  }
}
