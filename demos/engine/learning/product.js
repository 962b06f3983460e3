// The product of two matrices, in blocks of four rows and two columns: a value that was read serves several sums.

/** c += a·b. Matrices lie in arrays at `start`; `row` and `column` are the steps to the next row and column,
 * so that a turned matrix is one whose steps are exchanged. c lies row by row.
 * @param {[number, number, number]} size rows of a, columns of b, and what is summed over */
export function addProduct([rows, columns, depth], a, b, c, start = 0) {
  const { values: av, start: as, row: ar, column: ac } = a, { values: bv, start: bs, row: br, column: bc } = b;
  const wholeRows = rows - (rows % 4), wholeColumns = columns - (columns % 2);
  for (let i = 0; i < wholeRows; i += 4) {
    for (let j = 0; j < wholeColumns; j += 2) {
      let s00 = 0, s01 = 0, s10 = 0, s11 = 0, s20 = 0, s21 = 0, s30 = 0, s31 = 0;
      let p = as + i * ar, q = bs + j * bc;
      for (let t = 0; t < depth; t += 1) {
        const left = bv[q], right = bv[q + bc];
        const a0 = av[p], a1 = av[p + ar], a2 = av[p + 2 * ar], a3 = av[p + 3 * ar];
        s00 += a0 * left;
        s01 += a0 * right;
        s10 += a1 * left;
        s11 += a1 * right;
        s20 += a2 * left;
        s21 += a2 * right;
        s30 += a3 * left;
        s31 += a3 * right;
        p += ac;
        q += br;
      }
      const o = start + i * columns + j;
      c[o] += s00;
      c[o + 1] += s01;
      c[o + columns] += s10;
      c[o + columns + 1] += s11;
      c[o + 2 * columns] += s20;
      c[o + 2 * columns + 1] += s21;
      c[o + 3 * columns] += s30;
      c[o + 3 * columns + 1] += s31;
    }
  }
  rest(wholeRows, rows, 0, columns);
  rest(0, wholeRows, wholeColumns, columns);

  function rest(top, bottom, left, right) {
    for (let i = top; i < bottom; i += 1) {
      for (let j = left; j < right; j += 1) {
        let sum = 0, p = as + i * ar, q = bs + j * bc;
        for (let t = 0; t < depth; t += 1) {
          sum += av[p] * bv[q];
          p += ac;
          q += br;
        }
        c[start + i * columns + j] += sum;
      }
    }
  }
}

/** A matrix of so many columns, and the same one turned. */
export const lying = (values, columns, start = 0) => ({ values, start, row: columns, column: 1 });
export const standing = (values, columns, start = 0) => ({ values, start, row: 1, column: columns });
