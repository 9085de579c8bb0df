package dev.dualprocess.cli;

import dev.dualprocess.cli.console.Console;
import dev.dualprocess.models.HubCache;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tiny.BundledModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows what is installed and which provider reads which directory. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "Show what is installed, and which provider reads which directory.")
final class ModelsCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", arity = "0..*", description = "Model directories to look at.")
  private List<Path> folders = new ArrayList<>();

  @Mixin private OutputOptions output;

  private final Providers<?> generators = Providers.generators();
  private final Providers<?> verifiers = Providers.verifiers();

  @Override
  public Integer call() throws IOException {
    Console console = output.console();
    console.say("generators: %s", String.join(", ", generators.all().keySet()));
    console.say("verifiers:  %s", String.join(", ", verifiers.all().keySet()));
    console.event(
        "providers",
        Map.of("generators", generators.all().keySet(), "verifiers", verifiers.all().keySet()));
    show(console, BundledModels.NAME + " (generator)", BundledModels.generator());
    show(console, BundledModels.NAME + " (verifier)", BundledModels.verifier());
    HubCache hub = HubCache.ofUser();
    for (String id : hub.ids()) {
      Optional<Path> snapshot = hub.snapshot(id);
      if (snapshot.isPresent() && !kind(snapshot.get()).isEmpty()) {
        show(console, id, snapshot.get());
      }
    }
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw new IOException(folder + ": no such directory");
      }
      show(console, folder.toString(), folder);
    }
    return 0;
  }

  private void show(Console console, String name, Path folder) {
    String kind = kind(folder);
    console.say("%-40s %s", name, kind.isEmpty() ? "no provider here reads it" : kind);
    console.event("model", Map.of("name", name, "folder", folder.toString(), "readBy", kind));
  }

  /** Which provider reads a folder, or the empty string. */
  private String kind(Path folder) {
    List<String> kinds = new ArrayList<>();
    collect("generator", generators, folder, kinds);
    collect("verifier", verifiers, folder, kinds);
    return String.join(", ", kinds);
  }

  private static void collect(
      String kind, Providers<?> providers, Path folder, List<String> kinds) {
    providers
        .all()
        .forEach(
            (name, provider) -> {
              if (provider.supports(folder)) {
                kinds.add(kind + " " + name);
              }
            });
  }
}
