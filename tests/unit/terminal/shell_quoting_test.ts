import assert from "node:assert/strict";
import {
  aliasLine,
  exportLine,
  installLine,
  quote,
  shellOf,
} from "../../../src/terminal/shell_quoting.ts";

Deno.test("text is quoted as one word for every shell, with quotes and backslashes", () => {
  assert.equal(quote(`it's $HOME \\`, "sh"), `'it'\\''s $HOME \\'`);
  assert.equal(quote(`it's $HOME \\`, "fish"), `'it\\'s $HOME \\\\'`);
  assert.equal(quote(`it's $HOME \\`, "powershell"), `'it''s $HOME \\'`);
  assert.equal(quote("’; calc; ‘", "powershell"), "'’’; calc; ‘‘'");
});

Deno.test("variables and aliases are written in the syntax of each shell", () => {
  assert.equal(exportLine("A", "1", "sh"), "export A='1'");
  assert.equal(exportLine("A", "1", "fish"), "set -gx A '1'");
  assert.equal(exportLine("A", "1", "powershell"), "$env:A = '1'");
  assert.equal(
    aliasLine("c", ["cmgr", "start", "a b"], "sh"),
    `alias c='cmgr start '\\''a b'\\'''`,
  );
  assert.equal(aliasLine("c", ["cmgr", "start", "work"], "fish"), "alias c 'cmgr start work'");
  assert.equal(
    aliasLine("c", ["cmgr", "start", "work"], "powershell"),
    "function c { & cmgr start work @args }",
  );
});

Deno.test("the shell and its start file follow from $SHELL and the operating system", () => {
  assert.equal(shellOf("/usr/bin/fish", "linux"), "fish");
  assert.equal(shellOf("/bin/zsh", "darwin"), "sh");
  assert.equal(shellOf(undefined, "windows"), "powershell");
  assert.equal(installLine("x", "sh", "/bin/zsh"), "x >> ~/.zshrc");
  assert.equal(
    installLine("x", "fish", undefined),
    "mkdir -p ~/.config/fish && x --shell fish >> ~/.config/fish/config.fish",
  );
});
