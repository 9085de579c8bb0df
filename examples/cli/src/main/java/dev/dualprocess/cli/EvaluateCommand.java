package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.Verifier;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.console.Interrupt;
import dev.dualprocess.cli.drawing.LoadedLoras;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.evaluate.Benchmark;
import dev.dualprocess.evaluate.BenchmarkReport;
import dev.dualprocess.evaluate.BenchmarkSettings;
import dev.dualprocess.evaluate.BenchmarkWorkers;
import dev.dualprocess.evaluate.JudgedPair;
import dev.dualprocess.evaluate.JudgedRecords;
import dev.dualprocess.evaluate.PromptPair;
import dev.dualprocess.evaluate.PromptPairs;
import dev.dualprocess.evaluate.Row;
import dev.dualprocess.evaluate.Score;
import dev.dualprocess.evaluate.ScoredText;
import dev.dualprocess.evaluate.TextScoring;
import dev.dualprocess.evaluate.TextToShow;
import dev.dualprocess.language.AssistantSource;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.Version;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The CommonsenseT2I protocol on a generator, the four rows of the paper's table 1; or VQAScore on
 * texts.
 */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description =
        "Draw and judge the prompts of a commonsense benchmark, plain and expanded, without and"
            + " with LoRAs distilled for them; or score texts by VQAScore.")
final class EvaluateCommand implements Callable<Integer> {
  @Option(
      names = "--records",
      paramLabel = "FILE",
      description =
          "JSON or JSON lines in CommonsenseT2I's form, for --vqascore in GenEval's too (default: the"
              + " bundled 'sample'; 'geneval' names GenEval's prompts).")
  private String records = PromptPairs.SAMPLE;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Only the first so many records (default: all).")
  private @Nullable Integer limit;

  @Option(
      names = "--rows",
      split = ",",
      paramLabel = "base,expanded,lora,expanded_lora",
      description = "Which rows of the table (default: all four).")
  private List<Row> rows = List.of(Row.values());

  @Option(names = "--images", paramLabel = "K", description = "Images of each prompt (default: 4).")
  private int images = 4;

  @Option(
      names = "--questions",
      paramLabel = "N",
      description = "At most so many questions for each LoRA (default: 3).")
  private int questions = 3;

  @Option(
      names = "--generator",
      required = true,
      paramLabel = "DIR",
      description = "A model directory, 'tiny', or a hub id.")
  private String generatorName;

  @Option(
      names = "--verifier",
      paramLabel = "DIR",
      description =
          "Who teaches the LoRAs, needed for the rows with them; with --vqascore who scores.")
  private List<String> verifierNames = new ArrayList<>();

  @Option(
      names = "--devices",
      split = ",",
      paramLabel = "DEVICE",
      description = "One worker on each: cuda:0,cuda:1 or cpu (default: the first GPU, else cpu).")
  private List<String> devices = new ArrayList<>();

  @Option(
      names = "--dtype",
      paramLabel = "fp32|bf16|fp16",
      description = "Of the frozen weights (default: bf16 on a GPU, fp32 on the CPU).")
  private @Nullable String dtype;

  @Mixin private FolderOption out;

  @Option(names = "--resume", description = "Go on with the records in --out.")
  private boolean resume;

