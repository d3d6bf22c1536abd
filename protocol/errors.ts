/** What came does not follow the protocol, through a fault of the peer or the line. Never a bug of ours. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** The link is gone: the stream ended, or nothing came for longer than the timeout. */
export class LinkLostError extends Error {
  override readonly name = "LinkLostError";
}
