package dev.dualprocess.evaluate;

import dev.dualprocess.Check;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.evaluate.JudgedPair.JudgedImage;
import dev.dualprocess.evaluate.JudgedPair.JudgedRow;
import dev.dualprocess.evaluate.JudgedPair.Side;
import dev.dualprocess.language.Assistant;
import dev.dualprocess.language.Instructions;
import dev.dualprocess.language.LanguageTasks;
import dev.dualprocess.language.Usage;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.SamplingParameters;
import dev.dualprocess.run.TrainingRun;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One worker's models, and what it does with a record: expand, ask for questions, distil, draw,
 * judge. Used by one thread; the models stay the caller's.
 */
final class PairJudging {
  private final Generator generator;
  private final @Nullable Verifier verifier; // or null, if no LoRA is distilled
  private final Assistant assistant;
  private final Assistant judge;
  private final Instructions instructions;
  private final BenchmarkSettings settings;
  private final RunFolder folder;

  PairJudging(
      Generator generator,
      @Nullable Verifier verifier,
      Assistant assistant,
      Assistant judge,
      Instructions instructions,
      BenchmarkSettings settings,
      RunFolder folder) {
    this.generator = generator;
    this.verifier = verifier;
    this.assistant = assistant;
    this.judge = judge;
    this.instructions = instructions;
    this.settings = settings;
    this.folder = folder;
  }

  /** All rows of one record. */
  JudgedPair judge(int index, PromptPair pair) throws IOException {
    Usage usage = new Usage();
    LanguageTasks words = new LanguageTasks(assistant, instructions, usage);
    LanguageTasks verdicts = new LanguageTasks(judge, instructions, usage);
    List<String> expanded = new ArrayList<>();
    List<List<Question>> questions = new ArrayList<>();
    for (int side = 0; side < 2; side++) {
      String prompt = pair.prompt(side);
      boolean expands = settings.rows().stream().anyMatch(Row::expanded);
      expanded.add(expands ? words.expand(prompt) : "");
      questions.add(
          settings.learns()
              ? words.questions(prompt, settings.questions(), Optional.empty(), Optional.empty())
              : List.of());
    }
    List<JudgedRow> rows = new ArrayList<>();
    for (Row row : settings.rows()) {
      List<Side> sides = new ArrayList<>();
      for (int side = 0; side < 2; side++) {
        String text = row.expanded() ? expanded.get(side) : pair.prompt(side);
        List<Question> asked = row.learnt() ? questions.get(side) : List.of();
        String name = "%04d-%s-%d".formatted(index, row.name().toLowerCase(Locale.ROOT), side + 1);
        sides.add(side(pair, text, asked, name, verdicts));
      }
      rows.add(new JudgedRow(row, sides));
    }
    return new JudgedPair(index, pair, rows, usage.tally());
  }

  private Side side(
      PromptPair pair, String text, List<Question> asked, String name, LanguageTasks verdicts)
      throws IOException {
    List<JudgedImage> images = new ArrayList<>();
    try (Conditioning conditioning = generator.condition(text);
        Attachment learnt = asked.isEmpty() ? () -> {} : distilled(text, asked, name)) {
      for (int i = 0; i < settings.images(); i++) {
        long seed = TrainingRun.FIRST_UNSEEN_SEED + i;
        BufferedImage image = generator.generate(conditioning, settings.distill().sampling(), seed);
        String file = name + "-" + i;
        folder.writeImage(file, image, parameters(text, seed, asked, name));
        images.add(
            new JudgedImage(
                seed,
                "images/" + file + ".png",
                List.of(
                    verdicts.judge(image, pair.description(0)),
                    verdicts.judge(image, pair.description(1)))));
      }
    }
    return new Side(text, asked.stream().map(Question::text).toList(), images);
  }

  private Map<String, Object> parameters(
      String text, long seed, List<Question> asked, String name) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("prompt", text);
    parameters.put("seed", seed);
    parameters.putAll(SamplingParameters.of(generator, settings.distill().sampling()));
    parameters.put("loras", asked.isEmpty() ? List.of() : List.of(loraFile(name) + ":1.0"));
    return parameters;
  }

  private static String loraFile(String name) {
    return "loras/" + name + ".safetensors";
  }

  /** Distils a LoRA, saves it, and attaches it until the attachment is closed. */
  private Attachment distilled(String text, List<Question> asked, String name) throws IOException {
    Prompt prompt = Prompt.of(text);
    for (Question question : asked) {
      prompt = prompt.check(new Check(question, Optional.empty()));
    }
    try (Distillation distillation =
        Distillation.of(generator, Objects.requireNonNull(verifier), prompt)
            .settings(settings.distill())
            .start()) {
      distillation.run();
      Lora lora = distillation.lora();
      lora.save(folder.path().resolve(loraFile(name)));
      Attachment attached = generator.loraTargets().attach(lora, 1.0);
      return () -> {
        attached.close();
        lora.close();
      };
    }
  }
}
