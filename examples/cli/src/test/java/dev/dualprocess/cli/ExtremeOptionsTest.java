package dev.dualprocess.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.cli.Cli.Outcome;
import dev.dualprocess.testing.Soak;
import dev.dualprocess.testing.SoakRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Every option of every command, as picocli knows them, with values that nobody means: all of them
 * in the soak, one each otherwise.
 */
@Tag("soak")
@DisabledOnOs(OS.WINDOWS)
class ExtremeOptionsTest {
  private static final Logger LOG = LoggerFactory.getLogger(ExtremeOptionsTest.class);
  private static final List<String> NUMBERS =
      List.of("NaN", "Infinity", "-1", "0", "1e300", "1e9", "1000000000", "1000000000000000000");
  private static final List<String> TEXTS =
      List.of("", " ", "\\", "(", "a\0b", "x".repeat(100_000));

  /** What lines call a thing that its option names in another way. */
  private static final Map<String, String> OTHER_WORDS =
      Map.of(
          "question", "shorten the text",
          "paraphrase", "question|shorten the text",
          "also", "prompt",
          "shell", "length of the latents",
          "judge", "verifier",
          "assistant", "verifier",
          "other", "verifier",
          "depth", "point");

  /** Names of files that people know. */
  private static final Pattern KNOWN_FILES =
      Pattern.compile(
          "pytorch_lora_weights|diffusion_pytorch_model|META-INF/services/dev\\.dualprocess");

  private static final List<String> WORDS_OF_THE_MACHINE =
      List.of("java.", "dev.dualprocess", "Exception", "c10", "torch", "overflow", "\tat ");
  private static final long SECONDS = 60;
  private static final int LEAST_OF_A_WORD = 4;
  private static final int SHOWN = 100;

  @TempDir private Path temporary;

  private CommonRuns runs;
  private final List<String> wrong = new ArrayList<>();
  private final Set<Object> seen = new LinkedHashSet<>();
  private int tried;

  @Test
  void everyValueIsTakenOrRefusedInOneLine() throws IOException {
    runs = new CommonRuns(temporary);
    assertEveryCommandIsTried();
    for (List<String> path : runs.commands()) {
      CommandLine command = DualProcess.commandLine();
      for (String name : path) {
        command = command.getSubcommands().get(name);
      }
      Outcome plain = run(runs.args(path));
      assertTrue(plain != null, "too slow: " + path);
      for (ArgSpec option : command.getCommandSpec().args()) {
        if (option.arity().max() > 0 && seen.add(option.userObject())) {
          tryAll(path, option, plain);
        }
      }
    }
    assertTrue(tried >= Soak.times(500), "tried: " + tried);
    Soak.tell(SoakRow.of("values of options", tried, tried - wrong.size()));
    assertEquals(List.of(), wrong, () -> String.join("\n", wrong));
  }

  private void assertEveryCommandIsTried() {
    List<String> names = new ArrayList<>();
    DualProcess.commandLine().getSubcommands().keySet().forEach(names::add);
    Set<String> known = new LinkedHashSet<>();
    runs.commands().forEach(path -> known.add(path.get(0)));
    names.removeAll(known);
    assertEquals(List.of(), names);
  }

  private void tryAll(List<String> path, ArgSpec option, Outcome plain) throws IOException {
    for (String value : Soak.some(values(option), seen.size())) {
      tried++;
      List<String> args = runs.args(path, option, value);
      long start = System.nanoTime();
      Outcome outcome = run(args);
      long millis = (System.nanoTime() - start) / 1_000_000;
      String how = String.join(" ", path) + " " + name(option) + " " + shown(value);
      LOG.debug(
          "{} [{} ms] {}",
          how,
          millis,
          outcome == null ? "hangs" : outcome.exitCode() + " " + shown(outcome.err().strip()));
      if (outcome == null) {
        wrong.add(how + ": takes longer than " + SECONDS + " s");
      } else if (!sound(outcome, option, value, plain)) {
        wrong.add(how + ": " + outcome.exitCode() + " " + shown(outcome.err()));
      }
    }
  }

  private static String shown(String value) {
    return value.length() > 300 ? value.substring(0, 300) + "..." : value.replace("\0", "NUL");
  }

  private List<String> values(ArgSpec option) throws IOException {
    Class<?> type = option.auxiliaryTypes()[0];
    List<String> values = new ArrayList<>();
    if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      values.addAll(NUMBERS);
      if (option.splitRegex().equals(",")) {
        NUMBERS.forEach(n -> values.add((n + ",").repeat(3) + n));
      }
      return values;
    }
    String label = option.paramLabel();
    if (type == Path.class || label.contains("DIR") || label.contains("FILE")) {
      values.addAll(new OddFiles(temporary.resolve("odd-" + seen.size())).paths());
    } else {
      values.addAll(TEXTS);
    }
    if (label.contains(":SCALE")) {
      NUMBERS.forEach(n -> values.add(runs.lora() + ":" + n));
    }
    return values;
  }

  private static String name(ArgSpec option) {
    return option instanceof OptionSpec named ? named.longestName() : option.paramLabel();
  }

  /** Done, or told in one line in words that name the option or its value. */
  private static boolean sound(Outcome outcome, ArgSpec option, String value, Outcome plain) {
    String err = outcome.err();
    String words = KNOWN_FILES.matcher(err).replaceAll("");
    if (WORDS_OF_THE_MACHINE.stream().anyMatch(words::contains)) {
      return false;
    }
    if (outcome.exitCode() == 0 || withoutNumbers(err).equals(withoutNumbers(plain.err()))) {
      return true;
    }
    long lines =
        err.lines().filter(l -> !l.startsWith("See '") && !l.contains("warning: ")).count();
    return (outcome.exitCode() == 1 || outcome.exitCode() == 2)
        && lines == 1
        && err.length() < 2000
        && names(err.toLowerCase(Locale.ROOT), option, value);
  }

  private static String withoutNumbers(String err) {
    return err.replaceAll("\\d+", "0");
  }

  /** Whether a line names the option, by the words it is made of, or its value. */
  private static boolean names(String err, ArgSpec option, String value) {
    String name = name(option).replaceFirst("^--", "").toLowerCase(Locale.ROOT);
    String other = OTHER_WORDS.getOrDefault(name, "--" + name);
    return Pattern.compile(other).matcher(err).find()
        || err.contains("(" + option.paramLabel().toLowerCase(Locale.ROOT) + ")")
        || Stream.of(name.split("\\W+")).anyMatch(word -> isNamed(err, word))
        || isShown(err, value.toLowerCase(Locale.ROOT));
  }

  private static boolean isNamed(String err, String word) {
    return word.length() >= LEAST_OF_A_WORD && err.contains(word.replaceFirst("s$", ""));
  }

  private static boolean isShown(String err, String value) {
    String start = value.substring(0, Math.min(value.length(), SHOWN));
    return err.contains("'" + start) || (!value.isBlank() && err.contains(" " + start));
  }

  private static Outcome run(List<String> args) {
    CompletableFuture<Outcome> running = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                running.complete(Cli.run(args));
              } catch (Throwable e) {
                running.completeExceptionally(e);
              }
            },
            String.join(" ", args.subList(0, Math.min(3, args.size()))));
    thread.setDaemon(true);
    thread.start();
    try {
      return running.get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      return new Outcome(-1, "", "Exception " + e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
