/**
 * Stands in for `jsr:@std/cli` where JSR cannot be reached: `parseArgs` with the signature and the
 * behaviour of the part in use. As there, the first `--` anywhere ends the options and is dropped,
 * and what looks like a number becomes one, unless its name (`_` for the rest) is in `string`.
 *
 * @module
 */

/** What `parseArgs` is to know about the options. */
export interface ParseOptions<
  B extends string,
  S extends string,
  D extends Record<string, unknown>,
> {
  /** Puts what follows `--` into the result's `--` instead of `_`. */
  "--"?: boolean;
  /** Other names of an option. */
  alias?: Record<string, string | readonly string[]>;
  /** Options without a value; false when absent. */
  boolean?: readonly B[];
  /** Options with a value; "" when the value is missing. */
  string?: readonly S[];
  /** Values of absent options. */
  default?: D;
  /** Takes everything from the first argument that isn't an option as it is. */
  stopEarly?: boolean;
  /** Is asked about each undeclared option and each other argument; false leaves it out. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

type Declared<B extends string, S extends string> =
  & { [K in Exclude<S, "_">]?: string }
  & { [K in B]: boolean };

/** The result of `parseArgs`. */
export type Args<
  B extends string,
  S extends string,
  D extends Record<string, unknown>,
> =
  & Record<string, unknown>
  & Omit<Declared<B, S>, keyof D>
  & {
    [K in keyof D]: K extends keyof Declared<B, S> ? D[K] | NonNullable<Declared<B, S>[K]> : D[K];
  }
  & { _: (string | number)[]; "--"?: string[] };

const NUMBER = /^(?:0x[0-9a-f]+|[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)$/i;

function numberIfLike(value: string): string | number {
  return NUMBER.test(value) ? Number(value) : value;
}

/** The names of options with their aliases, and what is declared of each. */
class Declarations {
  #aliases = new Map<string, string[]>();
  readonly booleans: Set<string>;
  readonly strings: Set<string>;

  constructor(
    options: ParseOptions<string, string, Record<string, unknown>>,
  ) {
    for (const [key, value] of Object.entries(options.alias ?? {})) {
      const names = [key, ...(typeof value === "string" ? [value] : value)];
      for (const name of names) this.#aliases.set(name, names);
    }
    this.booleans = new Set(options.boolean?.flatMap((key) => this.namesOf(key)));
    this.strings = new Set(options.string?.flatMap((key) => this.namesOf(key)));
  }

  namesOf(key: string): string[] {
    return this.#aliases.get(key) ?? [key];
  }

  has(key: string): boolean {
    return this.booleans.has(key) || this.strings.has(key) || this.#aliases.has(key);
  }
}

/** Goes through the arguments; `values` and `rest` are what it found. */
class Parser {
  readonly values: Record<string, unknown> = {};
  readonly rest: (string | number)[] = [];
  #declared: Declarations;
  #options: ParseOptions<string, string, Record<string, unknown>>;
  #queue: string[];

  constructor(
    args: string[],
    declared: Declarations,
    options: ParseOptions<string, string, Record<string, unknown>>,
  ) {
    this.#queue = [...args];
    this.#declared = declared;
    this.#options = options;
  }

  run(): void {
    for (let arg = this.#queue.shift(); arg !== undefined; arg = this.#queue.shift()) {
      if (/^--./s.test(arg)) this.#long(arg);
      else if (/^-./s.test(arg)) this.#short(arg);
      else this.#positional(arg);
    }
  }

  #long(arg: string): void {
    const equals = arg.indexOf("=");
    if (equals === -1) {
      this.#withNext(arg.slice(2), arg);
      return;
    }
    const key = arg.slice(2, equals);
    const value = arg.slice(equals + 1);
    this.#set(key, this.#declared.booleans.has(key) ? value !== "false" : value, arg);
  }

  /** A group of letters: one that has a value takes the rest of the group for it. */
  #short(arg: string): void {
    for (let i = 1; i < arg.length; i++) {
      const after = arg.slice(i + 1);
      if (after === "") {
        this.#withNext(arg[i], arg);
      } else if (this.#declared.strings.has(arg[i])) {
        this.#set(arg[i], after.replace(/^=/, ""), arg);
        return;
      } else {
        this.#set(arg[i], true, arg);
      }
    }
  }

  #withNext(key: string, arg: string): void {
    const next = this.#queue[0];
    const isBoolean = this.#declared.booleans.has(key);
    if (isBoolean && (next === "true" || next === "false")) {
      this.#set(key, this.#queue.shift() === "true", arg);
    } else if (!isBoolean && next && !next.startsWith("-")) {
      this.#set(key, this.#queue.shift(), arg);
    } else {
      this.#set(key, this.#declared.strings.has(key) ? "" : true, arg);
    }
  }

  #set(key: string, value: unknown, arg: string): void {
    if (!this.#declared.has(key) && this.#options.unknown?.(arg, key, value) === false) return;
    const isText = typeof value === "string" && !this.#declared.strings.has(key);
    for (const name of this.#declared.namesOf(key)) {
      this.values[name] = isText ? numberIfLike(value) : value;
    }
  }

  #positional(arg: string): void {
    if (this.#options.unknown?.(arg) !== false) {
      this.rest.push(this.#declared.strings.has("_") ? arg : numberIfLike(arg));
    }
    if (this.#options.stopEarly) this.rest.push(...this.#queue.splice(0));
  }
}

/** Gives the options found in `args`, and in `_` the other arguments. */
export function parseArgs<
  const B extends string = never,
  const S extends string = never,
  const D extends Record<string, unknown> = Record<never, never>,
>(args: string[], options: ParseOptions<B, S, D> = {}): Args<B, S, D> {
  const declared = new Declarations(options);
  const end = args.indexOf("--");
  const after = end === -1 ? [] : args.slice(end + 1);
  const parser = new Parser(end === -1 ? args : args.slice(0, end), declared, options);
  parser.run();

  const { values } = parser;
  for (const [key, value] of Object.entries(options.default ?? {})) {
    for (const name of declared.namesOf(key)) values[name] ??= value;
  }
  for (const key of declared.booleans) values[key] ??= false;
  const tail = options["--"] ? { _: parser.rest, "--": after } : { _: [...parser.rest, ...after] };
  return { ...values, ...tail } as Args<B, S, D>;
}
