package dev.dualprocess.cli;

import com.google.common.collect.ImmutableMap;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.hub.HubCache;
import dev.dualprocess.spi.BundledFolders;
import dev.dualprocess.spi.Installed;
import dev.dualprocess.spi.LeftOut;
import dev.dualprocess.spi.ModelProvider;
import dev.dualprocess.spi.PluginClassLoader;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Torch;
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

/** Shows what is installed, where it comes from, and which provider reads which directory. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    subcommands = ModelsGetCommand.class,
    description =
        "Show what is installed, where it comes from, and which provider reads which directory.")
final class ModelsCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", arity = "0..*", description = "Model directories to look at.")
  private List<Path> folders = new ArrayList<>();

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    new Listing(output.console()).show(folders);
    return 0;
  }

  /** What is there when the command runs. */
  private static final class Listing {
    private final Console console;
    private final Providers<?> generators = Providers.generators();
    private final Providers<?> verifiers = Providers.verifiers();

    Listing(Console console) {
      this.console = console;
    }

    void show(List<Path> folders) throws IOException {
      console.event(
          "providers", Map.of("generators", generators.names(), "verifiers", verifiers.names()));
      show(generators);
      show(verifiers);
      for (Installed<BundledFolders> bundle : BundledFolders.installed().all()) {
        show(bundle.name() + " (generator)", bundle.service()::generator);
        show(bundle.name() + " (verifier)", bundle.service()::verifier);
      }
      HubCache hub = HubCache.ofUser();
      for (String id : hub.ids()) {
        Optional<Path> snapshot = hub.snapshot(id);
        if (snapshot.isPresent() && !readers(snapshot.get()).isEmpty()) {
          show(id, snapshot.get());
        }
      }
      for (Path folder : folders) {
        if (!Files.isDirectory(folder)) {
          throw new IOException(folder + ": no such directory");
        }
        show(folder.toString(), folder);
      }
      leftOut()
          .forEach(
              left ->
                  console.event(
                      "leftOut",
                      Map.of(
                          "path", left.origin().place(), "why", left.what() + " " + left.why())));
    }

    /** People have been told already. */
    private static List<LeftOut> leftOut() {
      return Thread.currentThread().getContextClassLoader() instanceof PluginClassLoader plugins
          ? plugins.leftOut()
          : List.of();
    }

    private void show(Providers<?> providers) {
      for (Installed<? extends ModelProvider<?>> one : providers.installed()) {
        String from = one.plugIn() ? one.origin().name() : "bundled";
        boolean askedFor = providers.all().containsKey(one.name());
        String taken = askedFor ? "" : ", of a name that is taken: neither can be asked for";
        console.say("%-10s %-20s %s%s", providers.kind(), one.name(), from, taken);
        List<String> published = one.service().published();
        published.forEach(id -> console.say("%-31s %s", "", id));
        console.event(
            "provider",
            ImmutableMap.of(
                "kind", providers.kind(),
                "name", one.name(),
                "from", from,
                "path", one.origin().place(),
                "class", one.service().getClass().getName(),
                "usable", askedFor,
                "published", published));
      }
    }

    private interface Unpacking {
      Path unpack() throws IOException;
    }

    private void show(String name, Unpacking bundled) {
      try {
        show(name, bundled.unpack());
      } catch (IOException | RuntimeException | LinkageError e) {
        console.say("%-31s cannot be unpacked: %s", name, Torch.message(e));
        console.event("model", Map.of("name", name, "failed", Torch.message(e)));
      }
    }

    private void show(String name, Path folder) {
      String readers = readers(folder);
      console.say("%-31s %s", name, readers.isEmpty() ? whyNobody(folder) : readers);
      console.event("model", Map.of("name", name, "folder", folder.toString(), "readBy", readers));
    }

    private static String whyNobody(Path folder) {
      try {
        return Providers.whyUnread(folder);
      } catch (IOException e) {
        return Torch.message(e).replace(folder + ": ", "");
      }
    }

    /** Which providers read a folder, or the empty string. */
    private String readers(Path folder) {
      List<String> names = new ArrayList<>();
      collect(generators, folder, names);
      collect(verifiers, folder, names);
      return String.join(", ", names);
    }

    private static void collect(Providers<?> providers, Path folder, List<String> names) {
      providers.supporting(folder).forEach(one -> names.add(providers.kind() + " " + one.name()));
    }
  }
}
