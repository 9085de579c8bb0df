package dev.dualprocess.cli;

import com.google.common.collect.ImmutableMap;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.lora.LoraInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells what a LoRA file is. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    description =
        "Tell what a LoRA file is: its modules, ranks, scales and norms, and for which model.")
final class LoraInfoCommand implements Callable<Integer> {
  private static final int LARGEST = 5;
  private static final int LONGEST = 100;

  @Parameters(paramLabel = "FILE|DIR", description = "A LoRA file, or a folder with one.")
  private Path file;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    LoraInfo info = LoraInfo.of(file);
    Console console = output.console();
    tellMachines(info, console);
    console.say("%-9s %s", "for", info.model());
    console.say("%-9s %s", "naming", String.join(", ", info.programs()));
    console.say("%-9s %d, %d numbers", "modules", info.modules().size(), info.parameters());
    info.leftOut()
        .forEach((part, n) -> console.say("%-9s %s with %d module(s)", "left out", part, n));
    console.say("%-9s %.4g", "norm", info.norm());
    tellKinds(info, console);
    tellLargest(info, console);
    info.header().forEach((key, value) -> console.say("%s: %s", key, cut(value)));
    return 0;
  }

  private static void tellMachines(LoraInfo info, Console console) {
    console.event(
        "lora",
        ImmutableMap.of(
            "model", info.model().name(),
            "width", info.model().width(),
            "naming", info.programs(),
            "modules", info.modules().size(),
            "parameters", info.parameters(),
            "norm", info.norm(),
            "leftOut", info.leftOut(),
            "header", info.header()));
    for (LoraInfo.Module module : info.modules()) {
      console.event(
          "module",
          ImmutableMap.of(
              "path", module.path(),
              "rank", module.rank(),
              "scale", module.scale(),
              "dtype", module.dtype(),
              "a", module.a(),
              "b", module.b(),
              "norm", module.norm()));
    }
  }

  /** The modules of all blocks in one line where they are alike. */
  private static void tellKinds(LoraInfo info, Console console) {
    Map<String, List<LoraInfo.Module>> kinds =
        info.modules().stream()
            .collect(
                Collectors.groupingBy(LoraInfo.Module::kind, TreeMap::new, Collectors.toList()));
    console.say("");
    console.say("%-52s %6s %6s %9s %10s %10s", "module", "count", "rank", "scale", "type", "norm");
    kinds.forEach(
        (kind, modules) ->
            console.say(
                "%-52s %6d %6s %9s %10s %10.4g",
                kind,
                modules.size(),
                each(modules, LoraInfo.Module::rank),
                each(modules, m -> Math.round(m.scale() * 1e6) / 1e6),
                each(modules, LoraInfo.Module::dtype),
                Math.sqrt(modules.stream().mapToDouble(m -> m.norm() * m.norm()).sum())));
  }

  /** The one value that all have, or the smallest and the largest. */
  private static <T extends Comparable<T>> String each(
      List<LoraInfo.Module> modules, Function<LoraInfo.Module, T> value) {
    List<T> values = modules.stream().map(value).distinct().sorted().toList();
    T first = values.get(0);
    return values.size() == 1 ? first.toString() : first + ".." + values.get(values.size() - 1);
  }

  private static void tellLargest(LoraInfo info, Console console) {
    console.say("");
    console.say("the largest changes");
    info.modules().stream()
        .sorted(Comparator.comparingDouble(LoraInfo.Module::norm).reversed())
        .limit(LARGEST)
        .forEach(module -> console.say("  %-50s %.4g", module.path(), module.norm()));
    console.say("");
  }

  private static String cut(String value) {
    return value.length() <= LONGEST ? value : value.substring(0, LONGEST) + " ...";
  }
}
