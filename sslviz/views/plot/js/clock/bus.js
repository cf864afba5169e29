// The clock of the page, known to every component: how far we are, in units of an axis (seconds, images or step).
// Whoever moves it calls tick(); whoever follows it listens for "tick".

class Clock extends EventTarget {
  on = false; // a clock is on the page
  axis = "step";
  amount = Infinity;
  end = Infinity;
  playing = false;
  ghost = true; // the final state is drawn faintly
  wanted = false; // somebody is about to move it: histories may be fetched
  loading = 0; // histories that are on their way

  tick(change) {
    Object.assign(this, change);
    this.dispatchEvent(new Event("tick"));
  }
}

/** @type {Clock} the first component that is loaded makes it, for the whole window */
export const clock = (window.sslvizClock ??= new Clock());
