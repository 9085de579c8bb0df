package dev.dualprocess.cli;

import dev.dualprocess.overlay.OverlayMode;
import dev.dualprocess.overlay.VisualPrompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is laid over an image before a verifier sees it. */
final class DrawingOptions {
  @ArgGroup private @Nullable VisualPromptOptions visualPrompt;

  @Option(
      names = "--overlay-mode",
      paramLabel = "solid|transparent",
      description = "How the picture of --overlay is laid over the image (default: solid).")
  private OverlayMode overlayMode = OverlayMode.SOLID;

  /** The kinds of visual prompt; at most one may be given. */
  static final class VisualPromptOptions {
    @Option(
        names = "--palette",
        paramLabel = "#hex,#hex,..",
        description = "A strip of colours along the bottom that the image should use.")
    private @Nullable String palette;

    @Option(
        names = "--line-weight",
        paramLabel = "PX",
        description = "A red line as thick as the image's lines should be.")
    private @Nullable Double lineWeight;

    @Option(
        names = "--horizon",
        paramLabel = "0..1",
        description = "A red line where the horizon should be: 0 is the top, 1 the bottom.")
    private @Nullable Double horizon;

    @Option(
        names = "--depth",
        paramLabel = "AX,AY,BX,BY",
        split = ",",
        description = "Two red points A and B; from 0 (left, top) to 1 (right, bottom).")
    private @Nullable List<Double> depth;

    @Option(
        names = "--composition",
        paramLabel = "FILE",
        description = "A JSON file with a painting and red arrows, boxes and texts.")
    private @Nullable Path composition;

    @Option(
        names = "--overlay",
        paramLabel = "FILE",
        description = "A picture (PNG, JPEG, WebP, GIF, BMP) that is laid over the image.")
    private @Nullable Path overlay;
  }

  /**
   * The drawing, if there is one.
   *
   * @throws IOException in one line, if it cannot be read
   * @throws IllegalArgumentException in one line, if a value is out of range
   */
  Optional<VisualPrompt> visualPrompt() throws IOException {
    VisualPromptOptions given = visualPrompt;
    if (given == null) {
      return Optional.empty();
    }
    if (given.palette != null) {
      return Optional.of(VisualPrompt.palette(given.palette));
    }
    if (given.lineWeight != null) {
      return Optional.of(VisualPrompt.lineWeight(given.lineWeight));
    }
    if (given.horizon != null) {
      return Optional.of(VisualPrompt.horizon(given.horizon));
    }
    if (given.depth != null) {
      return Optional.of(depth(given.depth));
    }
    return Optional.of(
        given.composition != null
            ? VisualPrompt.composition(given.composition)
            : VisualPrompt.file(Objects.requireNonNull(given.overlay), overlayMode));
  }

  /**
   * What a drawing asks by itself.
   *
   * @throws IllegalArgumentException in one line, if there is none or it asks nothing
   */
  static String question(Optional<VisualPrompt> drawing) {
    return drawing
        .flatMap(VisualPrompt::defaultQuestion)
        .orElseThrow(() -> new IllegalArgumentException("nothing to ask: give --question"));
  }

  private static VisualPrompt depth(List<Double> places) {
    if (places.size() != 4) {
      throw new IllegalArgumentException(
          "--depth needs four numbers AX,AY,BX,BY, not " + places.size());
    }
    return VisualPrompt.depth(places.get(0), places.get(1), places.get(2), places.get(3));
  }
}
