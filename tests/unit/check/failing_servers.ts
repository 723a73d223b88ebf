/**
 * Kinds of servers that fail, with what they write, and what must be said first.
 *
 * @module
 */
import type { Evidence, Reason } from "../../../src/check/reason.ts";

/** A server that fails. */
export interface Failing extends Partial<Evidence> {
  readonly name: string;
  /** The line that must come first. */
  readonly line: string;
  readonly state?: Reason["state"];
  readonly advice?: RegExp;
}

const notices = [
  "npm notice",
  "npm notice New minor version of npm available! 11.19.1 -> 11.21.2",
  "npm notice To update run: npm install -g npm@11.21.2",
  "npm notice",
];
const stack = [
  "    at Server.setupListenHandle [as _listen2] (node:net:1817:16)",
  "    at listenInCluster (node:net:1865:12)",
  "    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:137:12) {",
  "  code: 'EADDRINUSE',",
  "}",
  "",
  "Node.js v20.20.2",
];

export const failing: readonly Failing[] = [
  {
    name: "a port that is taken",
    stderr: [
      "node:events:495",
      "      throw er; // Unhandled 'error' event",
      "      ^",
      "",
      "Error: listen EADDRINUSE: address already in use :::3000",
      ...stack,
    ],
    line: "Error: listen EADDRINUSE: address already in use :::3000",
    advice: /cmgr ports --who 3000/,
  },
  {
    name: "a port that is taken, in its own words",
    stderr: ["Port 4747 is already in use", ...notices],
    line: "Port 4747 is already in use",
    advice: /--who 4747/,
  },
  {
    name: "a package that is not there",
    stderr: [
      "npm error code E404",
      "npm error 404 Not Found - GET https://r.example/no-such-mcp",
      "npm error 404  'no-such-mcp@*' is not in this registry.",
      "npm error A complete log of this run can be found in: /h/.npm/_logs/x-debug-0.log",
    ],
    line: "npm error 404 Not Found - GET https://r.example/no-such-mcp",
    advice: /no such package/,
  },
  {
    name: "a version that is not there",
    stderr: ["npm error code ETARGET", "npm error notarget No matching version found for x@99."],
    line: "npm error notarget No matching version found for x@99.",
    advice: /version/,
  },
  {
    name: "a registry that asks for a login",
    stderr: ["npm error code E401", "npm error Incorrect or missing password."],
    line: "npm error code E401",
    state: "needs-key",
    advice: /cmgr exec work -- npm login/,
  },
  {
    name: "a registry that is not reached",
    stderr: [
      "npm error code ENOTFOUND",
      "npm error syscall getaddrinfo",
      "npm error network request to https://registry.npmjs.org/x failed",
    ],
    line: "npm error code ENOTFOUND",
    advice: /network/,
  },
  {
    name: "a package without a program",
    stderr: ["npm error could not determine executable to run", ...notices],
    line: "npm error could not determine executable to run",
    advice: /-p/,
  },
  {
    name: "a full disk",
    stderr: ["npm error code ENOSPC", "npm error nospc ENOSPC: no space left on device, write"],
    line: "npm error code ENOSPC",
    advice: /space/,
  },
  {
    name: "an install script whose words npm throws away",
    stderr: notices,
    npm: "its install script failed with exit code 7: x@1.0.0 postinstall: node install.js",
    line: "its install script failed with exit code 7: x@1.0.0 postinstall: node install.js",
  },
  {
    name: "a part that cannot be built",
    stderr: [
      "npm error gyp info it worked if it ends with ok",
      "npm error gyp ERR! find Python Python is not set from command line or npm configuration",
      "npm error gyp ERR! stack Error: Could not find any Python installation to use",
    ],
    line: "npm error gyp ERR! find Python Python is not set from command line or npm configuration",
    advice: /python3, make and g\+\+/,
  },
  {
    name: "a program that is not there, for sh",
    stderr: ["sh: 1: exec: uvx: not found"],
    line: "sh: 1: exec: uvx: not found",
    advice: /PATH/,
  },
  {
    name: "a program that is not there, for the script of copies",
    stderr: ["/home/me/sandboxes/work/.cmgr-copy: 77: exec: uvx: not found"],
    line: "/home/me/sandboxes/work/.cmgr-copy: 77: exec: uvx: not found",
    advice: /PATH/,
  },
  {
    name: "a program that is not there, for zsh",
    stderr: ["zsh:1: command not found: pnpm"],
    line: "zsh:1: command not found: pnpm",
    advice: /PATH/,
  },
  {
    name: "a program that is not there, for bubblewrap",
    stderr: ["bwrap: execvp uvx: No such file or directory"],
    line: "bwrap: execvp uvx: No such file or directory",
    advice: /PATH/,
  },
  {
    name: "a program that a server starts and that is not there",
    stderr: ["Error: spawn ffmpeg ENOENT", ...stack],
    line: "Error: spawn ffmpeg ENOENT",
    advice: /PATH/,
  },
  {
    name: "a script that is not there",
    stderr: [
      "node:internal/modules/cjs/loader:1143",
      "  throw err;",
      "  ^",
      "",
      "Error: Cannot find module '/srv/x/dist/index.js'",
      ...stack,
    ],
    line: "Error: Cannot find module '/srv/x/dist/index.js'",
    advice: /build it again/,
  },
  {
    name: "a module of Python that is not there",
    stderr: [
      "Traceback (most recent call last):",
      '  File "/x/server.py", line 1, in <module>',
      "    import mcp",
      "ModuleNotFoundError: No module named 'mcp'",
    ],
    line: "ModuleNotFoundError: No module named 'mcp'",
  },
  {
    name: "an exception of Python",
    stderr: [
      "Traceback (most recent call last):",
      '  File "/x/server.py", line 9, in <module>',
      "    main()",
      "ValueError: the folder is empty",
    ],
    line: "ValueError: the folder is empty",
  },
  {
    name: "a file that is not there",
    stderr: ["Error: ENOENT: no such file or directory, open '/srv/x/config.json'", ...stack],
    line: "Error: ENOENT: no such file or directory, open '/srv/x/config.json'",
    advice: /cmgr share/,
  },
  {
    name: "a folder that may not be entered",
    stderr: ["Error: EACCES: permission denied, mkdir '/srv/x'", ...stack],
    line: "Error: EACCES: permission denied, mkdir '/srv/x'",
  },
  {
    name: "a key that is missing",
    stderr: ["Error: API key is required. Set it with --api-key", ...stack],
    line: "Error: API key is required. Set it with --api-key",
    state: "needs-key",
    advice: /env of its entry/,
  },
  {
    name: "a variable that is missing",
    stderr: ["GITHUB_PERSONAL_ACCESS_TOKEN not set", ...notices],
    line: "GITHUB_PERSONAL_ACCESS_TOKEN not set",
    state: "needs-key",
  },
  {
    name: "a variable that is missing, told on standard output",
    stdout: ["Starting…", "Please set the DATABASE_URL environment variable"],
    line: "Please set the DATABASE_URL environment variable",
    state: "needs-key",
  },
  {
    name: "a login that is due",
    ended: undefined,
    failure: "it has not answered within 8 s",
    stderr: ["[12] Please authorize this client by visiting:", "https://x.example/authorize"],
    line: "[12] Please authorize this client by visiting:",
    state: "needs-key",
    advice: /Log in/,
  },
  {
    name: "a key that is refused",
    stderr: ["Error: Request failed with status code 401", ...stack],
    line: "Error: Request failed with status code 401",
    state: "needs-key",
  },
  {
    name: "a usage text on standard output",
    stdout: ["Usage: thing-mcp <folder> [options]", "", "Options:", "  --help"],
    line: "Usage: thing-mcp <folder> [options]",
    advice: /arguments/,
  },
  {
    name: "an option that it does not know",
    stderr: ["error: unknown option '--port'", "Usage: thing-mcp [options]"],
    line: "error: unknown option '--port'",
    advice: /arguments/,
  },
  {
    name: "a browser that is not installed, told on standard output",
    stdout: ["Browser is not there.", "Run: npx playwright install chromium"],
    line: "Run: npx playwright install chromium",
    advice: /cmgr exec work --/,
  },
  {
    name: "a Node that is too old",
    stderr: [
      "npm warn EBADENGINE Unsupported engine {",
      "npm warn EBADENGINE   package: 'x@1.0.0',",
      "npm warn EBADENGINE   required: { node: '>=30' },",
      "npm warn EBADENGINE   current: { node: 'v20.20.2', npm: '11.19.1' }",
      "npm warn EBADENGINE }",
      "SyntaxError: Unexpected token 'using'",
      ...stack,
    ],
    line: "EBADENGINE Unsupported engine { package: 'x@1.0.0', required: { node: '>=30' }, " +
      "current: { node: 'v20.20.2', npm: '11.19.1' } }",
    advice: /version of Node/,
  },
  {
    name: "a file that is no JSON",
    stderr: ["SyntaxError: Unexpected token } in JSON at position 4", ...stack],
    line: "SyntaxError: Unexpected token } in JSON at position 4",
  },
  {
    name: "a host that cannot be reached",
    stderr: [
      "TypeError: fetch failed",
      ...stack,
      "[cause]: Error: getaddrinfo ENOTFOUND x.example",
    ],
    line: "TypeError: fetch failed",
    advice: /network/,
  },
  {
    name: "a part that was built for another system",
    stderr: ["Error: /x/better_sqlite3.node: invalid ELF header", ...stack],
    line: "Error: /x/better_sqlite3.node: invalid ELF header",
    advice: /another system/,
  },
  {
    name: "too little memory",
    stderr: [
      "<--- Last few GCs --->",
      "FATAL ERROR: Reached heap limit - JavaScript heap out of memory",
    ],
    line: "FATAL ERROR: Reached heap limit - JavaScript heap out of memory",
    ended: "signal SIGABRT",
  },
  {
    name: "a server of HTTP",
    ended: undefined,
    failure: "it has not answered within 8 s",
    stdout: ["MCP server listening on http://localhost:3000/mcp"],
    line: "MCP server listening on http://localhost:3000/mcp",
    advice: /stdio/,
  },
  {
    name: "a message above a stack",
    stderr: ["The workspace has no settings", ...stack.slice(0, 3)],
    line: "The workspace has no settings",
  },
  {
    name: "an error in colour",
    stderr: ["\x1b[31mTypeError: x is not a function\x1b[39m", ...stack],
    line: "TypeError: x is not a function",
  },
  {
    name: "words that say nothing",
    stderr: ["Hello", "Goodbye", ...notices],
    line: "Goodbye",
  },
];
