import { initials } from "../../words/format";
import { xml } from "./exports";
import type { Label, Placed } from "./labels";
import { HALO_WIDTH, linesOf, markOf, type Context } from "./looks";
import type { Viewpoint } from "./scene";
import type { Drawn } from "./scene";
import { INITIALS_FROM } from "./sizes";

const FONT = "Inter, Helvetica, Arial, sans-serif";

/** What is on the screen as SVG: circles, parents, ties, marks and names, each with the name of its node. */
export function asSvg(
  { model, places, circles }: Drawn,
  context: Context,
  view: Viewpoint,
  labels: readonly Label[],
  placed: ReadonlyMap<string, Placed>,
): string {
  const { tokens } = context;
  const at = ({ x, y }: { x: number; y: number }) => [n(view.x + x * view.scale), n(view.y + y * view.scale)] as const;
  const place = (id: string) => at(places.get(id) ?? model.nodes.get(id)!);
  const line = (one: readonly [string, string], other: readonly [string, string], style: string) =>
    `<line x1="${one[0]}" y1="${one[1]}" x2="${other[0]}" y2="${other[1]}" ${style}/>`;
  const parts: string[] = [];
  if (circles) {
    const centres = new Map(model.circles.map((circle) => [circle.id, at(circle)]));
    for (const { look, from, to } of model.edges)
      if (look === "parent" && centres.has(from) && centres.has(to))
        parts.push(line(centres.get(from)!, centres.get(to)!, `stroke="${tokens.line2}"`));
    for (const circle of model.circles) {
      const [x, y] = centres.get(circle.id)!;
      const style = `fill="${tokens.sunken}" fill-opacity="0.82" stroke="${tokens.line2}"`;
      const title = `<title>${xml(circle.name)}</title>`;
      parts.push(`<circle cx="${x}" cy="${y}" r="${n(circle.radius * view.scale)}" ${style}>${title}</circle>`);
    }
  }
  const lines = linesOf(model, context).sort((one, other) => one.line.order - other.line.order);
  for (const halo of [true, false])
    for (const { edge, line: look } of lines) {
      const colour = halo ? look.halo : look.colour;
      const width = halo ? HALO_WIDTH : look.width * view.grown;
      const style = `stroke="${colour}" stroke-width="${n(width)}" stroke-linecap="round"`;
      if (colour) parts.push(line(place(edge.from), place(edge.to), style));
    }
  for (const node of model.nodes.values()) {
    const mark = markOf(node, model, context);
    if (!mark) continue;
    const [x, y] = place(node.id);
    const radius = mark.radius * view.grown;
    if (mark.ring)
      parts.push(
        `<circle cx="${x}" cy="${y}" r="${n(radius + 3)}" fill="none" stroke="${mark.ring}" stroke-width="2"/>`,
      );
    const style = `fill="${mark.fill}" stroke="${mark.stroke}" stroke-width="${mark.border}"`;
    const title = `<title>${xml(node.name)}</title>`;
    parts.push(`<circle cx="${x}" cy="${y}" r="${n(radius - mark.border / 2)}" ${style}>${title}</circle>`);
    if (node.ours && radius >= INITIALS_FROM)
      parts.push(
        `<text x="${x}" y="${y}" dy="0.35em" text-anchor="middle" font-size="10" font-weight="600" ` +
          `fill="${tokens.paper}">${xml(initials(node.name))}</text>`,
      );
  }
  for (const { id, text, bold, width } of labels) {
    const where = placed.get(id);
    if (!where) continue;
    const style = `font-weight="${bold ? 600 : 400}" fill="${bold ? tokens.ink : tokens.ink2}"`;
    const halo = `stroke="${tokens.paper}" stroke-width="3" paint-order="stroke" stroke-linejoin="round"`;
    parts.push(
      `<text x="${n(where.left + width / 2)}" y="${n(where.top + 11.5)}" text-anchor="middle" font-size="11" ` +
        `${style} ${halo}>${xml(text)}</text>`,
    );
  }
  const size = `width="${n(view.width)}" height="${n(view.height)}" viewBox="0 0 ${n(view.width)} ${n(view.height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${FONT}">`,
    `<rect width="100%" height="100%" fill="${tokens.paper}"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}
