import type { RefObject } from "react";
import { Maximize, Pin, PinOff, ZoomIn, ZoomOut } from "lucide-react";
import { IconButton } from "../../parts/IconButton";
import { words } from "../../words/words";
import type { PictureHandle } from "./Picture";

const say = words("map");

interface ToolsProps {
  picture: RefObject<PictureHandle | null>;
  /** Whether the selected node is pinned; null without a selection. */
  pinned: boolean | null;
  togglePin: () => void;
}

/** Zoom, fit and pin. */
export function Tools({ picture, pinned, togglePin }: ToolsProps) {
  const pin = say(pinned ? "unpin" : "pin");
  return (
    <div className="map-tools">
      <IconButton label={say("zoomIn")} press={() => picture.current?.zoom(true)} icon={ZoomIn} />
      <IconButton label={say("zoomOut")} press={() => picture.current?.zoom(false)} icon={ZoomOut} />
      <IconButton label={say("fit")} press={() => picture.current?.fit()} icon={Maximize} />
      <IconButton label={pin} press={pinned === null ? null : togglePin} icon={pinned ? PinOff : Pin} />
    </div>
  );
}

/** What the marks and lines mean. */
export function Legend() {
  return (
    <ul className="map-legend" aria-label={say("legend")}>
      <li>
        <i className="disc us" /> {say("ours")}
      </li>
      <li>
        <i className="disc known" /> {say("knownMark")}
      </li>
      <li>
        <i className="disc" /> {say("theirs")}
      </li>
      <li>
        <i className="disc decides" /> {say("decides")}
      </li>
      <li>
        <i className="stroke us" /> {say("tieUs")}
      </li>
      <li>
        <i className="stroke among" /> {say("tieAmong")}
      </li>
      <li>
        <i className="stroke parent" /> {say("parent")}
      </li>
    </ul>
  );
}
