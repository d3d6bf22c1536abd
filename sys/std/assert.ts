/**
 * Stands in for `jsr:@std/assert` where JSR cannot be reached, with its signatures for the part in
 * use. The comparisons and the diffs are those of `node:assert`.
 *
 * @module
 */

import nodeAssert from "node:assert";

/** A class whose instances are `E`; `never[]` takes any constructor's parameters. */
type ErrorClass<E> = abstract new (...args: never[]) => E;

type Falsy = false | 0 | 0n | "" | null | undefined;

/** Thrown when an assertion fails. */
export class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** Runs a check of node:assert; its message, diff included, becomes that of an AssertionError. */
function check(compare: () => void, msg?: string): void {
  try {
    compare();
  } catch (error) {
    if (!(error instanceof nodeAssert.AssertionError)) throw error;
    throw new AssertionError(msg === undefined ? error.message : `${error.message}\n${msg}`);
  }
}

function show(value: unknown): string {
  return Deno.inspect(value, { depth: 10, strAbbreviateSize: 1000 });
}

function suffix(msg?: string): string {
  return msg ? `: ${msg}` : ".";
}

/** Asserts that `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Asserts that `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/** Asserts that both are equal in depth. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  check(() => nodeAssert.deepStrictEqual(actual, expected), msg);
}

/** Asserts that both differ in depth. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  check(() => nodeAssert.notDeepStrictEqual(actual, expected), msg);
}

/** Asserts that both are the same value. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  check(() => nodeAssert.strictEqual(actual, expected), msg);
}

/** Asserts that both are not the same value. */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  check(() => nodeAssert.notStrictEqual(actual, expected), msg);
}

/** Asserts that `actual` is neither null nor undefined. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    throw new AssertionError(
      `Expected actual: "${actual}" to not be null or undefined${suffix(msg)}`,
    );
  }
}

/** Asserts that `actual` is an instance of `expectedType`. */
export function assertInstanceOf<T extends ErrorClass<unknown>>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    `Expected object to be an instance of "${expectedType.name}" but was ${show(actual)}${
      suffix(msg)
    }`,
  );
}

/** Asserts that `actual` matches `expected`. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(
    `Expected actual: ${show(actual)} to match: ${show(expected)}${suffix(msg)}`,
  );
}

/** Asserts that `actual` does not match `expected`. */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) return;
  throw new AssertionError(
    `Expected actual: ${show(actual)} to not match: ${show(expected)}${suffix(msg)}`,
  );
}

/** Asserts that `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(
    `Expected actual: ${show(actual)} to contain: ${show(expected)}${suffix(msg)}`,
  );
}

/** Asserts that `actual` is greater than `expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (actual > expected) return;
  throw new AssertionError(`Expect ${show(actual)} > ${show(expected)}${suffix(msg)}`);
}

/** Asserts that `actual` is greater than or equal to `expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (actual >= expected) return;
  throw new AssertionError(`Expect ${show(actual)} >= ${show(expected)}${suffix(msg)}`);
}

/** Asserts that `actual` is less than `expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (actual < expected) return;
  throw new AssertionError(`Expect ${show(actual)} < ${show(expected)}${suffix(msg)}`);
}

/** Asserts that `actual` is less than or equal to `expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (actual <= expected) return;
  throw new AssertionError(`Expect ${show(actual)} <= ${show(expected)}${suffix(msg)}`);
}

/** Fails always. */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${suffix(msg)}`);
}

/** Fails where the code should not come. */
export function unreachable(msg?: string): never {
  throw new AssertionError(msg ? `Unreachable: ${msg}` : "Unreachable.");
}

/** What was thrown must be an error of that class whose message contains `msgIncludes`. */
function assertIsError<E extends Error>(
  error: unknown,
  errorClass?: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw new AssertionError(
      `Expected "error" to be an Error object, got ${show(error)}${suffix(msg)}`,
    );
  }
  if (errorClass && !(error instanceof errorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${errorClass.name}", but was "${error.constructor.name}": ${error.message}${
        suffix(msg)
      }`,
      { cause: error },
    );
  }
  if (msgIncludes && !error.message.includes(msgIncludes)) {
    throw new AssertionError(
      `Expected error message to include ${show(msgIncludes)}, but got ${show(error.message)}${
        suffix(msg)
      }`,
      { cause: error },
    );
  }
}

/** The parameters after the function: a message alone, or class, text and message. */
type ErrorExpectation<E extends Error> =
  | [msg?: string]
  | [errorClass: ErrorClass<E>, msgIncludes?: string, msg?: string];

function assertExpectedError<E extends Error>(
  error: unknown,
  expectation: ErrorExpectation<E>,
): void {
  const [first, msgIncludes, msg] = expectation;
  if (typeof first === "function") assertIsError(error, first, msgIncludes, msg);
}

function messageOf<E extends Error>([first, , msg]: ErrorExpectation<E>): string | undefined {
  return typeof first === "string" ? first : msg;
}

/** Asserts that `fn` throws; gives what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Asserts that `fn` throws an `ErrorClass` whose message contains `msgIncludes`; gives the error. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  ...expectation: ErrorExpectation<E>
): unknown {
  try {
    fn();
  } catch (error) {
    assertExpectedError(error, expectation);
    return error;
  }
  throw new AssertionError(`Expected function to throw${suffix(messageOf(expectation))}`);
}

/** Asserts that the promise of `fn` rejects; gives what it was rejected with. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Asserts that it rejects with an `ErrorClass` whose message contains `msgIncludes`. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  ...expectation: ErrorExpectation<E>
): Promise<unknown> {
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (error) {
    throw new AssertionError("Function throws when expected to reject", { cause: error });
  }
  try {
    await promise;
  } catch (error) {
    assertExpectedError(error, expectation);
    return error;
  }
  throw new AssertionError(`Expected function to reject${suffix(messageOf(expectation))}`);
}
