// The clock of the page, known to every component: how far we are, in units of an axis (seconds, images or step).
// Whoever moves it calls tick(); whoever follows it listens for "tick". `on` is true while a clock is on the page.
const clock = (window.sslvizClock ??= Object.assign(new EventTarget(), {
  on: false, // a clock is on the page
  axis: "step",
  amount: Infinity,
  end: Infinity,
  playing: false,
  ghost: true, // the final state is drawn faintly
  wanted: false, // somebody is about to move it: histories may be fetched
  loading: 0, // histories that are on their way
  tick(change) {
    Object.assign(clock, change);
    clock.dispatchEvent(new Event("tick"));
  },
}));

// The address of the app, also behind a proxy or a base URL path: where Streamlit's own script came from.
function appRoot() {
  const script = document.querySelector('script[src*="/static/js/"]');
  return script ? script.src.slice(0, script.src.indexOf("/static/js/") + 1) : document.baseURI;
}
