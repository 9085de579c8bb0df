package dev.dualprocess.audit;

import dev.dualprocess.augment.Disturbance;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Memory;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** What hardly changes a picture for a person, and should not change what is seen in it. */
enum SmallDisturbance {
  NONE("as it is") {
    @Override
    BufferedImage apply(BufferedImage image) {
      return image;
    }
  },
  BLUR("blur") {
    @Override
    BufferedImage apply(BufferedImage image) {
      return disturbed(image, Disturbance.blur(1));
    }
  },
  JPEG("JPEG") {
    @Override
    BufferedImage apply(BufferedImage image) {
      return throughJpeg(image);
    }
  },
  SHIFT("shift") {
    @Override
    BufferedImage apply(BufferedImage image) {
      return disturbed(image, Disturbance.shift(SHIFTED, SHIFTED));
    }
  },
  NOISE("noise") {
    @Override
    BufferedImage apply(BufferedImage image) {
      return disturbed(image, Disturbance.noise(0.1, 1));
    }
  };

  private static final double SHIFTED = 1 / 32.0; // of the sides
  private static final float JPEG_QUALITY = 0.75f;

  private final String title;

  SmallDisturbance(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** The picture disturbed, in 8 bits again. */
  abstract BufferedImage apply(BufferedImage image);

  private static BufferedImage disturbed(BufferedImage image, Disturbance disturbance) {
    return Memory.freeing(() -> Pixels.toImage(disturbance.apply(Pixels.toTensor(image))));
  }

  private static BufferedImage throughJpeg(BufferedImage image) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionQuality(JPEG_QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), how);
      out.flush();
      return ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
  }
}
