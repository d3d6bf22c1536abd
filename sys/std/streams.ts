// Stands in for `jsr:@std/streams` where JSR cannot be reached: the part in use.

export function toText(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).text();
}
