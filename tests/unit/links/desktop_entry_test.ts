import assert from "node:assert/strict";
import { desktopEntry } from "../../../src/links/desktop_entry.ts";

Deno.test("a path with blanks, quotes and percent signs is quoted as the specification wants it", () => {
  const exec = (program: string) => /^Exec=(.*)$/m.exec(desktopEntry("work", program))![1];
  assert.equal(exec("/usr/bin/cmgr"), "/usr/bin/cmgr start work");
  assert.equal(exec("/opt/my apps/cmgr"), '"/opt/my apps/cmgr" start work');
  assert.equal(exec("/a%b/cmgr"), "/a%%b/cmgr start work");
  assert.equal(exec('/a "$x"\\/cmgr'), '"/a \\\\"\\\\$x\\\\"\\\\\\\\/cmgr" start work');
});
