// What the workspace has for a field that names one of it: offered as one types, while anything may be typed.

import { useEffect, useState } from "react";

import { all } from "../api.js";

let asked = null; // once per page

/** The workspace's pipelines with their stages; none for who may not look. */
function usePipelines(isWanted) {
  const [pipelines, setPipelines] = useState([]);
  useEffect(() => {
    if (!isWanted) return;
    asked ??= all("/pipelines").catch(() => []);
    asked.then(setPipelines);
  }, [isWanted]);
  return pipelines;
}

/** The lists that fields lead to by `composer-…`; stages are those of the pipeline that the params name. */
export function Offers({ fields, params, secrets }) {
  const pipelines = usePipelines(fields.some(({ offers }) => offers === "pipelines"));
  const named = pipelines.filter(({ slug }) => slug === params.pipeline);
  const of = named.length ? named : pipelines;
  return (
    <>
      <List kind="secrets" options={secrets.map(({ name, description }) => [name, description || "in the vault"])} />
      <List kind="pipelines" options={pipelines.map(({ slug, name }) => [slug, name])} />
      <List kind="stages" options={of.flatMap(({ name, stages }) => stages.map((stage) => [stage, name]))} />
    </>
  );
}

const List = ({ kind, options }) => (
  <datalist id={`composer-${kind}`}>
    {options.map(([value, label], index) => (
      <option key={index} value={value} label={label} />
    ))}
  </datalist>
);
