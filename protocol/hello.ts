// The first frame from each side: its version, and what the terminal is like.

import {
  applyTermiosChange,
  decodeTermiosChange,
  diffTermios,
  encodeTermiosChange,
  SANE_TERMIOS,
  type Termios,
} from "../tty/termios.ts";
import type { Winsize } from "../tty/winsize.ts";
import { ProtocolError } from "./errors.ts";
import { type FrameOf, isMap } from "./frames.ts";
import {
  MAX_ENVIRONMENT_NAME_LENGTH,
  MAX_ENVIRONMENT_VALUE_LENGTH,
  MAX_ENVIRONMENT_VARIABLES,
  MAX_INPUT_AHEAD,
  MAX_TERMIOS_NUMBERS,
  OUTPUT_LIMIT,
} from "./limits.ts";

/** Version of rpty, which `--version` and the hello tell. */
export const VERSION = "0.2.0";

/** Protocol versions that we speak, oldest and newest. */
export const PROTOCOL_VERSIONS = { oldest: 1, newest: 1 } as const;

/** Names of the environment variables that are sent to the slave. */
const ENVIRONMENT_NAME = /^(TERM|COLORTERM|LANG|LC_[A-Z]+)$/;

/** The user's terminal as the master found it. */
export interface TerminalState {
  readonly termios: Termios;
  readonly winsize: Winsize;
  /** Whether the master's standard output is that same terminal. */
  readonly outputIsTerminal: boolean;
}

/** The master's hello. */
export interface MasterHello {
  /** Absent if the master's standard input is no terminal. Then the programs have none either. */
  readonly terminal?: TerminalState;
  readonly environment: Readonly<Record<string, string>>;
  /** Bytes of output that the master takes unacknowledged. */
  readonly outputLimit: number;
}

/** The slave's hello. */
export interface SlaveHello {
  /** Bytes of input that the slave takes before its first window. */
  readonly inputLimit: number;
}

interface Versions {
  readonly rpty: string;
  readonly oldest: number;
  readonly newest: number;
  /** Names of what this side can do beyond the protocol version. Unknown names are ignored. */
  readonly capabilities: readonly string[];
}

const VERSIONS: Versions = { rpty: VERSION, ...PROTOCOL_VERSIONS, capabilities: [] };

/** The master's hello as a frame. */
export function encodeMasterHello(hello: MasterHello): FrameOf<"hello"> {
  const { terminal, environment, outputLimit } = hello;
  const body: Record<string, unknown> = { ...VERSIONS, environment, outputLimit };
  if (terminal !== undefined) {
    const { rows, cols, xpixel, ypixel } = terminal.winsize;
    body.terminal = {
      termios: encodeTermiosChange(diffTermios(SANE_TERMIOS, terminal.termios)),
      winsize: [rows, cols, xpixel, ypixel],
      outputIsTerminal: terminal.outputIsTerminal,
    };
  }
  return { type: "hello", body };
}

/** The slave's hello as a frame. */
export function encodeSlaveHello(hello: SlaveHello): FrameOf<"hello"> {
  return { type: "hello", body: { ...VERSIONS, ...hello } };
}

/**
 * Reads a master's hello.
 *
 * @throws {ProtocolError} if it is malformed, or there is no common protocol version.
 */
export function decodeMasterHello(frame: FrameOf<"hello">): MasterHello {
  const body = new Reader("hello", frame.body);
  checkVersions(body);
  const environment = crossingEnvironment(body.map("environment"));
  const hello: MasterHello = { environment, outputLimit: body.count("outputLimit", OUTPUT_LIMIT) };
  if (frame.body.terminal === undefined) return hello;
  return { ...hello, terminal: decodeTerminal(new Reader("terminal", body.map("terminal"))) };
}

/**
 * Reads a slave's hello.
 *
 * @throws {ProtocolError} if it is malformed, or there is no common protocol version.
 */
export function decodeSlaveHello(frame: FrameOf<"hello">): SlaveHello {
  const body = new Reader("hello", frame.body);
  checkVersions(body);
  return { inputLimit: body.count("inputLimit", MAX_INPUT_AHEAD) };
}

function checkVersions(body: Reader): void {
  const oldest = body.count("oldest");
  const newest = body.count("newest");
  if (oldest > PROTOCOL_VERSIONS.newest || newest < PROTOCOL_VERSIONS.oldest) {
    throw new ProtocolError(
      `Cannot talk to the peer: it speaks protocol ${oldest} to ${newest}, we speak ` +
        `${PROTOCOL_VERSIONS.oldest} to ${PROTOCOL_VERSIONS.newest}: install the same version on both sides`,
    );
  }
}

/** Those of the variables that are sent: the terminal's type, and the language. */
export function crossingEnvironment(
  variables: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const crossing = Object.entries(variables).filter((entry): entry is [string, string] =>
    isEnvironmentName(entry[0]) && isEnvironmentValue(entry[1])
  );
  return Object.fromEntries(crossing.slice(0, MAX_ENVIRONMENT_VARIABLES));
}

function isEnvironmentName(name: string): boolean {
  return name.length <= MAX_ENVIRONMENT_NAME_LENGTH && ENVIRONMENT_NAME.test(name);
}

function isEnvironmentValue(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_ENVIRONMENT_VALUE_LENGTH &&
    !value.includes("\0");
}

function decodeTerminal(body: Reader): TerminalState {
  const [rows, cols, xpixel, ypixel] = body.numbers("winsize", 4);
  return {
    termios: decodePairs(body.numbers("termios")),
    winsize: { rows, cols, xpixel, ypixel },
    outputIsTerminal: body.flag("outputIsTerminal"),
  };
}

function decodePairs(pairs: readonly number[]): Termios {
  try {
    return applyTermiosChange(SANE_TERMIOS, decodeTermiosChange(pairs));
  } catch (error) {
    if (error instanceof RangeError) throw new ProtocolError(error.message);
    throw error;
  }
}

/** Reads the members of a map that the peer sent. */
class Reader {
  readonly #name: string;
  readonly #map: Readonly<Record<string, unknown>>;

  constructor(name: string, map: Readonly<Record<string, unknown>>) {
    this.#name = name;
    this.#map = map;
  }

  count(member: string, limit = Number.MAX_SAFE_INTEGER): number {
    const value = this.#map[member];
    const isCount = typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
    if (!isCount) throw this.#wrong(member, "a count");
    if (value > limit) throw this.#wrong(member, `at most ${limit}`);
    return value;
  }

  flag(member: string): boolean {
    const value = this.#map[member];
    if (typeof value === "boolean") return value;
    throw this.#wrong(member, "a boolean");
  }

  map(member: string): Readonly<Record<string, unknown>> {
    const value = this.#map[member];
    if (isMap(value)) return value;
    throw this.#wrong(member, "a map");
  }

  /** Numbers: `length` of at most 16 bits each if that is given (a winsize), else a short list of integers. */
  numbers(member: string, length?: number): readonly number[] {
    const value = this.#map[member];
    if (Array.isArray(value) && value.every(Number.isSafeInteger)) {
      if (length === undefined && value.length <= MAX_TERMIOS_NUMBERS) return value;
      if (value.length === length && value.every((n) => n >= 0 && n <= 0xffff)) return value;
    }
    throw this.#wrong(member, "a list of numbers");
  }

  #wrong(member: string, expected: string): ProtocolError {
    return new ProtocolError(`Cannot read ${this.#name}: ${member} is not ${expected}`);
  }
}
