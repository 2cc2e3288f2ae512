// Why a lead could not be kept on this device, and what to do.
const why = ({ name, message }) =>
  message === "no key"
    ? "This device has no key yet: sign in once with a network."
    : name === "QuotaExceededError"
      ? "This device is full. What you typed stays in the form: make room on the device, then save again."
      : `This device cannot keep it (${name}). What you typed stays in the form.`;

export const failing = (error) => `This lead is not saved. ${why(error)}`;
