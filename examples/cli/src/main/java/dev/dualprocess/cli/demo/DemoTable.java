package dev.dualprocess.cli.demo;

import dev.dualprocess.cli.console.Console;
import dev.dualprocess.run.Comparison;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What was measured, for people: a line for each prompt.
 *
 * @param alsoTaughtOn texts that were trained in turn with the first
 */
record DemoTable(DemoTask task, List<Comparison> comparisons, List<String> alsoTaughtOn) {
  void tell(Console console) {
    boolean second = task.secondError().isPresent();
    boolean content = task instanceof HorizonTask;
    console.say("");
    console.say("Mean error, measured in the pixels, %s; all seeds unseen.", task.error().unit());
    console.say(
        "%-48s %5s  %-16s%s  %-14s%s",
        "prompt",
        "seeds",
        "error",
        second ? "  second meter    " : "",
        "probability",
        content ? "  ground  sky   2nd edges  variety" : "");
    for (Comparison comparison : comparisons) {
      console.say("%s", line(comparison, content));
    }
    console.say(
        "* taught on this prompt%s%s",
        alsoTaughtOn.isEmpty()
            ? ""
            : alsoTaughtOn.stream()
                .map("'%s'"::formatted)
                .collect(Collectors.joining(", ", " in turn with ", "")),
        content ? "; the last four columns: what is kept" : "");
  }

  private String line(Comparison comparison, boolean content) {
    StringBuilder line = new StringBuilder();
    add(
        line,
        "%-48s %5d",
        comparison.prompt() + (comparison.trained() ? " *" : ""),
        comparison.before().size());
    add(
        line,
        "  %5.2f -> %-7.2f",
        Demo.mean(task.error(), comparison.before()),
        Demo.mean(task.error(), comparison.after()));
    task.secondError()
        .ifPresent(
            error ->
                add(
                    line,
                    "  %5.2f -> %-7.2f",
                    Demo.mean(error, comparison.before()),
                    Demo.mean(error, comparison.after())));
    add(
        line,
        "   %.2f -> %.2f  ",
        Comparison.probability(comparison.before()),
        Comparison.probability(comparison.after()));
    if (content) {
      Content kept = Content.of(comparison);
      add(
          line,
          "  %4.0f%%  %4.0f%%  %3.0f%%       %4.0f%%",
          100 * kept.groundKept(),
          100 * kept.skyKept(),
          100 * kept.secondEdges(),
          100 * kept.varietyKept());
    }
    return line.toString();
  }

  private static void add(StringBuilder line, String format, Object... values) {
    line.append(String.format(Locale.ROOT, format, values));
  }
}
