// The product of two matrices, in blocks of four rows and four columns: a value that was read serves four sums.

/** c += a·b. Matrices lie in arrays at `start`; `row` and `column` are the steps to the next row and column,
 * so that a turned matrix is one whose steps are exchanged. c lies row by row.
 * @param {[number, number, number]} size rows of a, columns of b, and what is summed over */
export function addProduct([rows, columns, depth], a, b, c, start = 0) {
  const { values: av, start: as, row: ar, column: ac } = a, { values: bv, start: bs, row: br, column: bc } = b;
  const wholeRows = rows - (rows % 4), wholeColumns = columns - (columns % 4);
  for (let j = 0; j < wholeColumns; j += 4) {
    for (let i = 0; i < wholeRows; i += 4) {
      let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
      let s20 = 0, s21 = 0, s22 = 0, s23 = 0, s30 = 0, s31 = 0, s32 = 0, s33 = 0;
      let p = as + i * ar, q = bs + j * bc;
      for (let t = 0; t < depth; t += 1) {
        const b0 = bv[q], b1 = bv[q + bc], b2 = bv[q + 2 * bc], b3 = bv[q + 3 * bc];
        const a0 = av[p], a1 = av[p + ar], a2 = av[p + 2 * ar], a3 = av[p + 3 * ar];
        s00 += a0 * b0; s01 += a0 * b1; s02 += a0 * b2; s03 += a0 * b3;
        s10 += a1 * b0; s11 += a1 * b1; s12 += a1 * b2; s13 += a1 * b3;
        s20 += a2 * b0; s21 += a2 * b1; s22 += a2 * b2; s23 += a2 * b3;
        s30 += a3 * b0; s31 += a3 * b1; s32 += a3 * b2; s33 += a3 * b3;
        p += ac;
        q += br;
      }
      let o = start + i * columns + j;
      c[o] += s00; c[o + 1] += s01; c[o + 2] += s02; c[o + 3] += s03;
      o += columns;
      c[o] += s10; c[o + 1] += s11; c[o + 2] += s12; c[o + 3] += s13;
      o += columns;
      c[o] += s20; c[o + 1] += s21; c[o + 2] += s22; c[o + 3] += s23;
      o += columns;
      c[o] += s30; c[o + 1] += s31; c[o + 2] += s32; c[o + 3] += s33;
    }
    for (let i = wholeRows; i < rows; i += 1) fourOf(i, j);
  }
  for (let i = 0; i < rows; i += 1) for (let j = wholeColumns; j < columns; j += 1) oneOf(i, j);

  /** A row that is left over, times four columns. */
  function fourOf(i, j) {
    let s0 = 0, s1 = 0, s2 = 0, s3 = 0, p = as + i * ar, q = bs + j * bc;
    for (let t = 0; t < depth; t += 1) {
      const value = av[p];
      s0 += value * bv[q]; s1 += value * bv[q + bc]; s2 += value * bv[q + 2 * bc]; s3 += value * bv[q + 3 * bc];
      p += ac;
      q += br;
    }
    const o = start + i * columns + j;
    c[o] += s0; c[o + 1] += s1; c[o + 2] += s2; c[o + 3] += s3;
  }

  function oneOf(i, j) {
    let sum = 0, p = as + i * ar, q = bs + j * bc;
    for (let t = 0; t < depth; t += 1) {
      sum += av[p] * bv[q];
      p += ac;
      q += br;
    }
    c[start + i * columns + j] += sum;
  }
}

/** A matrix of so many columns, and the same one turned. */
export const lying = (values, columns, start = 0) => ({ values, start, row: columns, column: 1 });
export const standing = (values, columns, start = 0) => ({ values, start, row: 1, column: columns });
