import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/source-serif-4/wght.css";
import "./style/tokens.css";
import "./style/page.css";
import "./marks/marks.css";
import "./parts/parts.css";
import "./app/frame.css";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { App } from "./app/App";
import { ROOT } from "./app/client";
import { recallAddress, usePath, useSearchText } from "./app/links";
import { applyTheme } from "./app/session";
import { sampleAddresses } from "./app/views";

declare global {
  interface Window {
    /** The addresses of all views, for the tests and the screenshots that open them. */
    kith?: {
      samples: typeof sampleAddresses;
      /** The milliseconds of each of some frames of the map, while it is on the screen. */
      frames?: (number: number) => Promise<number[]>;
    };
  }
}

applyTheme();
window.kith = { samples: sampleAddresses };
void recallAddress().then(() =>
  createRoot(document.getElementById("kith")!).render(
    <Router base={ROOT} hook={usePath} searchHook={useSearchText}>
      <App />
    </Router>,
  ),
);
