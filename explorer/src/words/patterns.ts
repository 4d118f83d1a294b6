/**
 * Sentences with slots, in a part of the ICU message format: `{name}`, `{n, number}`, `{n, spell}`,
 * `{n, plural, =0 {none} one {# deal} other {# deals}}` and `{kind, select, a {…} other {…}}`.
 */
export type Piece =
  | string
  | { kind: "slot"; name: string; style: "plain" | "number" | "spell" }
  | { kind: "choice"; name: string; plural: boolean; options: Record<string, Piece[]> }
  | { kind: "count" };

const SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const NUMBER = new Intl.NumberFormat("en-US");
const PLURALS = new Intl.PluralRules("en");

/** Returns a number as a word below ten, as sentences do, and in digits from ten on. */
export function spelled(n: number): string {
  return SMALL[n] ?? NUMBER.format(n);
}

const parsed = new Map<string, Piece[]>();

/** Parses a pattern; each pattern is parsed once. */
export function parsePattern(pattern: string): Piece[] {
  let pieces = parsed.get(pattern);
  if (!pieces) {
    const reader = new Reader(pattern);
    pieces = reader.pieces(false);
    if (!reader.done) throw new Error(`Unbalanced } in the pattern: ${pattern}`);
    parsed.set(pattern, pieces);
  }
  return pieces;
}

class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  get done(): boolean {
    return this.at >= this.text.length;
  }

  pieces(counted: boolean): Piece[] {
    const found: Piece[] = [];
    let plain = "";
    const flush = () => {
      if (plain) found.push(plain);
      plain = "";
    };
    while (!this.done && this.text[this.at] !== "}") {
      const next = this.text[this.at++]!;
      if (next === "{") {
        flush();
        found.push(this.argument());
      } else if (next === "#" && counted) {
        flush();
        found.push({ kind: "count" });
      } else plain += next;
    }
    flush();
    return found;
  }

  private argument(): Piece {
    const name = this.word();
    if (this.take("}")) return { kind: "slot", name, style: "plain" };
    this.expect(",");
    const type = this.word();
    if (type === "number" || type === "spell") {
      this.expect("}");
      return { kind: "slot", name, style: type };
    }
    if (type !== "plural" && type !== "select") throw new Error(`Unknown type ${type} in the pattern: ${this.text}`);
    this.expect(",");
    const options: Record<string, Piece[]> = {};
    while (!this.take("}")) {
      const option = this.word();
      this.expect("{");
      options[option] = this.pieces(type === "plural");
      this.expect("}");
    }
    if (!options["other"]) throw new Error(`The option "other" is missing in the pattern: ${this.text}`);
    return { kind: "choice", name, plural: type === "plural", options };
  }

  private word(): string {
    this.space();
    const start = this.at;
    while (!this.done && /[^\s,{}]/.test(this.text[this.at]!)) this.at++;
    if (start === this.at) throw new Error(`A name is missing at ${start} in the pattern: ${this.text}`);
    return this.text.slice(start, this.at);
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? "")) this.at++;
  }

  private take(sign: string): boolean {
    this.space();
    if (this.text[this.at] !== sign) return false;
    this.at++;
    return true;
  }

  private expect(sign: string): void {
    if (!this.take(sign)) throw new Error(`${sign} is missing at ${this.at} in the pattern: ${this.text}`);
  }
}

/** Fills a pattern; the result is a list, because a slot may hold an element of the page. */
export function fill<T>(pieces: Piece[], slots: Record<string, T | string | number>, count?: number): (T | string)[] {
  const found = pieces.flatMap((piece): (T | string)[] => {
    if (typeof piece === "string") return [piece];
    if (piece.kind === "count") return [NUMBER.format(count ?? 0)];
    const value = slots[piece.name];
    if (value === undefined) throw new Error(`The slot ${piece.name} is not filled.`);
    if (piece.kind === "choice") {
      const chosen = piece.plural
        ? plural(piece.options, Number(value))
        : (piece.options[String(value)] ?? piece.options["other"]!);
      return fill(chosen, slots, piece.plural ? Number(value) : count);
    }
    if (piece.style === "spell") return [spelled(Number(value))];
    if (piece.style === "number") return [NUMBER.format(Number(value))];
    return [typeof value === "number" ? NUMBER.format(value) : value];
  });
  return found.map((part, at) => (endsTwice(found[at - 1], part) ? part.slice(1) : part));
}

/** Whether a full stop follows one that belongs to a name, such as “Inc.”. */
function endsTwice(before: unknown, after: unknown): after is string {
  return typeof before === "string" && typeof after === "string" && before.endsWith(".") && after.startsWith(".");
}

function plural(options: Record<string, Piece[]>, n: number): Piece[] {
  return options[`=${n}`] ?? options[PLURALS.select(n)] ?? options["other"]!;
}
