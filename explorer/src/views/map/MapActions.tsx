import type { RefObject } from "react";
import { Download, Link as LinkIcon, Redo2, Table2, Undo2, Waypoints } from "lucide-react";
import { toast } from "../../parts/toasts";
import { IconButton } from "../../parts/IconButton";
import { words } from "../../words/words";
import { EXPORTS, save } from "./exports";
import type { Places } from "./layout";
import { FORMS, type MapLens } from "./lens";
import type { MapModel } from "./model";
import type { PictureHandle } from "./Picture";

const say = words("map");
const PICTURES = ["png", "svg"] as const;
const ICONS = { picture: Waypoints, table: Table2 } as const;

interface Props {
  lens: MapLens;
  setLens: (patch: Partial<MapLens>) => void;
  drawable: boolean;
  model: MapModel;
  places: Places;
  picture: RefObject<PictureHandle | null>;
  undo: (() => void) | null;
  redo: (() => void) | null;
}

/** The form of the map, undo and redo, the link and the exports. */
export function MapActions({ lens, setLens, drawable, model, places, picture, undo, redo }: Props) {
  const copy = () => {
    navigator.clipboard.writeText(location.href).then(
      () => toast({ message: say("copied") }),
      () => toast({ message: say("notCopied"), refused: true }),
    );
  };
  const exported = async (kind: string) => {
    if (kind === "png") {
      const blob = await picture.current?.png();
      if (blob) save("map.png", blob);
      return;
    }
    if (kind === "svg") {
      const text = picture.current?.svg();
      if (text) save("map.svg", new Blob([text], { type: "image/svg+xml" }));
      return;
    }
    const { name, type, text } = EXPORTS[kind as keyof typeof EXPORTS]({ model, places });
    save(name, new Blob([text], { type }));
  };
  const kinds = [...(lens.as === "picture" && drawable ? PICTURES : []), ...exportKinds()];
  return (
    <>
      <span className="seg" role="group" aria-label={say("form")}>
        {FORMS.map((form) => {
          const Icon = ICONS[form];
          return (
            <button
              key={form}
              type="button"
              aria-pressed={form === (drawable ? lens.as : "table")}
              disabled={form === "picture" && !drawable}
              onClick={() => setLens({ as: form })}
            >
              <Icon aria-hidden="true" /> <span className="map-word">{say(form)}</span>
            </button>
          );
        })}
      </span>
      <IconButton label={say("undo")} icon={Undo2} press={undo} className="map-wide" />
      <IconButton label={say("redo")} icon={Redo2} press={redo} className="map-wide" />
      <IconButton label={say("copyLink")} icon={LinkIcon} press={copy} className="map-wide" />
      <span className="btn ghost pick map-wide">
        <Download aria-hidden="true" />
        <select aria-label={say("export")} value="" onChange={({ target: { value } }) => void exported(value)}>
          <option value="">{say("export")}</option>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {say(kind)}
            </option>
          ))}
        </select>
      </span>
    </>
  );
}

function exportKinds() {
  return Object.keys(EXPORTS) as (keyof typeof EXPORTS)[];
}
