// plotly.js, once per page.

import { served } from "./streamlit.js";

export function plotly() {
  window.sslvizPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = served(SETTINGS.plotly);
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      script.remove();
      window.sslvizPlotly = undefined; // the next refresh tries again
      reject(new Error("plotly.js could not be loaded from " + script.src));
    };
    document.head.append(script);
  });
  return window.sslvizPlotly;
}
