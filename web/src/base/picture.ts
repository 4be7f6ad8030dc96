// picture.ts - a photograph of a document as it is sent: upright, small enough for a slow line, still legible
//
// The browser turns it as the camera says (EXIF) when it decodes it. 2,400 pixels on the long side keep small
// print readable (about 200 dots per inch of an A4 page). Metadata, the place included, stays behind.
const LONG_SIDE = 2400;
const SMALL = 900_000; // bytes; below it nothing is gained

export async function reduced(file: File): Promise<Blob> {
  if (!file.type.startsWith("image/") || file.type === "image/gif") return file;
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file; // not a picture that this browser knows: the node says what it is
  }
  const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
  if (scale === 1 && file.size < SMALL && file.type === "image/jpeg") return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const brush = canvas.getContext("2d");
  if (!brush) return file;
  brush.fillStyle = "#fff"; // what was transparent is paper
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return made ?? file;
}
