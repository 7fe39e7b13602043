/** Names of files that are taken for images. */
export const imageNames = /\.(jpe?g|png)$/i;
/** Names of images of other kinds, which are told apart from what is no image. */
export const otherImageNames = /\.(webp|gif|bmp|tiff?|avif|heic|jp2|ppm|pgm)$/i;
