package dev.dualprocess.examples.cli;

import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.Opening;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.weights.WeightSource;
import picocli.CommandLine.Option;

/** How models are opened, besides where. */
final class OpeningOptions {
  @Option(
      names = "--random-weights",
      paramLabel = "SEED",
      arity = "0..1",
      fallbackValue = "0",
      description =
          "Make the weights from the config files alone, to measure; no weight files are read.")
  private Long randomWeights;

  @Option(
      names = "--recompute",
      paramLabel = "off|on|auto",
      description =
          "Compute blocks again in backward instead of keeping them (default: auto, by free"
              + " memory).")
  private String recompute = "auto";

  /** How to open a model there. */
  Opening at(Placement placement) {
    return Opening.at(placement)
        .withWeights(
            randomWeights == null ? WeightSource.FILES : WeightSource.random(randomWeights))
        .withRecompute(Recompute.parse(recompute));
  }
}
