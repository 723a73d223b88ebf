/**
 * A session bus of a test's own, with a service on it, at a socket that nobody else knows.
 *
 * @module
 */
import { join } from "node:path";
import { any, isMissing } from "../programs.ts";
import { project } from "./form.ts";
import { until } from "./stand_in.ts";
import { Said } from "./streams.ts";

/** Whether anything is missing that these tests need, for a test's `ignore`. */
export const noSessionBus = any(
  isMissing("dbus-daemon", "dbus-daemon"),
  isMissing("dbus-send", "dbus-bin"),
  isMissing("xdg-dbus-proxy", "xdg-dbus-proxy"),
);

/** A program that the bus starts when it is asked for. */
export const activated = "org.example.Activated";

/** A bus that runs. */
export interface SessionBus extends AsyncDisposable {
  /** What programs find it by. */
  readonly env: { readonly DBUS_SESSION_BUS_ADDRESS: string };
  /** What the bus started on request had for CMGR_ATTACK; `undefined` when it started nothing. */
  readonly started: () => Promise<string | undefined>;
}

/**
 * Starts a bus and a service on it.
 *
 * @param names Names of the service
 * @param abstract Whether programs are told of the socket that is no file, as old buses have it
 */
export async function startSessionBus(
  names: readonly string[],
  abstract = false,
): Promise<SessionBus> {
  const folder = await Deno.makeTempDir({ prefix: "cmgr-bus-" });
  const [socket, result] = [join(folder, "bus"), join(folder, "started")];
  const own = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` };
  const env = abstract ? { DBUS_SESSION_BUS_ADDRESS: `unix:abstract=${socket}` } : own;
  await Deno.mkdir(join(folder, "services"));
  await Deno.writeTextFile(
    join(folder, "attack.sh"),
    `echo "\${CMGR_ATTACK-}" >"${result}"\nexit 1\n`,
  );
  await Deno.writeTextFile(
    join(folder, "services", `${activated}.service`),
    `[D-BUS Service]\nName=${activated}\nExec=/bin/sh ${join(folder, "attack.sh")}\n`,
  );
  await Deno.writeTextFile(
    join(folder, "bus.conf"),
    `<busconfig><type>session</type><listen>unix:path=${socket}</listen>
<listen>unix:abstract=${socket}</listen>
<servicedir>${join(folder, "services")}</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy>
</busconfig>`,
  );
  const children: Deno.ChildProcess[] = [];
  const spawn = (program: string, args: string[]) => {
    const child = new Deno.Command(program, {
      args,
      env: own,
      stdin: "null",
      stdout: "piped",
    }).spawn();
    children.unshift(child);
    return new Said(child.stdout);
  };
  const said: Said[] = [];
  const stop = async () => {
    for (const child of children) {
      try {
        child.kill("SIGTERM");
      } catch {
        // It has ended by itself.
      }
      await child.status;
    }
    await Promise.all(said.map(({ ended }) => ended));
    await Deno.remove(folder, { recursive: true });
  };
  try {
    const daemon = [`--config-file=${join(folder, "bus.conf")}`, "--nofork", "--print-address"];
    said.push(spawn("dbus-daemon", daemon));
    await until("the bus listens", () => Promise.resolve(said[0].text.includes("\n")));
    const service = join(project, "tests", "fixtures", "bus_service.mjs");
    said.push(spawn("node", [service, ...names]));
    await until("the service is there", () => Promise.resolve(said[1].text.includes("ready")));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    env,
    started: async () => (await Deno.readTextFile(result).catch(() => undefined))?.trim(),
    [Symbol.asyncDispose]: stop,
  };
}
