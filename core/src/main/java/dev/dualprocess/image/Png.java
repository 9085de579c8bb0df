package dev.dualprocess.image;

import dev.dualprocess.config.Secrets;
import dev.dualprocess.weights.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;

/** PNG files that carry text: the parameters an image was made with travel inside it. */
public final class Png {
  private static final String FORMAT = "javax_imageio_png_1.0";

  private Png() {}

  /**
   * Writes a picture; an existing file is replaced as a whole.
   *
   * @param texts pairs for the file's iTXt chunks, may be empty
   */
  public static void write(Path path, BufferedImage picture, Map<String, String> texts)
      throws IOException {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(picture, "picture");
    Objects.requireNonNull(texts, "texts");
    AtomicFile.write(path, temporary -> writeTo(temporary, picture, texts));
  }

  private static void writeTo(Path path, BufferedImage picture, Map<String, String> texts)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(path.toFile())) {
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(
              ImageTypeSpecifier.createFromRenderedImage(picture), writer.getDefaultWriteParam());
      if (!texts.isEmpty()) {
        IIOMetadataNode root = new IIOMetadataNode(FORMAT);
        root.appendChild(textNode(texts));
        metadata.mergeTree(FORMAT, root);
      }
      writer.setOutput(out);
      writer.write(new IIOImage(picture, null, metadata));
    } finally {
      writer.dispose();
    }
  }

  private static IIOMetadataNode textNode(Map<String, String> texts) {
    IIOMetadataNode node = new IIOMetadataNode("iTXt");
    texts.forEach(
        (key, value) -> {
          IIOMetadataNode entry = new IIOMetadataNode("iTXtEntry");
          entry.setAttribute("keyword", key);
          entry.setAttribute("compressionFlag", "FALSE");
          entry.setAttribute("compressionMethod", "0");
          entry.setAttribute("languageTag", "");
          entry.setAttribute("translatedKeyword", "");
          entry.setAttribute("text", Secrets.masked(value));
          node.appendChild(entry);
        });
    return node;
  }

  /**
   * Reads a picture file, PNG or not, as {@link PictureFile#read} does.
   *
   * @throws IOException in one line, if it cannot be read
   */
  public static BufferedImage read(Path path) throws IOException {
    return PictureFile.read(path);
  }

  /**
   * The text pairs inside a PNG file (tEXt, zTXt and iTXt), whichever program wrote it.
   *
   * @throws IOException in one line, if it is missing or no PNG
   */
  public static Map<String, String> readTexts(Path path) throws IOException {
    byte[] file = PictureFile.bytes(Objects.requireNonNull(path, "path"));
    if (!PictureFormat.PNG.is(new Signature(file))) {
      throw new IOException(path + ": not a PNG, which alone carries texts here");
    }
    try {
      return PngTexts.of(new PngChunks(file));
    } catch (IOException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }
}
