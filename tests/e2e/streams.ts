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

/** What a process has said so far. */
export class Said {
  /** All of it. */
  text = "";
  /** Settles when the process has closed the stream. */
  readonly ended: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.ended = this.#read(stream);
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const piece of stream) this.text += decoder.decode(piece, { stream: true });
  }
}
