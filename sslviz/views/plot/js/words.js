// How wide words are, and where a line of them breaks.

const pen = document.createElement("canvas").getContext("2d"); // it only measures

const plain = (text) => text.replace(/<[^>]*>/g, "");

// Pixels of the longest line among these texts.
export function widest(texts, size, font) {
  pen.font = `${size}px ${font}`;
  return Math.max(...texts.flatMap((text) => String(text).split("<br>")).map((line) => pen.measureText(plain(line)).width));
}

// Breaks a text between words, so that no line is longer than so many pixels.
export function wrap(text, limit, size, font) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line && widest([`${line} ${word}`], size, font) > limit) lines.push(word);
    else lines[lines.length - 1] = line ? line + " " + word : word;
  }
  return lines.join("<br>");
}
