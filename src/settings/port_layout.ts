import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";

export interface Layout {
  /** First port of the first range. */
  readonly basePort: number;
  /** Number of ports in a new range, and the step from one to the next. */
  readonly portRange: number;
}

/** The layout of the specification: 9000-9099, 9100-9199, and so on. */
export const defaultLayout: Layout = { basePort: 9000, portRange: 100 };

export const highestPort = 65535;

/** Ports below it need privileges on most systems. */
const lowestBase = 1024;

/** The six tools of the specification with their spare ports end at +69. */
export const smallestRange = 70;

const variableOf = { basePort: "MCP_BASE_PORT", portRange: "MCP_PORT_RANGE" } as const;

/** @throws {CmgrError} `damaged` for the file, `usage` for a variable */
export function layoutInForce(
  paths: Paths,
  file: Partial<Layout>,
  env: (name: string) => string | undefined,
): Layout {
  const over: Partial<Layout> = env("CLAUDE_INSTANCE") ? {} : {
    basePort: numberIn(variableOf.basePort, env(variableOf.basePort)),
    portRange: numberIn(variableOf.portRange, env(variableOf.portRange)),
  };
  const layout = {
    basePort: over.basePort ?? file.basePort ?? defaultLayout.basePort,
    portRange: over.portRange ?? file.portRange ?? defaultLayout.portRange,
  };
  const fault = findLayoutFault(layout);
  if (fault === undefined) return layout;
  const { field, reason } = fault;
  if (over[field] === undefined) {
    throw new CmgrError(
      "damaged",
      `${paths.settings}: "${field}" is ${layout[field]}; it ${reason}`,
      `Fix "${field}" in that file, or remove it to use the default of ${defaultLayout[field]}`,
    );
  }
  const variable = variableOf[field];
  throw new CmgrError(
    "usage",
    `The variable ${variable} is ${over[field]}; it ${reason}`,
    `Unset ${variable}, or set it to a value that fits`,
  );
}

function numberIn(variable: string, value: string | undefined): number | undefined {
  if (!value) return undefined;
  if (!/^\d{1,9}$/.test(value)) {
    throw new CmgrError(
      "usage",
      `The variable ${variable} is "${value}", which is not a whole number`,
      `Unset ${variable}, or set it to a number`,
    );
  }
  return Number(value);
}

/** The field that makes a layout unusable, and the reason; `undefined` for a usable one. */
export function findLayoutFault(
  { basePort, portRange }: Layout,
): { field: keyof Layout; reason: string } | undefined {
  if (!Number.isInteger(portRange) || portRange < smallestRange) {
    const reason = `must be a whole number from ${smallestRange} up: ` +
      `the six tools and their spare ports end at +${smallestRange - 1}`;
    return { field: "portRange", reason };
  }
  if (!Number.isInteger(basePort) || basePort < lowestBase) {
    return { field: "basePort", reason: `must be a whole number from ${lowestBase} up` };
  }
  const highestBase = highestPort - portRange + 1;
  if (highestBase < lowestBase) {
    return { field: "portRange", reason: `leaves no room for a range below port ${highestPort}` };
  }
  if (basePort > highestBase) {
    const reason = `must be at most ${highestBase}, so that a range of ${portRange} ports fits`;
    return { field: "basePort", reason };
  }
}
