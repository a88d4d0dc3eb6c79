/** One mistake in a configuration. */
export interface Problem {
  /** Where: `firewall.blockGroups[0].capacity`. */
  readonly key: string;
  /** What is wrong there, and what to write instead. */
  readonly problem: string;
}

/** A configuration that cannot be deployed, with every problem at once. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(["The configuration cannot be deployed:", ...problems.map(({ key, problem }) => `  ${key}: ${problem}`)].join("\n"));
    this.name = "ConfigurationError";
  }
}

/** What a text must look like. */
export interface Form {
  readonly pattern: RegExp;
  /** Completes "it must be …". */
  readonly words: string;
}

/**
 * Reads one JSON object, member by member, and collects what is wrong with it. What cannot be read becomes a value of the right type,
 * so that reading goes on; `problems` says that it must not be used.
 */
export class Reader {
  private readonly known = new Set<string>();

  constructor(
    private readonly value: Readonly<Record<string, unknown>>,
    private readonly path: string,
    readonly problems: Problem[],
  ) {}

  /** The reader of a whole configuration. */
  static of(value: unknown): Reader {
    const problems: Problem[] = [];
    return new Reader(asObject(value, "the configuration", problems), "", problems);
  }

  section(name: string): Reader {
    return this.reader(this.take(name) ?? {}, this.key(name));
  }

  /** A section that may be left out. */
  optionalSection<T>(name: string, read: (reader: Reader) => T): T | undefined {
    const value = this.take(name);
    return value === undefined ? undefined : read(this.reader(value, this.key(name)));
  }

  list<T>(name: string, read: (reader: Reader) => T): T[] {
    return this.items(name).map((item, index) => read(this.reader(item, `${this.key(name)}[${index}]`)));
  }

  texts(name: string, form: Form): string[] {
    return this.items(name).map((item, index) => this.checked(item, `${this.key(name)}[${index}]`, form));
  }

  /** A text that must be there, unless there is a default. */
  text(name: string, form: Form, byDefault?: string): string {
    const value = this.take(name) ?? byDefault;
    return value === byDefault && byDefault !== undefined ? byDefault : this.checked(value, this.key(name), form);
  }

  oneOf<T extends string>(name: string, choices: readonly T[], byDefault: T): T {
    const value = this.take(name) ?? byDefault;
    const choice = choices.find((one) => one === value);
    return choice ?? this.refuse(name, `it must be one of ${choices.join(", ")}`, byDefault);
  }

  number(name: string, [least, most]: readonly [number, number], byDefault: number): number {
    const value = this.take(name) ?? byDefault;
    const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
    return fits ? value : this.refuse(name, `it must be a whole number from ${least} to ${most}`, byDefault);
  }

  flag(name: string, byDefault: boolean): boolean {
    const value = this.take(name) ?? byDefault;
    return typeof value === "boolean" ? value : this.refuse(name, "it must be true or false", byDefault);
  }

  /** Names and texts, such as environment variables. */
  dictionary(name: string, form: Form): Record<string, string> {
    const entries = Object.entries(asObject(this.take(name) ?? {}, this.key(name), this.problems));
    return Object.fromEntries(
      entries.map(([member, value]) => {
        this.checked(member, `${this.key(name)}.${member}`, form);
        return [member, this.checked(value, `${this.key(name)}.${member}`, ANYTHING)];
      }),
    );
  }

  /** Notes a problem of a member. */
  refuse<T>(name: string, problem: string, instead: T): T {
    this.problems.push({ key: this.key(name), problem });
    return instead;
  }

  /** Notes every member that nobody has read. */
  close(): void {
    for (const member of Object.keys(this.value)) {
      if (!this.known.has(member)) {
        this.refuse(member, `there is no such key; known are ${[...this.known].join(", ")}`, undefined);
      }
    }
  }

  private reader(value: unknown, path: string): Reader {
    return new Reader(asObject(value, path, this.problems), path, this.problems);
  }

  private take(name: string): unknown {
    this.known.add(name);
    return this.value[name];
  }

  private items(name: string): unknown[] {
    const value = this.take(name) ?? [];
    return Array.isArray(value) ? value : this.refuse(name, "it must be a list", []);
  }

  private key(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  private checked(value: unknown, key: string, { pattern, words }: Form): string {
    if (typeof value === "string" && pattern.test(value)) {
      return value;
    }
    this.problems.push({ key, problem: value === undefined ? `it is missing: ${words}` : `it must be ${words}` });
    return "";
  }
}

const ANYTHING: Form = { pattern: /^/, words: "a text" };

function asObject(value: unknown, key: string, problems: Problem[]): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  problems.push({ key, problem: "it must be an object" });
  return {};
}
