/**
 * Reading what a process says.
 *
 * @module
 */

/**
 * Reads a stream to its end.
 *
 * @param stream Output of a process
 * @param pauseMs How long to rest after each piece, for a slow reader
 */
export async function readAll(stream: ReadableStream<Uint8Array>, pauseMs = 0): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of stream) {
    text += decoder.decode(piece, { stream: true });
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return text + decoder.decode();
}
