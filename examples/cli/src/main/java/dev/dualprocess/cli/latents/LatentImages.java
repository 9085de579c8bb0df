package dev.dualprocess.cli.latents;

import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.image.ImageGrid;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.SamplingParameters;
import dev.dualprocess.run.Slug;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The images of one seed before and after its noise was optimised.
 *
 * @param generator that drew them
 * @param sampling they were drawn with
 * @param text they were drawn for
 * @param folder they are written to
 */
public record LatentImages(Generator generator, Sampling sampling, String text, RunFolder folder) {
  /** Writes both images, with the parameters they were made with inside, and them side by side. */
  public void write(Rated before, Rated after) throws IOException {
    writeImage(before, "before");
    writeImage(after, "after");
    folder.writeBeforeAfter(
        new ImageGrid(List.of("noise of the seed", "noise optimised"))
            .row(List.of(before.shown(), after.shown()), List.of(caption(before), caption(after)))
            .draw());
  }

  private void writeImage(Rated rated, String when) throws IOException {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("prompt", text);
    parameters.put("seed", rated.seed());
    parameters.putAll(SamplingParameters.of(generator, sampling));
    parameters.put("latents", when.equals("after") ? folder.latents().getFileName() + "" : "");
    parameters.put("probability", rated.probability());
    folder.writeImage(
        "%s-seed-%d-%s".formatted(Slug.of(text), rated.seed(), when), rated.image(), parameters);
  }

  private static String caption(Rated rated) {
    return String.format(Locale.ROOT, "p = %.2f", rated.probability());
  }
}
