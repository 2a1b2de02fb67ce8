"use strict";
// The two pictures of the playground: the plane of the features, and the curve of the loss.

const CLASS_COLOURS = [[0, 114, 178], [213, 94, 0]];
const CHART_FONT = "13px system-ui, sans-serif";
// Predictions in each direction.
const PLANE_CELLS = 90;

// A white canvas of the size at which it is shown, in CSS pixels.
function cleared(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.font = CHART_FONT;
  return { pen, frame: { left: 46, top: 12, right: width - 20, bottom: height - 40 } };
}

// The ticks of the upward axis; moves the frame so that their labels fit beside it.
function upwardTicks(pen, frame, [low, high]) {
  const ticks = roundTicks(low, high, (frame.bottom - frame.top) / 45);
  frame.left = 28 + Math.max(...ticks.map((tick) => pen.measureText(String(tick)).width));
  return ticks;
}

// Round values from `low` to `high`, at most `most`.
function roundTicks(low, high, most) {
  const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const first = Math.ceil(low / step), last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

// Draws ticks and names; returns the functions from values to pixels.
function drawAxes(pen, frame, [xLow, xHigh], [yLow, yHigh], [xName, yName], ticks) {
  const column = (x) => frame.left + ((x - xLow) / (xHigh - xLow)) * (frame.right - frame.left);
  const row = (y) => frame.bottom - ((y - yLow) / (yHigh - yLow)) * (frame.bottom - frame.top);
  pen.strokeStyle = "rgba(0, 0, 0, 0.6)";
  pen.fillStyle = "#000";
  pen.lineWidth = 1;
  pen.beginPath();
  pen.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (const tick of roundTicks(xLow, xHigh, (frame.right - frame.left) / 60)) {
    pen.moveTo(column(tick), frame.bottom);
    pen.lineTo(column(tick), frame.bottom + 4);
    pen.fillText(String(tick), column(tick), frame.bottom + 6);
  }
  pen.fillText(xName, (frame.left + frame.right) / 2, frame.bottom + 22);
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const tick of ticks) {
    pen.moveTo(frame.left, row(tick));
    pen.lineTo(frame.left - 4, row(tick));
    pen.fillText(String(tick), frame.left - 6, row(tick));
  }
  pen.stroke();
  pen.save();
  pen.translate(12, (frame.top + frame.bottom) / 2);
  pen.rotate(-Math.PI / 2);
  pen.textAlign = "center";
  pen.fillText(yName, 0, 0);
  pen.restore();
  return { column, row };
}

// The probability of class 1 at the corners of a grid over the plane, from its upper left corner.
function predictions(network, [xLow, xHigh], [yLow, yHigh]) {
  const shares = Array.from({ length: PLANE_CELLS + 1 }, (_, index) => index / PLANE_CELLS);
  const places = (from, to) => shares.map((share) => from + (to - from) * share);
  const columns = places(xLow, xHigh);
  return places(yHigh, yLow).map((y) => columns.map((x) => network.probability(x, y)));
}

// The more probable the class, the stronger its colour, as on the other pages.
function drawRegions(pen, frame, grid) {
  const image = new ImageData(PLANE_CELLS + 1, PLANE_CELLS + 1);
  grid.flat().forEach((probability, index) => {
    const [of, colour] = probability > 0.5 ? [probability, CLASS_COLOURS[1]] : [1 - probability, CLASS_COLOURS[0]];
    const strength = 0.1 + 0.4 * (Number.isNaN(of) ? 0 : of);
    image.data.set([...colour.map((full) => 255 + (full - 255) * strength), 255], 4 * index);
  });
  const small = Object.assign(document.createElement("canvas"), { width: PLANE_CELLS + 1, height: PLANE_CELLS + 1 });
  small.getContext("2d").putImageData(image, 0, 0);
  const [width, height] = [frame.right - frame.left, frame.bottom - frame.top];
  // The corners of the grid are the middles of the pixels.
  pen.drawImage(small, 0.5, 0.5, PLANE_CELLS, PLANE_CELLS, frame.left, frame.top, width, height);
}

