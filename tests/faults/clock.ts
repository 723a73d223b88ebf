/**
 * Loaded before the program, this stops the clock at the time that `CMGR_CLOCK` says: a clock that
 * was set back, or one in which two things happen at once.
 *
 * @module
 */
const stopped = Date.parse(Deno.env.get("CMGR_CLOCK")!);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...args: unknown[]) {
    super(...(args.length > 0 ? args : [stopped]) as [string]);
  }

  static override now(): number {
    return stopped;
  }
} as DateConstructor;
