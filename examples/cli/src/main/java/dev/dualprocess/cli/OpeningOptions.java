package dev.dualprocess.cli;

import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.text.cache.TextCache;
import dev.dualprocess.weights.WeightSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How models are opened, besides where: their weights, and what a pass keeps for backward. */
final class OpeningOptions {
  @Option(
      names = "--random-weights",
      paramLabel = "SEED",
      arity = "0..1",
      fallbackValue = "0",
      description =
          "Make the weights from the config files alone, to measure; no weight files are read.")
  private @Nullable Long randomWeights;

  @Option(
      names = "--recompute",
      paramLabel = "off|on|auto",
      description =
          "Compute blocks again in backward instead of keeping their activations (activation"
              + " checkpointing; default: auto, by free memory).")
  private String recompute = "auto";

  @Option(
      names = "--weights",
      paramLabel = "stored|int8",
      description =
          "Keep frozen matrices in their dtype, or quantized to 8 bits with a scale for each output"
              + " channel (default: stored).")
  private Form form = Form.STORED;

  @Option(
      names = "--offload",
      description =
          "Keep frozen matrices in the host's memory and fetch them for the block that runs: for a"
              + " GPU smaller than the models.")
  private boolean offload;

  /** How frozen weights are kept. */
  enum Form {
    /** In the dtype they are used in. */
    STORED,
    /** Quantized to 8 bits, made whole in the block that runs. */
    INT8
  }

  private WeightSource source() {
    WeightSource source =
        randomWeights == null ? WeightSource.FILES : WeightSource.random(randomWeights);
    WeightSource kept = form == Form.INT8 ? source.inEightBits() : source;
    return offload ? kept.onTheHost() : kept;
  }

  @Option(
      names = "--text-device",
      paramLabel = "DEVICE",
      description = "Where a generator's text encoders go, cpu or cuda:N (default: with it).")
  private @Nullable String textDevice;

  private Placement textPlacement(Placement placement) {
    return textDevice == null ? placement : new Placement(textDevice, placement.dtype());
  }

  @Option(
      names = "--no-text-cache",
      description =
          "Encode every text anew. Otherwise encoded texts are kept on disk, and text encoders are"
              + " loaded for a new text only (DUALPROCESS_TEXT_CACHE names the folder; default:"
              + " dualprocess/text in the user's cache).")
  private boolean noTextCache;

  /** How to open a model there. */
  LoadOptions at(Placement placement) {
    LoadOptions opening =
        LoadOptions.at(placement)
            .withTextEncodersAt(textPlacement(placement))
            .withWeights(source())
            .withRecompute(Recompute.parse(recompute));
    return noTextCache || randomWeights != null
        ? opening
        : opening.withTextCache(TextCache.ofUser());
  }
}
