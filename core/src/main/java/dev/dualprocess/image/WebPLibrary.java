package dev.dualprocess.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import javax.imageio.spi.ImageReaderSpi;

/**
 * The optional library: a class of its own, which cannot be loaded where that is missing. Its
 * reader is made here and not looked for in ImageIO's registry, which another class loader may have
 * filled.
 */
final class WebPLibrary {
  private WebPLibrary() {}

  static ImageReaderSpi reader() {
    return new WebPImageReaderSpi();
  }
}
