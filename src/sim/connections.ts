/**
 * Clients' connections, each to one pod for as long as that pod is there: how a Kubernetes Service balances.
 *
 * A request takes a connection at random; a pod that comes later gets none until another one goes and its connections are opened anew.
 */
export class Connections {
  readonly #podOf: Int32Array;
  readonly #uniform: () => number;

  constructor(count: number, uniform: () => number) {
    this.#podOf = new Int32Array(count).fill(-1);
    this.#uniform = uniform;
  }

  /** @param ready the endpoints, at least one */
  choose(ready: readonly number[]): number {
    const connection = Math.floor(this.#uniform() * this.#podOf.length);
    if (this.#podOf[connection]! < 0) this.#podOf[connection] = ready[Math.floor(this.#uniform() * ready.length)]!;
    return this.#podOf[connection]!;
  }

  /** The pod takes no more requests, and its connections are closed. */
  close(pod: number): void {
    for (let i = 0; i < this.#podOf.length; i++) if (this.#podOf[i] === pod) this.#podOf[i] = -1;
  }
}
