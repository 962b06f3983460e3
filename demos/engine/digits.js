// A digit on a dark canvas: put in the middle, turned, moved, its pixels shuffled. Pictures are square and
// lie in one row of numbers from 0 to 1.

/** A small picture in the middle of a larger one. */
export function centred(small, side, canvas) {
  const rim = (canvas - side) / 2, picture = new Float64Array(canvas * canvas);
  small.forEach((value, i) => {
    picture[(rim + Math.floor(i / side)) * canvas + rim + (i % side)] = value;
  });
  return picture;
}

/** Turn a picture clockwise around its middle, then move it down and to the right. A pixel that comes from
 * between four others takes a share of each, the nearer the more; from outside comes nothing. */
export function moved(picture, side, [rows, columns], degrees) {
  const [sine, cosine] = [Math.sin, Math.cos].map((of) => of((degrees * Math.PI) / 180));
  const middle = (side - 1) / 2;
  const pixel = (i, j) => (i >= 0 && i < side && j >= 0 && j < side ? picture[i * side + j] : 0);
  return Float64Array.from(picture, (_, place) => {
    const down = Math.floor(place / side) - rows - middle, right = (place % side) - columns - middle;
    const i = middle + cosine * down - sine * right, j = middle + sine * down + cosine * right;
    const [top, left] = [Math.floor(i), Math.floor(j)], [a, b] = [i - top, j - left];
    return (1 - a) * ((1 - b) * pixel(top, left) + b * pixel(top, left + 1))
      + a * ((1 - b) * pixel(top + 1, left) + b * pixel(top + 1, left + 1));
  });
}

/** order[i] is the pixel that comes to place i. */
export const shuffled = (picture, order) => Float64Array.from(order, (from) => picture[from]);

/** The network that says of shuffled pictures what another, whose first layer reads all pixels, says of
 * pictures: its weights lie in the new order. */
export function twin(network, order) {
  const layers = network.layers.map((layer) => ({ ...layer }));
  const first = layers.find(({ kind }) => kind === "Linear"), { shape, values } = first.weight;
  first.weight = { shape, values: values.map((_, i) => values[i - (i % shape[1]) + order[i % shape[1]]]) };
  return { ...network, layers };
}
