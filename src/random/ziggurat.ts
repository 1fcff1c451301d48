/**
 * The layers of a ziggurat: a falling density cut into 256 horizontal strips of equal area, so that nearly every draw costs one
 * multiplication and one comparison instead of a logarithm.
 *
 * @see Marsaglia & Tsang, The ziggurat method for generating random variables, J. Statistical Software 5 (2000) no. 8
 */
export interface Ziggurat {
  /** Right edge of layer i, falling to 0 at 256; layer 0 is the base, as wide as its area demands. */
  readonly x: Float64Array;
  /** The density at each edge. */
  readonly y: Float64Array;
}

export const layers = 256;

/**
 * @param density falling on [0, ∞), 1 at 0
 * @param inverse of the density on (0, 1]
 * @param r where the tail begins
 * @param area of every layer; the base's takes in the tail
 */
export function ziggurat(
  density: (x: number) => number,
  inverse: (y: number) => number,
  { r, area }: { readonly r: number; readonly area: number },
): Ziggurat {
  const x = new Float64Array(layers + 1);
  x[0] = area / density(r);
  x[1] = r;
  for (let i = 2; i < layers; i++) x[i] = inverse(area / x[i - 1]! + density(x[i - 1]!));
  return { x, y: x.map(density) };
}
