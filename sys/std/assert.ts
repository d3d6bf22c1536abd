// Stands in for `jsr:@std/assert` where JSR cannot be reached: the functions in use, by `node:assert`.

import node from "node:assert";

type ErrorClass<E> = abstract new (...args: never[]) => E;
type Expected<E> = [kind: ErrorClass<E>, part?: string];
type Comparison<A, B> = (actual: A, expected: B, msg?: string) => void;
type Equality = <T>(actual: T, expected: T, msg?: string) => void;

function fail(what: string, msg?: string): never {
  throw new node.AssertionError({ message: msg ? `${what}\n${msg}` : what });
}

/** The check, which says `msg` behind its own message: node's would say it instead. */
function told<A, B>(check: (actual: A, expected: B) => void): Comparison<A, B> {
  return (actual, expected, msg) => {
    try {
      check(actual, expected);
    } catch (error) {
      fail((error as Error).message, msg);
    }
  };
}

export const assertEquals: Equality = told(node.deepStrictEqual);
export const assertNotEquals: Equality = told(node.notDeepStrictEqual);
export const assertStrictEquals: Equality = told(node.strictEqual);
export const assertNotStrictEquals: Equality = told(node.notStrictEqual);
export const assertMatch: Comparison<string, RegExp> = told(node.match);
export const assertNotMatch: Comparison<string, RegExp> = told(node.doesNotMatch);
export const assertLess = told((a: number, b: number) => a < b || fail(`${a} is not below ${b}`));
export const assertStringIncludes = told((text: string, part: string) =>
  text.includes(part) || fail(`${JSON.stringify(text)} lacks ${JSON.stringify(part)}`)
);

export function assert(expr: unknown, msg?: string): asserts expr {
  if (!expr) fail("Expected something truthy", msg);
}

export const assertFalse = (expr: unknown, msg?: string) => assert(!expr, msg);

export function assertInstanceOf<T>(actual: unknown, kind: ErrorClass<T>): asserts actual is T {
  if (!(actual instanceof kind)) fail(`Expected a ${kind.name}, not ${Deno.inspect(actual)}`);
}

function checked<E extends Error>(error: unknown, [kind, part = ""]: Expected<E>): E {
  assertInstanceOf(error, kind);
  assertStringIncludes(error.message, part);
  return error;
}

export function assertThrows<E extends Error>(fn: () => unknown, ...expected: Expected<E>): E {
  try {
    fn();
  } catch (error) {
    return checked(error, expected);
  }
  return checked(undefined, expected);
}

export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  ...expected: Expected<E>
): Promise<E> {
  return checked(await fn().then(() => undefined, (error: unknown) => error), expected);
}
