// Every limit on what a peer can make us store or wait for. Both sides use these. docs/protocol.md names those that
// the other side has to keep.
//
//   bytes ── preamble ──> frame ── CBOR ──> fields ──> windows ──> what waits

/** Milliseconds in which a peer has to say hello, unless --timeout says otherwise. */
export const DEFAULT_TIMEOUT = 60_000;

/** Bytes of banner that are skipped before the preamble. A long MOTD has a few KiB. */
export const MAX_NOISE_LENGTH = 64 * 1024;

/** Bytes of a preamble, at most. */
export const MAX_PREAMBLE_LENGTH = 32;

/** Bytes of CBOR in one frame, at most: sixteen times the largest frame that we send. */
export const MAX_FRAME_LENGTH = 1 << 20;

/** Items in a frame, at most: a hello has some three hundred. Each uses memory while it is decoded. */
export const MAX_ITEMS = 4096;

/** Depth of nested arrays and maps: frame, body, terminal, winsize, and as many again for later versions. */
export const MAX_DEPTH = 8;

/** Characters of a peer's message that are kept. Our own have a few hundred. */
export const MAX_TEXT_LENGTH = 4096;

/** Opcodes and values in a change of settings. No honest change has more than every setting twice. */
export const MAX_TERMIOS_NUMBERS = 512;

/** Environment variables that are sent: twice the number of TERM, COLORTERM, LANG and the dozen LC_* of glibc. */
export const MAX_ENVIRONMENT_VARIABLES = 32;

/** Characters of a variable's name: LC_IDENTIFICATION, the longest, has 17. */
export const MAX_ENVIRONMENT_NAME_LENGTH = 32;

/** Characters of a variable's value: TERM and locales are far shorter. */
export const MAX_ENVIRONMENT_VALUE_LENGTH = 256;

/**
 * Bytes of output that the master takes unacknowledged, and the most that a slave allows a master to ask for. A fast
 * terminal or line carries that in some milliseconds.
 */
export const OUTPUT_LIMIT = 1 << 20;

/** Units of input that the master may send before programs have read any. */
export const INPUT_WINDOW = 64 * 1024;

/**
 * Units of input that a slave may ask for beyond what was sent. Ours asks for {@linkcode INPUT_WINDOW}. With a wider
 * window the master would send too much to a slave that reads nothing.
 */
export const MAX_INPUT_AHEAD = 1 << 20;

/**
 * Signals that the slave has not taken yet, and units by which they may exceed the window: a key held down for two
 * minutes. The master ignores further signals.
 */
export const MAX_SIGNALS_AHEAD = 4096;

/** Bytes of keys that the master reads, looking for escape keys, while the window is full: several large pastes. */
export const MAX_KEYS_AHEAD = 64 * 1024;

/**
 * Changes and drains that wait for their place in the output. A slave merges neighbouring changes, so even a stopped
 * terminal has far fewer. Also how many older settings a slave remembers for a master that acknowledges nothing.
 */
export const MAX_STEPS = 1 << 14;

/**
 * Changes that are replayed over a line typed ahead. A line that outlasts so many is no longer followed, and only its
 * erasing suffers.
 */
export const MAX_REPLAYED_CHANGES = 1024;

/** Milliseconds of a break (tcsendbreak's argument). During a longer one the master would not read keys. */
export const MAX_BREAK_DURATION = 3000;

/**
 * Bytes that wait for a peer that sends and does not read: answers to it would fill our memory. The largest window of
 * output is smaller, even in frames of one byte, which take 20 bytes each.
 */
export const MAX_PENDING_LENGTH = 32 << 20;
