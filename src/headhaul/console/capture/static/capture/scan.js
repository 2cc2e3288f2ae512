// A code before the camera, or on a photograph. The browser's own detector reads it where there is one; otherwise a
// library does, which is fetched when it is first needed and is kept for the hours without a network.
const OWN = async () => {
  if (!("BarcodeDetector" in window)) return null;
  const kinds = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
  return kinds.includes("qr_code") ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
};

const pixels = (source, most) => {
  const [wide, high] = [source.videoWidth ?? source.width, source.videoHeight ?? source.height];
  const scale = Math.min(1, most / Math.max(wide, high));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(wide * scale)), Math.max(1, Math.round(high * scale)));
  const drawn = canvas.getContext("2d", { willReadFrequently: true });
  drawn.drawImage(source, 0, 0, canvas.width, canvas.height);
  return drawn.getImageData(0, 0, canvas.width, canvas.height);
};

const LIBRARY = async () => {
  const { default: decode } = await import("../vendor/qr/decode.js");
  return {
    detect: async (source, sizes = [720]) => {
      for (const most of sizes) {
        try {
          return [{ rawValue: decode(pixels(source, most)) }];
        } catch {
          // no code of this size in the picture: that is the usual answer
        }
      }
      return [];
    },
  };
};

let detector;
const read = async () => (await OWN()) ?? LIBRARY();
const ready = () => (detector ??= read().catch((error) => ((detector = undefined), Promise.reject(error)))); // a later try may get it

export const inPhotograph = async (file) => {
  const picture = await createImageBitmap(file);
  const [found] = await (await ready()).detect(picture, [640, 1024, 1600]);
  picture.close();
  return found?.rawValue ?? null;
};

// Looks until it finds one, or until `signal` says stop. What goes wrong with the camera is said in words.
export const beforeCamera = async (video, signal) => {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error("This browser gives no camera. Take a photograph of the code instead.");
  const stream = await navigator.mediaDevices
    .getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false })
    .catch((error) => {
      const denied = error.name === "NotAllowedError";
      throw new Error(denied ? "The camera was not allowed. Allow it for this site, or take a photograph of the code." : "No camera answers. Take a photograph of the code instead.");
    });
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  signal.addEventListener("abort", stop);
  try {
    if (signal.aborted) return null;
    video.srcObject = stream;
    await video.play();
    const reader = await ready();
    while (!signal.aborted) {
      const [found] = video.videoWidth ? await reader.detect(video).catch(() => []) : [];
      if (found?.rawValue) return found.rawValue;
      await new Promise((done) => setTimeout(done, 120));
    }
    return null;
  } finally {
    stop();
    video.srcObject = null;
  }
};
