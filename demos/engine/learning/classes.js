// What there is to learn: the shape of the pictures and the names of the classes.

export const SIDE = 12;

export const KINDS = {
  digits: { shape: [1, 8, 8], classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] },
  shapes: { shape: [1, SIDE, SIDE], classes: ["triangle", "square", "ring", "cross"] },
  own: { shape: [1, SIDE, SIDE], classes: ["A", "B", "C"] },
};
