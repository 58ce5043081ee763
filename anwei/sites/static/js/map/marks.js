/* Marks that are no colour: one character on a square, so that a layer is told by a word and not by a hue. */

import { COLOURS, RATIO, shape } from "./base.js";

const SIDE = 20;

function character(letter, urgent) {
  const drawing = document.createElement("canvas");
  drawing.width = drawing.height = SIDE * RATIO;
  const pen = drawing.getContext("2d");
  pen.scale(RATIO, RATIO);
  pen.fillStyle = urgent ? COLOURS.red : "#12355b";
  pen.strokeStyle = "#ffffff";
  pen.lineWidth = 1.2;
  pen.beginPath();
  pen.rect(1, 1, SIDE - 2, SIDE - 2);
  pen.fill();
  pen.stroke();
  pen.fillStyle = "#ffffff";
  pen.font = `600 12px ${getComputedStyle(document.body).fontFamily}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(letter, SIDE / 2, SIDE / 2 + 0.5);
  return pen.getImageData(0, 0, SIDE * RATIO, SIDE * RATIO);
}

/* The image of a mark of the legend. */
export const image = ({ mark, urgent }) => (mark in COLOURS ? shape(mark, false) : character(mark, urgent));
