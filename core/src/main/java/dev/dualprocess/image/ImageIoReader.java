package dev.dualprocess.image;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/**
 * A reader of ImageIO at work on one file. The JDK's own are taken whatever else an application has
 * registered: others copy values differently.
 */
final class ImageIoReader {
  private static final String OF_THE_JDK = "com.sun.imageio.plugins.";

  private ImageIoReader() {}

  /** What is read of a file. */
  @FunctionalInterface
  interface Reading<T> {
    /** Reads it; {@code warnings} fills while that happens. */
    T read(ImageReader reader, List<String> warnings) throws IOException;
  }

  /**
   * Reads with the JDK's reader of that format.
   *
   * @throws IOException if it cannot, or if the picture is too large
   */
  static <T> T withJdk(String format, byte[] file, Reading<T> reading) throws IOException {
    return with(ofJdk(format), new ByteArrayImageStream(file), reading);
  }

  /**
   * Reads with that reader; what a file says besides its pixels is passed over.
   *
   * @throws IOException if it cannot, or if the picture is too large
   */
  static <T> T with(ImageReaderSpi provider, ImageInputStream in, Reading<T> reading)
      throws IOException {
    ImageReader reader = provider.createReaderInstance();
    try (in) {
      List<String> warnings = new ArrayList<>();
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      reader.setInput(in, false, true);
      PictureFile.requireSize(reader.getWidth(0), reader.getHeight(0));
      return reading.read(reader, warnings);
    } finally {
      reader.dispose();
    }
  }

  private static ImageReaderSpi ofJdk(String format) throws IOException {
    Iterator<ImageReaderSpi> all =
        IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, true);
    while (all.hasNext()) {
      ImageReaderSpi one = all.next();
      if (one.getClass().getName().startsWith(OF_THE_JDK)
          && List.of(one.getFormatNames()).contains(format)) {
        return one;
      }
    }
    throw new IOException("this Java has no reader for " + format + "; convert it");
  }

  /** Why reading failed and what to do, in one line. */
  static String reason(Exception e) {
    if (e instanceof EOFException) {
      return "it ends too early; get it again";
    }
    if (e instanceof RuntimeException || e.getMessage() == null) {
      return "it is damaged; get it again";
    }
    String line = e.getMessage().lines().findFirst().orElse("it is damaged");
    return e instanceof IIOException ? line + "; get it again, or convert it to PNG" : line;
  }
}
