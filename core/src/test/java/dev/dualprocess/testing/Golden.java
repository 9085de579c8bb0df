package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.weights.SafeTensorsFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Golden tensors of one file, and comparisons with them. Every comparison logs its figure. */
public final class Golden implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Golden.class);

  private final SafeTensorsFile file;

  private Golden(SafeTensorsFile file) {
    this.file = file;
  }

  /** Opens a safetensors file. */
  public static Golden open(Path path) {
    try {
      return new Golden(SafeTensorsFile.open(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One tensor as it is stored, on the device of {@link Parity}, in the caller's scope. */
  public Tensor tensor(String name) {
    Tensor stored = file.tensor(name);
    return stored.to(Parity.placement().torchDevice(), stored.scalar_type());
  }

  /** One tensor as a model there is given it: floating point values in the model's dtype. */
  public Tensor input(String name) {
    return Parity.placement().place(file.tensor(name));
  }

  /** A tensor of 8-bit values [H, W, 3] as a picture. */
  public BufferedImage picture(String name) {
    return Memory.freeing(
        () -> {
          Tensor hwc = tensor(name);
          int height = Math.toIntExact(hwc.size(0));
          int width = Math.toIntExact(hwc.size(1));
          long[] values = Ops.toLongs(hwc);
          BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
          for (int i = 0; i < width * height; i++) {
            long rgb = values[3 * i] << 16 | values[3 * i + 1] << 8 | values[3 * i + 2];
            picture.setRGB(i % width, i / width, (int) rgb);
          }
          return picture;
        });
  }

  /** Whether there is such a tensor. */
  public boolean has(String name) {
    return file.names().contains(name);
  }

  /** Every tensor whose name starts with {@code prefix}, by the rest of its name. */
  public List<String> names(String prefix) {
    return file.names().stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .toList();
  }

  /**
   * Asserts that the shape is right and |actual - golden| / |golden| (Euclidean norms) at most
   * {@code tolerance}.
   */
  public double assertClose(String name, Tensor actual, double tolerance) {
    return assertClose(file.path().getFileName() + " " + name, tensor(name), actual, tolerance);
  }

  /** As above, between two tensors. */
  public static double assertClose(String what, Tensor expected, Tensor actual, double tolerance) {
    assertEquals(
        Arrays.toString(expected.shape()), Arrays.toString(actual.shape()), what + ": shape");
    double error = relativeError(expected, actual);
    LOG.info("parity {}: {}", what, String.format(Locale.ROOT, "%.2e", error));
    assertTrue(
        error <= tolerance, () -> what + ": relative error " + error + " is above " + tolerance);
    return error;
  }

  /** Asserts equal integers. */
  public void assertSame(String name, Tensor actual) {
    assertEquals(
        Arrays.toString(Ops.toLongs(tensor(name))),
        Arrays.toString(Ops.toLongs(actual)),
        () -> file.path().getFileName() + " " + name);
    LOG.info("parity {} {}: exact", file.path().getFileName(), name);
  }

  /** |actual - expected| / |expected|. */
  public static double relativeError(Tensor expected, Tensor actual) {
    return Memory.freeing(
        () -> {
          Tensor wanted = onTheCpu(expected);
          double norm = wanted.norm().item_double();
          double off = onTheCpu(actual).sub(wanted).norm().item_double();
          return norm == 0 ? off : off / norm;
        });
  }

  /** The largest |actual - expected|. */
  public static double largestDifference(Tensor expected, Tensor actual) {
    return Memory.freeing(() -> onTheCpu(actual).sub(onTheCpu(expected)).abs().max().item_double());
  }

  private static Tensor onTheCpu(Tensor x) {
    return Placement.CPU.placeFloat32(x.detach());
  }

  @Override
  public void close() {
    file.close();
  }
}
