package dev.dualprocess.card;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.audit.Findings;
import dev.dualprocess.audit.Findings.Finding;
import dev.dualprocess.audit.Findings.Verdict;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.models.Checksums;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What an audit's {@code results.json} says. */
final class AuditVerdict {
  private AuditVerdict() {}

  /**
   * Reads the audit of a run's LoRA.
   *
   * @param wanted folder of the audit; empty for {@code audit} inside the run's, if it is there
   * @throws IOException in one line, if there is none where one is wanted, or it is of another LoRA
   */
  static Optional<Findings> of(FinishedRun run, Optional<Path> wanted) throws IOException {
    Path folder = wanted.orElse(run.folder().resolve("audit"));
    Path results = folder.resolve("results.json");
    if (wanted.isEmpty() && !Files.isRegularFile(results)) {
      return Optional.empty();
    }
    JsonNode root = ConfigFile.read(results).root();
    if (!root.path("task").asText().equals("audit")) {
      throw new IOException(results + ": not of an audit; give the --out of 'audit'");
    }
    if (!root.path("loraSha256").asText().equals(Checksums.sha256(run.lora()))) {
      throw new IOException(
          "%s: the audit of another LoRA than %s; audit that one".formatted(results, run.lora()));
    }
    return Optional.of(new Findings(verdict(results, root), findings(root)));
  }

  private static Verdict verdict(Path results, JsonNode root) throws IOException {
    String word = root.path("verdict").asText();
    try {
      return Verdict.valueOf(word);
    } catch (IllegalArgumentException e) {
      throw new IOException(results + ": it has no verdict that is known, but '" + word + "'", e);
    }
  }

  private static List<Finding> findings(JsonNode root) {
    return FinishedRun.elements(root.path("findings")).stream()
        .map(f -> new Finding(f.path("passed").asBoolean(), f.path("text").asText()))
        .toList();
  }
}
