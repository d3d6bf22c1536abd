/**
 * Stands in for `jsr:@std/streams` where JSR cannot be reached: the part in use.
 *
 * @module
 */

/** The text that a stream gives, decoded as UTF-8 where it gives bytes. */
export async function toText(stream: ReadableStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
