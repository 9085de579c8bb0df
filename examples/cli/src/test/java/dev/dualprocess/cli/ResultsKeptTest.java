package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.cli.Cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No command takes away what an earlier one left. */
class ResultsKeptTest {
  @TempDir private Path temporary;

  private List<String> distill(Path out, String... more) {
    List<String> args = DistillCommandTest.args(out, more);
    args.addAll(List.of("--steps", "4", "--evaluation-seeds", "1", "--checkpoint-every", "2"));
    return args;
  }

  private static Outcome generate(Path out, String prompt, String... more) {
    List<String> args =
        new ArrayList<>(List.of("generate", "--generator", ModelFolders.generator().toString()));
    args.addAll(List.of("--prompt", prompt, "--size", "64x64", "--threads", "1"));
    args.addAll(List.of("--out", out.toString()));
    args.addAll(List.of(more));
    return Cli.run(args);
  }

  private static void refused(String because, Outcome outcome) {
    assertNotEquals(0, outcome.exitCode());
    assertTrue(outcome.err().contains(because), outcome.err());
    assertEquals(1, outcome.err().lines().filter(l -> l.startsWith("dualprocess: ")).count());
  }

  @Test
  void aRunThatHasNotEndedIsNotBegunAnew() throws IOException {
    Path out = temporary.resolve("run");
    assertEquals(0, Cli.run(distill(out)).exitCode());
    byte[] whole = Files.readAllBytes(out.resolve("lora.safetensors"));
    Path checkpoint = out.resolve("checkpoint/state.safetensors");
    byte[] state = Files.readAllBytes(checkpoint);
    for (String ending : List.of("lora.safetensors", "results.json", "before-after.png")) {
      Files.delete(out.resolve(ending)); // as if it had been killed after its last checkpoint
    }
    refused("holds a run that has not ended; add --resume", Cli.run(distill(out)));
    assertArrayEquals(state, Files.readAllBytes(checkpoint));
    assertEquals(0, Cli.run(distill(out, "--resume")).exitCode());
    assertArrayEquals(whole, Files.readAllBytes(out.resolve("lora.safetensors")));
    assertEquals(0, Cli.run(distill(out, "--overwrite")).exitCode());
    assertArrayEquals(whole, Files.readAllBytes(out.resolve("lora.safetensors")));
  }

  @Test
  void picturesOfAnotherPromptStay() throws IOException {
    Path out = temporary.resolve("pictures");
    assertEquals(0, generate(out, "a house").exitCode());
    byte[] house = Files.readAllBytes(out.resolve("seed-0.png"));
    assertEquals(0, generate(out, "a house").exitCode(), "the same picture once more");
    refused("seed-1.png: was drawn with another prompt", second(out));
    assertArrayEquals(house, Files.readAllBytes(out.resolve("seed-0.png")));
    assertFalse(Files.exists(out.resolve("seed-2.png")), "none is drawn if one is refused");
    assertEquals(0, generate(out, "a tree", "--overwrite").exitCode());
    assertNotEquals(house.length, Files.readAllBytes(out.resolve("seed-0.png")).length);
  }

  /** Of three pictures the second stands there of another prompt. */
  private static Outcome second(Path out) {
    assertEquals(0, generate(out, "a tree", "--seed", "1").exitCode());
    return generate(out, "a house", "--count", "3");
  }

  @Test
  void seedsDoNotRunOver() {
    Path out = temporary.resolve("seeds");
    Outcome past = generate(out, "a house", "--seed", "9223372036854775807", "--count", "2");
    refused("goes past the largest seed, 9223372036854775807", past);
    assertEquals(2, past.exitCode());
    assertEquals(0, generate(out, "a house", "--seed", "9223372036854775807").exitCode());
    assertTrue(Files.exists(out.resolve("seed-9223372036854775807.png")));
  }

  @Test
  void anEmptyPathIsWrongUsage() {
    Outcome outcome = Cli.run("generate", "--generator=tiny", "--prompt=a house", "--out=");
    assertEquals(2, outcome.exitCode());
    refused("Invalid value for option '--out': the path is empty", outcome);
  }

  @Test
  void whatIsInTheWayIsToldBeforeTraining() throws IOException {
    Path out = Files.createDirectories(temporary.resolve("blocked"));
    Files.write(out.resolve("images"), new byte[1]);
    Outcome blocked = Cli.run(distill(out));
    refused("images: cannot write there", blocked);
    assertFalse(Files.exists(out.resolve("losses.csv")));
  }

  @Test
  void anAuditDoesNotReplaceTheResultsOfARun() throws IOException {
    Path out = temporary.resolve("run");
    assertEquals(0, Cli.run(distill(out)).exitCode());
    byte[] results = Files.readAllBytes(out.resolve("results.json"));
    List<String> audit = distill(out, "--lora", out.resolve("lora.safetensors").toString());
    audit.set(0, "audit");
    for (String trained : List.of("--rank", "--learning-rate", "--seeds", "--steps")) {
      audit.subList(audit.indexOf(trained), audit.indexOf(trained) + 2).clear();
    }
    for (String run : List.of("--evaluation-seeds", "--checkpoint-every")) {
      audit.subList(audit.indexOf(run), audit.indexOf(run) + 2).clear();
    }
    refused("holds the results of an earlier run", Cli.run(audit));
    assertArrayEquals(results, Files.readAllBytes(out.resolve("results.json")));
  }
}
