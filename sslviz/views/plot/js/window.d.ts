// For the checker: what is in every module's scope without being imported.

// Written in front of the modules by component.py.
declare const SETTINGS: { dark: Record<string, string>; colors: any; plotly: string; tile: { scale: number; least: number; below: number } };

// One for the whole window, whichever component is loaded first.
interface Window {
  Plotly: any; // the library itself
  sslvizPlotly: Promise<any>; // … on its way
  sslvizClock: any;
  sslvizPicked: any;
}
