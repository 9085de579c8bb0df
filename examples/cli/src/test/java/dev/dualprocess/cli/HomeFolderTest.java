package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParseResult;

/** A shell does not expand {@code ~} behind {@code =}; every option that takes a path does. */
class HomeFolderTest {
  private static final Path HOME = Path.of(System.getProperty("user.home"));

  private static Object value(String option, String... args) {
    ParseResult parsed = DualProcess.commandLine().parseArgs(args);
    return parsed.subcommand().matchedOptionValue(option, (Object) null);
  }

  @Test
  void pathsMayBeginInTheHomeFolder() {
    String[] generate = {
      "generate", "--generator=tiny", "--prompt=a cat", "--out=~/x/y", "--lora=~/a.safetensors:0.5"
    };
    assertEquals(HOME.resolve("x/y"), value("--out", generate));
    assertEquals(
        List.of(new LoraOption(HOME.resolve("a.safetensors"), 0.5)), value("--lora", generate));
    assertEquals(
        HOME.resolve("a.png"),
        value("--image", "rate", "--verifier=tiny", "--image=~/a.png", "--question=q?"));
    assertEquals(
        Path.of("x~"), value("--out", "generate", "--generator=tiny", "--prompt=a", "--out=x~"));
  }
}
