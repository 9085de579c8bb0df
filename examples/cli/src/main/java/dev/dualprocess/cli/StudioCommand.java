package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.console.Interrupt;
import dev.dualprocess.cli.demo.DemoSettings;
import dev.dualprocess.cli.demo.DemoTask;
import dev.dualprocess.cli.language.Endpoint;
import dev.dualprocess.cli.language.OpenAiSource;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.language.AssistantSource;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.studio.Example;
import dev.dualprocess.studio.StudioSettings;
import dev.dualprocess.studio.web.Studio;
import dev.dualprocess.tiny.BundledModels;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Opens a page on this machine on which a generator is taught. */
@Command(
    name = "studio",
    mixinStandardHelpOptions = true,
    description = "Open a page on this machine: draw it, ask it, watch it learn.")
final class StudioCommand implements Callable<Integer> {
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final int RETRIES = 3;

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      description = "The folder of all jobs, each a run's folder (default: ${DEFAULT-VALUE}).")
  private Path runs = Path.of("studio-runs");

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "Where it listens (default: ${DEFAULT-VALUE}, this machine alone); any other asks for a"
              + " token that is shown once.")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The port (default: ${DEFAULT-VALUE}; 0 for any that is free).")
  private int port = 7860;

  @Option(
      names = "--generator",
      paramLabel = "DIR",
      description = "Whom the form begins with (default: ${DEFAULT-VALUE}).")
  private String generator = BundledModels.NAME;

  @Option(
      names = "--verifier",
      paramLabel = "DIR",
      description = "Who looks; several make a committee (default: tiny).")
  private List<String> verifiers = List.of(BundledModels.NAME);

  @Option(
      names = "--assistant",
      paramLabel = "MODEL",
      description =
          "Who suggests questions: openai:MODEL at the endpoint of OPENAI_BASE_URL with"
              + " OPENAI_API_KEY, or a verifier, which answers on this machine (default: nobody).")
  private @Nullable String assistant;

  @Mixin private PlacementOptions placement;
  @Mixin private OpeningOptions opening;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    ModelSource.generator(generator); // a mistake is told before a page is opened
    ModelSource.verifiers(verifiers);
    threads.applyBesideBrowser();
    Console console = output.console();
    CountDownLatch ended = new CountDownLatch(1);
    try (Interrupt interrupt = new Interrupt(ended::countDown);
        Studio studio = Studio.start(settings())) {
      console.event("studio", Map.of("address", studio.address()));
      console.say("The studio is at %s", studio.address());
      console.say("Jobs are in %s. Ctrl-C saves what is being learnt, and ends it.", runs);
      ended.await();
      console.say("Saving ...");
      return Interrupt.EXIT_CODE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Interrupt.EXIT_CODE;
    }
  }

  private StudioSettings settings() throws IOException {
    return new StudioSettings(
        runs,
        host,
        port,
        generator,
        verifiers,
        opening.at(placement.placement()),
        opening.at(placement.placement()),
        StudioCommand::defaults,
        isTiny() ? DemoTask.all().stream().map(StudioCommand::example).toList() : List.of(),
        assistant());
  }

  private boolean isTiny() {
    return generator.equals(BundledModels.NAME) && verifiers.equals(List.of(BundledModels.NAME));
  }

  private static DistillSettings defaults(String id, Generator opened) {
    return id.equals(BundledModels.NAME)
        ? DemoSettings.ANY.distillation(opened.defaultSampling(), 0)
        : DistillSettings.paper(opened.defaultSampling())
            .withLearningRate(opened.defaultLearningRate());
  }

  private static Example example(DemoTask task) {
    return new Example(
        task.name(),
        task.title(),
        task.says(),
        task.unseenPrompts(),
        sampling -> task.plan(sampling, 0));
  }

  private Optional<AssistantSource> assistant() throws IOException {
    return assistant == null
        ? Optional.empty()
        : Optional.of(
            OpenAiSource.of(
                assistant,
                () -> Endpoint.of(System.getenv(), ANSWER, RETRIES, /* requestsPerMinute= */ 0)));
  }
}
