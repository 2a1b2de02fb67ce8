"use strict";
// The playground: a classifier that is trained on the page, and follows its settings while the reader moves them. A
// setting that changes starts the training again and repeats as many updates, so that the curve always belongs to the
// settings that are shown.

// Updates in a frame while it runs, the most updates, and those that a first setting shows.
const PER_FRAME = 2, MOST_UPDATES = 10000, FIRST_UPDATES = 100;
// Milliseconds of a frame that are spent on updates, and between pictures for readers who want less motion.
const FRAME_BUDGET = 12, STILL = 500;

const lines = (texts) => `${texts.join("\n")}\n`;

class Playground {
  constructor(root) {
    this.root = root;
    this.data = JSON.parse(root.querySelector("script").textContent);
    this.part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.input = (name) => root.querySelector(`input[name="${name}"]`);
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.running = false;
    this.target = 0;
    this.drawn = 0;
    root.addEventListener("input", () => this.restart(Math.max(this.losses.length, this.target, FIRST_UPDATES)));
    this.part("run").addEventListener("click", () => this.run(!this.running));
    this.part("step").addEventListener("click", () => this.step());
    this.part("reset").addEventListener("click", () => {
      this.stop();
      this.restart(0);
    });
    this.offer("points.csv", () => this.table());
    this.offer("playground.toml", () => this.configuration());
    this.offer("losses.csv", () => lines(["update,loss", ...this.losses.map((loss, index) => `${index + 1},${loss}`)]));
    new ResizeObserver(() => this.request(true)).observe(root);
    this.restart(0);
  }

  // A link that saves a text as it is at the click.
  offer(name, text) {
    const link = this.root.querySelector(`a[download="${name}"]`);
    link.addEventListener("click", () => {
      link.href = `data:text/plain;charset=utf-8,${encodeURIComponent(text())}`;
    });
  }

  read() {
    const value = (name) => Number(this.input(name).value);
    const size = this.data.batch_sizes[value("batch-size")];
    return {
      hidden: this.root.querySelector('input[name="model"]:checked').value === "mlp" ? value("hidden") : 0,
      learningRate: Number((10 ** value("learning-rate")).toPrecision(2)),
      batchSize: size,
      noise: value("noise"),
    };
  }

  restart(target) {
    const settings = (this.settings = this.read());
    // The program holds features in single precision.
    const moved = (value, index) => value + settings.noise * this.data.normals[index];
    this.rows = this.data.points.map(([x, y, label], row) => [moved(x, 2 * row), moved(y, 2 * row + 1), label]);
    this.points = this.rows.map(([x, y, label]) => ({ x: Math.fround(x), y: Math.fround(y), label }));
    this.network = new Network(settings.hidden, this.data.uniforms);
    this.losses = [];
    this.root.dataset.updates = 0;
    this.diverged = false;
    this.target = target;
    this.show("learning-rate", settings.learningRate);
    this.show("batch-size", this.isFull() ? `all ${this.points.length}` : settings.batchSize);
    this.show("hidden", this.input("hidden").value);
    this.show("noise", settings.noise.toFixed(2));
    this.input("hidden").disabled = settings.hidden === 0;
    this.request(true);
  }

  show(name, text) {
    this.part(`${name}-value`).textContent = text;
    this.input(name).setAttribute("aria-valuetext", text);
  }

  run(running) {
    this.running = running;
    if (!running) this.target = this.losses.length;
    this.part("run").textContent = running ? "Pause" : "Run";
    this.part("numbers").setAttribute("aria-live", running ? "off" : "polite");
    this.request(true);
  }

  stop() {
    if (this.running) this.run(false);
  }

  step() {
    this.stop();
    this.target = Math.min(MOST_UPDATES, this.target + 1);
    this.request(true);
  }

  isFull() {
    return this.settings.batchSize >= this.points.length;
  }

  perPass() {
    return Math.ceil(this.points.length / this.settings.batchSize);
  }

  update() {
    const range = batchRange(this.losses.length, this.settings.batchSize, this.points.length);
    const loss = this.network.update(this.points, range, this.settings.learningRate);
    this.losses.push(loss);
    this.diverged = !Number.isFinite(loss);
  }

  // Asks for a frame; `changed` if there is something to draw at once.
  request(changed) {
    this.changed ||= changed;
    this.requested ??= requestAnimationFrame((now) => {
      this.requested = null;
      this.frame(now);
    });
  }

  frame(now) {
    if (this.running) this.target = Math.min(MOST_UPDATES, this.target + PER_FRAME);
    const end = performance.now() + FRAME_BUDGET;
    while (this.losses.length < this.target && !this.diverged && performance.now() < end) this.update();
    if (this.diverged) this.target = this.losses.length;
    if (this.running && (this.diverged || this.target === MOST_UPDATES)) this.run(false);
    const working = this.losses.length < this.target;
    if (this.changed || !this.running || !this.still.matches || now - this.drawn > STILL) this.draw(now);
    if (this.running || working) this.request(false);
  }

  draw(now) {
    this.drawn = now;
    this.changed = false;
    drawPlane(this.part("plane"), this.network, this.points);
    drawLosses(this.part("losses"), this.losses, this.perPass());
    this.part("numbers").textContent = this.numbers().join(" · ");
    this.part("configuration").textContent = this.configuration();
    this.root.dataset.updates = this.losses.length;
  }

  numbers() {
    const predicted = ({ x, y }) => (this.network.probability(x, y) > 0.5 ? 1 : 0);
    const right = this.points.filter((point) => predicted(point) === point.label).length;
    const told = [`${this.losses.length} updates`];
    const loss = this.losses.at(-1);
    if (this.diverged) told.push("the loss became NaN or infinite");
    else if (loss !== undefined) told.push(`loss ${loss < 1e4 ? loss.toFixed(4) : loss.toExponential(2)}`);
    return [...told, `${right} of ${this.points.length} points right`];
  }

  table() {
    return lines(["f0,f1,label", ...this.rows.map((row) => row.join(","))]);
  }

  configuration() {
    const { hidden, learningRate, batchSize } = this.settings;
    const updates = Math.max(FIRST_UPDATES, this.losses.length);
    return lines([
      'name = "playground"',
      `seed = ${this.data.seed}`,
      "",
      "[data]",
      'source = "csv"',
      "# Every point trains. The same points are scored at the end.",
      'train_file = "points.csv"',
      'test_file = "points.csv"',
      'normalize = "none"',
      "",
      "[model]",
      ...(hidden ? ['kind = "mlp"', `hidden = [${hidden}]`] : ['kind = "linear"']),
      'init = { scheme = "kaiming-uniform" }',
      'gradient = "manual"',
      "",
      "[training]",
      `epochs = ${Math.ceil(updates / this.perPass())}`,
      `batch_size = ${this.isFull() ? '"full"' : batchSize}`,
      "",
      "[training.optimizer]",
      `learning_rate = ${learningRate}`,
    ]);
  }
}

for (const root of document.querySelectorAll(".playground")) new Playground(root);
