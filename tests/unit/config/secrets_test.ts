import assert from "node:assert/strict";
import { isSecretName } from "../../../src/config/secret_names.ts";
import {
  mask,
  maskArgs,
  maskConfig,
  maskText,
  maskVariable,
  redact,
  secretsIn,
} from "../../../src/config/secrets.ts";

const planted = {
  mcpServers: {
    "token-server": {
      command: "npx",
      args: ["-y", "pkg@1.2.3", "--api-key", "plain-word-1", "--password=plain-word-2", "/srv/x"],
      env: {
        GITHUB_TOKEN: "plain-word-3",
        dbPassword: "plain-word-4",
        DATABASE_URL: "postgres://ada:plain-word-5@db.example/app",
        HEADERS: '{"Authorization": "Bearer plain-word-6", "Accept": "text/plain"}',
        HARMLESS: "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        AUTH_SERVER_PORT: "9047",
        MEMORY_FILE_PATH: "/home/ada/memory.jsonl",
      },
    },
    remote: {
      command: "npx",
      args: [
        "mcp-remote",
        "https://x.example/sse?token=plain-word-7&page=2",
        "--header",
        "X-Api-Key: plain-word-8",
      ],
    },
    docker: { command: "docker", args: ["run", "-e", "SLACK_TOKEN=plain-word-9", "mcp/slack"] },
    hosted: { url: "https://y.example/mcp", headers: { Authorization: "plain-word-10" } },
  },
};

Deno.test("no secret of a config survives masking, and nothing else changes", () => {
  const text = JSON.stringify(planted, undefined, 2);
  const masked = maskConfig(text);
  assert.doesNotMatch(masked, /plain-word|ghp_/);
  const parsed = JSON.parse(masked);
  const { args, env, command } = parsed.mcpServers["token-server"];
  assert.equal(command, "npx");
  assert.deepEqual(args, ["-y", "pkg@1.2.3", "--api-key", mask, `--password=${mask}`, "/srv/x"]);
  assert.equal(env.AUTH_SERVER_PORT, "9047");
  assert.equal(env.MEMORY_FILE_PATH, "/home/ada/memory.jsonl");
  assert.equal(env.DATABASE_URL, `postgres://${mask}@db.example/app`);
  assert.equal(
    parsed.mcpServers.remote.args[1],
    `https://x.example/sse?token=${mask}&page=2`,
  );
  assert.equal(masked.split("\n").length, text.split("\n").length, "lines stay where they are");
});

Deno.test("the secrets of a config can be taken out of a log", () => {
  const secrets = secretsIn(JSON.stringify(planted));
  const log =
    "login with plain-word-4 failed\nretry plain-word-6 and eyJhbGciOiJIUzI1.eyJzdWIi.sig";
  const shown = redact(log, secrets);
  assert.doesNotMatch(shown, /plain-word|eyJ/);
  assert.match(shown, /^login with \*+ failed\nretry \*+ and \*+$/);
});

Deno.test("a config that is not JSON is masked whole", () => {
  assert.equal(maskConfig('{"token": "plain-word"'), mask);
});

Deno.test("arguments that only the flag before gives away are masked", () => {
  assert.deepEqual(maskArgs(["--token", "abc", "-u", "ada:xyz", "--user", "ada", "--auth"]), [
    "--token",
    mask,
    "-u",
    `ada:${mask}`,
    "--user",
    "ada",
    "--auth",
  ]);
  assert.deepEqual(maskArgs(["--no-auth", "/srv"]), ["--no-auth", "/srv"]);
});

Deno.test("secrets in a command line, in any header and in a signed address are masked", () => {
  const shown = maskConfig(JSON.stringify({
    mcpServers: {
      shell: { command: "sh", args: ["-c", "npx srv --api-key plain-word-1 --port 9010"] },
      line: { command: "npx srv --api-key plain-word-2" },
      header: {
        command: "npx",
        args: ["x", "--header", "X-Custom: plain word-3", "-H", "Y:plain-4"],
      },
      joined: { command: "npx", args: ["x", "--header=X-Custom: plain-word-5"] },
      curl: {
        command: "sh",
        args: ["-c", "curl -H 'X-Custom: plain-word-6' --header \"Z: plain-7\""],
      },
      url: {
        url: "https://x.example/?sig=plain-word-8&page=2",
        headers: { "X-Any": "plain-word-9" },
      },
      env: {
        command: "x",
        env: { EXTRA_HEADERS: "X-Any: plain-10", HEADERS: '{"X-Any":"plain-11"}' },
      },
    },
  }));
  assert.doesNotMatch(shown, /plain/);
  assert.match(shown, /--port 9010/);
  assert.match(shown, /page=2/);
  assert.match(shown, /X-Custom: \*/);
  assert.equal(maskText("run it with --no-auth here"), "run it with --no-auth here");
});

Deno.test("names of secrets are recognised, others are not", () => {
  for (const name of ["API_KEY", "apiKey", "GITHUBTOKEN", "DB_PASS", "x-api-key", "--token"]) {
    assert.ok(isSecretName(name), name);
  }
  for (const name of ["PATH", "AUTH_SERVER_PORT", "KEYBOARD", "MCP_PORT", "MEMORY_FILE_PATH"]) {
    assert.ok(!isSecretName(name), name);
  }
});

