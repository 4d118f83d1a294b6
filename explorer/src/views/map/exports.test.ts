import { describe, expect, it } from "vitest";
import { cell, xml } from "./exports";

describe("exports of a map", () => {
  it("marks formulas as text, and quotes what needs quotes", () => {
    expect(cell("=1+1")).toBe("'=1+1");
    expect(cell('Say "hi", twice\n')).toBe('"Say ""hi"", twice\n"');
    expect(cell(-5)).toBe("-5");
    expect(cell(null)).toBe("");
  });

  it("writes names with markup and control characters as XML", () => {
    expect(xml('<b a="1">&\u0000\u{1F600}')).toBe("&lt;b a=&quot;1&quot;&gt;&amp;\u{1F600}");
  });
});
