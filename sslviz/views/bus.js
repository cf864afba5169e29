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
