// Every bound on what a peer can make us hold or wait for, in one place. Both sides use these; docs/protocol.md names those
// that the other side has to keep.
//
//   bytes ── preamble ──> frame ── CBOR ──> fields ──> windows ──> what waits

/** Milliseconds in which a peer has to say hello, unless --timeout says otherwise. */
export const DEFAULT_TIMEOUT = 60_000;

/** Bytes of banner that are skipped before the preamble must have come: a long MOTD is a few KiB. */
export const MAX_NOISE_LENGTH = 64 * 1024;

/** Bytes of a preamble, at most. */
export const MAX_PREAMBLE_LENGTH = 32;

/** Bytes of CBOR in one frame, at most: sixteen times the largest frame that we send. */
export const MAX_FRAME_LENGTH = 1 << 20;

/** Items in a frame, at most: a hello has some three hundred. Each costs memory while it is decoded. */
export const MAX_ITEMS = 4096;

/** Arrays and maps within each other: frame, body, terminal, winsize, and as many again for later versions. */
export const MAX_DEPTH = 8;

/** Characters of a peer's message that we keep; the rest is cut. Our own are a few hundred. */
export const MAX_TEXT_LENGTH = 4096;

/** Opcodes and values in a change of settings: more than every setting twice is no honest change. */
export const MAX_TERMIOS_NUMBERS = 512;

/** Environment variables that cross: TERM, COLORTERM, LANG and the dozen LC_* of glibc, twice. */
export const MAX_ENVIRONMENT_VARIABLES = 32;

/** Characters of a variable's name: LC_IDENTIFICATION, the longest, has 17. */
export const MAX_ENVIRONMENT_NAME_LENGTH = 32;

/** Characters of a variable's value: TERM and locales are far shorter. */
export const MAX_ENVIRONMENT_VALUE_LENGTH = 256;

/**
 * Bytes of output that the master takes unacknowledged, and the most that a slave lets any master ask for: some
 * milliseconds of a fast terminal, or of a fast line.
 */
export const OUTPUT_LIMIT = 1 << 20;

/** Units of input that the master may send ahead of the programs' reading. */
export const INPUT_WINDOW = 64 * 1024;

/**
 * Units of input that a slave may ask for beyond what was sent. Ours asks for {@linkcode INPUT_WINDOW}; a wider
 * window would make the master send to a slave that reads nothing.
 */
export const MAX_INPUT_AHEAD = 1 << 20;

/**
 * Signals that the slave has not taken yet, and units by which they may exceed the window: two minutes of a key that
 * is held down. The master ignores further ones.
 */
export const MAX_SIGNALS_AHEAD = 4096;

/** Bytes of keys that the master reads while the window is shut, looking for escape keys: several large pastes. */
export const MAX_KEYS_AHEAD = 64 * 1024;

/**
 * Changes and drains that wait for their place in the output: a slave joins neighbouring changes, so that even a
 * stopped terminal has far fewer. Older settings that a slave remembers for a master that acknowledges nothing.
 */
export const MAX_STEPS = 1 << 14;

/**
 * Changes that are replayed over a line typed ahead: a line that outlasts so many is no longer followed, and then only
 * its erasing suffers.
 */
export const MAX_REPLAYED_CHANGES = 1024;

/** Milliseconds of a break (tcsendbreak's argument): a longer one would keep the master from its keys. */
export const MAX_BREAK_DURATION = 3000;

/**
 * Bytes that wait for a peer which sends and does not read: its questions would fill our memory with answers. The
 * largest window of output is less, even in frames of one byte, 20 bytes long each.
 */
export const MAX_PENDING_LENGTH = 32 << 20;
