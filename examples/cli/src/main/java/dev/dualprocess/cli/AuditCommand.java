package dev.dualprocess.cli;

import dev.dualprocess.Check;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.audit.Audit;
import dev.dualprocess.audit.AuditReport;
import dev.dualprocess.audit.Findings;
import dev.dualprocess.audit.Limits;
import dev.dualprocess.audit.TurnedDrawing;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.overlay.OverlayMode;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.run.TrainingRun;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds out whether a learnt control is real, or pleases its verifier alone. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    modelTransformer = RunInstead.Transformer.class,
    description =
        "Find out whether a learnt control is real: other verifiers, other words, disturbed images,"
            + " wrong drawings.")
final class AuditCommand implements Callable<Integer> {
  @Option(
      names = "--lora",
      required = true,
      paramLabel = "FILE[:SCALE]",
      converter = LoraOption.Converter.class,
      description = "What was learnt.")
  private @Nullable LoraOption lora;

  @Option(
      names = "--other",
      paramLabel = "DIR",
      description = "A verifier that did not teach it; any number of them.")
  private List<String> others = new ArrayList<>();

  @Option(
      names = "--paraphrase",
      paramLabel = "TEXT",
      description = "The first question in other words; any number (default: two rewordings).")
  private List<String> paraphrases = new ArrayList<>();

  @Option(
      names = "--wrong-overlay",
      paramLabel = "FILE",
      description = "A drawing that asks for something else (default: the right one, half turned).")
  private @Nullable Path wrongOverlay;

  @Option(
      names = "--unseen-seeds",
      paramLabel = "K",
      description = "Images of so many unseen seeds (default: 16).")
  private int seeds = 16;

  @Option(
      names = "--strict",
      description = "Exit with 1 unless the verdict is that the control is honest.")
  private boolean strict;

  @Mixin private RunInstead run;
  @Mixin private ResultsOptions out;

  @Mixin private ModelOptions models;
  @Mixin private CheckOptions checks;
  @Mixin private SamplingOptions sampling;
  @Mixin private OpeningOptions opening;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    if (seeds < 2) {
      throw new IllegalArgumentException("--unseen-seeds must be at least 2, not " + seeds);
    }
    RunOptions.requireCount("--unseen-seeds", seeds);
    Optional<RunPlan> plan = run.read();
    plan.ifPresent(models::orThoseOf);
    Prompt prompt = plan.isPresent() ? checks.promptOf(plan.get()) : checks.prompt();
    LoraOption learnt = lora == null ? run.lora() : lora;
    ModelSource<Generator> generatorSource = models.generator();
    List<ModelSource<Verifier>> teachers = models.verifiers();
    List<ModelSource<Verifier>> otherSources = models.verifiers(others);
    Placement generatorPlace = models.generatorPlace();
    Placement verifierPlace = models.verifierPlace();
    threads.apply(generatorSource, teachers);
    Console console = output.console();
    try (RunFolder folder = out.open()) {
      Audit audit = draw(generatorSource, generatorPlace, learnt, prompt, plan);
      ask(audit, prompt, teachers, otherSources, verifierPlace);
      AuditReport report = new AuditReport(audit, Limits.DEFAULT, learnt.file());
      report.write(folder);
      tell(audit, report, console);
      boolean honest = report.findings().verdict() == Findings.Verdict.HONEST;
      return strict && !honest ? ExitCode.SOFTWARE : ExitCode.OK;
    }
  }

  private void ask(
      Audit audit,
      Prompt prompt,
      List<ModelSource<Verifier>> teachers,
      List<ModelSource<Verifier>> otherSources,
      Placement verifierPlace)
      throws IOException {
    ImageSize size =
        new ImageSize(audit.before().get(0).getHeight(), audit.before().get(0).getWidth());
    try (Verifier teacher = ModelSource.openVerifier(teachers, opening.at(verifierPlace))) {
      audit.teacher(teacher, words(prompt), wrongDrawing(prompt, size));
    }
    for (ModelSource<Verifier> source : otherSources) {
      try (Verifier other = source.open(opening.at(verifierPlace))) {
        audit.other(other);
      }
    }
  }

  private Audit draw(
      ModelSource<Generator> source,
      Placement place,
      LoraOption chosen,
      Prompt prompt,
      Optional<RunPlan> plan)
      throws IOException {
    try (Generator generator = source.open(opening.at(place));
        Lora learnt = Lora.load(chosen.file())) {
      DistillSettings how =
          plan.map(RunPlan::settings)
              .orElseGet(() -> DistillSettings.paper(sampling.over(generator)));
      List<Long> unseen =
          LongStream.range(0, seeds).map(i -> TrainingRun.FIRST_UNSEEN_SEED + i).boxed().toList();
      return Audit.draw(generator, learnt, chosen.weight(), prompt, how, unseen);
    }
  }

  private List<String> words(Prompt prompt) {
    return paraphrases.isEmpty() ? Audit.reworded(prompt.checks().get(0).question()) : paraphrases;
  }

  private Optional<VisualPrompt> wrongDrawing(Prompt prompt, ImageSize size) throws IOException {
    Optional<VisualPrompt> right =
        prompt.checks().stream().map(Check::visualPrompt).flatMap(Optional::stream).findFirst();
    if (wrongOverlay != null) {
      OverlayMode mode = right.map(VisualPrompt::mode).orElse(OverlayMode.SOLID);
      return Optional.of(VisualPrompt.file(wrongOverlay, mode));
    }
    return right.flatMap(drawing -> TurnedDrawing.of(drawing, size));
  }

  private static void tell(Audit audit, AuditReport report, Console console) {
    console.event("done", report.toMap());
    audit
        .measurements()
        .forEach(
            m ->
                console.say(
                    "%-20s %-40s %.2f -> %.2f",
                    m.kind().title(), shortened(m.name()), m.meanBefore(), m.meanAfter()));
    report
        .findings()
        .findings()
        .forEach(f -> console.say("%s %s", f.passed() ? "  " : "! ", f.text()));
    console.say("Verdict: %s", report.findings().verdict());
  }

  private static String shortened(String name) {
    return name.length() <= 40 ? name : name.substring(0, 37) + "...";
  }
}
