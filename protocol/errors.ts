/** The peer's fault, or the line's: what came does not follow the protocol. Never our own bug. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** The link is gone: the stream ended, or nothing came for longer than the timeout. */
export class LinkLostError extends Error {
  override readonly name = "LinkLostError";
}
