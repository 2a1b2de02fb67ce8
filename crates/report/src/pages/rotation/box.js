"use strict";
// The box of a scatter plot with three axes, right, up and into the picture, as plotters projects it. Its points have
// shares of the axes as coordinates, from 0 to 1.

class ScatterBox {
  // Its middle in pixels, its side, shorter where more than `room` of it would be above or below the middle, and its
  // rotation around the upward axis and from above, in radians.
  constructor(center, side, room, yaw, pitch) {
    const wide = (Math.abs(Math.sin(yaw)) + Math.abs(Math.cos(yaw))) / 2;
    const high = Math.cos(pitch) / 2 + Math.abs(Math.sin(pitch)) * wide;
    Object.assign(this, { center, side: Math.min(side, room / high), yaw, pitch });
    // The side of each axis on which its panel is, behind the points.
    this.far = [0, 1, 2].map((axis) => (this.corner({})[2] >= this.corner({ [axis]: 1 })[2] ? 0 : 1));
  }

  // The place of a point of the box in pixels, and its distance from the reader.
  project(point) {
    const { center, side, yaw, pitch } = this;
    const [x, y, z] = [point[0] - 0.5, 0.5 - point[1], 0.5 - point[2]].map((share) => side * share);
    const right = Math.cos(yaw) * x + Math.sin(yaw) * z, back = Math.cos(yaw) * z - Math.sin(yaw) * x;
    const down = Math.cos(pitch) * y - Math.sin(pitch) * back, depth = Math.sin(pitch) * y + Math.cos(pitch) * back;
    return [center[0] + right, center[1] + down, depth];
  }

  // The corner of the box with a value for some axes, and 0 for the others.
  corner(values) {
    return this.project([0, 1, 2].map((axis) => values[axis] ?? 0));
  }

  // The edge along an axis: the one before the points, of the floor or of the ceiling if seen from below; of the upward
  // edges the left one.
  edge(axis) {
    const { far } = this, near = far.map((side) => 1 - side);
    const along = (values) => ({ values, ends: [0, 1].map((share) => this.corner({ ...values, [axis]: share })) });
    if (axis !== 1) return along({ 1: far[1], [2 - axis]: near[2 - axis] });
    const [one, other] = [along({ 0: far[0], 2: near[2] }), along({ 0: near[0], 2: far[2] })];
    return one.ends[0][0] < other.ends[0][0] ? one : other;
  }

  // The direction of the ticks of an edge: away from the box, across for steep edges, else up or down.
  outwards([start, end]) {
    const [x, y] = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2];
    const steep = Math.abs(end[0] - start[0]) < Math.abs(end[1] - start[1]);
    return steep ? [x < this.center[0] ? -5 : 5, 0] : [0, y < this.center[1] ? -5 : 5];
  }
}
