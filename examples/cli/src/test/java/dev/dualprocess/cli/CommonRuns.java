package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.testing.CopiedFolder;
import dev.dualprocess.testing.Fixtures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A short sound run of every command, and the same with one option changed. */
final class CommonRuns {
  private static final String SIZE = "32x32";

  private final Path temporary;
  private final Path lora;
  private final Map<List<String>, List<String>> runs = new LinkedHashMap<>();
  private int outs;

  CommonRuns(Path temporary) throws IOException {
    this.temporary = temporary;
    Path run = temporary.resolve("learnt");
    lora = run.resolve("lora.safetensors");
    Path picture = temporary.resolve("picture.png");
    ImageIO.write(new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
    String generator = ModelFolders.generator().toString();
    String verifier = forgetful(temporary.resolve("verifier")).toString();
    List<String> draws = List.of("--generator", generator, "--size", SIZE, "--threads", "1");
    List<String> asks =
        List.of("--verifier", verifier, "--prompt", "a cat", "--question", "Is it a cat?");
    List<String> learns = List.of("--steps", "1", "--rank", "2", "--seeds", "2");
    add("generate", draws, List.of("--prompt", "a cat", "--lora", lora.toString(), "--out", "OUT"));
    add(
        "rate",
        List.of("--verifier", verifier, "--image", picture.toString()),
        List.of("--question", "Is it a cat?", "--threads", "1"));
    add("doctor");
    add("models");
    add("models get", List.of("of-no-organisation"));
    add("lora info", List.of(lora.toString()));
    add("lora convert", List.of(lora.toString(), "--to", "peft", "--out", "OUT"));
    add("lora merge", List.of(lora.toString(), "--out", "OUT"));
    add("lora card", List.of(run.toString(), "--out", "OUT"));
    add("train-tiny", List.of("--stage", "rehearsals", "--out", "OUT"));
    add(
        "distill",
        draws,
        asks,
        learns,
        List.of("--evaluation-seeds", "1", "--out", "OUT", "--horizon", "0.5"));
    add("bulk", List.of(temporary.resolve("no-jobs.jsonl").toString(), "--out", "OUT"));
    add("bulk convert", List.of("sample", "--out", "OUT"));
    add("latents", draws, asks, List.of("--steps", "1", "--out", "OUT"));
    add("compare-latents", draws, asks, learns, List.of("--new-seeds", "1", "--out", "OUT"));
    add(
        "audit",
        draws,
        asks,
        List.of("--lora", lora.toString(), "--unseen-seeds", "2", "--out", "OUT"));
    add("probe", draws, asks, List.of("--seeds", "1", "--out", "OUT"));
    add(
        "bench",
        draws,
        List.of("--verifier", verifier, "--steps", "1", "--warm-up", "0", "--rank", "2"));
    add(
        "evaluate",
        draws,
        List.of("--judge", verifier, "--rows", "base", "--limit", "1", "--images", "1"),
        List.of("--records", twoRecords(temporary).toString(), "--out", "OUT"));
    add(
        "suggest", // random weights find no question
        List.of("--prompt", "a cat"),
        List.of("--assistant", temporary.resolve("no-models").toString()));
    add("demo", List.of("--models", temporary.resolve("no-models").toString(), "--out", "OUT"));
    add(
        "studio", // which would go on for ever
        List.of("--generator", temporary.resolve("no-models").toString(), "--port", "0"),
        List.of("--runs", "OUT"));
    add("resume", List.of(run.toString(), "--threads", "1"));
    Files.createDirectories(run);
    List<String> learn = new ArrayList<>(args(List.of("distill")));
    learn.set(learn.indexOf("--out") + 1, run.toString());
    Cli.Outcome learnt = Cli.run(learn);
    assertEquals(0, learnt.exitCode(), learnt.err());
  }

  /** A verifier that takes no long text. */
  private static Path forgetful(Path folder) throws IOException {
    CopiedFolder.of(ModelFolders.verifier(), folder);
    Path config = folder.resolve("config.json");
    ObjectNode root = (ObjectNode) Fixtures.json(config);
    Files.writeString(config, root.put("max_position_embeddings", 1000).toString());
    return folder;
  }

  @SafeVarargs
  private void add(String command, List<String>... options) {
    List<String> all = new ArrayList<>();
    for (List<String> some : options) {
      all.addAll(some);
    }
    runs.put(List.of(command.split(" ")), all);
  }

  Path lora() {
    return lora;
  }

  /** The commands, each by its name and those above it. */
  List<List<String>> commands() {
    return List.copyOf(runs.keySet());
  }

  /** A run of a command as it should be, with results of its own. */
  List<String> args(List<String> command) {
    List<String> args = new ArrayList<>(command);
    args.addAll(runs.get(command));
    int out = args.indexOf("OUT");
    if (out >= 0) {
      args.set(out, temporary.resolve("out-" + outs++).toString());
    }
    return args;
  }

  /** The same, in which an option has another value. */
  List<String> args(List<String> command, ArgSpec option, String value) {
    List<String> args = args(command);
    if (!(option instanceof OptionSpec named)) {
      return withArgument(args, command.size(), value);
    }
    int at = args.indexOf(named.longestName());
    if (at >= 0) {
      args.remove(at + 1);
      args.remove(at);
    }
    boolean drawing = option.group() != null;
    int horizon = args.indexOf("--horizon");
    if (drawing && horizon >= 0) {
      args.remove(horizon + 1);
      args.remove(horizon);
    }
    args.add(named.longestName() + "=" + value);
    return args;
  }

  private static List<String> withArgument(List<String> args, int at, String value) {
    List<String> changed = new ArrayList<>(args);
    if (changed.size() > at && !changed.get(at).startsWith("--")) {
      changed.remove(at);
    }
    changed.add(at, value);
    return changed;
  }

  /** So few that all of them are drawn soon. */
  private static Path twoRecords(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("records.jsonl"),
        """
        {"prompt1": "a cat", "prompt2": "a dog", "description1": "a cat", "description2": "a dog"}
        {"prompt1": "snow", "prompt2": "sand", "description1": "snow", "description2": "sand"}
        """);
  }
}
