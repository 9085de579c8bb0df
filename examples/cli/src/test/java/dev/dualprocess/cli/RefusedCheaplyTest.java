package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.testing.CopiedFolder;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Soak;
import dev.dualprocess.testing.SoakRow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Inputs that ask for much are refused with little: at most 300 MB above what --help takes. */
@Tag("soak")
@EnabledOnOs(OS.LINUX)
class RefusedCheaplyTest {
  private static final Logger LOG = LoggerFactory.getLogger(RefusedCheaplyTest.class);
  private static final long MOST_ABOVE_HELP = 300_000_000;
  private static final int LEAST = 3; // that are tried where the soak is not run

  @TempDir private Path temporary;

  private int tried;

  private record Run(int exitCode, String said, long peak) {}

  private Run run(List<String> args) throws IOException, InterruptedException {
    Path log = temporary.resolve("log-" + tried++);
    int code = ProcessRun.start(MeasuredProgram.class, args, log, Map.of(), List.of()).waitFor();
    String said = ProcessRun.read(log);
    long peak =
        said.lines()
            .filter(line -> line.startsWith(MeasuredProgram.TOLD))
            .mapToLong(line -> Long.parseLong(line.substring(MeasuredProgram.TOLD.length())))
            .findFirst()
            .orElseThrow(() -> new AssertionError(said));
    return new Run(code, said, peak);
  }

  @Test
  void theWorst() throws IOException, InterruptedException {
    long help = run(List.of("--help")).peak();
    List<String> wrong = new ArrayList<>();
    for (Attempt attempt : worst()) {
      List<String> args = attempt.args();
      Run run = run(args);
      String what = args.get(0) + " " + args.get(args.size() - 1);
      LOG.info(
          "{}: {} MB above --help: {}", what, (run.peak() - help) / 1_000_000, run.said().strip());
      long lines = run.said().lines().filter(line -> line.startsWith("dualprocess: ")).count();
      if (run.exitCode() != 1 || lines != 1 || run.peak() - help > MOST_ABOVE_HELP) {
        wrong.add(
            "%s: %d, %d MB: %s".formatted(what, run.exitCode(), run.peak() >> 20, run.said()));
      }
    }
    Soak.tell(SoakRow.of("memory of what is refused", tried - 1, tried - 1 - wrong.size()));
    assertEquals(List.of(), wrong);
    assertTrue(tried > LEAST, "tried: " + tried);
  }

  private interface Attempt {
    List<String> args() throws IOException;
  }

  /** The worst first. */
  private List<Attempt> worst() {
    String weights = "transformer/" + ModelFolders.WEIGHTS;
    List<Attempt> all =
        List.of(
            () ->
                drawn(
                    file(
                        "most",
                        "vae/config.json",
                        repeated("{\"a\": [", "{},", "{}]}", 1_000_000))),
            () -> drawn(file("fewer", weights, header(names(19_000)))),
            () ->
                drawn(
                    config(
                        "layers", "vae", root -> root.put("layers_per_block", Integer.MAX_VALUE))),
            () -> drawn(file("names", weights, header(names(1_000_000)))),
            () -> drawn(index()),
            () -> drawn(config("blocks", "transformer", root -> root.put("num_layers", 3_000_000))),
            () -> drawn(config("words", "text_encoder", root -> root.put("vocab_size", 1_000_000))),
            () ->
                drawn(
                    file(
                        "long",
                        "vae/config.json",
                        "[".repeat(100_000).getBytes(StandardCharsets.UTF_8))),
            () ->
                drawn(
                    file(
                        "large",
                        "vae/config.json",
                        repeated("{\"a\": [", "{},", "{}]}", 9_000_000))),
            () -> drawn(file("deep", weights, header("{\"a\":".repeat(1_000_000)))),
            () -> List.of("lora", "info", lora("rank", "[1000000, 64]").toString()),
            () -> List.of("lora", "info", lora("ranks", "[1000000000000, 64]").toString()),
            () ->
                with(
                    "evaluate",
                    file("rows", weights, header(names(19_000))),
                    "--judge",
                    ModelFolders.verifier().toString(),
                    "--rows",
                    "base"),
            () ->
                asked(
                    "audit",
                    file("audited", weights, header(names(19_000))),
                    "--lora",
                    lora("adapter", "[1, 64]").toString()),
            () -> asked("compare-latents", file("latents", weights, header(names(19_000)))),
            () -> asked("probe", file("probed", weights, header(names(19_000)))),
            this::demo);
    return all.subList(0, Math.max(LEAST, Soak.times(all.size())));
  }

