// A stack of layers as text: "conv8k3p1-relu-max2-flatten-linear10"; what it means, and where it cannot be.

const FORMS = [
  [/^conv(\d+)k(\d+)(?:s(\d+))?(?:p(\d+))?$/,
    ([filters, kernel, stride = 1, padding = 0]) => ({ kind: "conv", filters, kernel, stride, padding })],
  [/^(max|avg)(\d+)(?:s(\d+))?$/, ([kind, kernel, stride = kernel]) => ({ kind, kernel, stride })],
  [/^linear(\d+)$/, ([units]) => ({ kind: "linear", units })],
  [/^(relu|sigmoid|tanh|flatten)$/, ([kind]) => ({ kind })],
];
export const MOST = { filters: 64, units: 512, kernel: 9, layers: 16, weights: 300000 };

/** The layers of a text; undefined if one of them is none. */
export function readStack(text) {
  const layers = text === "" ? [] : text.split("-").map((part) => {
    for (const [form, make] of FORMS) {
      const found = form.exec(part)?.slice(1).map((one) => (/^\d+$/.test(one ?? "") ? Number(one) : one));
      if (found) return make(found);
    }
    return undefined;
  });
  return layers.includes(undefined) ? undefined : layers;
}

export const writeStack = (layers) => layers.map((layer) => {
  const { kind, kernel, stride, padding } = layer;
  if (kind === "conv") return `conv${layer.filters}k${kernel}${stride > 1 ? `s${stride}` : ""}${padding ? `p${padding}` : ""}`;
  if (kind === "linear") return `linear${layer.units}`;
  return kernel ? `${kind}${kernel}${stride !== kernel ? `s${stride}` : ""}` : kind;
}).join("-");

/** The shapes behind the layers, or what is wrong: {fault, layer (counted from 0), values for the words}. */
export function checkStack(layers, input, classes) {
  const shapes = [input];
  let weights = 0;
  if (!layers || layers.length > MOST.layers) return { fault: "unreadable", layer: 0, values: { most: MOST.layers } };
  for (const [layer, { kind, kernel, stride, padding = 0, filters, units }] of layers.entries()) {
    const shape = shapes.at(-1), wrong = (fault, values) => ({ fault, layer, values: { shape: shape.join(" × "), ...values } });
    const numbers = [kernel, stride, filters, units].filter((one) => one !== undefined);
    if (numbers.includes(0) || kernel > MOST.kernel || filters > MOST.filters || units > MOST.units) return wrong("range", MOST);
    if (kind === "linear") {
      if (shape.length !== 1) return wrong("notFlat");
      weights += units * (shape[0] + 1);
      shapes.push([units]);
    } else if (kind === "flatten") {
      shapes.push([shape.reduce((all, one) => all * one, 1)]);
    } else if (kernel === undefined) {
      shapes.push(shape);
    } else {
      if (shape.length !== 3) return wrong("flat");
      if (Math.min(shape[1], shape[2]) + 2 * padding < kernel) return wrong("tooSmall", { kernel });
      const out = (n) => Math.floor((n + 2 * padding - kernel) / stride) + 1;
      weights += filters ? filters * (shape[0] * kernel * kernel + 1) : 0;
      shapes.push([filters ?? shape[0], out(shape[1]), out(shape[2])]);
    }
  }
  const last = shapes.at(-1), layer = layers.length - 1;
  if (last.length !== 1 || last[0] !== classes) return { fault: "ends", layer, values: { shape: last.join(" × "), classes } };
  if (weights > MOST.weights) return { fault: "tooMany", layer, values: { weights, most: MOST.weights } };
  return weights === 0 ? { fault: "nothing", layer, values: {} } : { shapes, weights };
}
