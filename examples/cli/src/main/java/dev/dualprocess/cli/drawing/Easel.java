package dev.dualprocess.cli.drawing;

import com.google.common.collect.Lists;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.run.SamplingParameters;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Who draws, how, and where the pictures go.
 *
 * @param batch how many pictures go through the generator together
 * @param seeds of every text's pictures
 * @param overwrite whether pictures may take the place of others
 */
public record Easel(
    Generator generator,
    Sampling sampling,
    int batch,
    List<Long> seeds,
    RunFolder folder,
    boolean overwrite,
    RunListener listener) {
  /** What becomes of a picture. */
  @FunctionalInterface
  interface Taking {
    void take(long seed, BufferedImage picture) throws IOException;
  }

  /** So many seeds that follow each other. */
  public static List<Long> seeds(long first, int count) {
    return LongStream.range(0, count).map(i -> first + i).boxed().toList();
  }

  /** Draws the pictures of those seeds, in their order. */
  void draw(Conditioning text, List<Long> some, Taking taking) throws IOException {
    for (List<Long> together : Lists.partition(some, batch)) {
      List<BufferedImage> pictures = together(text, together);
      for (int i = 0; i < pictures.size(); i++) {
        taking.take(together.get(i), pictures.get(i));
      }
    }
  }

  private List<BufferedImage> together(Conditioning text, List<Long> some) {
    if (some.size() == 1) {
      return List.of(generator.generate(text, sampling, some.get(0)));
    }
    return Memory.freeing(
        () -> {
          Tensor[] noise =
              some.stream()
                  .map(seed -> generator.noise(seed, 1, sampling.size()))
                  .toArray(Tensor[]::new);
          Tensor images = generator.generate(Ops.cat(0, noise), text, sampling); // [B, 3, H, W]
          List<BufferedImage> pictures = new ArrayList<>();
          for (int i = 0; i < noise.length; i++) {
            pictures.add(Pixels.toImage(images.narrow(0, i, 1)));
          }
          return pictures;
        });
  }

  /** What a picture says of itself. */
  Map<String, Object> parameters(NamedText text, long seed, List<String> loras) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("prompt", text.text());
    parameters.put("seed", seed);
    parameters.putAll(SamplingParameters.of(generator, sampling));
    parameters.put("loras", loras);
    return parameters;
  }

  /** Makes sure that a picture takes the place of no other. */
  void requireNoOther(String name, Map<String, ?> parameters) throws IOException {
    if (!overwrite) {
      folder.requireNoOtherPicture(name, parameters);
    }
  }

  /** Keeps a picture. */
  void keep(String name, BufferedImage picture, Map<String, ?> parameters) throws IOException {
    folder.writePicture(name, picture, parameters);
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("seed", parameters.get("seed"));
    event.put("file", name + ".png");
    event.put("prompt", parameters.get("prompt"));
    listener.event("image", event);
  }

  /** Says how many pictures there are. */
  void done(int pictures) {
    listener.say("%d image(s) are in %s", pictures, folder.path());
  }
}
