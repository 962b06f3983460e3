// What there is to learn: the shape of the pictures, the names of the classes, how many are held out, and
// networks to begin with; the first one of a kind is what a reader sees.

export const SIDE = 12;
export const LARGE = 28;

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const mlp = (classes) => `flatten-linear64-relu-linear${classes}`, linear = (classes) => `flatten-linear${classes}`;
const lenet = (activation, pool) => `conv6k5p2-${activation}-${pool}2-conv16k5-${activation}-${pool}2-flatten-`
  + `linear120-${activation}-linear84-${activation}-linear10`;

export const KINDS = {
  digits: { shape: [1, 8, 8], classes: DIGITS, heldOut: 300,
    networks: { small: "conv8k3p1-relu-max2-conv16k3p1-relu-flatten-linear10", mlp: mlp(10), linear: linear(10) } },
  large: { shape: [1, LARGE, LARGE], classes: DIGITS, heldOut: 300,
    networks: { lenet: lenet("relu", "max"), lenet1998: lenet("sigmoid", "avg"), mlp: mlp(10), linear: linear(10) } },
  shapes: { shape: [1, SIDE, SIDE], classes: ["triangle", "square", "ring", "cross"], heldOut: 200,
    networks: { small: "conv8k3p1-relu-max2-conv16k3p1-relu-max2-flatten-linear4", mlp: mlp(4), linear: linear(4) } },
  own: { shape: [1, SIDE, SIDE], classes: ["A", "B", "C"], heldOut: 0,
    networks: { small: "conv8k3p1-relu-max2-flatten-linear3", mlp: mlp(3), linear: linear(3) } },
};
