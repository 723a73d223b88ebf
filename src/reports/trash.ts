/**
 * The trash as people and programs see it: pure.
 *
 * @module
 */
import type { Range } from "../ports/layout.ts";
import type { PortRegistry } from "../registry/ports.ts";
import { defaultLayout } from "../settings/settings.ts";
import type { Trash } from "../instances/trash.ts";

/** One removed instance as `--json` shows it. */
export interface TrashReport {
  /** Name of its folder in the trash. */
  readonly id: string;
  /** Its name; `null` when its record cannot be read. */
  readonly instance: string | null;
  /** When it was removed, as an ISO 8601 date. */
  readonly removed: string | null;
  /** The range it had. */
  readonly range: Range | null;
  /** Until when that is kept for it; `null` when it no longer is. */
  readonly reservedUntil: string | null;
  /** Where its sandbox lies. */
  readonly sandbox: string | null;
}

/**
 * Describes what is in the trash, the newest first.
 *
 * @param trash What is in it
 * @param ports The ports, with the reservations
 * @param now The time, in milliseconds since 1970
 */
export function describeTrash(
  trash: Trash,
  ports: PortRegistry,
  now: number = Date.now(),
): TrashReport[] {
  return [
    ...trash.entries.map(({ id, record, sandbox }) => {
      const until = Object.hasOwn(ports.reserved, id) ? ports.reserved[id].until : undefined;
      return {
        id,
        instance: record.name,
        removed: record.removed,
        range: record.base === undefined
          ? null
          : { base: record.base, size: record.ports?.size ?? defaultLayout.portRange },
        reservedUntil: until !== undefined && Date.parse(until) > now ? until : null,
        sandbox: sandbox ?? null,
      };
    }),
    ...trash.unreadable.map((id) => ({
      id,
      instance: null,
      removed: null,
      range: null,
      reservedUntil: null,
      sandbox: null,
    })),
  ];
}
