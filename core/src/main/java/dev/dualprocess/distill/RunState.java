package dev.dualprocess.distill;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableMap;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.weights.CheckpointException;
import dev.dualprocess.weights.SafeTensorsFile;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A run's state in one file: parameters, both moments, and the reports of the steps so far. Noise
 * and sampled steps follow from the seed and the number of steps, so there is no other random state
 * to keep.
 */
final class RunState {
  private static final String FILE = "state.safetensors";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private RunState() {}

  static Path file(Path folder) {
    return folder.resolve(FILE);
  }

  static void save(
      Path folder, String fingerprint, Tensor parameters, Adam adam, List<StepReport> reports)
      throws IOException {
    Map<String, Tensor> tensors =
        ImmutableMap.of(
            "lora", parameters, "exp_avg", adam.firstMoment(), "exp_avg_sq", adam.secondMoment());
    Map<String, String> metadata =
        ImmutableMap.of("run", fingerprint, "reports", MAPPER.writeValueAsString(reports));
    SafeTensorsWriter.write(file(folder), tensors, metadata);
  }

  static List<StepReport> restore(Path folder, String fingerprint, Tensor parameters, Adam adam)
      throws IOException {
    Path path = file(folder);
    try (SafeTensorsFile file = SafeTensorsFile.open(path);
        PointerScope scope = new PointerScope()) {
      String saved = file.metadata().getOrDefault("run", "");
      if (!comparable(saved).equals(comparable(fingerprint))) {
        throw new CheckpointException(
            "%s: it belongs to a run with other settings: there %s, here %s"
                .formatted(
                    path,
                    excerpt(comparable(saved), comparable(fingerprint)),
                    excerpt(comparable(fingerprint), comparable(saved))));
      }
      List<StepReport> reports = reports(path, file);
      Tensor lora = file.tensor("lora");
      if (lora.numel() != parameters.numel()) {
        throw new CheckpointException(path + ": it has another number of parameters than this run");
      }
      Memory.withoutGrad(() -> parameters.copy_(lora));
      adam.restore(file.tensor("exp_avg"), file.tensor("exp_avg_sq"), reports.size());
      return reports;
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(path + ": not a run's checkpoint: " + e.getMessage(), e);
    }
  }

  /** Without the learning rate, which may change on the way. */
  private static String comparable(String fingerprint) {
    return fingerprint.replaceFirst("(?s)(.*)learningRate=[^,]*, ", "$1");
  }

  private static List<StepReport> reports(Path path, SafeTensorsFile file)
      throws CheckpointException {
    String told = file.metadata().getOrDefault("reports", "[]");
    try {
      List<StepReport> reports = MAPPER.readValue(told, new TypeReference<>() {});
      if (reports != null && reports.stream().allMatch(Objects::nonNull)) {
        return reports;
      }
    } catch (JsonProcessingException e) {
      throw new CheckpointException(path + ": broken list of steps in its header", e);
    }
    throw new CheckpointException(path + ": broken list of steps in its header");
  }

  private static int firstDifference(String saved, String wanted) {
    int at = 0;
    while (at < Math.min(saved.length(), wanted.length())
        && saved.charAt(at) == wanted.charAt(at)) {
      at++;
    }
    return at;
  }

  /** The words around what another text has otherwise, short enough for a message. */
  private static String excerpt(String text, String other) {
    int at = firstDifference(text, other);
    int from = text.lastIndexOf(' ', Math.max(0, at - 1)) + 1;
    return "'" + text.substring(from, Math.min(text.length(), at + 30)) + "'";
  }
}
