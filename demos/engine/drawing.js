// What a pen leaves on a picture of pixels. A drawing is a list of numbers: row and column of each point
// in quarters of a pixel, and −1 between two strokes.

export const QUARTERS = 4;

/** The strokes of a drawing: lists of [row, column] in pixels. */
export function strokes(drawing) {
  const found = [[]];
  let row;
  for (const number of drawing) {
    if (number < 0) {
      found.push([]);
      row = undefined;
    } else if (row === undefined) row = number;
    else {
      found.at(-1).push([row / QUARTERS, number / QUARTERS]);
      row = undefined;
    }
  }
  return found.filter((stroke) => stroke.length);
}

/** How far a point lies from the line between two others. */
function distance([row, column], [top, left], [bottom, right]) {
  const [height, width] = [bottom - top, right - left], long = height * height + width * width;
  const along = long ? ((row - top) * height + (column - left) * width) / long : 0;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(row - top - share * height, column - left - share * width);
}

/** Ink from 0 to 1 for each pixel, row by row: full in the middle of a line, fading over one pixel. */
export function ink(drawing, rows, columns, width) {
  const values = new Float64Array(rows * columns);
  for (const stroke of strokes(drawing)) {
    stroke.forEach((point, i) => {
      const before = stroke[Math.max(0, i - 1)];
      for (let pixel = 0; pixel < values.length; pixel += 1) {
        const middle = [Math.floor(pixel / columns) + 0.5, (pixel % columns) + 0.5];
        const strength = Math.min(1, Math.max(0, width / 2 + 0.5 - distance(middle, before, point)));
        values[pixel] = Math.max(values[pixel], strength);
      }
    });
  }
  return values;
}

/** Lines about as thick as those of a digit that fills the picture. */
export const penWidth = (rows, columns) => Math.max(1.5, Math.min(rows, columns) / 10);
