// Messages and numbers as Python has packed them.

const KINDS = { i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array };
Object.assign(KINDS, { f4: Float32Array, f8: Float64Array });

export const textOf = (bytes) => new TextDecoder().decode(bytes);

// One line of JSON, and the bytes after it.
export function opened(bytes) {
  const cut = bytes.indexOf(10);
  return [JSON.parse(textOf(bytes.subarray(0, cut))), bytes.subarray(cut + 1)];
}

export const isPacked = (numbers) => numbers?.dtype in KINDS;

// {dtype: "i4", bdata: base64}, as plotly's Python writes an array, as a typed array.
export function unpacked({ dtype, bdata }) {
  return new KINDS[dtype](Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0)).buffer);
}

// The rows of a packed matrix.
export function rowsOf(z) {
  const [rows, columns] = z.shape.split(",").map(Number);
  const numbers = unpacked(z);
  return Array.from({ length: rows }, (_, row) => numbers.subarray(row * columns, (row + 1) * columns));
}

// The numbers of the pictures that a trace's points stand for, if they stand for any.
export function pictureNumbers({ customdata }) {
  return customdata?.bdata ? unpacked(customdata) : customdata;
}
