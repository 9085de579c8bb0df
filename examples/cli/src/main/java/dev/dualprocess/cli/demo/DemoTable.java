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
record DemoTable(DemoTask task, List<MeasuredPrompt> prompts, List<String> alsoTaughtOn) {
  void tell(Console console) {
    StringBuilder headings = new StringBuilder();
    add(headings, "%-48s %5s  %-16s", "prompt", "seeds", "error");
    task.secondError().ifPresent(error -> add(headings, "  %-16s", "second meter"));
    add(headings, "  %-14s  %-12s", "probability", "token dots");
    task.observations().forEach(each -> add(headings, "  %s", each.heading()));
    console.say("");
    console.say("Mean error, measured in the pixels, %s; all seeds unseen.", task.error().unit());
    console.say("%s", headings);
    for (MeasuredPrompt prompt : prompts) {
      console.say("%s", line(prompt));
    }
    console.say(
        "* taught on this prompt%s; the last columns: what else became of the pictures",
        alsoTaughtOn.isEmpty()
            ? ""
            : alsoTaughtOn.stream()
                .map("'%s'"::formatted)
                .collect(Collectors.joining(", ", " in turn with ", "")));
  }

  private static String line(MeasuredPrompt prompt) {
    Comparison comparison = prompt.comparison();
    Measured before = prompt.before();
    Measured after = prompt.after();
    StringBuilder line = new StringBuilder();
    add(
        line,
        "%-48s %5d",
        comparison.prompt() + (comparison.trained() ? " *" : ""),
        comparison.before().size());
    add(line, "  %5.2f -> %-7.2f", before.error(), after.error());
    if (before.secondError() != null && after.secondError() != null) {
      add(line, "  %5.2f -> %-7.2f", before.secondError(), after.secondError());
    }
    add(
        line,
        "  %.2f -> %.2f  ",
        Comparison.probability(comparison.before()),
        Comparison.probability(comparison.after()));
    add(line, "  %.1f -> %.1f  ", before.tokenPattern(), after.tokenPattern());
    prompt
        .observed()
        .forEach(
            (observation, share) ->
                add(
                    line,
                    "  %" + observation.heading().length() + "s",
                    "%.0f%%".formatted(100 * share)));
    return line.toString();
  }

  private static void add(StringBuilder line, String format, Object... values) {
    line.append(String.format(Locale.ROOT, format, values));
  }
}
