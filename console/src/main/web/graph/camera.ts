/** What part of the graph is seen: a point of it at the corner of the window, and how large. */
export interface Camera {
  x: number;
  y: number;
  scale: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Extent {
  width: number;
  height: number;
}

const MOST = 2;
const LEAST = 0.08;
const READABLE = 0.7;
const DISCERNIBLE = 0.4;
const MARGIN = 28;
const FOOT = 54; // below it, where the buttons are

/** Everything, in the middle, above the buttons, and no larger than it is. */
export function fit(world: Extent, window: Extent): Camera {
  const height = window.height - MARGIN - FOOT;
  const scale = Math.max(LEAST, Math.min(1, (window.width - 2 * MARGIN) / world.width, height / world.height));
  return {
    x: (window.width - world.width * scale) / 2,
    y: MARGIN + (height - world.height * scale) / 2,
    scale,
  };
}

/** What is seen first: everything; or if that would be too small to read, what is chosen or else most linked. */
export function begin(
  world: Extent,
  at: { chosen: Point | undefined; hub: Point | undefined },
  size: Extent,
  window: Extent,
): Camera {
  const all = fit(world, window);
  const centre = at.chosen ?? at.hub;
  if (!centre || all.scale >= (at.chosen ? READABLE : DISCERNIBLE)) return all;
  return reveal({ x: -Infinity, y: 0, scale: READABLE }, centre, size, window);
}

/** Larger or smaller by a factor, while the point under (x, y) of the window stays there. */
export function zoom(camera: Camera, factor: number, x: number, y: number): Camera {
  const scale = Math.min(MOST, Math.max(LEAST, camera.scale * factor));
  const by = scale / camera.scale;
  return { x: x - (x - camera.x) * by, y: y - (y - camera.y) * by, scale };
}

/** Moved so that a rectangle of the graph is seen; as it was when it is seen already. */
export function reveal(camera: Camera, at: Point, size: Extent, window: Extent): Camera {
  const left = at.x * camera.scale + camera.x;
  const top = at.y * camera.scale + camera.y;
  const seen =
    left >= MARGIN &&
    top >= MARGIN &&
    left + size.width * camera.scale <= window.width - MARGIN &&
    top + size.height * camera.scale <= window.height - MARGIN;
  if (seen) return camera;
  return {
    x: window.width / 2 - (at.x + size.width / 2) * camera.scale,
    y: window.height / 2 - (at.y + size.height / 2) * camera.scale,
    scale: camera.scale,
  };
}
