import "@xyflow/react/dist/base.css";
import "./style/canvas.css";
import "./style/desk.css";
import "./style/dock.css";
import "./style/run.css";

import { createRoot } from "react-dom/client";

import { signWith } from "./api.js";
import { App } from "./app.jsx";

const config = JSON.parse(document.getElementById("composer-config").textContent);
signWith(config.csrf);
createRoot(document.getElementById("composer")).render(<App config={config} />);
