/** A line under construction: points that change nothing are left out. */
export class Polyline {
  readonly points: number[] = [];

  get lastX(): number | undefined {
    return this.points.at(-2);
  }

  add(x: number, y: number): void {
    const { points } = this;
    const count = points.length;
    if (count >= 2 && points[count - 2] === x && points[count - 1] === y) return;
    if (count >= 4 && isBetween(points[count - 4]!, points[count - 3]!, points[count - 2]!, points[count - 1]!, x, y)) {
      points[count - 2] = x;
      points[count - 1] = y;
      return;
    }
    points.push(x, y);
  }
}

/** Does b lie on the straight way from a to c? */
function isBetween(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): boolean {
  const cross = (bx - ax) * (cy - by) - (by - ay) * (cx - bx);
  const along = (bx - ax) * (cx - bx) + (by - ay) * (cy - by);
  return along >= 0 && Math.abs(cross) < 1e-6 * (Math.hypot(bx - ax, by - ay) * Math.hypot(cx - bx, cy - by) + 1e-9);
}
