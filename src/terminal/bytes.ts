const units = ["kB", "MB", "GB", "TB"];

/** In decimal units, as disks and most tools are measured: `417 B`, `2.3 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = "B";
  for (const larger of units) {
    // Would be rounded to 1000, which is 1 of the larger unit.
    if (value < 999.5) break;
    value /= 1_000;
    unit = larger;
  }
  return `${unit === "B" || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
}
