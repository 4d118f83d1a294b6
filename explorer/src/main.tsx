import "./workers";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./kith.css";
import { createRoot } from "react-dom/client";
import { Explorer } from "./explorer";

createRoot(document.getElementById("kith")!).render(<Explorer />);
