// The items of a map as numbered squares, of which one can be chosen; of many those around it, and any by its number.

import { useState } from "react";

import { around } from "../graph/played.js";
import { Button } from "../ui/parts.jsx";
import { choose } from "./records.js";

const SHOWN = 300; // squares at a time

const inView = (square) => square?.scrollIntoView({ block: "nearest", inline: "center" });
const nextOf = (paths, path) => paths[(paths.indexOf(path) + 1) % paths.length];

export function Strip({ strip, path }) {
  const { map, squares } = strip;
  const [page, setPage] = useState({ path, from: 0 });
  const chosen = squares.findIndex((square) => square.path === path);
  const { from, to } = around(squares.length, page.path === path ? page.from : chosen - SHOWN / 2, SHOWN);
  const turn = (by) => setPage({ path, from: from + by });
  const failed = squares.filter((square) => square.tone === "failed").map((square) => square.path);
  const count = (tone) => squares.filter((square) => square.tone === tone).length;
  const told = `${squares.length} items of ${map}: ${count("ok")} succeeded, ${count("failed")} failed, ${count("running")} running, ${count("ended")} ended`;
  return (
    <>
      <i className="ms-bar-line" />
      <span className="ms-sub">{map}</span>
      <button type="button" className="ms-btn is-small ms-all" aria-pressed={path === ""} onClick={() => choose("")}>
        All {squares.length}
      </button>
      {failed.length > 0 && (
        <button type="button" className="ms-btn is-small is-danger" onClick={() => choose(nextOf(failed, path))} title="Go to the next one that failed">
          {failed.length} failed
        </button>
      )}
      {squares.length > SHOWN && <ByNumber squares={squares} />}
      <span className="ms-cells" role="group" aria-label={told}>
        {from > 0 && <Button icon="chevron_left" className="is-flat is-small" title={`${from} earlier items`} onClick={() => turn(-SHOWN)} />}
        {squares.slice(from, to).map((square) => (
          <button key={square.path} type="button" className={`is-${square.tone}`} aria-pressed={path === square.path} ref={path === square.path ? inView : null} title={`${map} ${square.label}: ${square.tone === "ok" ? "succeeded" : square.tone}`} onClick={() => choose(square.path === path ? "" : square.path)}>
            {square.label}
          </button>
        ))}
        {to < squares.length && <Button icon="chevron_right" className="is-flat is-small" title={`${squares.length - to} later items`} onClick={() => turn(SHOWN)} />}
      </span>
    </>
  );
}

/** Goes to an item by what its square says. */
function ByNumber({ squares }) {
  const [text, setText] = useState("");
  const found = squares.find((square) => square.label === text.trim());
  const go = (event) => {
    event.preventDefault();
    if (found) choose(found.path);
  };
  return (
    <form onSubmit={go}>
      <input className="ms-input ms-item-number" aria-label="Item by its number" placeholder="item" inputMode="numeric" value={text} aria-invalid={text.trim() !== "" && !found} onChange={(event) => setText(event.target.value)} />
    </form>
  );
}
