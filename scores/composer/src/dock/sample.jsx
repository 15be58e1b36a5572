// The pinned sample of a step: by which port it answers and with what, written or corrected by hand.

import { edit } from "../edit/actions.js";
import { setConfig } from "../graph/edit.js";
import { LABELS } from "../graph/labels.js";
import { ownPorts } from "../graph/ports.js";
import { useFacts } from "../store.js";
import { Choice, Typed } from "./fields.jsx";

export const pin = (node, sample) => edit((before) => setConfig(before, node.key, { sample }), `sample ${node.key}`);

export function Sample({ node, sample }) {
  const { catalog } = useFacts();
  const port = sample.port ?? "success";
  const ports = [...new Set([...ownPorts(node, catalog), port])];
  return (
    <div role="group" aria-label={LABELS.sample}>
      {ports.length > 1 && <Choice label="Leaves by" value={port} choices={ports.map((one) => [one, one])} onValue={(chosen) => pin(node, { ...sample, port: chosen })} />}
      <Typed key={node.key} label="Answer" type="json" rows="5" mono value={sample.output} onValue={(output = {}) => pin(node, { ...sample, output })} />
    </div>
  );
}
