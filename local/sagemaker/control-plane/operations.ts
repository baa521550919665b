/** An operation of the control plane: takes the validated request, returns the answer (undefined: empty body). */
export type Operation = (input: never) => object | undefined | Promise<object | undefined>;

/** Operations by their name on the wire. */
export type Operations = Readonly<Record<string, Operation>>;
