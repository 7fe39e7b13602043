/** libjpeg-turbo, compiled to WebAssembly: its bytes, where it is bundled. */
declare module '@cwasm/jpeg-turbo/jpeg-turbo.wasm' {
  const bytes: Uint8Array;
  export default bytes;
}
