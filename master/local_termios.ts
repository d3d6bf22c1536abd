import { ProtocolError } from "../protocol/errors.ts";
import { Recent } from "../tty/remembered.ts";
import {
  applyTermiosChange,
  decodeTermiosChange,
  interned,
  type SettingName,
  type Termios,
} from "../tty/termios.ts";

/** Settings of a serial line, which concern the local terminal alone. */
const LINE_SETTINGS: readonly SettingName[] = [
  "PARENB",
  "PARODD",
  "CSTOPB",
  "CREAD",
  "HUPCL",
  "CLOCAL",
  "CRTSCTS",
  "CMSPAR",
  "CSIZE",
  "ISPEED",
  "OSPEED",
];

/** The result of a change, with the change as it came. */
interface KnownChange {
  readonly before: Termios;
  readonly settings: string;
  readonly after: Termios;
}

const changes = new Recent<KnownChange>(64);

/**
 * The settings for the local terminal when programs have set `wanted`. VMIN and VTIME stay on the slave's side. So
 * does TOSTOP, which would stop the transport when it writes a message.
 */
export function localTermios(wanted: Termios, found: Termios): Termios {
  const line = Object.fromEntries(LINE_SETTINGS.map((name) => [name, found[name]]));
  return { ...wanted, ...line, VMIN: 1, VTIME: 0, TOSTOP: false };
}

/**
 * `termios` with a change that a slave sent.
 *
 * @throws {ProtocolError} if the change is malformed.
 */
export function changeTermios(termios: Termios, settings: readonly number[]): Termios {
  const key = settings.join();
  const known = changes.find(({ before, settings }) => before === termios && settings === key);
  if (known !== undefined) return known.after;
  const after = interned(change(termios, settings));
  changes.add({ before: termios, settings: key, after });
  return after;
}

function change(termios: Termios, settings: readonly number[]): Termios {
  try {
    return applyTermiosChange(termios, decodeTermiosChange(settings));
  } catch (error) {
    if (error instanceof RangeError) throw new ProtocolError(error.message);
    throw error;
  }
}
