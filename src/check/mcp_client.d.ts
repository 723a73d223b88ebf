/**
 * What is used of the official MCP SDK, as its own types have it.
 *
 * @module
 */

/** A JSON-RPC message. */
export type Message = Readonly<Record<string, unknown>>;

/** What carries messages to and from a server. */
export interface Transport {
  /** Is told that the connection has ended. */
  onclose?: () => void;
  /** Is told of what went wrong without ending the connection. */
  onerror?: (error: Error) => void;
  /** Is given every message of the server. */
  onmessage?: (message: Message) => void;
  /** Begins to read. */
  start(): Promise<void>;
  /** Sends one message. */
  send(message: Message): Promise<void>;
  /** Ends the connection. */
  close(): Promise<void>;
}

/** How long an answer may take, in milliseconds. */
export interface RequestOptions {
  /** The limit. */
  readonly timeout?: number;
}

/** The SDK's client. */
export class Client {
  /** A client that calls itself so, and checks results of tools by this validator. */
  constructor(
    info: { readonly name: string; readonly version: string },
    options: {
      readonly jsonSchemaValidator: { getValidator(schema: unknown): (result: unknown) => never };
    },
  );
  /** Takes up the connection and speaks `initialize`. */
  connect(transport: Transport, options?: RequestOptions): Promise<void>;
  /** What the server calls itself. */
  getServerVersion(): { readonly name?: string; readonly version?: string } | undefined;
  /** What the server can do. */
  getServerCapabilities(): { readonly tools?: object } | undefined;
  /** Speaks `tools/list`, for one page of it. */
  listTools(
    params: { readonly cursor?: string },
    options?: RequestOptions,
  ): Promise<{ readonly tools: readonly unknown[]; readonly nextCursor?: string }>;
}

/** Bytes to messages, one a line. */
export class ReadBuffer {
  /** Takes bytes in; a Buffer of Node's. */
  append(chunk: Uint8Array): void;
  /** The next whole message; throws for a line that is none. */
  readMessage(): Message | null;
}

/** A message as the line that it is sent as. */
export function serializeMessage(message: Message): string;
