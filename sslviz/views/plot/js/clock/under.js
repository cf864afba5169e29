// The moment in words under every run (Python has made the places, with the run's number), and what the doctor says of it.

import { clock } from "./bus.js";
import { served } from "../streamlit.js";

const verdicts = new Map(); // address -> {step, verdict}, of every run
export const count = (n) => Math.round(n).toLocaleString("en");

// run: as the clock has it, at its moment i. Returns the elements around the words.
export function under(run, i, ended) {
  const places = [...document.querySelectorAll(`.sslviz-now[data-number="${run.number}"]`)];
  const lines = [`step ${count(run.step[i])}${ended ? ", ended" : ""}`, `${count(run.images[i])} images, ${count(run.seconds[i])} s`, run.score[i]];
  for (const place of places) {
    lines.forEach((text, k) => place.children[k] && place.children[k].textContent !== text && (place.children[k].textContent = text));
    const verdict = verdictAt(run.doctor, run.step[i]), said = /** @type {any} */ (place.children[3]);
    if (!said || verdict === undefined) continue;
    said.textContent = verdict ? `Doctor: ${verdict.name}` : "";
    said.title = verdict?.sentence ?? "";
  }
  return places.map((place) => place.parentElement).filter(Boolean);
}

// True if there is nothing to ask: of a run without a doctor, or a second time.
export const isKnown = (doctor) => !doctor || verdicts.has(doctor);

export async function consult(doctor) {
  clock.tick({ loading: clock.loading + 1 });
  try {
    const answer = await fetch(served(doctor));
    verdicts.set(doctor, answer.ok ? await answer.json() : { step: [], verdict: [] });
  } catch (error) {
    console.warn("no doctor:", String(error.message ?? error)); // asked again when the page changes
  }
  clock.tick({ loading: clock.loading - 1 });
}

// The verdict that stands at a step, null for none, undefined while nobody has asked.
function verdictAt(doctor, step) {
  const known = verdicts.get(doctor);
  return known && (known.verdict[known.step.findLastIndex((one) => one <= step)] ?? null);
}
