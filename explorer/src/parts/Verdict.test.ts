import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { words } from "../words/words";
import { Qualified, Verdict } from "./Verdict";

const drawn = (hides: boolean, qualified: boolean) =>
  renderToStaticMarkup(
    createElement(Qualified, { value: hides }, createElement(Verdict, { qualified, children: "4" })),
  );

it("says that a conclusion is about the records that the reader may see, once", () => {
  expect(drawn(true, false)).toContain("As far as you may see: </span>4");
  expect(drawn(true, true)).not.toContain("As far as you may see");
  expect(drawn(false, false)).not.toContain("As far as you may see");
});

it("counts hidden records", () => {
  const say = words("frame");
  expect(say("hidden", { n: 1 })).toBe("1 record is hidden from you.");
  expect(say("hidden", { n: 12 })).toBe("12 records are hidden from you.");
});