  private static List<String> drawn(Path generator) {
    return with("generate", generator, "--prompt", "a cat");
  }

  private static List<String> with(String command, Path generator, String... more) {
    List<String> args = new ArrayList<>(List.of(command));
    args.addAll(List.of(more));
    args.addAll(List.of("--out", generator.resolveSibling("out-" + command).toString()));
    args.addAll(List.of("--generator", generator.toString()));
    return args;
  }

  private static List<String> asked(String command, Path generator, String... more) {
    List<String> args = with(command, generator, more);
    args.addAll(1, List.of("--verifier", ModelFolders.verifier().toString()));
    args.addAll(1, List.of("--prompt", "a cat", "--question", "Is it a cat?"));
    return args;
  }

  /** Models that are no models of the demonstration's making. */
  private List<String> demo() throws IOException {
    Path models = temporary.resolve("models");
    CopiedFolder.of(
        file("demonstrated", "transformer/" + ModelFolders.WEIGHTS, header(names(19_000))),
        models.resolve("tiny-flux"));
    CopiedFolder.of(ModelFolders.verifier(), models.resolve("tiny-qwen2.5-vl"));
    String out = temporary.resolve("out-demo").toString();
    return List.of("demo", "--out", out, "--models", models.toString());
  }

  private Path copy(String name) throws IOException {
    return ModelFolders.copyOfGenerator(temporary.resolve(name));
  }

  private Path config(String name, String part, Consumer<ObjectNode> change) throws IOException {
    Path folder = copy(name);
    Path config = folder.resolve(part).resolve("config.json");
    ObjectNode root = (ObjectNode) Fixtures.json(config);
    change.accept(root);
    Files.writeString(config, root.toString());
    return folder;
  }

  private Path file(String name, String file, byte[] content) throws IOException {
    Path folder = copy(name);
    Files.write(folder.resolve(file), content);
    return folder;
  }

  private Path index() throws IOException {
    Path folder = copy("index");
    StringBuilder names = new StringBuilder("{\"weight_map\": {");
    for (int i = 0; i < 1_000_000; i++) {
      names.append("\"layer.").append(i).append("\": \"shard-").append(i).append("\", ");
    }
    Path weights = folder.resolve("transformer").resolve(ModelFolders.WEIGHTS);
    Files.delete(weights);
    Files.writeString(Path.of(weights + ".index.json"), names + "\"last\": \"shard\"}}");
    return folder;
  }

  private static byte[] repeated(String start, String part, String end, int bytes) {
    return (start + part.repeat(bytes / part.length()) + end).getBytes(StandardCharsets.UTF_8);
  }

  private static String names(int count) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < count; i++) {
      json.append("\"layer.")
          .append(i)
          .append("\":{\"dtype\":\"F32\",\"shape\":[0],")
          .append("\"data_offsets\":[0,0]},");
    }
    return json.append("\"x\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}")
        .toString();
  }

  /** A safetensors file of a header alone. */
  private static byte[] header(String json) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN);
    return file.putLong(text.length).put(text).array();
  }

  private Path lora(String name, String shape) throws IOException {
    String key = "transformer.transformer_blocks.0.attn.to_q.lora_A.weight";
    String json =
        "{\"%s\": {\"dtype\": \"F32\", \"shape\": %s, \"data_offsets\": [0, 256]}}"
            .formatted(key, shape);
    return Files.write(temporary.resolve(name + ".safetensors"), header(json));
  }
}
