/* MapLibre 5 uses two methods that browser kernels below Chrome 93 lack (county desktops report 90 and up). */
if (!Object.hasOwn) {
  Object.hasOwn = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
}
for (const kind of [Array, String, Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array]) {
  if (!kind.prototype.at) {
    Object.defineProperty(kind.prototype, "at", {
      value(index) {
        return this[index < 0 ? this.length + index : index];
      },
      configurable: true,
      writable: true,
    });
  }
}
