package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who draws and who looks, and where they compute. */
final class ModelOptions {
  @Option(
      names = "--generator",
      required = true,
      paramLabel = "DIR",
      description = "A model directory, 'tiny', or a hub id.")
  private @Nullable String generatorName;

  @Option(
      names = "--verifier",
      required = true,
      paramLabel = "DIR[:WEIGHT]",
      description =
          "A model directory, 'tiny', a plug-in's name, or a hub id; several make a committee, in"
              + " which DIR:0.7 counts 0.7 times as much as one without a weight.")
  private @Nullable List<String> verifierNames;

  @Option(
      names = "--generator-device",
      paramLabel = "DEVICE",
      description = "cpu or cuda:N (default: the first GPU, else cpu).")
  private @Nullable String generatorDevice;

  @Option(
      names = "--verifier-device",
      paramLabel = "DEVICE",
      description = "cpu or cuda:N (default: the first GPU, else cpu).")
  private @Nullable String verifierDevice;

  @Option(
      names = "--dtype",
      paramLabel = "fp32|bf16|fp16",
      description = "Of the frozen weights (default: bf16 on a GPU, fp32 on the CPU).")
  private @Nullable String dtype;

  @Mixin private DownloadOptions download;

  /** The generator's files and who reads them. */
  ModelSource<Generator> generator() throws IOException {
    return download.generator(Objects.requireNonNull(generatorName));
  }

  /** The verifiers' files and who reads them. */
  List<ModelSource<Verifier>> verifiers() throws IOException {
    return verifiers(Objects.requireNonNull(verifierNames));
  }

  /** Takes those of a run where the command line names none. */
  void orThoseOf(RunPlan run) {
    generatorName = generatorName == null ? run.generator() : generatorName;
    verifierNames = verifierNames == null ? run.verifiers() : verifierNames;
  }

  /** Files of other verifiers and who reads them. */
  List<ModelSource<Verifier>> verifiers(List<String> names) throws IOException {
    return download.verifiers(names);
  }

  /** Both, opened as {@code opening} says. */
  ChosenModels chosen(OpeningOptions opening) throws IOException {
    return new ChosenModels(
        generator(), opening.at(generatorPlace()), verifiers(), opening.at(verifierPlace()));
  }

  /**
   * Takes that device for both.
   *
   * @throws IllegalArgumentException in one line, if either was given one of its own
   */
  void bothOn(String device) {
    if (generatorDevice != null || verifierDevice != null) {
      throw new IllegalArgumentException(
          "--devices says where generator and verifier go: leave out --generator-device and"
              + " --verifier-device");
    }
    generatorDevice = device;
    verifierDevice = device;
  }

  Placement generatorPlace() {
    return PlacementOptions.of(generatorDevice, dtype);
  }

  Placement verifierPlace() {
    return PlacementOptions.of(verifierDevice, dtype);
  }
}
