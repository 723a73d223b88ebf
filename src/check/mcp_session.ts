/**
 * Introduces itself to an MCP server with the official client: `initialize`, then `tools/list`.
 * The client is large, so this is loaded when the first server is started.
 */
import {
  Client,
  type JSONRPCMessage,
  ReadBuffer,
  serializeMessage,
  type Transport,
} from "@modelcontextprotocol/client";
import { Buffer } from "node:buffer";
import { version } from "../build.ts";

interface ServerStreams {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
}

/** What a server said about itself. */
export interface Introduction {
  readonly name: string;
  readonly version: string;
  /** Names. */
  readonly tools: readonly string[];
}

interface McpSession {
  /** Rejects when the server does not answer, or gives another answer. */
  readonly introduction: Promise<Introduction>;
  /** Closes the server's standard input. */
  readonly close: () => Promise<void>;
}

/**
 * It stays open after the introduction, as the app's does.
 *
 * @param timeout How long each answer may take, in milliseconds
 */
export function openMcpSession(streams: ServerStreams, timeout: number): McpSession {
  const client = new Client({ name: "cmgr", version }, {
    // The client's own validator compiles the schemas that a server sends to JavaScript. No tool is
    // ever called here, so nothing has to be validated.
    jsonSchemaValidator: { getValidator: () => refuseToValidate },
  });
  const transport = new StreamTransport(streams);
  const introduce = async (): Promise<Introduction> => {
    await client.connect(transport, { timeout });
    const { name = "", version = "" } = client.getServerVersion() ?? {};
    const { tools } = await client.listTools(undefined, { timeout });
    return { name, version, tools: tools.map((tool) => tool.name) };
  };
  return { introduction: introduce(), close: () => transport.close() };
}

function refuseToValidate(): never {
  throw new Error("Results of tools are not validated");
}

/** The client's own transport starts the process itself, for which cmgr has no permission. */
class StreamTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport["onmessage"];
  readonly #stdout: ReadableStream<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #isClosed = false;

  constructor({ stdin, stdout }: ServerStreams) {
    this.#stdout = stdout;
    this.#writer = stdin.getWriter();
  }

  start(): Promise<void> {
    this.#read();
    return Promise.resolve();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(serializeMessage(message)));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#writer.close().catch(() => {});
    this.onclose?.();
  }

  async #read(): Promise<void> {
    const buffer = new ReadBuffer();
    try {
      for await (const piece of this.#stdout) {
        buffer.append(Buffer.from(piece));
        while (this.#deliver(buffer));
      }
    } catch (error) {
      this.onerror?.(error as Error);
    }
    await this.close();
  }

  /**
   * A line that is not a message is the server's fault, and does not end the session.
   *
   * @returns Whether there may be more
   */
  #deliver(buffer: ReadBuffer): boolean {
    try {
      const message = buffer.readMessage();
      if (message) this.onmessage?.(message);
      return message !== null;
    } catch (error) {
      this.onerror?.(error as Error);
      return true;
    }
  }
}
