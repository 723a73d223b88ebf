import {
  type Given,
  type PowerShell,
  readAnswers,
  type Script,
} from "../../../src/system/powershell.ts";

/** PowerShell that says the same whatever it is asked, and remembers what that was. */
export interface Recorded {
  readonly ask: PowerShell;
  readonly asked: { readonly script: Script; readonly given: Given }[];
}

/** @param output What PowerShell printed */
export function recorded(output: string): Recorded {
  const asked: Recorded["asked"] = [];
  return {
    asked,
    ask: (script, given, answer) => {
      asked.push({ script, given });
      return Promise.resolve(readAnswers(output, answer));
    },
  };
}
