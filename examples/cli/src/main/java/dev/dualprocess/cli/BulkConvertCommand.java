package dev.dualprocess.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.evaluate.PromptPair;
import dev.dualprocess.evaluate.PromptPairs;
import dev.dualprocess.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Jobs out of a commonsense benchmark's records: two of each, one for each of its prompts. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = "Make a file of jobs from a commonsense benchmark's records.")
final class BulkConvertCommand implements Callable<Integer> {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Parameters(
      paramLabel = "RECORDS",
      description = "JSON or JSON lines in CommonsenseT2I's form, or 'sample' for bundled ones.")
  private String records;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "JOBS",
      description = "The file to write, which is not there yet.")
  private Path out;

  @Option(
      names = "--with",
      paramLabel = "KEY=VALUE",
      description = "What every job says besides: generator=DIR, verifier=DIR, steps=100 ...")
  private Map<String, String> more = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    List<PromptPair> pairs = PromptPairs.read(records);
    if (Files.exists(out)) {
      throw new IOException(out + ": is there already; choose another --out");
    }
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < pairs.size(); i++) {
      for (int side = 0; side < 2; side++) {
        lines.append(MAPPER.writeValueAsString(job(i + 1, pairs.get(i), side))).append('\n');
      }
    }
    AtomicFile.writeText(out, lines.toString());
    return 0;
  }

  private ObjectNode job(int record, PromptPair pair, int side) {
    ObjectNode job = MAPPER.createObjectNode();
    job.put("name", "record-%d-%d".formatted(record, side + 1));
    more.forEach(job::put);
    job.put("prompt", pair.prompt(side));
    job.put("question", "Does the image show this: " + pair.description(side) + "?");
    if (!pair.category().isEmpty()) {
      job.putArray("tags").add(pair.category());
    }
    return job;
  }
}
