import type { Context } from "../context.ts";
import { readTrash } from "../instances/trash.ts";
import type { Range } from "../ports/layout.ts";
import { readPorts } from "../registry/ports.ts";
import { defaultLayout } from "../settings/port_layout.ts";

/** The field names are a promise. All but `id` is `null` when the record is unreadable. */
export interface TrashReport {
  /** Name of its folder in the trash. */
  readonly id: string;
  readonly instance: string | null;
  /** An ISO 8601 date. */
  readonly removed: string | null;
  /** `null` where ports were not managed. */
  readonly range: Range | null;
  /** An ISO 8601 date; `null` when the range is no longer reserved. */
  readonly reservedUntil: string | null;
  /** `null` when it had none. */
  readonly sandbox: string | null;
}

/**
 * The newest first; all names when none is given.
 *
 * @throws {CmgrError} `damaged`
 */
export async function reportTrash({ paths }: Context, name?: string): Promise<TrashReport[]> {
  const { entries, unreadable } = await readTrash(paths);
  const { reserved } = await readPorts(paths);
  const reports: TrashReport[] = entries.map(({ id, record, sandbox }) => {
    const until = Object.hasOwn(reserved, id) ? reserved[id].until : undefined;
    return {
      id,
      instance: record.name,
      removed: record.removed,
      range: record.base === undefined
        ? null
        : { base: record.base, size: record.ports?.size ?? defaultLayout.portRange },
      reservedUntil: until !== undefined && Date.parse(until) > Date.now() ? until : null,
      sandbox: sandbox ?? null,
    };
  });
  for (const id of unreadable) {
    const unknown = { instance: null, removed: null, range: null, reservedUntil: null };
    reports.push({ id, ...unknown, sandbox: null });
  }
  return name === undefined ? reports : reports.filter(({ instance }) => instance === name);
}