  @Mixin private VqaScoreOptions scoring;
  @Mixin private DownloadOptions download;
  @Mixin private LanguageOptions language;
  @Mixin private TrainingOptions training;
  @Mixin private SamplingOptions sampling;
  @Mixin private OpeningOptions opening;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    training.check();
    language.asking().check();
    if (scoring.wanted(language)) {
      return scored();
    }
    if (records.equals(TextToShow.GENEVAL)) {
      throw new IllegalArgumentException(
          "GenEval's prompts are not pairs: add --vqascore to have a --verifier score them");
    }
    List<PromptPair> pairs = limited(PromptPairs.read(records));
    ModelSource<Generator> generator = download.generator(generatorName);
    List<ModelSource<Verifier>> verifiers = download.verifiers(verifierNames);
    boolean learns = rows.stream().anyMatch(Row::learnt);
    if (learns && verifiers.isEmpty()) {
      throw new IllegalArgumentException(
          "rows with LoRAs need a --verifier; without one ask for --rows base,expanded");
    }
    AssistantSource judge = language.judge();
    AssistantSource assistant = language.assistant();
    List<Placement> places = places();
    threads.apply(generator, verifiers);
    Console console = output.console();
    try (RunFolder folder = out.open()) {
      Benchmark<PromptPair, JudgedPair> benchmark =
          new Benchmark<>(pairs, JudgedRecords.ofPairs(folder.path()), console);
      requireNew(benchmark);
      BenchmarkSettings settings;
      try (Generator probe = generator.open(opening.at(places.get(0)))) {
        DistillSettings distill =
            training.settings(sampling.over(probe), probe.defaultLearningRate());
        settings = new BenchmarkSettings(rows, images, questions, distill);
      }
      writeConfig(config(settings, judge, assistant), benchmark, folder);
      boolean interrupted =
          benchmark.run(
              places,
              new BenchmarkWorkers(
                  generator,
                  verifiers,
                  judge,
                  assistant,
                  language.asking().instructions(),
                  settings,
                  opening::at,
                  folder));
      report(benchmark.judged(), pairs.size(), settings, folder, console);
      return interrupted ? Interrupt.EXIT_CODE : 0;
    }
  }

  private void requireNew(Benchmark<?, ?> benchmark) throws IOException {
    if (benchmark.begun() && !resume) {
      throw new IOException(
          out + ": holds the records of an earlier run; choose another --out, or add --resume");
    }
  }

  /** Draws texts and has the verifier score them. */
  private int scored() throws IOException {
    RunOptions.requireCount("--images", images);
    if (verifierNames.isEmpty()) {
      throw new IllegalArgumentException("--vqascore needs a --verifier that scores");
    }
    List<TextToShow> texts = limited(TextToShow.read(records));
    ModelSource<Generator> generator = download.generator(generatorName);
    List<ModelSource<Verifier>> verifiers = download.verifiers(verifierNames);
    List<Placement> places = places();
    threads.apply(generator, verifiers);
    Console console = output.console();
    try (RunFolder folder = out.open();
        LoadedLoras loras = scoring.loaded()) {
      Benchmark<TextToShow, ScoredText> benchmark =
          new Benchmark<>(texts, JudgedRecords.ofTexts(folder.path()), console);
      requireNew(benchmark);
      Sampling how;
      try (Generator probe = generator.open(opening.at(places.get(0)))) {
        how = sampling.over(probe);
      }
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("records", records);
      config.put("generator", generatorName);
      config.put("verifiers", verifierNames);
      config.put("loras", loras.names());
      config.put("images", images);
      config.put("sampling", how);
      writeConfig(config, benchmark, folder);
      boolean interrupted =
          benchmark.run(
              places,
              new TextScoring(
                  generator,
                  verifiers,
                  loras.sum(),
                  loras.names(),
                  images,
                  how,
                  opening::at,
                  folder));
      scoring.report(benchmark.judged(), texts.size(), verifierNames, folder, console);
      return interrupted ? Interrupt.EXIT_CODE : 0;
    }
  }

  private static void writeConfig(
      Map<String, Object> config, Benchmark<?, ?> benchmark, RunFolder folder) throws IOException {
    if (benchmark.begun()) {
      folder.requireSameConfig(config, List.of("version"));
    }
    config.put("version", Version.current());
    folder.writeConfig(config);
  }

  private <R> List<R> limited(List<R> all) {
    if (limit == null) {
      return all;
    }
    if (limit < 1) {
      throw new IllegalArgumentException("--limit must be at least 1, not " + limit);
    }
    return all.subList(0, Math.min(limit, all.size()));
  }

  private List<Placement> places() {
    return devices.isEmpty()
        ? List.of(PlacementOptions.of(null, dtype))
        : devices.stream().map(device -> PlacementOptions.of(device, dtype)).toList();
  }

  /** What must be the same for records to belong together. */
  private Map<String, Object> config(
      BenchmarkSettings settings, AssistantSource judge, AssistantSource assistant) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("records", records);
    config.put("generator", generatorName);
    config.put("verifiers", verifierNames);
    config.put("judge", judge.named());
    config.put("assistant", assistant.named());
    config.put("settings", settings);
    return config;
  }

  /** A table of nothing but nonsense is no result. */
  private static void tellUnreadable(BenchmarkReport report, Console console) throws IOException {
    if (report.unreadable() == report.answers()) {
      throw new IOException(
          "none of the judge's %d answers could be read, so the scores say nothing: name another --judge"
              .formatted(report.answers()));
    }
    if (report.unreadable() > 0) {
      console.say(
          "%d of the judge's %d answers could not be read; they count as wrong.",
          report.unreadable(), report.answers());
    }
  }

  private void report(
      List<JudgedPair> judged,
      int total,
      BenchmarkSettings settings,
      RunFolder folder,
      Console console)
      throws IOException {
    if (judged.isEmpty()) {
      console.say("No record was judged to its end.");
      return;
    }
    List<Score> scores = Score.of(judged, settings.rows());
    BenchmarkReport report =
        new BenchmarkReport(
            "Commonsense inferences: " + generatorName,
            judged,
            total,
            scores,
            language.asking().rates());
    report.write(folder.path());
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("task", "evaluate");
    results.put("records", total);
    results.put("judged", judged.size());
    results.put("scores", scores);
    results.put("unreadable", report.unreadable());
    results.put("asked", report.asked());
    results.put("cost", language.asking().rates().cost(report.asked()));
    folder.writeResults(results);
    console.event("done", results);
    console.say("%-16s %-24s %8s %10s %11s", "", "", "pairs, %", "images, %", "unreadable");
    for (Score score : scores) {
      console.say(
          "%-16s %-24s %8.1f %10.1f %11d",
          score.row().title(),
          score.category(),
          100 * score.pairwise(),
          100 * score.perImage(),
          score.unparsable());
    }
    console.say("Language models: %s.", report.asked().line(language.asking().rates()));
    console.say("The images are in %s", folder.path().resolve("report.html"));
    tellUnreadable(report, console);
  }
}
