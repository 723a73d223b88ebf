/**
 * The command lines of programs that start another one: which words are options, and where the
 * other's words begin. From their manual pages and `--help`. Lists of words are strings with blanks.
 */

/** Of one program, or of some of its subcommands. */
export interface Grammar {
  /**
   * A program without a kind is a wrapper: it starts the command that follows.
   *
   * - `shell`: runs a text, behind the option that `text` names, or a script.
   * - `runner`: runs a program out of a package.
   * - `interpreter`: runs a script.
   * - `container`: runs an image.
   * - `scripts`: runs what a file of the project says.
   */
  readonly kind?: "shell" | "runner" | "interpreter" | "container" | "scripts";
  /** One of them must follow its options: `exec`, `tool+run`. */
  readonly subcommands?: string;
  /** Options whose value is the next word. */
  readonly takes?: string;
  /** Options without a value; if given, every other option takes the next word. */
  readonly switches?: string;
  /** Options whose value is a command line. */
  readonly text?: string;
  /** Options that name a package or module; a later word then names a program of the package. */
  readonly names?: string;
  /** Options whose value is code. */
  readonly code?: string;
  /** How many words stand between its options and the command. */
  readonly skips?: number;
  /** Whether the words before a `--` are its own. */
  readonly untilDashes?: true;
  /** Whether `NAME=value` may stand before the command. */
  readonly assigns?: true;
  /** Options that name a variable to remove. */
  readonly unsets?: string;
  /** Options with which variables do not reach the command. */
  readonly drops?: string;
  /** Variables reach the command only with one of these options. */
  readonly keeps?: string;
  /** Whether options after the package, up to a `--`, are its own. */
  readonly swallows?: true;
  /** Where the packages of a runner come from; npm if not given. */
  readonly registry?: "pypi";
}

const npmOptions = {
  names: "--package",
  text: "-c --call",
  switches:
    "-y --yes -q --quiet -s --silent -d -dd -ddd --verbose -f --force -g --global -l --long -h -v " +
    "-p --parseable -a --all -B -D -E -O -P -S -L -n -ws --workspaces -iwr --include-workspace-root " +
    "--offline --prefer-offline --prefer-online --ignore-scripts --foreground-scripts --if-present " +
    "--legacy-peer-deps --strict-peer-deps --strict-ssl --install-links --engine-strict --audit " +
    "--fund --progress --update-notifier --color --unicode --timing --json --dry-run",
};
const npxOptions = {
  ...npmOptions,
  names: "-p --package",
  switches: `${npmOptions.switches.replace(" -p ", " ")} --always-spawn --ignore-existing`,
};
const pnpmOptions = {
  takes: "-C --dir -F --filter --reporter --loglevel --registry --allow-build --config",
  names: "--package",
};
const bunOptions = {
  takes: "--cwd -r --preload --env-file -c --config --registry --install",
  names: "-p --package",
};
const uvOptions = {
  takes:
    "--with --with-editable --with-requirements -w -p --python --index --index-url --default-index " +
    "-i --extra-index-url --directory --project --env-file --extra --group --refresh-package " +
    "--cache-dir --config-file -P --upgrade-package --constraints -c --color",
};
const node = {
  kind: "interpreter",
  takes: "-r --require --import --loader --experimental-loader -C --conditions --inspect-port " +
    "--debug-port --env-file --env-file-if-exists --title --icu-data-dir --openssl-config " +
    "--max-old-space-size --max-semi-space-size --stack-size --stack-trace-limit --input-type " +
    "--disable-warning --redirect-warnings --trace-event-categories --unhandled-rejections " +
    "--max-http-header-size --dns-result-order --watch-path --allow-fs-read --allow-fs-write",
  code: "-e --eval -p --print -pe --run",
} as const;
const python = { kind: "interpreter", takes: "-X -W", names: "-m", code: "-c" } as const;
const sh = { kind: "shell", takes: "-o +o -O +O --rcfile --init-file", text: "-c" } as const;
const powershell = {
  kind: "shell",
  text: "-command -c /c",
  takes:
    "-executionpolicy -ep -ex -windowstyle -w -version -inputformat -outputformat -psconsolefile " +
    "-configurationname -workingdirectory -wd -settingsfile",
} as const;
const container = {
  kind: "container",
  subcommands: "run container+run create",
  takes:
    "-a --attach --add-host --annotation --blkio-weight --cap-add --cap-drop --cgroup-parent " +
    "--cgroupns --cidfile --cpu-period --cpu-quota --cpu-shares -c --cpus --cpuset-cpus --device " +
    "--dns --dns-option --dns-search --domainname -e --env --env-file --entrypoint --expose --gpus " +
    "--group-add --health-cmd -h --hostname --ip --ip6 --ipc --isolation -l --label --label-file " +
    "--link --log-driver --log-opt --mac-address -m --memory --memory-swap --mount --name --net " +
    "--network --network-alias --pid --pids-limit --platform -p --publish --pull --restart " +
    "--runtime --secret --security-opt --shm-size --stop-signal --stop-timeout --storage-opt " +
    "--sysctl --tmpfs --ulimit -u --user --userns --uts -v --volume --volume-driver " +
    "--volumes-from -w --workdir --context -H --host --log-level",
} as const;
const otherContainer = { kind: "container" } as const;