// The line where both classes are equally probable: where it enters and leaves each cell of the grid.
function drawBoundary(pen, frame, grid) {
  const [width, height] = [(frame.right - frame.left) / PLANE_CELLS, (frame.bottom - frame.top) / PLANE_CELLS];
  pen.beginPath();
  for (let row = 0; row < PLANE_CELLS; row++) {
    for (let column = 0; column < PLANE_CELLS; column++) {
      const corners = [[0, 0], [1, 0], [1, 1], [0, 1]];
      const crossings = corners.flatMap(([x, y], index) => {
        const [nextX, nextY] = corners[(index + 1) % 4];
        const [here, next] = [grid[row + y][column + x] - 0.5, grid[row + nextY][column + nextX] - 0.5];
        if (here > 0 === next > 0) return [];
        const share = here / (here - next);
        const [across, down] = [column + x + (nextX - x) * share, row + y + (nextY - y) * share];
        return [[frame.left + across * width, frame.top + down * height]];
      });
      for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
        pen.moveTo(...crossings[pair]);
        pen.lineTo(...crossings[pair + 1]);
      }
    }
  }
  pen.strokeStyle = "#000";
  pen.lineWidth = 1.5;
  pen.stroke();
}

// Discs and triangles with a white edge.
function drawPoints(pen, points, { column, row }) {
  pen.lineWidth = 1;
  pen.strokeStyle = "#fff";
  for (const { x, y, label } of points) {
    const [across, down] = [column(x), row(y)];
    pen.beginPath();
    if (label === 0) pen.arc(across, down, 4, 0, 2 * Math.PI);
    else for (const [right, below] of [[0, -5.5], [-5, 4], [5, 4]]) pen.lineTo(across + right, down + below);
    pen.closePath();
    pen.fillStyle = `rgb(${CLASS_COLOURS[label]})`;
    pen.fill();
    pen.stroke();
  }
}

function drawPlane(canvas, network, points) {
  const { pen, frame } = cleared(canvas);
  const around = (key) => {
    const values = points.map((point) => point[key]);
    return [Math.min(...values) - 0.4, Math.max(...values) + 0.4];
  };
  const [xs, ys] = [around("x"), around("y")];
  const ticks = upwardTicks(pen, frame, ys);
  const grid = predictions(network, xs, ys);
  drawRegions(pen, frame, grid);
  drawBoundary(pen, frame, grid);
  drawPoints(pen, points, drawAxes(pen, frame, xs, ys, ["f0", "f1"], ticks));
}

// The loss of each update, and its mean over the last pass if a pass has several.
function drawLosses(canvas, losses, perPass) {
  const { pen, frame } = cleared(canvas);
  const shown = losses.filter(Number.isFinite);
  const highest = 1.05 * shown.reduce((high, loss) => Math.max(high, loss), 1e-3);
  const [xs, ys] = [[0, Math.max(10, losses.length)], [0, shown.length ? highest : 1]];
  const places = drawAxes(pen, frame, xs, ys, ["update", "loss"], upwardTicks(pen, frame, ys));
  const line = (values, colour, width) => {
    pen.beginPath();
    values.forEach((loss, index) => {
      if (Number.isFinite(loss)) pen.lineTo(places.column(index + 1), places.row(loss));
    });
    Object.assign(pen, { strokeStyle: colour, lineWidth: width, lineJoin: "round" });
    pen.stroke();
  };
  if (perPass === 1) return line(losses, "rgb(0, 114, 178)", 2);
  line(losses, "rgba(0, 114, 178, 0.3)", 1);
  let sum = 0;
  const means = losses.map((loss, index) => {
    sum += loss - (index >= perPass ? losses[index - perPass] : 0);
    return sum / Math.min(index + 1, perPass);
  });
  line(means, "rgb(0, 114, 178)", 2);
}
