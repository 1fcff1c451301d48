interface Engine {
  readonly Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): readonly { readonly module: string; readonly name: string }[];
  };
  readonly Instance: new (module: object, imports: object) => object;
}

/** The engine's own interface, as much of it as is used; its full types come with a browser's. */
export const engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;