/** By the name of the program; the first grammar whose subcommand follows applies. */
export const grammars: Readonly<Record<string, readonly Grammar[]>> = {
  // Packages from npm
  npx: [{ kind: "runner", ...npxOptions }],
  npm: [
    { kind: "runner", subcommands: "exec x", swallows: true, ...npmOptions },
    { kind: "scripts", swallows: true },
  ],
  pnpx: [{ kind: "runner", ...pnpmOptions }],
  pnpm: [
    { kind: "runner", subcommands: "dlx", ...pnpmOptions },
    { subcommands: "exec", takes: pnpmOptions.takes },
    { kind: "scripts" },
  ],
  yarn: [
    { kind: "runner", subcommands: "dlx", names: "-p --package", takes: "--cwd" },
    { subcommands: "exec", takes: "--cwd" },
    { kind: "scripts" },
  ],
  bunx: [{ kind: "runner", ...bunOptions }],
  bun: [
    { kind: "runner", subcommands: "x", ...bunOptions },
    { kind: "interpreter", subcommands: "run", takes: bunOptions.takes, code: "-e --eval" },
    { kind: "interpreter", takes: bunOptions.takes, code: "-e --eval" },
  ],
  dx: [{ kind: "runner" }],
  deno: [
    { kind: "runner", subcommands: "x" },
    { kind: "scripts", subcommands: "task eval" },
    ...["run serve", undefined].map((subcommands): Grammar => ({
      kind: "interpreter",
      subcommands,
      takes: "-c --config --import-map --lock --cert --location --seed -L --log-level --preload",
    })),
  ],
  corepack: [{}],
  // Packages from PyPI
  uvx: [{ kind: "runner", registry: "pypi", names: "--from", ...uvOptions }],
  uv: [
    { kind: "runner", registry: "pypi", subcommands: "tool+run x", names: "--from", ...uvOptions },
    { subcommands: "run", names: "-m --module", ...uvOptions },
  ],
  pipx: [{
    kind: "runner",
    registry: "pypi",
    subcommands: "run",
    names: "--spec",
    takes: "--python --pip-args --index-url -i",
  }],
  // Interpreters
  node: [node],
  nodejs: [node],
  tsx: [{ ...node, takes: `${node.takes} --tsconfig` }],
  python: [python],
  python3: [python],
  poetry: [{ subcommands: "run", takes: "-C --directory -P --project" }],
  conda: [{ subcommands: "run", takes: "-n --name -p --prefix --cwd" }],
  // Shells
  bash: [sh],
  sh: [sh],
  dash: [sh],
  zsh: [sh],
  fish: [{ kind: "shell", text: "-c --command", takes: "-C --init-command" }],
  cmd: [{ kind: "shell", text: "/c /k" }],
  powershell: [powershell],
  pwsh: [powershell],
  // Wrappers of the system
  env: [{
    takes: "-u --unset -C --chdir",
    text: "-S --split-string",
    assigns: true,
    unsets: "-u --unset",
    drops: "-i --ignore-environment -",
  }],
  exec: [{ takes: "-a" }],
  time: [{ takes: "-f -o" }],
  nice: [{ takes: "-n --adjustment" }],
  nohup: [{}],
  setsid: [{}],
  stdbuf: [{ takes: "-i -o -e" }],
  timeout: [{ takes: "-k --kill-after -s --signal", skips: 1 }],
  caffeinate: [{ takes: "-t -w" }],
  "xvfb-run": [{
    takes: "-e --error-file -f --auth-file -n --server-num -p --xauth-protocol -s --server-args -w",
  }],
  sudo: [{
    takes: "-u --user -g --group -h --host -p --prompt -C -D --chdir -R --chroot -T -r -t",
    assigns: true,
    keeps: "-E --preserve-env",
  }],
  doas: [{ takes: "-u -C", keeps: "" }],
  wsl: [{ takes: "-d --distribution -u --user --cd --shell-type", keeps: "" }],
  // Version managers
  mise: [{ subcommands: "exec x", untilDashes: true, takes: "-C --cd -E --env -j" }],
  asdf: [{ subcommands: "exec" }],
  volta: [{ subcommands: "run", takes: "--node --npm --yarn --pnpm --env" }],
  fnm: [{ subcommands: "exec", takes: "--using --fnm-dir --log-level --arch" }],
  "nvm-exec": [{}],
  nvm: [{ subcommands: "exec", skips: 1 }],
  direnv: [{ subcommands: "exec", skips: 1 }],
  // Variables from elsewhere
  dotenvx: [{
    subcommands: "run",
    takes: "-e --env -f --env-file -fk --env-keys-file -fv --env-vault-file -l --log-level",
  }],
  dotenv: [{ takes: "-e -v -p -f" }],
  "cross-env": [{ assigns: true }],
  op: [{ subcommands: "run", takes: "--env-file --account --config --session" }],
  doppler: [{
    subcommands: "run",
    text: "--command",
    takes: "-p --project -c --config -t --token --mount --mount-format --scope --fallback",
  }],
  // A server behind another program
  supergateway: [{
    text: "--stdio",
    takes: "--port --baseUrl --ssePath --messagePath --logLevel --outputTransport --header",
  }],
  // Containers
  docker: [container, otherContainer],
  podman: [container, otherContainer],
  nerdctl: [container, otherContainer],
};

/** Packages that install one of these programs under another name. */
export const programsOf: Readonly<Record<string, string>> = {
  "@dotenvx/dotenvx": "dotenvx",
  "dotenv-cli": "dotenv",
};
