package dev.dualprocess.world.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.weights.AtomicFile;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Where the stages keep their files. A stage writes its weights when it has ended and then, beside
 * its checkpoint, how many steps it took.
 */
record TinyFolder(Path root) {
  private static final String STEPS = "steps";

  /** The folder of the generator, in diffusers' layout. */
  Path flux() {
    return root.resolve("tiny-flux");
  }

  /** The folder of the verifier, in transformers' layout. */
  Path qwen() {
    return root.resolve("tiny-qwen2.5-vl");
  }

  Path checkpoints() {
    return root.resolve("checkpoints");
  }

  /** What was drawn in one round of a stage's rehearsals. */
  Path rehearsals(Stage stage, int round) {
    return root.resolve(stage.toString()).resolve("round-" + round);
  }

  /** Pictures of the world beside what the generator draws of the same scenes. */
  Path samples() {
    return root.resolve("generator-samples.png");
  }

  /** Name of a stage's checkpoint; the rehearsals go on in the verifier's. */
  String checkpointOf(Stage stage) {
    return (stage == Stage.REHEARSALS ? Stage.VERIFIER : stage).toString();
  }

  /** The files of weights that a stage writes. */
  List<Path> weights(Stage stage) {
    return switch (stage) {
      case AUTOENCODER -> List.of(flux().resolve("vae/diffusion_pytorch_model.safetensors"));
      case GENERATOR ->
          List.of(
              flux().resolve("transformer/diffusion_pytorch_model.safetensors"),
              flux().resolve("text_encoder/model.safetensors"),
              flux().resolve("text_encoder_2/model.safetensors"));
      case VERIFIER, REHEARSALS, SCENES -> List.of(qwen().resolve("model.safetensors"));
    };
  }

  /** Writes a network's tensors in bf16. */
  void write(Path path, Map<String, Tensor> tensors) throws IOException {
    Map<String, Tensor> rounded = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) ->
            rounded.put(name, Memory.kept(() -> tensor.detach().to(torch.ScalarType.BFloat16))));
    try {
      SafeTensorsWriter.write(path, rounded, Map.of("format", "pt"));
    } finally {
      rounded.values().forEach(Tensor::close);
    }
  }

  /**
   * Makes sure that the weights of an earlier stage are there.
   *
   * @throws IOException in one line, if one is missing
   */
  void require(Stage earlier) throws IOException {
    for (Path file : weights(earlier)) {
      if (!Files.isRegularFile(file)) {
        throw new IOException(
            "%s: missing; train it first with --stage %s".formatted(file, earlier));
      }
    }
  }

  /** Remembers that a stage has ended. */
  void end(Stage stage, int steps) throws IOException {
    AtomicFile.write(
        ended(stage), path -> new ObjectMapper().writeValue(path.toFile(), Map.of(STEPS, steps)));
  }

  /**
   * Whether a stage's weights are there and it took that many steps; weights that came without a
   * checkpoint are taken as they are, and the verifier's as what the last stage goes on from.
   */
  boolean hasEnded(Stage stage, int steps) throws IOException {
    if (!weights(stage).stream().allMatch(Files::isRegularFile)) {
      return false;
    }
    if (Files.exists(ended(stage))) {
      return new ObjectMapper().readTree(ended(stage).toFile()).path(STEPS).asInt() >= steps;
    }
    return stage != Stage.SCENES
        && !Files.exists(checkpoints().resolve(checkpointOf(stage) + ".safetensors"));
  }

  private Path ended(Stage stage) {
    return checkpoints().resolve(stage + "-ended.json");
  }
}
