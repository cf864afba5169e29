// A chart as a table: a sentence that says what stands out, its numbers, and the same as a file.

import { fileName, save } from "./save.js";
import { finding, valuesOf } from "./values.js";

const MOST_ROWS = 400; // in the table; the file has all
const ICON = { width: 24, height: 24, path: "M3 3h18v18H3zM5 8v4h4V8zm6 0v4h3V8zm5 0v4h3V8zM5 14v5h4v-5zm6 0v5h3v-5zm5 0v5h3v-5z" };

// A button for the mode bar.
export function tableButton(chart) {
  return { name: "table", title: "As table", icon: ICON, click: () => showTable(chart) };
}

export function showTable(chart) {
  const { root, header } = chart;
  const { columns, rows } = valuesOf(root);
  const dialog = document.createElement("dialog");
  dialog.className = "sslviz-table";
  dialog.setAttribute("aria-label", header.alt);
  dialog.innerHTML = `<form method="dialog"><h2></h2><a download>Numbers as CSV</a><button autofocus>Close</button></form>
    <p></p><div tabindex="0" role="region" aria-label="Numbers"><table><thead><tr></tr></thead><tbody></tbody></table></div>`;
  dialog.querySelector("h2").textContent = String(root.layout.title?.text ?? header.alt).replace(/<br>/g, " ");
  const left = rows.length > MOST_ROWS ? ` The table has the first ${MOST_ROWS} of ${rows.length} rows; the file has all.` : "";
  const none = rows.length ? "" : " It is made of pictures: there are no numbers in it.";
  dialog.querySelector("p").textContent = [header.alt, finding(root)].filter(Boolean).join(". ") + "." + left + none;
  const head = dialog.querySelector("tr");
  for (const name of columns) head.append(Object.assign(document.createElement("th"), { textContent: name, scope: "col" }));
  const body = dialog.querySelector("tbody");
  for (const row of rows.slice(0, MOST_ROWS)) {
    const line = body.insertRow();
    for (const value of row) line.insertCell().textContent = typeof value === "number" ? String(Number(value.toPrecision(5))) : value;
  }
  const quoted = (value) => (/[",\n]/.test(value) ? `"${String(value).replace(/"/g, '""')}"` : value);
  const text = [columns, ...rows].map((row) => row.map(quoted).join(",")).join("\n") + "\n";
  dialog.querySelector("a").addEventListener("click", (event) => {
    event.preventDefault();
    save(new Blob([text], { type: "text/csv" }), fileName("csv", header.alt, chart.meta.step));
  });
  dialog.querySelector("a").setAttribute("href", "#");
  dialog.addEventListener("keydown", (event) => event.stopPropagation()); // the page below hears nothing
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  chart.parent.append(dialog); // where the colours of the page are known
  dialog.showModal();
}