Deno.test("usual values are left alone", () => {
  for (
    const text of [
      "@modelcontextprotocol/server-filesystem@2026.8.31",
      "/home/ada/sandboxes/work/Documents",
      "/tmp/cmgr-test-0a1b2c3d4e5f67890a1b/x",
      "http://127.0.0.1:9010/sse",
      "sequential-thinking",
      "--port=9047",
      "127.0.0.1:9047",
      "C:\\Users\\ada",
      "9010",
    ]
  ) assert.equal(maskText(text), text);
  assert.equal(maskVariable("MCP_PORT", "9010"), "9010");
});

Deno.test("what looks like a token is masked anywhere", () => {
  for (
    const text of [
      "sk-ant-api03-abcdefghijklmnop",
      "xoxb-1234567890-abcdefghij",
      "AKIAIOSFODNN7EXAMPLE",
      "9f86d081884c7d659a2feaa0c55ad015",
      "123e4567-e89b-12d3-a456-426614174000",
      "wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY12",
    ]
  ) assert.equal(maskText(`see ${text}!`), `see ${mask}!`);
});

Deno.test("a secret is masked behind other names, in each line, and in every address", () => {
  for (
    const [text, shown] of [
      ["--set=token=plain-word", `--set=token=${mask}`],
      ["9key=plain-word==", `9key=${mask}`],
      [
        "Accept: text/plain\nX-Api-Key: plain word\nHost: x",
        `Accept: text/plain\nX-Api-Key: ${mask}\nHost: x`,
      ],
      ["see: api-key: plain-word", `see: api-key: ${mask}`],
      ["http://x.test/,http://a:p@ss/w@y.test", `http://x.test/,http://${mask}@y.test`],
      ["https://plain-word@x.test/?a=b://c", `https://${mask}@x.test/?a=b://c`],
      ["at http://x.test:80/a b@c", "at http://x.test:80/a b@c"],
      ["x-eyJhbGciOiJIUzI1.eyJzdWIi.sig.", `x-${mask}.`],
    ]
  ) assert.equal(maskText(text), shown);
});

Deno.test("what tells of a secret, of a host or of a path is no secret", () => {
  for (
    const text of [
      "Error: the token is missing",
      "Missing token: set GITHUB_TOKEN in your environment",
      "API key: not set",
      "token: missing",
      "Invalid token provided",
      "Bearer token required",
      "basic authentication failed",
      "Token expired, please log in",
      "    at Object.<anonymous> (/home/ada/.npm/_npx/9833c18b2d85bc59/node_modules/x/i.js:1:2)",
      "file:///home/ada/.npm/_npx/9833c18b2d85bc59/x.mjs",
      "npm error path /home/ada/.npm/_npx/9833c18b2d85bc59",
      "getaddrinfo ENOTFOUND npm.pkg.github.com",
      "npm error 404 http://registry.example:4873/@scope%2fpkg - not found",
      "npm error 404 'http://registry.example:4873/@scope/pkg'",
      "secret-service.example.com",
      "hf-mirror.example.com",
      "Error: listen EADDRINUSE: address already in use 127.0.0.1:3000",
      "Authorization code is required",
    ]
  ) assert.equal(maskText(text), text);
});

Deno.test("a value is masked in a sentence, too", () => {
  for (
    const [text, shown] of [
      ["the token abc123def456ghi7 is invalid", `the token ${mask} is invalid`],
      ["Bearer abcdefgh rejected", `Bearer ${mask} rejected`],
      ["token=hunter2 is wrong", `token=${mask} is wrong`],
      ["password: correct horse battery staple", `password: ${mask}`],
      ["key: ABCD1234 for the api", `key: ${mask}`],
      ["npm_0123456789abcdefghijABCDEFGHIJ012345", mask],
    ]
  ) assert.equal(maskText(text), shown);
});

/** Each made the time grow with the square of the length, or might. */
const long = [
  ...[
    "a",
    "a-",
    "a.",
    "eyJ-",
    "eyJabcdefgh-",
    "a=",
    "a='",
    "a =",
    "a: ",
    "a:\n",
    "token=",
    "token: ",
  ],
  ...["http://", "http://a:", "http://a@", "://", "Bearer ", "-----BEGIN a-----", "-----END a"],
  ...["[", "{", '{"a":', "[!", " ", "\n", "sk-", "0123456789abcdef-", "é"],
];

for (const piece of long) {
  Deno.test(`a megabyte of ${JSON.stringify(piece)} is masked without hanging`, () => {
    const text = `${piece.repeat(1_000_000 / piece.length)} token=plain-word`;
    assert.doesNotMatch(maskText(text), /plain-word/);
  });
}

Deno.test("texts and names of 20 MB are masked, whatever they are made of", () => {
  for (const unit of ["A", "--api-key=", "-", "a_"]) {
    const text = unit.repeat(20_000_000 / unit.length);
    assert.equal(maskText(text), mask);
    assert.deepEqual(maskArgs([text]), [mask]);
    assert.ok(maskConfig(JSON.stringify({ [text]: text })).includes(mask));
  }
});

Deno.test("passwords of a user, and values after a colon as on Windows, are masked", () => {
  for (
    const text of [
      "--user=me:plain-word",
      "-ume:plain-word",
      "curl -u me:plain-word https://h",
      "curl --user 'me:plain-word' https://h",
      "--pass:plain-word",
      "--authToken:plain-word",
      "/key:plain-word",
      "srv /token:plain-word",
    ]
  ) assert.ok(!maskText(text).includes("plain-word"), maskText(text));
  for (const text of ["-v /home/me/token:/data", "--user=me", "--port:8080", "-unbuffered x:y"]) {
    assert.equal(maskText(text), text);
  }
});
