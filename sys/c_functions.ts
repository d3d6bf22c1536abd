// Functions of the C library, by FFI.
//
// They are looked up by dlsym(RTLD_DEFAULT), or in the program with all that is loaded, and not in the library itself.
// So a preloaded library comes first, and rpty within rpty sees its terminal.

import { PLATFORM } from "./platform.ts";

const handle = openLibrary();

function openLibrary() {
  const symbols = {
    dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
  } as const satisfies Deno.ForeignLibraryInterface;
  let failure: unknown;
  for (const name of PLATFORM.libraries) {
    try {
      return Deno.dlopen(name, symbols);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

const encoder = new TextEncoder();

/** A string in the form that C has. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${text}\0`);
}

/**
 * The address of a symbol of the C library.
 *
 * @throws {TypeError} if there is none of this name.
 */
export function cSymbol(name: string): Deno.PointerObject {
  const pointer = handle.symbols.dlsym(
    Deno.UnsafePointer.create(PLATFORM.defaultHandle),
    cString(name),
  );
  if (pointer === null) throw new TypeError(`Cannot find ${name} in the C library`);
  return pointer;
}

type Callable<Definition extends Deno.ForeignFunction> = Deno.UnsafeFnPointer<Definition>["call"];

/**
 * A function of the C library.
 *
 * @throws {TypeError} if there is none of this name.
 */
export function cFunction<const Definition extends Deno.ForeignFunction>(
  name: string,
  definition: Definition,
): Callable<Definition> {
  const fn = new Deno.UnsafeFnPointer(cSymbol(name) as Deno.PointerObject<Definition>, definition);
  return fn.call.bind(fn) as Callable<Definition>;
}

/** What a call takes and gives, and how it is made. */
export interface Signature extends Deno.ForeignFunction {
  /**
   * - `exact`: once, in a way that leaves us errno. The function is looked up when it is first called: most programs need
   *   few of them.
   * - `quick`: once, in a way that takes a microsecond less, but after which errno may be wrong: what Deno does behind the
   *   call was seen to change it.
   * - `repeated`: the quick way and, when that fails, once more the exact way. Only for calls that do nothing when they
   *   fail, so that it does no harm to repeat them.
   */
  readonly way: "exact" | "quick" | "repeated";
  /** How many parameters come before the variadic ones, if it has such. */
  readonly fixed?: number;
}

type AnyCall = (...args: unknown[]) => number | bigint;

/**
 * Functions of the C library, by their names.
 *
 * The quick ones are found in the program, with all that is loaded, where the linker takes that for a library.
 */
export function cCalls<const Signatures extends Readonly<Record<string, Signature>>>(
  signatures: Signatures,
): { readonly [Name in keyof Signatures]: Callable<Signatures[Name]> } {
  const definitions = Object.fromEntries(
    Object.entries(signatures).map(([name, signature]) => [name, definitionOf(signature)]),
  );
  const quick = quickFunctions(
    Object.entries(definitions).filter(([name]) => signatures[name].way !== "exact"),
  );
  const calls = Object.entries(signatures).map(([name, { way, fixed }]) => {
    const exact = lazily(() => cFunction(name, definitions[name]) as AnyCall);
    const call = way === "exact" ? exact : quick[name];
    return [name, padded(way === "repeated" ? repeated(call, exact) : call, fixed)];
  });
  return Object.fromEntries(calls);
}

function quickFunctions(
  definitions: [string, Deno.ForeignFunction][],
): Readonly<Record<string, AnyCall>> {
  const { program } = PLATFORM;
  if (definitions.length === 0) return {};
  const found = program === undefined
    ? Object.fromEntries(
      definitions.map(([name, definition]) => [name, cFunction(name, definition)]),
    )
    : Deno.dlopen(program, Object.fromEntries(definitions)).symbols;
  return found as Readonly<Record<string, AnyCall>>;
}

function repeated(quick: AnyCall, exact: AnyCall): AnyCall {
  return (...args) => {
    const result = quick(...args);
    return result >= 0 ? result : exact(...args);
  };
}

/** Looks a function up when it is first called. */
export function lazily<Args extends unknown[], Result>(
  find: () => (...args: Args) => Result,
): (...args: Args) => Result {
  let found: ((...args: Args) => Result) | undefined;
  return (...args) => (found ??= find())(...args);
}

// If variadic arguments go on the stack, the registers before it have to be filled.
const padding = Array(PLATFORM.variadicPadding).fill(0n) as bigint[];

function definitionOf({ parameters, result, fixed = Infinity }: Signature): Deno.ForeignFunction {
  const filled = padding.slice(fixed).map(() => "u64" as const);
  return {
    parameters: [...parameters.slice(0, fixed), ...filled, ...parameters.slice(fixed)],
    result,
  };
}

function padded(call: AnyCall, fixed: number | undefined): AnyCall {
  if (fixed === undefined || padding.length <= fixed) return call;
  const filled = padding.slice(fixed);
  return (...args) => call(...args.slice(0, fixed), ...filled, ...args.slice(fixed));
}
