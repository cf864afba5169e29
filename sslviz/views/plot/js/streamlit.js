// All that this JavaScript knows of Streamlit's page.

// Where something of the app is served, also behind a proxy or a base URL path: seen from where Streamlit's own script
// came from.
export function served(url) {
  /** @type {HTMLScriptElement} */
  const script = document.querySelector('script[src*="/static/js/"]');
  const root = script ? script.src.slice(0, script.src.indexOf("/static/js/") + 1) : document.baseURI;
  return new URL(url.replace(/^\//, ""), root).href;
}

// The default function of a component, which Streamlit calls on every refresh and every change of theme, always with the
// same parentElement. Part: a class with show(data) and close(); one of it for each parentElement, which finds in
// this.send a function that tells Python.
export function mounted(Part) {
  const parts = new WeakMap(); // parentElement -> Part
  return ({ data, parentElement, setTriggerValue }) => {
    let part = parts.get(parentElement);
    if (!part) parts.set(parentElement, (part = new Part(parentElement)));
    part.send = setTriggerValue;
    part.show(data);
    // Streamlit also runs this when a call was overtaken by the next one: only what has left the page is taken down
    return () => setTimeout(() => parentElement.isConnected || (parts.delete(parentElement), part.close()));
  };
}
